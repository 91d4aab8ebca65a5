"""
What can be said of an object's health, in kstatus' words, and how its status is read. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Body = Mapping[str, Any]


class Result(Enum):
    """
    All are kstatus' but one: a pod that has a fault is degraded, as the contract has it.
    """

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    DEGRADED = "Degraded"


@dataclass(frozen=True, slots=True)
class Judgement:
    result: Result
    reason: str = ""
    message: str = ""


CURRENT = Judgement(Result.CURRENT)


@dataclass(frozen=True, slots=True)
class Replicas:
    """
    How many pods a workload wants and has, and by what its newest pods are told from older ones. A workload that is not
    all there yet, its pods are to be looked at.
    """

    ready: int
    total: int
    revision: str = ""
    all_there: bool = True


def in_progress(reason: str, message: str) -> Judgement:
    return Judgement(Result.IN_PROGRESS, reason, message)


def failed(reason: str, message: str) -> Judgement:
    return Judgement(Result.FAILED, reason, message)


def part(body: Body, *keys: str) -> Body:
    """
    What is no map is taken for none: a custom resource's status may be anything.
    """
    for key in keys:
        found = body.get(key)
        body = found if isinstance(found, Mapping) else {}
    return body


def number(body: Body, key: str, default: int = 0) -> int:
    found = body.get(key)
    return found if isinstance(found, int) else default


def text(body: Body, key: str) -> str:
    found = body.get(key)
    return found if isinstance(found, str) else ""


def maps(body: Body, key: str) -> Iterator[Body]:
    found = body.get(key)
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, Mapping))


def conditions(body: Body) -> dict[str, Body]:
    """
    By type.
    """
    return {text(one, "type"): one for one in maps(part(body, "status"), "conditions")}


def holds(condition: Body | None) -> bool:
    return condition is not None and condition.get("status") == "True"


def denies(condition: Body | None) -> bool:
    return condition is not None and condition.get("status") == "False"
