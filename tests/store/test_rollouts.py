from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chalicelib.domain.deployment_health import Health
from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, Revision
from chalicelib.domain.rollout import Outcome
from chalicelib.store import rollouts
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_revision(stack_id=None, sequence_id=1):
    return Revision(
        id=uuid4(),
        stack_id=stack_id or uuid4(),
        sequence_id=sequence_id,
        checksum=EMPTY_CHECKSUM,
        is_marker=False,
        created_at=NOON,
    )


def health(status="healthy", at=NOON):
    return Health(status=status, since=at, created_at=at, checked_at=at, reported_at=at, summary='{"a":1}')


def outcome(at=NOON, *, succeeded=True):
    return Outcome(succeeded=succeeded, since=at, event=f"{at.isoformat()}#{uuid4()}")


def test_both_halves_of_a_record_are_kept_whichever_comes_first(table):
    one, other, agent = a_revision(), a_revision(), uuid4()

    rollouts.note_health(one, agent, health())
    rollouts.note_outcome(one, agent, outcome(), again=False)
    rollouts.note_outcome(other, agent, outcome(), again=False)
    rollouts.note_health(other, agent, health())

    for revision in (one, other):
        said = rollouts.said_of(revision)[agent]
        assert said.outcome.succeeded
        assert (said.applied_at, said.health) == (NOON, health())


def test_an_earlier_word_never_replaces_a_later_one(table):
    """
    Two reports of one agent may overtake each other between the read and the write.
    """
    revision, agent = a_revision(), uuid4()
    rollouts.note_health(revision, agent, health("failing"))
    failed = outcome(succeeded=False)
    rollouts.note_outcome(revision, agent, failed, again=False)

    rollouts.note_health(revision, agent, health("healthy", NOON - SECOND))
    rollouts.note_outcome(revision, agent, outcome(NOON - SECOND), again=False)

    said = rollouts.said_of(revision)[agent]
    assert (said.health.status, said.outcome) == ("failing", failed)


def test_a_revision_has_its_own_records_and_a_stack_all_of_them(table):
    agent, old = uuid4(), a_revision()
    new = a_revision(old.stack_id, 10)
    rollouts.note_health(new, agent, health("healthy"))
    rollouts.note_health(old, agent, health("failing"))

    assert [one.health.status for one in rollouts.health_of(new)] == ["healthy"]
    assert [one.object_id for one in rollouts.health_in(old.stack_id)] == [new.id, old.id]
    assert rollouts.health_by(agent, [old, new]) == {old.id: health("failing"), new.id: health("healthy")}


def test_a_record_expires_a_month_after_it_was_last_written(table):
    revision, agent = a_revision(), uuid4()
    rollouts.note_health(revision, agent, health())

    rollouts.note_outcome(revision, agent, outcome(NOON + SECOND), again=False)

    [row] = rows(table)
    assert int(row["expires_at"]["N"]) == int((NOON + SECOND + timedelta(days=30)).timestamp())


def test_what_is_forgotten_is_gone(table):
    revision, agent = a_revision(), uuid4()
    rollouts.note_health(revision, agent, health())

    rollouts.forget(revision, agent)

    assert rows(table) == []
