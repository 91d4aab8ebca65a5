import hashlib
import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.deployment_objects import NewDeploymentObject, Revision, checksum_of
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.conflicts import IdempotencyKeyReused
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.invalid import InvalidDeploymentObject
from chalicelib.errors.not_found import StackNotFound
from chalicelib.services.deployment_objects import get_object, list_objects, push
from chalicelib.services.stacks import delete_stack
from chalicelib.store import deployment_objects as stored
from chalicelib.store import stacks
from tests.support.world import a_generator, a_stack, an_agent, config_map, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def body(name="app", **values):
    return NewDeploymentObject(yaml_content=config_map(name), **values)


def a_revision(stack, sequence_id, content):
    return Revision(
        id=uuid4(),
        stack_id=stack.id,
        sequence_id=sequence_id,
        checksum=checksum_of(content),
        is_marker=False,
        created_at=NOON,
    )


def sequence_ids(stack):
    return [one.revision.sequence_id for one in list_objects(ADMIN, stack.id)]


def test_a_stack_counts_its_pushes_from_one(table):
    ci = a_generator()
    stack, other = a_stack(ci), a_stack(ci)

    pushed = [push(ci, stack.id, body()).revision.sequence_id for _ in range(3)]

    assert pushed == [1, 2, 3]
    assert push(ci, other.id, body()).revision.sequence_id == 1


def test_the_newest_push_is_listed_first_and_is_what_the_stack_points_at(table):
    ci = a_generator()
    stack = a_stack(ci)

    first, second = push(ci, stack.id, body("one")), push(ci, stack.id, body("two"))

    assert list_objects(ci, stack.id) == [second, first]
    assert stacks.get(stack.id).newest == second.revision.pointer


def test_a_list_without_content_brings_everything_else(table):
    ci = a_generator()
    stack = a_stack(ci)
    pushed = push(ci, stack.id, body())

    [listed] = list_objects(ci, stack.id, content=False)

    assert listed.content is None
    assert listed.revision == pushed.revision


@pytest.mark.parametrize(
    "content",
    [
        config_map("app") + "# no newline at the end: ü 🚀",
        "\ufeff" + config_map("bom"),
        config_map("crlf").replace("\n", "\r\n"),
    ],
)
def test_a_text_comes_back_byte_for_byte(content, table):
    """
    Clients compare their own SHA-256 with ours.
    """
    ci = a_generator()
    stack = a_stack(ci)

    pushed = push(ci, stack.id, NewDeploymentObject(yaml_content=content))

    assert get_object(ci, pushed.revision.id) == pushed
    assert pushed.content == content
    assert pushed.revision.checksum == hashlib.sha256(content.encode()).hexdigest()


def test_a_text_that_no_single_item_holds_comes_back_whole(table):
    """
    DynamoDB's items end at 400 KB; this one does not compress below three of them.
    """
    ci = a_generator()
    stack = a_stack(ci)
    noise = random.Random(1).randbytes(1_000_000).hex()
    content = config_map("big") + f"data:\n  noise: {noise}\n"

    pushed = push(ci, stack.id, NewDeploymentObject(yaml_content=content))

    assert get_object(ci, pushed.revision.id).content == content
    assert [one.content for one in list_objects(ci, stack.id)] == [content]


def test_a_refused_manifest_uses_no_number(table):
    ci = a_generator()
    stack = a_stack(ci)

    with pytest.raises(InvalidDeploymentObject):
        push(ci, stack.id, NewDeploymentObject(yaml_content="kind: ConfigMap"))

    assert push(ci, stack.id, body()).revision.sequence_id == 1


@pytest.mark.parametrize("stranger", [a_generator, an_agent])
def test_only_the_stacks_generator_and_the_admin_push(stranger, installation):
    ci, other = a_generator(), stranger()
    stack = a_stack(ci)

    with pytest.raises(StackNotOwned):
        push(other, stack.id, body())

    assert push(ADMIN, stack.id, body()).revision.sequence_id == 1
    assert push(ci, stack.id, body()).revision.sequence_id == 2


def test_a_stack_that_never_was_takes_no_push(table):
    ci = a_generator()
    before = rows(table)

    with pytest.raises(StackNotFound):
        push(ci, uuid4(), body())

    assert rows(table) == before


def test_a_retry_gets_the_first_answer_and_writes_nothing(table):
    ci = a_generator()
    stack = a_stack(ci)
    first = push(ci, stack.id, body(), "build-7")
    before = rows(table)

    again = push(ci, stack.id, body(), "build-7")

    assert again == first
    assert rows(table) == before


@pytest.mark.parametrize(
    "other",
    [body("other"), NewDeploymentObject(yaml_content=config_map("app"), is_deletion_marker=True)],
)
def test_a_key_stands_for_one_body(other, table):
    ci = a_generator()
    stack = a_stack(ci)
    push(ci, stack.id, body(), "build-7")
    before = rows(table)

    with pytest.raises(IdempotencyKeyReused):
        push(ci, stack.id, other, "build-7")

    assert rows(table) == before


def test_a_key_means_nothing_on_another_stack(table):
    ci = a_generator()
    stack, other = a_stack(ci), a_stack(ci)

    first, second = push(ci, stack.id, body(), "build-7"), push(ci, other.id, body("other"), "build-7")

    assert first.revision.stack_id != second.revision.stack_id
    assert sequence_ids(stack) == sequence_ids(other) == [1]


def test_a_stranger_learns_nothing_from_a_key(table):
    ci, other = a_generator(), a_generator()
    stack = a_stack(ci)
    push(ci, stack.id, body(), "build-7")

    with pytest.raises(StackNotOwned):
        push(other, stack.id, body(), "build-7")


def test_a_key_is_forgotten_after_a_day(table):
    ci = a_generator()
    stack = a_stack(ci)
    push(ci, stack.id, body(), "nightly", now=lambda: NOON)

    just_before = push(ci, stack.id, body(), "nightly", now=lambda: NOON + timedelta(hours=23, minutes=59))
    next_day = push(ci, stack.id, body("other"), "nightly", now=lambda: NOON + timedelta(hours=24, minutes=1))

    assert just_before.revision.sequence_id == 1
    assert next_day.revision.sequence_id == 2


@pytest.mark.parametrize("was_written", [False, True])
def test_a_retry_finishes_what_the_first_try_left_undone(was_written, table):
    """
    A push that dies after it took its number has told nobody; the same key brings the same object to its end.
    """
    ci = a_generator()
    stack = a_stack(ci)
    died = a_revision(stack, stacks.next_sequence(stack.id, ci), config_map("app"))
    stored.note_attempt(died, hashlib.sha256(b"build-7").hexdigest(), NOON)
    if was_written:
        stored.write(died, config_map("app"))

    again = push(ci, stack.id, body(), "build-7", now=lambda: NOON)

    assert again.revision == died
    assert list_objects(ci, stack.id) == [again]
    assert stacks.get(stack.id).newest == died.pointer


def test_what_a_crash_leaves_before_the_entry_is_invisible(table):
    ci = a_generator()
    stack = a_stack(ci)
    stored.write(a_revision(stack, stacks.next_sequence(stack.id, ci), config_map("lost")), config_map("lost"))

    pushed = push(ci, stack.id, body())

    assert pushed.revision.sequence_id == 2
    assert list_objects(ci, stack.id) == [pushed]


def test_an_older_push_that_commits_late_never_becomes_the_newest(table):
    ci = a_generator()
    stack = a_stack(ci)
    late = a_revision(stack, stacks.next_sequence(stack.id, ci), config_map("late"))
    newer = push(ci, stack.id, body())

    stored.write(late, config_map("late"))
    stored.commit(late)
    stacks.point_at(stack.id, late.pointer)

    assert stacks.get(stack.id).newest == newer.revision.pointer
    assert sequence_ids(stack) == [2, 1]


def test_a_push_that_ends_after_the_stacks_deletion_changes_nothing_for_agents(table):
    """
    Its number is below the marker's, so the marker stays the last word.
    """
    ci = a_generator()
    stack = a_stack(ci)

    def new_id_while_the_stack_is_deleted():
        delete_stack(ci, stack.id)
        return uuid4()

    with pytest.raises(StackNotFound):
        push(ci, stack.id, body(), new_id=new_id_while_the_stack_is_deleted)

    deleted = stacks.find_any(stack.id)
    assert deleted.newest.is_marker
    assert deleted.newest == stored.newest(stack.id).pointer
