"""
What the broker is told of the health of one deployment object: kstatus' words for many objects in one of the contract's
four, and what is not as it should be. Pure.
"""

import json
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.checkup import Examined
from agent.judgement import Judgement, Result, in_progress
from agent.pods import Pod, shortened
from agent.refs import Ref

HEALTHY, DEGRADED, FAILING, UNKNOWN = STATUSES = ("healthy", "degraded", "failing", "unknown")
PROGRESSING = "Progressing"
MOST_RESOURCES = 10
MOST_CONDITIONS = 10
MOST_BYTES = 700
WORST_FIRST = (Result.FAILED, Result.DEGRADED, Result.NOT_FOUND, Result.TERMINATING, Result.IN_PROGRESS)
FAULTS = (Result.FAILED, Result.DEGRADED)

PodsOf = Callable[[str, str, str], Collection[Pod]]


@dataclass(frozen=True)
class Trouble:
    """
    An object, or a pod of one, that is not as it should be.
    """

    kind: str
    name: str
    namespace: str
    judgement: Judgement

    @property
    def place(self) -> tuple[int, str, str, str]:
        return WORST_FIRST.index(self.judgement.result), self.namespace, self.kind, self.name

    def view(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "namespace": self.namespace,
            "ready": False,
            "message": shortened(self._message),
        }

    @property
    def _message(self) -> str:
        """
        A fault says which; what merely takes its time says how far it is.
        """
        judgement = self.judgement
        if judgement.result in FAULTS and judgement.message:
            return f"{judgement.reason}: {judgement.message}"
        return judgement.message or judgement.reason


@dataclass
class Tally:
    """
    All that is wrong with one deployment object's objects and their pods, and how many pods are ready.
    """

    pods_ready: int = 0
    pods_total: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def status(self) -> str:
        results = {trouble.judgement.result for trouble in self.troubles}
        if Result.FAILED in results:
            return FAILING
        if Result.DEGRADED in results:
            return DEGRADED
        return UNKNOWN if results else HEALTHY

    @property
    def conditions(self) -> list[str]:
        """
        Each fault by its name; what merely takes its time is one and the same for all.
        """
        faults = {one.judgement.reason for one in self.troubles if one.judgement.result in FAULTS}
        is_moving = any(one.judgement.result not in FAULTS for one in self.troubles)
        return [*sorted(faults)[:MOST_CONDITIONS], *([PROGRESSING] if is_moving else [])]

    def summary(self) -> dict[str, Any]:
        """
        The worst first, and no more than the broker keeps in one write unit.
        """
        worst = sorted(self.troubles, key=lambda one: one.place)[:MOST_RESOURCES]
        resources = [one.view() for one in worst]
        summary = {
            "pods_ready": self.pods_ready,
            "pods_total": self.pods_total,
            "conditions": self.conditions,
            "resources": resources,
        }
        while len(resources) > 1 and _stored(summary) > MOST_BYTES:
            resources.pop()
        return summary


def record(object_id: str, findings: Mapping[Ref, Examined], pods_of: PodsOf) -> dict[str, Any]:
    """
    All but the moment.
    """
    tally = Tally()
    for ref, examined in findings.items():
        if examined.judgement.result is not Result.CURRENT:
            tally.troubles.append(Trouble(ref.kind, ref.name, ref.namespace, examined.judgement))
        if examined.replicas is not None:
            _count_pods(tally, ref, examined, pods_of)
    return {"id": object_id, "status": tally.status, "summary": tally.summary()}


def unsettled(findings: Mapping[Ref, Examined]) -> set[str]:
    """
    The namespaces in which a workload's pods are to be looked at.
    """
    makers = ((ref, examined.replicas) for ref, examined in findings.items())
    return {ref.namespace for ref, replicas in makers if replicas is not None and not replicas.all_there}


def _count_pods(tally: Tally, ref: Ref, examined: Examined, pods_of: PodsOf) -> None:
    """
    By the workload's own word when all its pods are there; until then by the pods of its newest revision, once these
    have been seen.
    """
    replicas = examined.replicas
    assert replicas is not None
    pods = [] if replicas.all_there else pods_of(ref.namespace, examined.uid, replicas.revision)
    tally.pods_total += replicas.total
    newest_ready = sum(pod.is_ready and pod.is_of_newest for pod in pods)
    tally.pods_ready += min(replicas.total, newest_ready) if pods else replicas.ready
    for pod in pods:
        tally.troubles.extend(_troubles_of(pod, is_tried_again=ref.kind == "Job"))


def _troubles_of(pod: Pod, *, is_tried_again: bool) -> list[Trouble]:
    """
    A broken pod of an older revision is no fault of the newest one, but may be what that waits for.
    """
    faults = [fault for fault in pod.faults if not (is_tried_again and fault.is_of_a_try)]
    found = [Judgement(Result.DEGRADED, fault.reason, fault.message) for fault in faults]
    if not pod.is_of_newest:
        found = [in_progress(PROGRESSING, f"of an older revision: {one.reason}: {one.message}") for one in found]
    elif not found and pod.note:
        found = [in_progress(PROGRESSING, pod.note)]
    return [Trouble("Pod", pod.name, pod.namespace, judgement) for judgement in found]


def _stored(summary: dict[str, Any]) -> int:
    return len(zlib.compress(json.dumps(summary).encode()))
