"""
docs/tutorial.md as something that can be run: its shell blocks, and what each promises.

Under a block, `<!-- prints: LINE -->` is a line of its output, and `<!-- cluster: NAMESPACE/NAME runs IMAGE -->` or
`<!-- cluster: NAMESPACE/NAME is gone -->` is what becomes of a Deployment.
"""

import re
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tools.borrowed import ROOT
from tools.progress import ToolError

DOCUMENT = ROOT / "docs" / "tutorial.md"
BLOCK_SECONDS = 60.0
APPLIED_WITHIN_SECONDS = 60.0

TOKEN = re.compile(
    r"^## (?P<title>[^\n]+)$"
    r"|^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    r"|^<!-- prints: (?P<line>[^\n]+) -->$"
    r"|^<!-- cluster: (?P<deployment>\S+) (?:runs (?P<image>\S+)|is gone) -->$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Deployed:
    """
    A Deployment, `namespace/name`, and the image that it should run: none if it should be gone.
    """

    deployment: str
    image: str | None

    def __str__(self) -> str:
        return f"Deployment {self.deployment} {f'runs {self.image}' if self.image else 'is gone'}"


@dataclass(frozen=True)
class Block:
    title: str
    language: str
    text: str
    prints: list[str] = field(default_factory=list)
    deployed: list[Deployed] = field(default_factory=list)


def read(markdown: str) -> list[Block]:
    """
    All fenced blocks, in order.
    """
    title, blocks = "", list[Block]()
    for token in TOKEN.finditer(markdown):
        if token["title"]:
            title = token["title"]
        elif token["language"]:
            blocks.append(Block(title, token["language"], token["text"]))
        elif token["line"]:
            blocks[-1].prints.append(token["line"])
        else:
            blocks[-1].deployed.append(Deployed(token["deployment"], token["image"]))
    return blocks


class Shell:
    """
    One bash for the whole document, as a reader's terminal is. It ends at the first command that fails.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self._end = secrets.token_hex(16)
        self._bash = subprocess.Popen(
            ["bash", "-euo", "pipefail"],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bash.kill()
        self._bash.communicate()

    def run(self, block: Block) -> str:
        """
        What the block printed. Raises ToolError if it fails, hangs, or does not print what it promises.
        """
        output = self.source(block.text)
        missing = [line for line in block.prints if line not in output.splitlines()]
        if missing:
            raise ToolError(f'"{block.title}" did not print {missing[0]!r}, but: {output.strip()}')
        return output

    def source(self, script: str) -> str:
        (self.folder / "block.sh").write_text(script, encoding="utf-8")
        assert self._bash.stdin is not None
        print(f"source ./block.sh </dev/null; printf '\\n%s\\n' {self._end}", file=self._bash.stdin, flush=True)
        watchdog = threading.Timer(BLOCK_SECONDS, self._bash.kill)
        watchdog.start()
        try:
            return self._output()
        finally:
            watchdog.cancel()

    def _output(self) -> str:
        lines = list[str]()
        assert self._bash.stdout is not None
        for line in self._bash.stdout:
            if line.strip() == self._end:
                return "".join(lines).removesuffix("\n")
            lines.append(line)
        raise ToolError(f"a command failed: {''.join(lines).strip() or 'it said nothing'}")


def await_deployed(
    wanted: Deployed, kubectl: Callable[..., str], *, sleep: Callable[[float], None] = time.sleep
) -> float:
    """
    How many seconds it took. Raises ToolError if it takes too long.
    """
    namespace, name = wanted.deployment.split("/")
    started = time.monotonic()
    query = ("-n", namespace, "get", "deployment", name, "--ignore-not-found")
    while (image := kubectl(*query, "-o", "jsonpath={.spec.template.spec.containers[0].image}")) != (
        wanted.image or ""
    ):
        if time.monotonic() - started > APPLIED_WITHIN_SECONDS:
            found = f"it runs {image}" if image else "there is none"
            raise ToolError(f"{wanted} was not reached within {APPLIED_WITHIN_SECONDS:.0f} s: {found}")
        sleep(0.1)
    return time.monotonic() - started
