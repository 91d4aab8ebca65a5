"""
The response body of a rollout.
"""

from typing import TypedDict

from chalicelib.api.shapes import Moment, Uuid
from chalicelib.api.views import moment
from chalicelib.domain.deployment_health import ResourceHealth
from chalicelib.domain.rollout import BY_ANNOTATION, BY_LABEL, BY_TARGET, AgentRollout, Rollout


class RolloutMatches(TypedDict):
    total: int
    by_target: int
    by_label: int
    by_annotation: int


class RolloutResource(TypedDict):
    kind: str
    name: str
    namespace: str
    ready: bool
    message: str | None


class RolloutAgent(TypedDict):
    name: str
    cluster_name: str
    matched_by: list[str]
    state: str
    since: Moment | None
    applied_at: Moment | None
    errors: list[str]
    conditions: list[str]
    pods_ready: int | None
    pods_total: int | None
    resources: list[RolloutResource]


class StackRolloutResponse(TypedDict):
    stack_id: Uuid
    deployment_object_id: Uuid
    sequence_id: int
    is_newest: bool
    is_deletion_marker: bool
    verdict: str
    message: str
    matched: RolloutMatches
    agents: list[RolloutAgent]


def rollout_view(rollout: Rollout) -> StackRolloutResponse:
    revision = rollout.revision
    return {
        "stack_id": str(revision.stack_id),
        "deployment_object_id": str(revision.id),
        "sequence_id": revision.sequence_id,
        "is_newest": rollout.is_newest,
        "is_deletion_marker": revision.is_marker,
        "verdict": rollout.verdict.value,
        "message": rollout.message,
        "matched": {
            "total": len(rollout.agents),
            "by_target": rollout.matched(BY_TARGET),
            "by_label": rollout.matched(BY_LABEL),
            "by_annotation": rollout.matched(BY_ANNOTATION),
        },
        "agents": [_agent_view(agent) for agent in rollout.agents],
    }


def _agent_view(agent: AgentRollout) -> RolloutAgent:
    """
    Names and clusters are all that a generator learns of agents that are not its own.
    """
    summary = agent.summary
    return {
        "name": agent.part.name,
        "cluster_name": agent.part.cluster_name,
        "matched_by": list(agent.part.matched_by),
        "state": agent.state.value,
        "since": moment(agent.since),
        "applied_at": moment(agent.part.said.applied_at),
        "errors": list(agent.errors),
        "conditions": summary.conditions if summary else [],
        "pods_ready": summary.pods_ready if summary else None,
        "pods_total": summary.pods_total if summary else None,
        "resources": [_resource_view(one) for one in (summary and summary.resources) or ()],
    }


def _resource_view(resource: ResourceHealth) -> RolloutResource:
    return {
        "kind": resource.kind,
        "name": resource.name,
        "namespace": resource.namespace,
        "ready": resource.ready,
        "message": resource.message,
    }
