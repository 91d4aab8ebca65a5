"""
`brokkr-agent`: what it can be asked to do.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from agent import VERSION
from agent.render import render


def main(argv: Sequence[str] | None = None) -> int:
    """
    Exit code 0 when told to stop or all is well, 1 when it cannot work, 2 for wrong usage.
    """
    arguments = _arguments(argv)
    if arguments.command == "render":
        return render(arguments.files, sys.stdin.buffer, sys.stdout.buffer, sys.stderr)
    if arguments.command == "check":
        return _check()
    return _start(arguments.generator_ids)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="brokkr-agent", description="Applies what the broker holds for this cluster.")
    parser.add_argument("--version", action="version", version=f"brokkr-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("start", help="run until told to stop")
    command.add_argument("--generator-ids", metavar="ID,ID", help="generators to register with at start")
    command = commands.add_parser("render", help="show the objects of manifests, as they are read and sent")
    command.add_argument("files", nargs="+", metavar="FILE", help="a manifest; - is the standard input")
    commands.add_parser("check", help="say whether configuration, broker, PAK, cluster and rights are right")
    return parser.parse_args(argv)


def _check() -> int:
    from agent.check import check  # noqa: PLC0415 - other commands start faster without all this

    return 0 if check(os.environ, sys.stdout) else 1


def _start(generator_ids: str | None) -> int:
    """
    A request that hangs must not keep the process: what was to be finished is, by now.
    """
    from agent.access import ClusterNotConfigured  # noqa: PLC0415 - other commands start faster without all this
    from agent.logs import write_json_lines  # noqa: PLC0415
    from agent.run import start  # noqa: PLC0415
    from agent.settings import Settings, SettingsError, split_ids  # noqa: PLC0415
    from agent.startup import NotWelcome  # noqa: PLC0415

    try:
        settings = Settings.from_env(os.environ)
        if generator_ids is not None:
            settings = replace(settings, generator_ids=split_ids(generator_ids))
        write_json_lines(settings.log_level)
        start(settings)
    except (SettingsError, ClusterNotConfigured, NotWelcome, OSError, ValueError) as error:
        sys.stderr.write(f"brokkr-agent: {error}\n")
        return 1
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
