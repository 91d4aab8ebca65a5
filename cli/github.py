"""
What a step of GitHub Actions hands on of an answer of `brokkr apply --output json`: its outputs, and the job's summary.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from cli.progress import TITLES, row
from cli.rollouts import AgentState, Rollout

MOST_AGENTS = 200  # GitHub takes 1 MiB of a step, and nothing of one that has more
MOST_CHARACTERS = 500
MARKUP = re.compile(r"[^\w\s.,:;/()'-]|_")


def main(answer: TextIO = sys.stdin, env: Mapping[str, str] = os.environ) -> None:
    """
    Nothing is handed on of a push that was refused: it has no answer.
    """
    text = answer.read()
    if text.strip():
        pushed = json.loads(text)
        _append(env["GITHUB_OUTPUT"], outputs(pushed))
        _append(env["GITHUB_STEP_SUMMARY"], summary(pushed))


def outputs(pushed: Mapping[str, Any]) -> str:
    verdict = (pushed["rollout"] or {}).get("verdict", "")
    return (
        f"deployment-object-id={pushed['deployment_object_id']}\n"
        f"sequence-id={pushed['sequence_id']}\n"
        f"verdict={verdict}\n"
    )


def summary(pushed: Mapping[str, Any]) -> str:
    """
    Markdown, with those in trouble first.
    """
    what = f"{_plain(pushed['stack'])}, revision {pushed['sequence_id']}"
    if pushed["rollout"] is None:
        return f"### {what}: {pushed['result']}\n\nNobody waited for it to come up.\n\n"
    rollout = Rollout.of(pushed["rollout"], None)
    return "\n".join([f"### {what}: {rollout.verdict}", "", _plain(rollout.message), "", *_table(rollout), ""])


def _table(rollout: Rollout) -> Iterator[str]:
    if not rollout.agents:
        return
    yield _line(*(title.capitalize() for title in TITLES))
    yield _line(*("---" for _ in TITLES))
    troubled = rollout.troubled
    agents = [*troubled, *(agent for agent in rollout.agents if agent not in troubled)]
    yield from (_line(*_cells(agent)) for agent in agents[:MOST_AGENTS])
    if len(agents) > MOST_AGENTS:
        yield f"\n… and {len(agents) - MOST_AGENTS} more; `brokkr status` shows all."


def _cells(agent: AgentState) -> list[str]:
    return [_plain(cell) for cell in row(agent)]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """
    In one line, and with no character that Markdown or HTML could take for its own.
    """
    one_line = " ".join(text.split())
    cut = one_line if len(one_line) <= MOST_CHARACTERS else f"{one_line[:MOST_CHARACTERS]}…"
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", cut)


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
