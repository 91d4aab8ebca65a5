from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentTarget
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.telemetry import PodLogLine, Telemetry
from chalicelib.errors.forbidden import AgentNotAssociated, AgentPakMismatch, StackNotOwned
from chalicelib.errors.not_found import StackNotFound
from chalicelib.errors.protocol import InvalidRequestBody, TooManyRequests
from chalicelib.services import stacks as stack_service
from chalicelib.services import targets, telemetry
from tests.support.recorder import recorder
from tests.support.telemetry import NOON, a_gap, a_line, an_event
from tests.support.world import a_generator, a_stack, an_agent, rows

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Edge:
    """
    An agent that was given a stack, and reports about it.
    """

    def __init__(self, served):
        served.push()
        served.poll()
        self.agent, self.ci, self.stack_id = served.agent, served.ci, served.stack.id

    def report(self, batch=None, at=NOON, agent=None):
        agent = agent or self.agent
        batch = batch or Telemetry(lines=[a_line(self.stack_id)])
        telemetry.report(agent, agent.id, batch, now=lambda: at)

    def log(self, caller=None, since=None, limit=500, at=NOON):
        found = telemetry.log(caller or self.ci, self.stack_id, since, limit, now=lambda: at)
        return [one.said.line for one in found if isinstance(one.said, PodLogLine)]


@pytest.fixture
def edge(served):
    return Edge(served)


def test_the_stacks_owner_reads_what_its_agent_reports(edge):
    event, line = an_event(edge.stack_id), a_line(edge.stack_id, "ready")

    edge.report(Telemetry(events=[event], lines=[line]))

    for caller in (edge.ci, ADMIN):
        [received] = telemetry.events(caller, edge.stack_id, None, 10, now=lambda: NOON)
        assert (received.said, received.agent_id, received.created_at) == (event, edge.agent.id, NOON)
        assert edge.log(caller) == ["ready"]


def test_telemetry_is_shown_for_six_hours_whatever_is_asked_for(edge):
    """
    DynamoDB deletes what has expired within days, not at the second.
    """
    for hour in range(3):
        edge.report(Telemetry(lines=[a_line(edge.stack_id, str(hour))]), NOON + hour * HOUR)

    later = NOON + 7 * HOUR

    assert edge.log(at=later) == ["2", "1"]
    assert edge.log(at=later, since=NOON) == ["2", "1"]
    assert edge.log(at=later, since=NOON + 2 * HOUR) == ["2"]
    assert edge.log(at=later, since=NOON + 20 * HOUR) == []


@pytest.mark.parametrize(("after", "wait"), [(-1, 10), (0, 10), (1, 9), (4.2, 6)])
def test_a_batch_that_comes_too_early_is_told_when_to_come(after, wait, edge, table):
    edge.report()
    before = rows(table)

    with pytest.raises(TooManyRequests) as refused:
        edge.report(at=NOON + after * SECOND)

    assert refused.value.headers == {"Retry-After": str(wait)}
    assert rows(table) == before
    edge.report(at=NOON + 5 * SECOND)
    assert len(edge.log()) == 2


def test_a_refused_batch_writes_nothing(edge):
    """
    DynamoDB bills a write that its condition refuses: an agent that does not wait would cost what it saves.
    """
    edge.report()

    with recorder.recording() as needs, pytest.raises(TooManyRequests):
        edge.report(at=NOON + SECOND)

    assert [need.action for need in needs] == ["dynamodb:GetItem"]


def test_nothing_to_say_is_nothing_to_wait_for(edge, table):
    before = rows(table)

    edge.report(Telemetry())

    assert rows(table) == before
    edge.report()


def test_a_batch_with_a_stack_that_the_agent_was_never_given_is_refused_whole(edge, table):
    targets.add_target(ADMIN, edge.agent.id, NewAgentTarget(stack_id=a_stack(edge.ci).id))
    strange = uuid4()
    before = rows(table)

    with pytest.raises(AgentNotAssociated, match=str(strange)) as refused:
        edge.report(Telemetry(lines=[a_line(edge.stack_id)], events=[an_event(strange)], gaps=[a_gap(strange)]))

    assert refused.value.details == {"stack_ids": [str(strange)]}
    assert rows(table) == before
    edge.report()


def test_an_agent_reports_for_itself_alone(edge):
    for caller in (ADMIN, edge.ci, an_agent()):
        with pytest.raises(AgentPakMismatch):
            telemetry.report(caller, edge.agent.id, Telemetry(lines=[a_line(edge.stack_id)]))


@pytest.mark.parametrize("read", [telemetry.events, telemetry.log])
def test_telemetry_is_its_stacks_owners_to_read(read, edge):
    for caller in (edge.agent, a_generator()):
        with pytest.raises(StackNotOwned):
            read(caller, edge.stack_id, None, 10)
    with pytest.raises(StackNotFound):
        read(ADMIN, uuid4(), None, 10)

    stack_service.delete_stack(ADMIN, edge.stack_id)

    with pytest.raises(StackNotFound):
        read(edge.ci, edge.stack_id, None, 10)


def test_a_batch_has_bounds(edge):
    id = edge.stack_id

    for field, batch in {
        "events: at most 1000": lambda: Telemetry(events=[an_event(id)] * 1_001),
        "lines: at most 5000": lambda: Telemetry(lines=[a_line(id)] * 5_001),
        "gaps: at most 100": lambda: Telemetry(gaps=[a_gap(id)] * 101),
        "line must be at most 16384 bytes": lambda: a_line(id, "é" * 8_193),
        "line must be valid Unicode": lambda: a_line(id, "\ud800"),
        "message must be at most 16384 bytes": lambda: an_event(id, "x" * 16_385),
        "pod must be at most 1024 bytes": lambda: a_line(id, pod="x" * 1_025),
        "reason must be at most 1024 bytes": lambda: an_event(id, reason="x" * 1_025),
        "dropped_count must be from 0": lambda: a_gap(id, -1),
        "dropped_count must be from 0 to": lambda: a_gap(id, 2**63),
        "ts: a timestamp needs its zone": lambda: a_line(id, ts=NOON.replace(tzinfo=None)),
        "observed_at: a timestamp needs": lambda: an_event(id, observed_at=NOON.replace(tzinfo=None)),
        "since_ts: a timestamp needs its zone": lambda: a_gap(id, since_ts=NOON.replace(tzinfo=None)),
    }.items():
        with pytest.raises(InvalidRequestBody, match=field):
            batch()

    edge.report(Telemetry(lines=[a_line(id, "é" * 8_192)] * 60, events=[an_event(id, "")], gaps=[a_gap(id, 0)]))
