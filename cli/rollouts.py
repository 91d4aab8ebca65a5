"""
How far one revision has come in every agent that its stack reaches, as the broker judges it. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

HEALTHY = "healthy"
ARRIVED = frozenset({"applied", HEALTHY, "degraded"})
LIVE, FAILED, SUPERSEDED = "live", "failed", "superseded"
SILENT = "silent"


@dataclass(frozen=True)
class AgentState:
    name: str
    cluster_name: str
    state: str
    since: str | None
    matched_by: tuple[str, ...]
    pods: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """
        `words` are the agent's own: its errors, its conditions, and what it says of objects that are not ready.
        """
        total = row.get("pods_total")
        resources = (_not_ready(one) for one in row.get("resources") or ())
        words = [*(row.get("errors") or ()), *(row.get("conditions") or ()), *(one for one in resources if one)]
        return cls(
            str(row["name"]),
            str(row["cluster_name"]),
            str(row["state"]),
            row.get("since"),
            tuple(row.get("matched_by") or ()),
            f"{row.get('pods_ready') or 0}/{total}" if total else "",
            tuple(dict.fromkeys(str(word) for word in words)),
        )

    @property
    def title(self) -> str:
        return f"{self.name} ({self.cluster_name})"

    def __str__(self) -> str:
        pods = f", {self.pods} pods ready" if self.pods else ""
        words = f": {'; '.join(' '.join(word.split()) for word in self.words)}" if self.words else ""
        return f"{self.title}: {self.state}{pods}{words}"


@dataclass(frozen=True)
class Rollout:
    """
    `row` is the broker's answer as it came.
    """

    stack_id: str
    deployment_object_id: str
    sequence_id: int
    verdict: str
    message: str
    agents: tuple[AgentState, ...]
    matched: Mapping[str, int]
    row: Mapping[str, Any] = field(compare=False)
    etag: str | None = field(compare=False)

    @classmethod
    def of(cls, row: Mapping[str, Any], etag: str | None) -> Self:
        return cls(
            str(row["stack_id"]),
            str(row["deployment_object_id"]),
            int(row["sequence_id"]),
            str(row["verdict"]),
            str(row["message"]),
            tuple(AgentState.of(one) for one in row["agents"]),
            row["matched"],
            row,
            etag,
        )

    @property
    def has_arrived(self) -> bool:
        """
        Whether every agent that is not silent has applied it.
        """
        heard = [agent for agent in self.agents if agent.state != SILENT]
        return bool(heard) and all(agent.state in ARRIVED for agent in heard)

    @property
    def troubled(self) -> list[AgentState]:
        return [agent for agent in self.agents if agent.state in ("failed", "degraded")]

    def changes_since(self, before: "Rollout | None") -> Iterator[AgentState]:
        known = set(before.agents) if before else set()
        return (agent for agent in self.agents if agent not in known)


def _not_ready(resource: Mapping[str, Any]) -> str | None:
    if resource.get("ready") is not False or not resource.get("message"):
        return None
    where = "/".join(
        str(part) for part in (resource.get("kind"), resource.get("namespace"), resource.get("name")) if part
    )
    return f"{where}: {resource['message']}"
