"""
`python -m tools.deploy package --stage dev`.
"""

import argparse
import sys
from pathlib import Path

from tools.borrowed import ROOT
from tools.deploy.packaging import package
from tools.progress import ToolError, say


def main() -> int:
    options = _parser().parse_args()
    try:
        print(package(options.stage, options.folder or ROOT / "build" / options.stage))
    except ToolError as error:
        say(f"{options.command}: {error}")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy")
    commands = parser.add_subparsers(dest="command", required=True)
    packaging = commands.add_parser("package", help="make the template and the zip")
    packaging.add_argument("--stage", required=True, help="a stage of .chalice/config.json")
    packaging.add_argument("--folder", type=Path, help="where to put them; build/STAGE by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
