from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chalicelib.domain.diagnostics import MAX_RESULT_BYTES, NewDiagnostic, NewDiagnosticResult, Status
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.conflicts import DiagnosticAlreadyClaimed, DiagnosticNotClaimed
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch, DiagnosticNotOwned
from chalicelib.errors.invalid import InvalidDiagnosticRequest, InvalidDiagnosticResult
from chalicelib.errors.not_found import AgentNotFound, DeploymentObjectNotFound, DiagnosticNotFound
from chalicelib.errors.protocol import PayloadTooLarge
from chalicelib.services import agents, diagnostics, stacks
from tests.support.world import Served, an_agent, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Ward:
    """
    A deployment object that its agent is asked about, and a clock that stands still until it is set.
    """

    served: Served
    time: datetime = NOON
    object_id: UUID = field(init=False)

    def __post_init__(self):
        self.object_id = self.served.push().revision.id

    @property
    def agent(self):
        return self.served.agent

    def now(self):
        return self.time

    def ask(self, **new):
        return diagnostics.ask(ADMIN, self.object_id, NewDiagnostic(**{"agent_id": self.agent.id} | new), now=self.now)

    def pending(self):
        return diagnostics.pending(self.agent, self.agent.id, now=self.now)

    def claim(self, id, caller=None):
        return diagnostics.claim(caller or self.agent, id, now=self.now)

    def submit(self, id, caller=None, **found):
        found = {"pod_statuses": "[]", "events": "[]", "log_tails": "{}", "collected_at": NOON} | found
        return diagnostics.submit_result(caller or self.agent, id, NewDiagnosticResult(**found), now=self.now)

    def get(self, id, caller=ADMIN):
        return diagnostics.get(caller, id, now=self.now)


@pytest.fixture
def ward(served):
    return Ward(served)


def test_a_question_is_asked_claimed_and_answered(ward):
    asked = ward.ask(requested_by="on call", retention_minutes=30)
    waiting = ward.pending()
    claimed = ward.claim(asked.id)
    result = ward.submit(asked.id, pod_statuses='[{"name": "web"}]')

    done, found = ward.get(asked.id, ward.agent)
    assert waiting == [asked]
    assert (asked.status, asked.requested_by, asked.expires_at) == (Status.PENDING, "on call", NOON + 30 * MINUTE)
    assert (claimed.status, claimed.claimed_at) == (Status.CLAIMED, NOON)
    assert (done.status, done.completed_at) == (Status.COMPLETED, NOON)
    assert found == result
    assert (found.request_id, found.pod_statuses, found.collected_at) == (asked.id, '[{"name": "web"}]', NOON)


def test_questions_wait_the_oldest_first_until_they_are_claimed(ward):
    asked = []
    for minute, retention in enumerate((50, 20, 30)):
        ward.time = NOON + minute * MINUTE
        asked.append(ward.ask(retention_minutes=retention))
    diagnostics.ask(ADMIN, ward.object_id, NewDiagnostic(agent_id=an_agent().id), now=ward.now)

    before = ward.pending()
    ward.claim(asked[1].id)

    assert before == asked
    assert ward.pending() == [asked[0], asked[2]]


def test_there_is_no_result_before_there_is_one(ward):
    asked = ward.ask()

    assert ward.get(asked.id) == (asked, None)


def test_a_question_may_be_put_to_an_agent_that_does_not_serve_the_object(ward):
    stranger = an_agent()

    asked = ward.ask(agent_id=stranger.id)

    assert diagnostics.pending(stranger, stranger.id, now=ward.now) == [asked]


@pytest.mark.parametrize("claimed", [False, True])
def test_a_question_that_nobody_answered_in_time_says_so(claimed, ward):
    """
    Nothing has to come by for it: it is seen when it is read.
    """
    asked = ward.ask(retention_minutes=5)
    if claimed:
        ward.claim(asked.id)

    ward.time = asked.expires_at

    seen, _ = ward.get(asked.id)
    expected = (Status.FAILED, asked.expires_at) if claimed else (Status.EXPIRED, None)
    assert (seen.status, seen.completed_at) == expected
    assert ward.pending() == []


def test_an_expired_question_can_neither_be_claimed_nor_answered(ward):
    waiting, claimed = ward.ask(retention_minutes=5), ward.ask(retention_minutes=5)
    ward.claim(claimed.id)

    ward.time = NOON + 5 * MINUTE

    with pytest.raises(DiagnosticAlreadyClaimed, match="it is expired"):
        ward.claim(waiting.id)
    with pytest.raises(DiagnosticNotClaimed, match="it is expired"):
        ward.submit(waiting.id)
    with pytest.raises(DiagnosticNotClaimed, match="it is failed"):
        ward.submit(claimed.id)


@pytest.mark.parametrize(("retention", "gone"), [(5, 60), (60, 60), (90, 90), (1440, 1440)])
def test_a_question_is_gone_an_hour_after_it_was_asked_but_never_before_it_expires(retention, gone, ward, table):
    asked = ward.ask(retention_minutes=retention)
    ward.claim(asked.id)
    ward.submit(asked.id)

    ward.time = NOON + gone * MINUTE - MINUTE / 60
    still_there = ward.get(asked.id)
    ward.time = NOON + gone * MINUTE

    assert still_there[1] is not None
    for act in (ward.get, ward.claim, ward.submit):
        with pytest.raises(DiagnosticNotFound):
            act(asked.id)
    kept = [row for row in rows(table) if row["pk"]["S"].startswith(("DIAGNOSTIC#", "RESULT#"))]
    assert {int(row["expires_at"]["N"]) for row in kept} == {int(ward.time.timestamp())}


def test_one_claim_and_one_result_count(ward, table):
    asked = ward.ask()
    claimed, first = ward.claim(asked.id), ward.submit(asked.id, pod_statuses="first")
    before = rows(table)

    with pytest.raises(DiagnosticAlreadyClaimed, match="it is completed"):
        ward.claim(asked.id)
    with pytest.raises(DiagnosticNotClaimed, match="it is completed"):
        ward.submit(asked.id, pod_statuses="second")

    assert claimed.status is Status.CLAIMED
    assert ward.get(asked.id)[1] == first
    assert rows(table) == before


def test_of_two_results_at_once_the_first_counts(ward):
    """
    The second has seen the diagnostic claimed, and is overtaken while it writes.
    """
    asked = ward.ask()
    ward.claim(asked.id)

    def new_id_while_another_result_comes():
        ward.submit(asked.id, pod_statuses="first")
        return uuid4()

    with pytest.raises(DiagnosticNotClaimed):
        diagnostics.submit_result(
            ward.agent,
            asked.id,
            NewDiagnosticResult(pod_statuses="second", events="[]", collected_at=NOON),
            now=ward.now,
            new_id=new_id_while_another_result_comes,
        )

    assert ward.get(asked.id)[1].pod_statuses == "first"


def test_a_result_needs_a_claim(ward):
    asked = ward.ask()

    with pytest.raises(DiagnosticNotClaimed, match="it is pending"):
        ward.submit(asked.id)


@pytest.mark.parametrize("field", ["pod_statuses", "events"])
@pytest.mark.parametrize("value", ["", "  \n"])
def test_a_result_says_something_of_pods_and_events(field, value, ward, table):
    asked = ward.ask()
    ward.claim(asked.id)
    before = rows(table)

    with pytest.raises(InvalidDiagnosticResult, match=field):
        ward.submit(asked.id, **{field: value})

    assert rows(table) == before


def test_a_result_may_have_four_mebibytes(ward):
    asked = ward.ask()
    ward.claim(asked.id)
    found = "é" * (MAX_RESULT_BYTES // 2 - 2)

    with pytest.raises(PayloadTooLarge, match=f"{MAX_RESULT_BYTES} bytes in all"):
        ward.submit(asked.id, log_tails=found + "x")
    ward.submit(asked.id, log_tails=found)

    assert ward.get(asked.id)[1].log_tails == found


@pytest.mark.parametrize("minutes", [0, -1, 1441, 10**30])
def test_a_question_lives_for_a_minute_to_a_day(minutes, ward, table):
    before = rows(table)

    with pytest.raises(InvalidDiagnosticRequest, match="retention_minutes"):
        ward.ask(retention_minutes=minutes)

    assert rows(table) == before


def test_what_is_asked_about_and_who_is_asked_come_before_how(ward):
    """
    The order of the contract's refusals.
    """
    bad = {"retention_minutes": 0}

    with pytest.raises(DeploymentObjectNotFound):
        diagnostics.ask(ADMIN, uuid4(), NewDiagnostic(agent_id=uuid4(), **bad))
    with pytest.raises(AgentNotFound):
        ward.ask(agent_id=uuid4(), **bad)
    with pytest.raises(InvalidDiagnosticRequest):
        ward.ask(**bad)


def test_there_is_nobody_and_nothing_to_ask_once_it_is_deleted(ward):
    agents.delete_agent(ADMIN, ward.agent.id)
    with pytest.raises(AgentNotFound):
        ward.ask()

    stacks.delete_stack(ADMIN, ward.served.stack.id)

    with pytest.raises(DeploymentObjectNotFound):
        ward.ask()


def test_questions_are_the_admins_to_ask_and_the_asked_agents_to_answer(ward, table):
    asked, other = ward.ask(), an_agent()
    ci = ward.served.ci
    before = rows(table)

    for caller in (ward.agent, ci):
        with pytest.raises(AdminRequired):
            diagnostics.ask(caller, ward.object_id, NewDiagnostic(agent_id=ward.agent.id))
    for caller in (other, ci):
        with pytest.raises(AgentPakMismatch):
            diagnostics.pending(caller, ward.agent.id)
        for act in (ward.get, ward.claim, ward.submit):
            with pytest.raises(DiagnosticNotOwned):
                act(asked.id, caller)
            with pytest.raises(DiagnosticNotFound):
                act(uuid4(), caller)
    assert rows(table) == before

    ward.claim(asked.id, ADMIN)

    with pytest.raises(DiagnosticNotOwned, match="nobody else"):
        ward.submit(asked.id, ADMIN)
