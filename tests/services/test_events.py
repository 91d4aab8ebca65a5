from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentLabel, NewAgentTarget, RegistrationRequest
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.domain.events import NewAgentEvent, Page
from chalicelib.domain.principals import ADMIN, Principal
from chalicelib.domain.stacks import Stack
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentEventNotFound
from chalicelib.services import agents, events, generators, stacks, targets
from chalicelib.services.deployment_objects import push
from chalicelib.services.target_state import target_state
from tests.support.world import a_generator, a_stack, an_agent, config_map, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


@dataclass
class Edge:
    """
    An agent with one stack, and a clock that moves by a second with every look.
    """

    ci: Principal = field(default_factory=a_generator)
    agent: Principal = field(default_factory=an_agent)
    time: datetime = NOON

    def __post_init__(self):
        self.stack: Stack = a_stack(self.ci)
        self.target()

    def now(self):
        self.time += timedelta(seconds=1)
        return self.time

    def target(self):
        targets.add_target(ADMIN, self.agent.id, NewAgentTarget(stack_id=self.stack.id))

    def push(self, name="app"):
        return push(self.ci, self.stack.id, NewDeploymentObject(yaml_content=config_map(name))).revision.id

    def poll(self):
        return [one.revision.id for one in target_state(self.agent, self.agent.id).objects]

    def report(self, object_id, status="SUCCESS", message=None):
        said = NewAgentEvent(
            agent_id=self.agent.id,
            deployment_object_id=object_id,
            event_type="DEPLOY",
            status=status,
            message=message,
        )
        return events.report(self.agent, self.agent.id, said, now=self.now)

    def events(self):
        return list(events.events(self.agent, self.agent.id, now=self.now))


@pytest.fixture
def edge(installation):
    return Edge()


def given(table):
    return [row for row in rows(table) if row["sk"]["S"].startswith("GIVEN#")]


def test_reports_are_listed_the_newest_first(edge):
    object_id = edge.push()
    edge.poll()

    failed = edge.report(object_id, "FAILURE", "ConfigMap/default/app: refused")
    done = edge.report(object_id)

    assert edge.events() == [done, failed]
    assert (failed.status, failed.message) == ("FAILURE", "ConfigMap/default/app: refused")
    assert events.get_event(ADMIN, done.id, now=edge.now) == done


def test_the_same_said_again_refreshes_the_event(edge, table):
    """
    An agent that applies its objects at every poll reports each time: that is one event, not thousands.
    """
    object_id = edge.push()
    edge.poll()
    first = edge.report(object_id)
    before = len(rows(table))

    again = edge.report(object_id)

    assert (again.id, again.created_at) == (first.id, first.created_at)
    assert again.updated_at > first.updated_at
    assert edge.events() == [again]
    assert len(rows(table)) == before


@pytest.mark.parametrize(("status", "message"), [("FAILURE", None), ("SUCCESS", "with a word"), ("SUCCESS", "")])
def test_anything_else_is_a_new_event(edge, status, message):
    object_id = edge.push()
    edge.poll()
    edge.report(object_id)

    edge.report(object_id, status, message)

    assert len(edge.events()) == 2


def test_a_change_of_mind_and_back_is_three_events(edge):
    object_id = edge.push()
    edge.poll()

    for status in ("SUCCESS", "FAILURE", "SUCCESS"):
        edge.report(object_id, status)

    assert [event.status for event in edge.events()] == ["SUCCESS", "FAILURE", "SUCCESS"]


def test_a_late_report_on_an_older_object_does_not_pass_for_the_last_one(edge):
    old, new = edge.push("old"), edge.push("new")
    edge.poll()
    first = edge.report(new)

    edge.report(old)

    assert edge.report(new).id == first.id


def test_an_event_lives_for_a_month_after_it_was_last_said(edge):
    object_id = edge.push()
    edge.poll()
    first = edge.report(object_id)

    edge.time = NOON + MONTH - timedelta(hours=1)
    refreshed = edge.report(object_id)
    edge.time = NOON + MONTH + timedelta(hours=1)
    still_there = edge.events()
    edge.time = NOON + 3 * MONTH

    assert refreshed.id == first.id
    assert still_there == [refreshed]
    assert edge.events() == []
    with pytest.raises(AgentEventNotFound):
        events.get_event(ADMIN, first.id, now=edge.now)
    assert edge.report(object_id).id != first.id


def test_a_report_on_what_is_not_there_is_refused(edge, table):
    before = rows(table)

    with pytest.raises(ForeignKeyViolation) as refused:
        edge.report(uuid4())

    assert refused.value.details == {"constraint": "fk_deployment_object"}
    assert rows(table) == before


def test_the_admin_reports_for_an_agent_that_is_there(edge):
    object_id = edge.push()
    said = {"deployment_object_id": object_id, "event_type": "DEPLOY", "status": "SUCCESS"}

    event = events.report(ADMIN, edge.agent.id, NewAgentEvent(agent_id=edge.agent.id, **said), now=edge.now)
    unknown = uuid4()
    with pytest.raises(ForeignKeyViolation) as refused:
        events.report(ADMIN, unknown, NewAgentEvent(agent_id=unknown, **said))

    assert edge.events() == [event]
    assert refused.value.details == {"constraint": "fk_agent"}


def test_an_agent_speaks_and_reads_for_itself_alone(edge):
    said = NewAgentEvent(
        agent_id=edge.agent.id, deployment_object_id=edge.push(), event_type="DEPLOY", status="SUCCESS"
    )

    for caller in (an_agent(), edge.ci):
        with pytest.raises(AgentPakMismatch):
            events.report(caller, edge.agent.id, said)
        with pytest.raises(AgentPakMismatch):
            events.events(caller, edge.agent.id)
    with pytest.raises(AgentIdMismatch):
        events.report(ADMIN, uuid4(), said)


def test_a_deleted_agents_events_are_gone(edge):
    event = edge.report(edge.push())
    agents.delete_agent(ADMIN, edge.agent.id)

    assert list(events.events(ADMIN, edge.agent.id, now=edge.now)) == []
    assert list(events.all_events(ADMIN, now=edge.now)) == []
    with pytest.raises(AgentEventNotFound):
        events.get_event(ADMIN, event.id, now=edge.now)


def test_the_admin_reads_all_events_or_those_of_one_generators_agents(edge):
    other = Edge()
    mine, theirs = edge.report(edge.push()), other.report(other.push())

    assert {event.id for event in events.all_events(ADMIN, now=edge.now)} == {mine.id, theirs.id}
    assert list(events.all_events(ADMIN, edge.ci.id, now=edge.now)) == [mine]
    assert list(events.all_events(ADMIN, uuid4(), now=edge.now)) == []


def test_all_events_are_listed_the_newest_first_whoever_they_are_of(edge):
    other = Edge()
    first = edge.report(edge.push())
    other.time = edge.time
    second = other.report(other.push())
    edge.time = other.time

    third = edge.report(edge.push())

    assert list(events.all_events(ADMIN, now=edge.now)) == [third, second, first]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_lists_are_read_page_after_page_to_the_end(edge, limit):
    other = Edge()
    for _ in range(4):
        edge.report(edge.push())
        other.report(other.push())
    everything = list(events.all_events(ADMIN, now=edge.now))

    read = []
    before = None
    while page := list(events.all_events(ADMIN, page=Page(limit=limit, before=before), now=edge.now)):
        assert len(page) <= limit
        read += page
        before = page[-1].id

    assert read == everything
    of_edge = [event for event in everything if event.agent_id == edge.agent.id]
    older = Page(limit=limit, before=of_edge[0].id)
    assert list(events.events(edge.agent, edge.agent.id, older, now=edge.now)) == of_edge[1:][:limit]


def test_a_list_goes_on_only_after_an_event_that_is_in_it(edge):
    other = Edge()
    edge.report(edge.push())
    theirs = other.report(other.push())

    for id in (theirs.id, uuid4()):
        with pytest.raises(AgentEventNotFound, match="before"):
            events.events(edge.agent, edge.agent.id, Page(before=id), now=edge.now)


def test_the_global_list_is_the_admins(edge):
    for caller in (edge.ci, edge.agent):
        with pytest.raises(AdminRequired):
            events.all_events(caller)
        with pytest.raises(AdminRequired):
            events.get_event(caller, uuid4())


def test_a_withdrawn_stack_is_forgotten_once_its_removal_is_reported(edge, table):
    edge.push()
    edge.poll()
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [withdrawal] = edge.poll()

    edge.report(withdrawal, "FAILURE", "ConfigMap/default/app: refused")
    assert edge.poll() == [withdrawal]
    edge.report(withdrawal)

    assert edge.poll() == []
    assert given(table) == []


def test_a_dead_stack_is_forgotten_once_its_marker_is_reported(edge, table):
    edge.push()
    edge.poll()
    stacks.delete_stack(edge.ci, edge.stack.id)
    [marker] = edge.poll()

    edge.report(marker)

    assert edge.poll() == []
    assert given(table) == []


def test_a_marker_that_was_pushed_to_a_living_stack_is_not_the_end_of_it(edge, table):
    edge.push()
    edge.poll()
    marker = push(edge.ci, edge.stack.id, NewDeploymentObject(yaml_content="", is_deletion_marker=True)).revision.id

    edge.report(marker)

    assert len(given(table)) == 1
    revived = edge.push("again")
    assert edge.poll() == [revived]


def test_a_late_word_on_an_older_marker_does_not_hide_what_a_dead_stack_left_behind(edge):
    """
    The report waited while the broker was away, and the stack was pushed to, applied and deleted in between.
    """
    older = push(edge.ci, edge.stack.id, NewDeploymentObject(yaml_content="", is_deletion_marker=True)).revision.id
    assert edge.poll() == [older]
    edge.push()
    edge.poll()
    stacks.delete_stack(edge.ci, edge.stack.id)

    edge.report(older)

    [last] = edge.poll()
    edge.report(last)
    assert edge.poll() == []


def test_a_withdrawal_that_ends_in_the_stacks_death_is_forgotten_too(edge, table):
    edge.push()
    edge.poll()
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [withdrawal] = edge.poll()
    stacks.delete_stack(edge.ci, edge.stack.id)

    edge.report(withdrawal)

    assert edge.poll() == []
    assert given(table) == []


@pytest.mark.parametrize("how", ["target", "label"])
def test_a_late_word_on_a_withdrawal_says_nothing_of_the_next_one(edge, how):
    """
    The report waited while the broker was away; the stack came back to the agent in between, and left again. Had the
    broker taken the old word for the new one, the stack's objects would have stayed for ever.
    """
    object_id = edge.push()
    edge.poll()
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [first] = edge.poll()
    if how == "target":
        edge.target()
    else:
        stacks.add_label(edge.ci, edge.stack.id, "edge")
        agents.add_label(ADMIN, edge.agent.id, NewAgentLabel(label="edge"))
    assert edge.poll() == [object_id]
    generators.deregister_agent(edge.agent, edge.ci.id, RegistrationRequest())
    [second] = edge.poll()

    with pytest.raises(ForeignKeyViolation):
        edge.report(first)

    assert edge.poll() == [second]
    edge.report(second)
    assert edge.poll() == []


def test_a_late_word_on_a_withdrawal_before_the_stack_is_served_again_is_the_truth(edge):
    """
    The agent has nothing of the stack, and is given it anew, to be taken back under an id of its own.
    """
    object_id = edge.push()
    edge.poll()
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [first] = edge.poll()
    edge.target()

    edge.report(first)

    assert edge.poll() == [object_id]
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [second] = edge.poll()
    assert second != first


def test_a_poll_that_overlaps_with_the_word_on_a_withdrawal_is_on_record_whichever_comes_first(edge, table):
    """
    The poll has read the old record when the report removes it.
    """
    edge.push()
    edge.poll()
    targets.remove_target(ADMIN, edge.agent.id, edge.stack.id)
    [withdrawal] = edge.poll()
    edge.target()

    def new_id_while_the_report_arrives():
        edge.report(withdrawal)
        return uuid4()

    target_state(edge.agent, edge.agent.id, new_id=new_id_while_the_report_arrives)

    [kept] = given(table)
    assert kept["withdrawal_id"]["S"] != str(withdrawal)
