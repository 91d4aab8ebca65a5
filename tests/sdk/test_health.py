import json
from datetime import UTC, datetime

import pytest
from brokkr_broker_client.api.health import get_deployment_health, get_stack_health, update_health_status
from brokkr_broker_client.models import (
    DeploymentObjectHealthUpdate,
    HealthStatusUpdate,
    HealthSummary,
    ResourceHealth,
)

from tests.support.public_sdk import nowhere

WEB = ResourceHealth(kind="Deployment", name="web", namespace="shop", ready=False, message="1 of 2 pods")
SUMMARY = HealthSummary(pods_ready=1, pods_total=2, conditions=["ImagePullBackOff"], resources=[WEB])


@pytest.fixture
def told(agent, stack, pushed):
    """
    When the agent found the revision degraded.
    """
    agent.serve(stack)
    at = datetime.now(UTC)
    one = DeploymentObjectHealthUpdate(id=pushed.id, status="degraded", checked_at=at, summary=SUMMARY)
    assert agent.answer(update_health_status, agent.id, body=HealthStatusUpdate([one])).status_code == 200
    return at


def test_a_revisions_health_is_what_its_agents_found(admin, agent, pushed, told):
    health = admin.ask(get_deployment_health, pushed.id)

    [record] = health.health_records
    assert (health.deployment_object_id, health.overall_status) == (pushed.id, "degraded")
    assert (record.agent_id, record.deployment_object_id, record.status) == (agent.id, pushed.id, "degraded")
    assert record.checked_at == told
    assert HealthSummary.from_dict(json.loads(record.summary)) == SUMMARY


def test_a_stacks_health_counts_its_agents(admin, stack, pushed, told):
    health = admin.ask(get_stack_health, stack)

    [one] = health.deployment_objects
    assert (health.stack_id, health.overall_status) == (stack, "degraded")
    assert (one.id, one.status) == (pushed.id, "degraded")
    assert (one.healthy_agents, one.degraded_agents, one.failing_agents) == (0, 1, 0)


def test_of_what_nobody_looked_at_nothing_is_known(admin):
    asked = nowhere()

    health = admin.ask(get_deployment_health, asked)

    assert (health.deployment_object_id, health.health_records) == (asked, [])
    assert health.overall_status == "unknown"
