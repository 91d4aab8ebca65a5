"""
`python -m benchmarks [NAME…]`: print the figures, all of them or those that are named.
"""

import argparse
import importlib
import time

from benchmarks import report

AGENT_NAMES = ("latency", "live", "apply", "change", "sizes", "idle", "health", "telemetry", "drift", "reading")
BROKER_NAMES = ("cold", "writers", "units", "rollout", "waiting", "scale", "audit", "whole_fleet", "cpu")
NAMES = (*BROKER_NAMES, *AGENT_NAMES, "cli", "durability")


def main() -> None:
    options = _parser().parse_args()
    print(report.machine())
    for name in options.names or NAMES:
        _run(name, options.effort)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print the figures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}", type=_name)
    parser.add_argument(
        "--effort", type=float, default=1.0, help="how many samples: 1 is what the targets speak of, 0.1 a quick look"
    )
    return parser


def _name(text: str) -> str:
    if text not in NAMES:
        raise argparse.ArgumentTypeError(f"no figure is called {text!r}; there are {', '.join(NAMES)}")
    return text


def _run(name: str, effort: float) -> None:
    benchmark = importlib.import_module(f"benchmarks.{name}")
    print(f"\n{name}: {(benchmark.__doc__ or name).strip().splitlines()[0]}", flush=True)
    started = time.monotonic()
    report.show(benchmark.measure(effort))
    print(f"  ({time.monotonic() - started:.0f} s, {report.load()})", flush=True)


if __name__ == "__main__":
    main()
