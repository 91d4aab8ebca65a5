from datetime import UTC, datetime, timedelta

import pytest
from brokkr_broker_client.api.diagnostics import (
    claim_diagnostic,
    create_diagnostic_request,
    get_diagnostic,
    get_pending_diagnostics,
    submit_diagnostic_result,
)
from brokkr_broker_client.models import CreateDiagnosticRequest, SubmitDiagnosticResult
from brokkr_broker_client.types import UNSET

COLLECTED_AT = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def asked(admin, agent, stack, pushed):
    agent.serve(stack)
    new = CreateDiagnosticRequest(agent_id=agent.id, requested_by="on call", retention_minutes=30)
    return admin.ask(create_diagnostic_request, pushed.id, body=new)


def test_a_question_waits_for_its_agent(admin, agent, pushed, asked):
    assert (asked.agent_id, asked.deployment_object_id, asked.status) == (agent.id, pushed.id, "pending")
    assert (asked.requested_by, asked.claimed_at, asked.completed_at) == ("on call", None, None)
    assert asked.expires_at - asked.created_at == timedelta(minutes=30)
    assert agent.ask(get_pending_diagnostics, agent.id) == [asked]


def test_a_question_without_an_answer_can_be_read(admin, asked):
    """
    The SDK cannot read `result` where it is null.
    """
    found = admin.ask(get_diagnostic, asked.id)

    assert found.request == asked
    assert found.result is UNSET


def test_a_claimed_question_waits_no_more(agent, asked):
    claimed = agent.ask(claim_diagnostic, asked.id)

    assert (claimed.id, claimed.status, claimed.completed_at) == (asked.id, "claimed", None)
    assert claimed.claimed_at >= asked.created_at
    assert agent.ask(get_pending_diagnostics, agent.id) == []


def test_an_answer_can_be_read(admin, agent, asked):
    agent.ask(claim_diagnostic, asked.id)
    found = {"pod_statuses": '[{"name": "web-1"}]', "events": "[]", "log_tails": '{"web-1/web": "ready"}'}

    made = agent.ask(
        submit_diagnostic_result, asked.id, body=SubmitDiagnosticResult(collected_at=COLLECTED_AT, **found)
    )

    assert {name: getattr(made, name) for name in found} == found
    assert (made.request_id, made.collected_at) == (asked.id, COLLECTED_AT)
    answered = admin.ask(get_diagnostic, asked.id)
    assert (answered.result, answered.request.status) == (made, "completed")
    assert answered.request.completed_at >= asked.created_at


def test_an_answer_without_logs_can_be_read(admin, agent, asked):
    agent.ask(claim_diagnostic, asked.id)

    agent.ask(
        submit_diagnostic_result,
        asked.id,
        body=SubmitDiagnosticResult(collected_at=COLLECTED_AT, pod_statuses="[]", events="[]"),
    )

    assert admin.ask(get_diagnostic, asked.id).result.log_tails is None
