"""
Labels and keys go into a path, where the SDK escapes all that can be escaped.
"""

from brokkr_broker_client.api.agent_annotations import (
    agents_add_annotation,
    agents_list_annotations,
    agents_remove_annotation,
)
from brokkr_broker_client.api.agent_labels import agents_add_label, agents_list_labels, agents_remove_label
from brokkr_broker_client.api.stacks import (
    stacks_add_annotation,
    stacks_add_label,
    stacks_list_annotations,
    stacks_list_labels,
    stacks_remove_annotation,
    stacks_remove_label,
)
from brokkr_broker_client.models import NewAgentAnnotation, NewAgentLabel, NewStackAnnotation

AWKWARD = ["a/b", "a:b", "a%2Fb", "a%b", "a+b", "...", "a?b#c&d=e", 'a"b\\c', "größe", "東京", "🚀", "x" * 64]
NO_WORDS = ["a b", "a\tb", "", " ", "x" * 65, ".", ".."]


def test_a_stacks_labels_come_back_as_they_were_sent_and_can_be_removed(generator, stack):
    made = [generator.ask(stacks_add_label, stack, body=label) for label in AWKWARD]
    listed = generator.ask(stacks_list_labels, stack)
    removed = [generator.answer(stacks_remove_label, stack, label).status_code for label in AWKWARD]

    assert [one.label for one in made] == AWKWARD
    assert sorted(listed, key=lambda one: AWKWARD.index(one.label)) == made
    assert removed == [204] * len(AWKWARD)
    assert generator.ask(stacks_list_labels, stack) == []


def test_an_agents_labels_come_back_as_they_were_sent_and_can_be_removed(admin, agent):
    for label in AWKWARD:
        admin.ask(agents_add_label, agent.id, body=NewAgentLabel(agent_id=agent.id, label=label))
    listed = admin.ask(agents_list_labels, agent.id)
    removed = [admin.answer(agents_remove_label, agent.id, label).status_code for label in AWKWARD]

    assert {one.label for one in listed} == set(AWKWARD)
    assert removed == [204] * len(AWKWARD)
    assert admin.ask(agents_list_labels, agent.id) == []


def test_a_stacks_annotations_come_back_as_they_were_sent_and_can_be_removed(generator, stack):
    for word in AWKWARD:
        generator.ask(stacks_add_annotation, stack, body=NewStackAnnotation(key=word, value=word, stack_id=stack))
    listed = generator.ask(stacks_list_annotations, stack)
    removed = [generator.answer(stacks_remove_annotation, stack, word).status_code for word in AWKWARD]

    assert {(one.key, one.value) for one in listed} == {(word, word) for word in AWKWARD}
    assert removed == [204] * len(AWKWARD)
    assert generator.ask(stacks_list_annotations, stack) == []


def test_an_agents_annotations_come_back_as_they_were_sent_and_can_be_removed(admin, agent):
    for word in AWKWARD:
        new = NewAgentAnnotation(key=word, value=word, agent_id=agent.id)
        admin.ask(agents_add_annotation, agent.id, body=new)
    listed = admin.ask(agents_list_annotations, agent.id)
    removed = [admin.answer(agents_remove_annotation, agent.id, word).status_code for word in AWKWARD]

    assert {(one.key, one.value) for one in listed} == {(word, word) for word in AWKWARD}
    assert removed == [204] * len(AWKWARD)
    assert admin.ask(agents_list_annotations, agent.id) == []


def test_what_is_no_label_is_refused(generator, stack):
    refused = {generator.refusal(stacks_add_label, stack, body=label) for label in NO_WORDS}

    assert refused == {(400, "invalid_label")}
    assert generator.ask(stacks_list_labels, stack) == []


def test_a_label_that_is_none_is_not_there_to_be_removed(generator, stack):
    assert generator.refusal(stacks_remove_label, stack, "a b") == (404, "stack_label_not_found")


def test_a_label_is_unescaped_once(generator, stack):
    """
    Twice, and `a%2Fb` would take away `a/b`.
    """
    generator.ask(stacks_add_label, stack, body="a/b")

    assert generator.refusal(stacks_remove_label, stack, "a%2Fb") == (404, "stack_label_not_found")
    assert [one.label for one in generator.ask(stacks_list_labels, stack)] == ["a/b"]
