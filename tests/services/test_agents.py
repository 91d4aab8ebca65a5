from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import (
    AgentChange,
    Heartbeat,
    HeartbeatReport,
    NewAgent,
    NewAgentAnnotation,
    NewAgentLabel,
)
from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.errors.conflicts import Conflict, ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch
from chalicelib.errors.invalid import AgentIdMismatch, InvalidGeneratorId, NameAndClusterRequired
from chalicelib.errors.not_found import AgentAnnotationNotFound, AgentLabelNotFound, AgentNotFound
from chalicelib.errors.protocol import InvalidQuery, Unauthorized, Unavailable
from chalicelib.services import agents, generators, targets
from chalicelib.services.authentication import authenticate
from tests.support.world import a_generator, an_agent, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("installation")


def create(name="edge", cluster_name="prod", **values):
    return agents.create_agent(ADMIN, NewAgent(name=name, cluster_name=cluster_name, **values))


class Interfering:
    """
    A clock that lets somebody else act, once, between what a service reads and what it writes.
    """

    def __init__(self, act):
        self._acts = [act]

    def __call__(self):
        if self._acts:
            self._acts.pop()()
        return NOON


def test_a_new_agent_is_inactive_and_its_pak_works():
    agent, pak = create()

    assert agents.get_agent(ADMIN, agent.id).agent == agent
    assert agent.status == "INACTIVE"
    assert authenticate(str(pak)) == Principal(Role.AGENT, agent.id)


def test_a_new_agent_is_registered_with_the_system_generator_and_the_named_ones_once_each(installation):
    ci = a_generator()

    agent, _ = create(generator_ids=[ci.id, ci.id, installation.system_generator_id])

    registered = [registration.generator_id for registration in targets.registrations(ADMIN, agent.id)]
    assert sorted(registered) == sorted([ci.id, installation.system_generator_id])
    assert [registration.agent_id for registration in generators.registered_agents(ci, ci.id)] == [agent.id]


def test_an_agent_with_an_unknown_or_deleted_generator_is_not_created(table):
    gone = a_generator()
    generators.delete_generator(ADMIN, gone.id)
    before = rows(table)

    for unknown in (uuid4(), gone.id):
        with pytest.raises(InvalidGeneratorId, match=str(unknown)):
            create(generator_ids=[unknown])

    assert rows(table) == before


def test_a_name_is_unique_in_its_cluster(table):
    create("edge", "prod")
    create("edge", "staging")
    before = rows(table)

    with pytest.raises(UniqueViolation) as refused:
        create("edge", "prod")

    assert refused.value.details == {"constraint": "unique_agent_cluster"}
    assert rows(table) == before


def test_a_broker_that_was_never_initialised_creates_no_agent(table):
    table.delete_item(TableName="brokkr", Key={"pk": {"S": "ADMIN"}, "sk": {"S": "ADMIN"}})

    with pytest.raises(Unavailable, match="brokkr-broker init"):
        create()


@pytest.mark.parametrize("caller", [a_generator, an_agent])
def test_only_the_admin_lists_creates_and_deletes_agents(caller):
    somebody = caller()

    with pytest.raises(AdminRequired):
        agents.list_agents(somebody)
    with pytest.raises(AdminRequired):
        agents.create_agent(somebody, NewAgent(name="edge", cluster_name="prod"))
    with pytest.raises(AdminRequired):
        agents.delete_agent(somebody, uuid4())


def test_an_agent_finds_its_own_row_and_no_other():
    agent, _ = create()

    assert agents.find_agent(Principal(Role.AGENT, agent.id), "edge", "prod").agent == agent
    assert agents.find_agent(ADMIN, "edge", "prod").agent == agent
    with pytest.raises(AgentPakMismatch):
        agents.find_agent(an_agent(), "edge", "prod")
    with pytest.raises(AgentNotFound):
        agents.find_agent(an_agent(), "edge", "elsewhere")


@pytest.mark.parametrize(("name", "cluster_name"), [(None, "prod"), ("edge", None), ("", "prod"), ("edge", "")])
def test_a_search_needs_both_names(name, cluster_name):
    with pytest.raises(NameAndClusterRequired):
        agents.find_agent(ADMIN, name, cluster_name)


@pytest.mark.parametrize("name", [" ", "x" * 256, "\x00", "\ud800"])
def test_a_search_for_what_cannot_be_a_name_is_refused(name):
    with pytest.raises(InvalidQuery):
        agents.find_agent(ADMIN, name, "prod")
    with pytest.raises(InvalidQuery):
        agents.find_agent(ADMIN, "edge", name)


def test_a_name_may_take_every_byte_that_its_255_characters_allow():
    name = "\N{SNAKE}" * 255

    agent, _ = create(name, name)

    assert agents.find_agent(ADMIN, name, name).agent == agent


def test_an_agent_changes_its_own_row():
    agent, _ = create()
    caller = Principal(Role.AGENT, agent.id)

    changed = agents.update_agent(caller, agent.id, AgentChange(status="ACTIVE"), now=lambda: NOON).agent
    moved = agents.update_agent(caller, agent.id, AgentChange(name="core", cluster_name="lab")).agent

    assert (changed.name, changed.status, changed.updated_at) == ("edge", "ACTIVE", NOON)
    assert (moved.name, moved.cluster_name, moved.status) == ("core", "lab", "ACTIVE")
    assert agents.find_agent(caller, "core", "lab").agent == moved


def test_a_rename_frees_the_old_name_and_respects_taken_ones():
    agent, _ = create("edge")
    create("core")

    with pytest.raises(UniqueViolation):
        agents.update_agent(ADMIN, agent.id, AgentChange(name="core"))
    agents.update_agent(ADMIN, agent.id, AgentChange(name="rim"))

    assert create("edge")[0].id != agent.id


def test_a_rename_that_loses_to_another_is_a_conflict():
    agent, _ = create("edge")
    rename = Interfering(lambda: agents.update_agent(ADMIN, agent.id, AgentChange(name="first")))

    with pytest.raises(Conflict, match="try again"):
        agents.update_agent(ADMIN, agent.id, AgentChange(name="second"), now=rename)

    assert agents.get_agent(ADMIN, agent.id).agent.name == "first"


def test_another_agents_row_is_neither_read_nor_changed():
    agent, _ = create()

    for caller in (an_agent(), a_generator()):
        with pytest.raises(AgentPakMismatch):
            agents.get_agent(caller, agent.id)
        with pytest.raises(AgentPakMismatch):
            agents.update_agent(caller, agent.id, AgentChange(name="mine"))
        with pytest.raises(AgentPakMismatch):
            agents.rotate_agent_pak(caller, agent.id)
        with pytest.raises(AgentPakMismatch):
            agents.labels(caller, agent.id)
        with pytest.raises(AgentPakMismatch):
            agents.annotations(caller, agent.id)


def test_an_unknown_agent_is_not_found():
    for ask in (
        lambda: agents.get_agent(ADMIN, uuid4()),
        lambda: agents.update_agent(ADMIN, uuid4(), AgentChange(name="edge")),
        lambda: agents.rotate_agent_pak(ADMIN, uuid4()),
    ):
        with pytest.raises(AgentNotFound):
            ask()


def test_a_rotated_pak_is_refused_at_once():
    agent, old = create()

    status, new = agents.rotate_agent_pak(ADMIN, agent.id)

    assert status.agent.id == agent.id
    assert authenticate(str(new)).id == agent.id
    with pytest.raises(Unauthorized):
        authenticate(str(old))


def test_of_two_rotations_at_once_one_wins_and_only_its_pak_works():
    agent, _ = create()
    won = []
    clock = Interfering(lambda: won.append(agents.rotate_agent_pak(ADMIN, agent.id)[1]))

    with pytest.raises(Conflict):
        agents.rotate_agent_pak(ADMIN, agent.id, now=clock)

    assert authenticate(str(won[0])).id == agent.id


def test_a_deleted_agent_is_gone_with_its_pak_and_its_name_is_free():
    agent, pak = create()

    agents.delete_agent(ADMIN, agent.id)

    assert agents.list_agents(ADMIN) == []
    with pytest.raises(AgentNotFound):
        agents.get_agent(ADMIN, agent.id)
    with pytest.raises(AgentNotFound):
        agents.find_agent(ADMIN, "edge", "prod")
    with pytest.raises(Unauthorized):
        authenticate(str(pak))
    assert create()[0].id != agent.id


def test_deleting_an_agent_that_is_not_there_changes_nothing(table):
    agent, _ = create()
    agents.delete_agent(ADMIN, agent.id)
    before = rows(table)

    agents.delete_agent(ADMIN, agent.id)
    agents.delete_agent(ADMIN, uuid4())

    assert rows(table) == before


def test_a_pak_that_was_rotated_while_its_agent_was_deleted_is_refused_too():
    agent, _ = create()
    rotated = []
    clock = Interfering(lambda: rotated.append(agents.rotate_agent_pak(ADMIN, agent.id)[1]))

    agents.delete_agent(ADMIN, agent.id, now=clock)

    with pytest.raises(Unauthorized):
        authenticate(str(rotated[0]))


def test_a_heartbeat_shows_in_the_row_and_in_the_list():
    agent, _ = create()
    silent, _ = create("silent")
    caller = Principal(Role.AGENT, agent.id)

    agents.record_heartbeat(
        caller, agent.id, HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7), now=lambda: NOON
    )

    beat = Heartbeat(NOON, k8s_reachable=True, k8s_api_latency_ms=7, k8s_reported_at=NOON)
    assert agents.get_agent(caller, agent.id).heartbeat == beat
    assert {status.agent.id: status.heartbeat for status in agents.list_agents(ADMIN)} == {
        agent.id: beat,
        silent.id: None,
    }


def test_a_heartbeat_says_only_what_it_says():
    """
    No word on the API server leaves the last one; a word without a latency takes the latency away.
    """
    agent, _ = create()
    caller, later = Principal(Role.AGENT, agent.id), NOON + timedelta(seconds=10)
    agents.record_heartbeat(
        caller, agent.id, HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7), now=lambda: NOON
    )

    agents.record_heartbeat(caller, agent.id, HeartbeatReport(k8s_api_latency_ms=9), now=lambda: later)
    silent = agents.get_agent(caller, agent.id).heartbeat
    agents.record_heartbeat(caller, agent.id, HeartbeatReport(k8s_reachable=False), now=lambda: later)
    spoken = agents.get_agent(caller, agent.id).heartbeat

    assert silent == Heartbeat(later, k8s_reachable=True, k8s_api_latency_ms=7, k8s_reported_at=NOON)
    assert spoken == Heartbeat(later, k8s_reachable=False, k8s_api_latency_ms=None, k8s_reported_at=later)


def test_only_the_agent_itself_has_a_heartbeat():
    agent, _ = create()

    for caller in (ADMIN, an_agent(), a_generator()):
        with pytest.raises(AgentPakMismatch):
            agents.record_heartbeat(caller, agent.id, HeartbeatReport())


def test_the_heartbeat_of_a_deleted_agent_leaves_nothing(table):
    agent, _ = create()
    agents.delete_agent(ADMIN, agent.id)
    before = rows(table)

    with pytest.raises(AgentNotFound):
        agents.record_heartbeat(Principal(Role.AGENT, agent.id), agent.id, HeartbeatReport())

    assert rows(table) == before


def test_labels_come_and_go():
    agent = an_agent()

    label = agents.add_label(ADMIN, agent.id, NewAgentLabel(label="env:dev", agent_id=agent.id))

    assert agents.labels(agent, agent.id) == [label]
    agents.remove_label(ADMIN, agent.id, "env:dev")
    assert agents.labels(agent, agent.id) == []


def test_annotations_come_and_go():
    agent = an_agent()

    annotation = agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="team", value="shop"))

    assert agents.annotations(agent, agent.id) == [annotation]
    agents.remove_annotation(ADMIN, agent.id, "team")
    assert agents.annotations(agent, agent.id) == []


def test_a_label_and_an_annotation_key_are_there_once():
    agent = an_agent()
    agents.add_label(ADMIN, agent.id, NewAgentLabel(label="dev"))
    agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="team", value="shop"))

    with pytest.raises(UniqueViolation) as label:
        agents.add_label(ADMIN, agent.id, NewAgentLabel(label="dev"))
    with pytest.raises(UniqueViolation) as annotation:
        agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="team", value="other"))

    assert label.value.details == {"constraint": "agent_labels_agent_id_label_key"}
    assert annotation.value.details == {"constraint": "agent_annotations_agent_id_key_key"}


@pytest.mark.parametrize("word", ["none", "x" * 2000, "two words", "", "\x00", "\ud800"])
def test_a_label_that_is_not_there_is_not_found_whatever_it_looks_like(word):
    agent = an_agent()

    with pytest.raises(AgentLabelNotFound):
        agents.remove_label(ADMIN, agent.id, word)
    with pytest.raises(AgentAnnotationNotFound):
        agents.remove_annotation(ADMIN, agent.id, word)


def test_an_unknown_or_deleted_agent_has_no_labels_and_gets_none():
    deleted = an_agent().id
    agents.add_label(ADMIN, deleted, NewAgentLabel(label="dev"))
    agents.delete_agent(ADMIN, deleted)

    for agent_id in (uuid4(), deleted):
        assert agents.labels(ADMIN, agent_id) == []
        assert agents.annotations(ADMIN, agent_id) == []
        with pytest.raises(ForeignKeyViolation) as label:
            agents.add_label(ADMIN, agent_id, NewAgentLabel(label="dev"))
        with pytest.raises(ForeignKeyViolation) as annotation:
            agents.add_annotation(ADMIN, agent_id, NewAgentAnnotation(key="team", value="shop"))
        assert label.value.details == {"constraint": "fk_agent_labels_agent"}
        assert annotation.value.details == {"constraint": "fk_agent_annotations_agent"}


def test_a_body_for_another_agent_is_refused():
    agent = an_agent()

    with pytest.raises(AgentIdMismatch):
        agents.add_label(ADMIN, agent.id, NewAgentLabel(label="dev", agent_id=uuid4()))
    with pytest.raises(AgentIdMismatch):
        agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="team", value="shop", agent_id=uuid4()))


def test_an_agent_does_not_label_itself():
    agent = an_agent()

    for change in (
        lambda: agents.add_label(agent, agent.id, NewAgentLabel(label="dev")),
        lambda: agents.remove_label(agent, agent.id, "dev"),
        lambda: agents.add_annotation(agent, agent.id, NewAgentAnnotation(key="team", value="shop")),
        lambda: agents.remove_annotation(agent, agent.id, "team"),
    ):
        with pytest.raises(AdminRequired):
            change()
