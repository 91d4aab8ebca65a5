"""
A pod, and what is wrong with it, in the contract's words. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from agent.changes import one_line
from agent.judgement import Body, conditions, denies, holds, maps, part, text
from agent.redaction import redacted

WAITING = frozenset(
    {
        "ContainerCannotRun",
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)
ENDED = frozenset({"ContainerCannotRun", "Error", "OOMKilled"})
KILLED = "OOMKilled"
POD_FAILED = "PodFailed"
OF_A_TRY = frozenset({"Error", POD_FAILED})
GENERATION, HASH = "pod-template-generation", "controller-revision-hash"
MESSAGE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    reason: str
    message: str

    @property
    def is_of_a_try(self) -> bool:
        """
        One that a Job counts itself: it tries again, or fails.
        """
        return self.reason in OF_A_TRY


@dataclass(frozen=True, slots=True)
class Pod:
    """
    As little as is needed. `revision` is that of the template it was made from, and whether that is its workload's
    newest is for others to say; a note says why it is not scheduled.
    """

    name: str
    namespace: str
    owner: str
    revision: str
    is_ready: bool
    faults: tuple[Fault, ...]
    note: str = ""
    is_of_newest: bool = True

    @classmethod
    def of(cls, body: Body) -> Self:
        metadata, known = part(body, "metadata"), conditions(body)
        labels, is_ready = part(metadata, "labels"), holds(known.get("Ready"))
        scheduled = known.get("PodScheduled", {})
        return cls(
            name=text(metadata, "name"),
            namespace=text(metadata, "namespace"),
            owner=controller_of(metadata),
            revision=text(labels, GENERATION) or text(labels, HASH),
            is_ready=is_ready,
            faults=tuple(_faults(part(body, "status"), is_ready=is_ready)),
            note=shortened(_said(scheduled)) if denies(scheduled) else "",
        )


def controller_of(metadata: Body) -> str:
    """
    The uid of what made it.
    """
    return next((text(one, "uid") for one in maps(metadata, "ownerReferences") if one.get("controller") is True), "")


def shortened(message: str) -> str:
    """
    A container's last words may be its log, and that may hold anything.
    """
    line = one_line(redacted(message))
    return line if len(line) <= MESSAGE_CHARACTERS else f"{line[: MESSAGE_CHARACTERS - 1]}…"


def _faults(status: Body, *, is_ready: bool) -> Iterator[Fault]:
    """
    A container that was killed for its memory and runs again is no fault once its pod is ready.
    """
    for container in maps(status, "initContainerStatuses"):
        waiting = part(container, "state", "waiting")
        if waiting.get("reason") in WAITING:
            yield _fault(container, waiting, f"InitContainer:{waiting['reason']}")
    for container in maps(status, "containerStatuses"):
        waiting, ended = part(container, "state", "waiting"), part(container, "state", "terminated")
        before = part(container, "lastState", "terminated")
        if waiting.get("reason") in WAITING:
            yield _fault(container, waiting, text(waiting, "reason"))
        if ended.get("reason") in ENDED:
            yield _fault(container, ended, text(ended, "reason"))
        if before.get("reason") == KILLED and not is_ready:
            yield _fault(container, before, KILLED)
    if status.get("phase") == "Failed":
        yield Fault(POD_FAILED, shortened(_said(status) or "the pod has failed"))


def _fault(container: Body, state: Body, reason: str) -> Fault:
    code = state.get("exitCode")
    said = text(state, "message") or (reason if code is None else f"exit code {code}")
    return Fault(reason, shortened(f"{text(container, 'name')}: {said}"))


def _said(said: Body) -> str:
    return ": ".join(filter(None, (text(said, "reason"), text(said, "message"))))
