from uuid import uuid4

from chalicelib.domain.agents import (
    AgentAnnotation,
    AgentFile,
    AgentLabel,
    AgentTarget,
    Given,
    LastReport,
    Registration,
)
from chalicelib.domain.diagnostics import Diagnostic, NewDiagnostic, PendingDiagnostic
from chalicelib.store import (
    agent_files,
    agent_labels,
    diagnostics,
    given_stacks,
    registrations,
    targets,
)
from chalicelib.store.writes import Together
from tests.support.agent_rows import NOON, add, bury


def add_label(agent, label, id=None):
    together = Together()
    agent_labels.add_label(together, AgentLabel(id or uuid4(), agent.id, label))
    together.commit()


def give(agent):
    given = Given(agent_id=agent.id, stack_id=uuid4(), withdrawal_id=uuid4())
    given_stacks.give(given.agent_id, given.stack_id, given.withdrawal_id)
    return given


def ask(agent):
    asked = Diagnostic.asked(uuid4(), uuid4(), NewDiagnostic(agent_id=agent.id), NOON)
    together = Together()
    diagnostics.add(together, asked)
    together.commit()
    return asked


def test_an_agents_file_holds_all_that_is_kept_under_it(table):
    agent, other = add(), add("other")
    label = AgentLabel(uuid4(), agent.id, "env:dev")
    annotation = AgentAnnotation(uuid4(), agent.id, "team", "shop")
    target = AgentTarget(uuid4(), agent.id, uuid4())
    registration = Registration(uuid4(), agent.id, uuid4(), NOON)
    given = give(agent)
    add_label(agent, label.label, label.id)
    together = Together()
    agent_labels.add_annotation(together, annotation)
    targets.add(together, target)
    registrations.add(together, registration)
    together.commit()
    add_label(other, "env:prod")
    asked = ask(agent)

    file = agent_files.read(agent.id)

    assert file == AgentFile(
        agent=agent,
        labels=[label],
        annotations=[annotation],
        targets=[target],
        registrations=[registration],
        given=[given],
        diagnostics=[PendingDiagnostic(asked.id, asked.expires_at)],
    )


def test_an_agents_file_is_read_to_its_end(table):
    """
    A query answers 1 MB at a time.
    """
    agent = add()
    for _ in range(5):
        report = LastReport(object_id=uuid4(), sequence_id=1, status="x" * 300_000, event="2026", digest="d")
        given_stacks.note_report(give(agent), report)

    assert len(agent_files.read(agent.id).given) == 5


def test_the_file_of_an_unknown_or_buried_agent_is_empty(table):
    agent = add()
    add_label(agent, "env:dev")
    ask(agent)
    bury(agent)

    empty = AgentFile(agent=None, labels=[], annotations=[], targets=[], registrations=[], given=[], diagnostics=[])

    assert agent_files.read(agent.id) == empty
    assert agent_files.read(uuid4()) == empty
