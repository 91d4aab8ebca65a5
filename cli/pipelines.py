"""
The logs of pipelines: how each folds lines and marks an error. Pure.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True)
class Pipeline:
    begin: Callable[[str], str]
    end: Callable[[str], str]
    marks_errors: bool = False

    def error(self, text: str) -> str:
        """
        One line, whatever is in it.
        """
        return "::error::" + "".join(ESCAPES.get(char, char) for char in text)


def is_one(env: Mapping[str, str]) -> bool:
    """
    Also one whose logs are known to nobody here. Some give their jobs a terminal, and nobody sits at it.
    """
    return pipeline_of(env) is not None or env.get("CI", "").strip().lower() not in ("", "false", "0")


def pipeline_of(env: Mapping[str, str], clock: Callable[[], float] = time.time) -> Pipeline | None:
    if env.get("GITHUB_ACTIONS"):
        return Pipeline(lambda title: f"::group::{title}\n", lambda _: "::endgroup::\n", marks_errors=True)
    if env.get("GITLAB_CI"):
        return Pipeline(
            lambda title: f"\x1b[0Ksection_start:{clock():.0f}:{_word(title)}\r\x1b[0K{title}\n",
            lambda title: f"\x1b[0Ksection_end:{clock():.0f}:{_word(title)}\r\x1b[0K\n",
        )
    return None


def _word(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
