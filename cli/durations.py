"""
Spans of time as people write them. Pure.
"""

import re
from datetime import timedelta

SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?")


def parse(text: str) -> timedelta:
    """
    `90`, `90s`, `5m`, `1h30m`. Raises ValueError.
    """
    found = SPAN.fullmatch(text.strip())
    if not text.strip() or not found:
        raise ValueError(f"{text!r} is no span of time such as 90s, 5m or 1h30m")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    try:
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than anybody waits") from error


def say(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
