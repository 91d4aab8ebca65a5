"""
`python -m tools.deploy package|deploy|undeploy --stage STAGE`.
"""

import argparse
import sys
from pathlib import Path

from tools.borrowed import ROOT
from tools.deploy.packaging import package
from tools.progress import ToolError, say


def main() -> int:
    options = _parser().parse_args()
    options.folder = options.folder or ROOT / "build" / options.stage
    try:
        _run(options)
    except ToolError as error:
        say(f"{options.command}: {error}")
        return 1
    except KeyboardInterrupt:
        say(f"{options.command}: interrupted")
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    if options.command == "package":
        print(package(options.stage, options.folder))
        return
    from tools.deploy import aws, commands  # noqa: PLC0415 - a Python that only packages needs no boto3

    confirm = commands.agree if options.yes else commands.ask
    with aws.in_one_line():
        if options.command == "undeploy":
            commands.undeploy(aws.account(), options.stage, confirm)
        else:
            given = dict(_parameter(text) for text in options.parameters)
            how = {"folder": options.folder, "bucket": options.bucket, "parameters": given, "confirm": confirm}
            commands.deploy(aws.account(), options.stage, **how)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ToolError(f"{text!r} is no parameter: write NAME=VALUE")
    return name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy")
    parser.add_argument("command", choices=["package", "deploy", "undeploy"])
    parser.add_argument("--stage", required=True, help="a stage of .chalice/config.json")
    parser.add_argument("--folder", type=Path, help="for the package; build/STAGE by default")
    parser.add_argument("--bucket", help="for the upload; made by default, one per account and region")
    parser.add_argument("--parameters", nargs="*", default=[], metavar="NAME=VALUE", help="of template.yaml")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
