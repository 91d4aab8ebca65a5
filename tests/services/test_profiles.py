"""
Whatever happens to an agent, its profile says what is kept under the agent.
"""

from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from msgspec.structs import replace

from chalicelib import system
from chalicelib.domain.agents import (
    AgentChange,
    LastReport,
    NewAgentAnnotation,
    NewAgentLabel,
    NewAgentTarget,
    RegistrationRequest,
)
from chalicelib.domain.association import Scope
from chalicelib.domain.events import NewAgentEvent
from chalicelib.domain.fleet import Profile
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStackAnnotation, StackChange
from chalicelib.errors import BrokerError
from chalicelib.errors.protocol import InvalidRequestBody
from chalicelib.services import agents, events, fleet, generators, stacks, targets
from chalicelib.services.target_state import associated_stacks, target_state
from chalicelib.store import agent_events, agent_files, given_stacks, profiles
from chalicelib.store import agents as kept
from chalicelib.store import members as kept_members
from tests.support.world import Served, a_generator, a_stack, an_agent, rows

STEPS = 80
WORDS = ("env:dev", "env:prod", "tier:web")


class World:
    """
    Two generators, three stacks and two agents, to which anything may happen, in any order; what the rules refuse is
    refused. What was deleted stays in the game.
    """

    def __init__(self, seed):
        self.chance = Random(seed)
        self.generators = [a_generator(), a_generator()]
        self.stacks = [a_stack(self.chance.choice(self.generators)) for _ in range(3)]
        self.agents = [an_agent(), an_agent()]
        self.seen = []
        self.acts = [self.push, self.poll, self.poll, self.report, self.report, self.target, self.untarget]
        self.acts += [self.label, self.unlabel, self.annotate, self.unannotate, self.register, self.deregister]
        self.acts += [self.rename, self.move, self.label_stack, self.unlabel_stack, self.annotate_stack, self.end]

    def step(self):
        act = self.chance.choice(self.acts)
        with suppress(BrokerError):
            act(self.chance.choice(self.agents), self.chance.choice(self.stacks), self.chance.choice(WORDS))

    def push(self, agent, stack, word):
        Served(ADMIN, agent, stack).push(word.replace(":", "-"))

    def poll(self, agent, stack, word):
        self.seen += [one.revision.id for one in target_state(agent, agent.id).objects]

    def report(self, agent, stack, word):
        if self.seen:
            about, status = self.chance.choice(self.seen[-6:]), self.chance.choice(["SUCCESS", "SUCCESS", "FAILURE"])
            said = NewAgentEvent(agent_id=agent.id, deployment_object_id=about, event_type="DEPLOY", status=status)
            events.report(agent, agent.id, said)

    def target(self, agent, stack, word):
        targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=stack.id))

    def untarget(self, agent, stack, word):
        targets.remove_target(ADMIN, agent.id, stack.id)

    def label(self, agent, stack, word):
        agents.add_label(ADMIN, agent.id, NewAgentLabel(label=word))

    def unlabel(self, agent, stack, word):
        agents.remove_label(ADMIN, agent.id, word)

    def annotate(self, agent, stack, word):
        agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="a.b/c[0]", value=word))

    def unannotate(self, agent, stack, word):
        agents.remove_annotation(ADMIN, agent.id, "a.b/c[0]")

    def register(self, agent, stack, word):
        generators.register_agent(agent, stack.generator_id, RegistrationRequest())

    def deregister(self, agent, stack, word):
        generators.deregister_agent(agent, stack.generator_id, RegistrationRequest())

    def rename(self, agent, stack, word):
        status = self.chance.choice(["ACTIVE", "INACTIVE", None])
        agents.update_agent(ADMIN, agent.id, AgentChange(cluster_name=f"{word}-{agent.id}", status=status))

    def move(self, agent, stack, word):
        stacks.update_stack(ADMIN, stack.id, StackChange(generator_id=self.chance.choice(self.generators).id))

    def label_stack(self, agent, stack, word):
        stacks.add_label(ADMIN, stack.id, word)

    def unlabel_stack(self, agent, stack, word):
        stacks.remove_label(ADMIN, stack.id, word)

    def annotate_stack(self, agent, stack, word):
        stacks.add_annotation(ADMIN, stack.id, NewStackAnnotation(key="a.b/c[0]", value=word))

    def end(self, agent, stack, word):
        """
        One time in three; what takes the place of what ended is new.
        """
        act = self.chance.choice([self.end_agent, self.end_stack, self.end_generator, *[lambda *_: None] * 6])
        act(agent, stack)

    def end_agent(self, agent, stack):
        agents.delete_agent(ADMIN, agent.id)
        self.agents.append(an_agent())

    def end_stack(self, agent, stack):
        stacks.delete_stack(ADMIN, stack.id)
        self.stacks.append(a_stack(self.chance.choice(self.generators)))

    def end_generator(self, agent, stack):
        generators.delete_generator(ADMIN, stack.generator_id)
        self.generators.append(a_generator())


def of_its_partition(agent_id):
    file = agent_files.read(agent_id, consistent=True)
    return Profile.of(file.agent, Scope.of(file), file.given, agent_events.newest_moment(agent_id))


def forget_profile(table, agent):
    """
    As an earlier version left it.
    """
    table.delete_item(TableName="brokkr", Key={"pk": {"S": "FLEET"}, "sk": {"S": f"PROFILE#{agent.id}"}})


def has_profile(table, agent):
    return any(row["sk"]["S"] == f"PROFILE#{agent.id}" for row in rows(table))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_profiles_say_what_the_agents_partitions_say(installation, seed):
    world = World(seed)
    for _ in range(STEPS):
        world.step()

    found = [member.profile for member in kept_members.all_live()]

    live = {agent.id for agent in kept.all_live()}
    assert {profile.agent_id for profile in found} == live
    assert found == [of_its_partition(profile.agent_id) for profile in found]


@pytest.mark.parametrize("seed", range(1))
def test_what_is_pending_is_what_an_incremental_poll_would_bring(installation, seed):
    """
    One rule: what an agent has not reported on yet. But for withdrawals, which are no objects of its stacks.
    """
    world = World(seed)
    for number in range(STEPS):
        world.step()
        if number % 10 == 0:
            for record in fleet.list_fleet(ADMIN):
                id = record.member.profile.agent_id
                due = target_state(ADMIN, id, incremental=True).objects
                served = {stack.id for stack in stacks.list_stacks(ADMIN)} & {
                    one.id for one in associated_stacks(ADMIN, id)
                }
                assert record.pending_objects == sum(one.revision.stack_id in served for one in due)


# Agents that an earlier version made


def test_a_look_at_the_fleet_gives_an_agent_its_profile(table, served):
    served.report(served.push())
    forget_profile(table, served.agent)

    [member] = kept_members.all_live()

    assert member.profile == of_its_partition(served.agent.id)
    assert has_profile(table, served.agent)


@pytest.mark.parametrize("act", [World.label, World.target, World.rename, World.annotate, World.register])
def test_a_change_gives_an_agent_its_profile(table, served, act):
    world = World(0)
    forget_profile(table, served.agent)

    act(world, served.agent, world.stacks[0], "env:dev")

    assert has_profile(table, served.agent)
    assert profiles.find(served.agent.id) == of_its_partition(served.agent.id)


def test_a_report_gives_an_agent_its_profile(table, served):
    pushed = served.push()
    served.poll()
    forget_profile(table, served.agent)

    served.report(pushed)

    assert has_profile(table, served.agent)
    assert profiles.find(served.agent.id) == of_its_partition(served.agent.id)


def test_a_deleted_agent_leaves_no_profile_and_gets_none(table, served):
    targeted = served.stack
    agents.add_label(ADMIN, served.agent.id, NewAgentLabel(label="env:dev"))
    agents.delete_agent(ADMIN, served.agent.id)

    agents.remove_label(ADMIN, served.agent.id, "env:dev")
    stacks.delete_stack(ADMIN, targeted.id)
    profiles.note_report(served.agent.id, system.now())

    assert profiles.find(served.agent.id) is None
    assert not has_profile(table, served.agent)
    assert kept_members.all_live() == []


# Reports that overtake each other


def test_a_report_on_an_older_object_is_not_the_last(served):
    old, new = served.push("old"), served.push("new")
    served.poll()
    served.report(new)

    served.report(old)

    assert profiles.find(served.agent.id).answered == {served.stack.id: new.revision.sequence_id}


def test_of_two_reports_at_once_the_one_on_the_newer_object_and_the_later_moment_stay(served):
    """
    Each read the record before the other wrote it.
    """
    served.push()
    served.poll()
    given = given_stacks.find(served.agent.id, served.stack.id)
    late, early = system.now(), system.now() - timedelta(seconds=1)
    profiles.note_report(served.agent.id, late, answering(given, 8))
    profiles.note_report(served.agent.id, early, answering(given, 9))

    profiles.note_report(served.agent.id, early, answering(given, 7))

    profile = profiles.find(served.agent.id)
    assert (profile.answered, profile.last_event_at) == ({served.stack.id: 9}, late)


def answering(given, sequence_id):
    report = LastReport(object_id=uuid4(), sequence_id=sequence_id, status="SUCCESS", event="2026", digest="d")
    return replace(given, last_report=report)


# An item has room for 400 KB


def fill(table, agent, name, values):
    table.update_item(
        TableName="brokkr",
        Key={"pk": {"S": "FLEET"}, "sk": {"S": f"PROFILE#{agent.id}"}},
        UpdateExpression=f"SET {name} = :values",
        ExpressionAttributeValues={":values": values},
    )


def test_an_agent_with_as_many_labels_as_a_profile_holds_gets_no_more(table, served):
    fill(table, served.agent, "labels", {"SS": [f"env:{number}" for number in range(250)]})

    with pytest.raises(InvalidRequestBody, match="250 labels"):
        agents.add_label(ADMIN, served.agent.id, NewAgentLabel(label="env:dev"))

    assert agents.labels(ADMIN, served.agent.id) == []
    agents.add_annotation(ADMIN, served.agent.id, NewAgentAnnotation(key="team", value="web"))


def test_a_report_is_taken_though_the_profile_holds_no_more_answers(table, served):
    full = {str(uuid4()): {"N": "1"} for _ in range(2000)}
    fill(table, served.agent, "answered", {"M": full})
    pushed = served.push()
    served.poll()

    event = served.report(pushed)

    profile = profiles.find(served.agent.id)
    assert profile.last_event_at == event.created_at
    assert served.stack.id not in profile.answered
