from contextlib import suppress
from uuid import uuid4

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.domain.agents import Given, LastReport
from chalicelib.store import given_stacks
from chalicelib.store.writes import Together


def give(again=None):
    """
    Some stack to some agent; or the same one again.
    """
    agent_id, stack_id = (again.agent_id, again.stack_id) if again else (uuid4(), uuid4())
    given = Given(agent_id=agent_id, stack_id=stack_id, withdrawal_id=uuid4())
    if again:
        note(given_stacks.give_again, again, given.withdrawal_id)
    else:
        given_stacks.give(agent_id, stack_id, given.withdrawal_id)
    return given


def note(write, *what):
    """
    Alone in a transaction; where the stack was given anew, nothing.
    """
    together = Together()
    write(together, *what)
    with suppress(given_stacks.GivenAnew):
        together.commit()


def a_report(sequence_id, status="SUCCESS"):
    return LastReport(object_id=uuid4(), sequence_id=sequence_id, status=status, event="2026", digest="d")


def kept(given):
    return given_stacks.find(given.agent_id, given.stack_id)


def test_what_was_given_first_stays(table):
    first = give()

    given_stacks.give(first.agent_id, first.stack_id, uuid4())

    assert kept(first) == first


def test_what_is_given_again_is_withdrawn_under_an_id_of_its_own(table):
    first = give()
    given_stacks.note_report(first, a_report(7))
    note(given_stacks.withdraw, first)

    second = give(again=first)

    assert kept(first) == second
    assert second.withdrawal_id != first.withdrawal_id


def test_of_two_polls_that_give_a_stack_again_one_is_on_record(table):
    first = give()
    second = give(again=first)

    give(again=first)

    assert kept(first) == second


def test_what_was_taken_back_meanwhile_is_given_again_all_the_same(table):
    first = give()
    note(given_stacks.take_back, first)

    second = give(again=first)

    assert kept(first) == second


def test_a_withdrawal_is_on_record_from_the_first_time_it_is_shown(table):
    given = give()

    note(given_stacks.withdraw, given)

    assert kept(given) == replace(given, is_withdrawn=True)


def test_neither_what_was_given_anew_nor_what_was_taken_back_is_withdrawn_with_the_old(table):
    first, gone = give(), give()
    second = give(again=first)
    note(given_stacks.take_back, gone)

    note(given_stacks.withdraw, first)
    note(given_stacks.withdraw, gone)

    assert kept(first) == second
    assert kept(gone) is None


def test_the_last_report_is_kept_and_an_older_one_is_not(table):
    given, newest = give(), a_report(7)
    given_stacks.note_report(given, newest)

    given_stacks.note_report(given, a_report(6, "FAILURE"))

    assert kept(given) == replace(given, last_report=newest)


def test_a_second_report_on_the_same_object_replaces_the_first(table):
    given, first = give(), a_report(7, "FAILURE")
    given_stacks.note_report(given, first)

    given_stacks.note_report(given, replace(first, status="SUCCESS"))

    assert kept(given).last_report.status == "SUCCESS"


def test_a_report_does_not_bring_back_what_was_taken_back(table):
    given = give()
    note(given_stacks.take_back, given)

    given_stacks.note_report(given, a_report(7))

    assert kept(given) is None


def test_a_report_does_not_undo_what_a_poll_put_on_record_meanwhile(table):
    """
    The report has read the record before the poll gave the stack anew: its old withdrawal id must not come back.
    """
    first = give()
    second = give(again=first)

    given_stacks.note_report(first, a_report(7))

    assert kept(first).withdrawal_id == second.withdrawal_id


def test_what_was_given_anew_is_not_taken_back_with_the_old(table):
    old = give()
    new = give(again=old)

    note(given_stacks.take_back, old)

    assert kept(old) == new


def test_a_store_that_fails_is_not_mistaken_for_one_that_refuses(table):
    given = give()
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)
    table.delete_table(TableName="brokkr")

    with pytest.raises(PutError):
        give()
    with pytest.raises(UpdateError):
        given_stacks.note_report(given, a_report(7))
