"""
A real Kubernetes control plane on loopback: python3 -m tools.kube build|path|start|run|stop.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from tools.borrowed import ROOT
from tools.kube import control_plane
from tools.kube.build import build, folder
from tools.progress import ToolError, say


def main() -> int:
    arguments = _arguments()
    try:
        return int(arguments.command(arguments))
    except ToolError as error:
        say(f"kube: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tools.kube", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, text in (
        ("build", _build, "build it if need be; print the folder that holds kube and kubectl"),
        ("path", _path, "print that folder without building"),
        ("start", _start, "start one with its state in DIR; print its kubeconfig once it is ready"),
        ("run", _run, "the same in the foreground, until Ctrl-C or SIGTERM"),
        ("stop", _stop, "end the one in DIR and remove DIR"),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        if name in {"start", "run", "stop"}:
            sub.add_argument("dir", type=lambda text: Path(text).resolve(), metavar="DIR")
        if name == "run":
            sub.add_argument("--until-eof", action="store_true", help="end with standard input too")
    return parser.parse_args()


def _build(_: argparse.Namespace) -> int:
    print(build())
    return 0


def _path(_: argparse.Namespace) -> int:
    print(folder())
    return 0


def _run(arguments: argparse.Namespace) -> int:
    control_plane.run(build() / "kube", arguments.dir, until_eof=arguments.until_eof)
    return 0


def _start(arguments: argparse.Namespace) -> int:
    build()
    background = subprocess.Popen(
        [sys.executable, "-m", "tools.kube", "run", arguments.dir],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert background.stdout is not None
    assert background.stderr is not None
    kubeconfig = background.stdout.readline().strip()
    if not kubeconfig:
        say(background.stderr.read().strip())
        return background.wait()
    print(kubeconfig)
    return 0


def _stop(arguments: argparse.Namespace) -> int:
    if not control_plane.stop(arguments.dir):
        say(f"kube: nothing runs in {arguments.dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
