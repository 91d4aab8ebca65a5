from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.diagnostics import Diagnostic, DiagnosticResult, NewDiagnostic
from chalicelib.errors.conflicts import DiagnosticAlreadyClaimed
from chalicelib.store import diagnostics
from chalicelib.store.writes import Together
from tests.support.recorder import recorder
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGENT = uuid4()


def a_diagnostic():
    asked = Diagnostic.asked(uuid4(), uuid4(), NewDiagnostic(agent_id=AGENT), NOON)
    together = Together()
    diagnostics.add(together, asked)
    together.commit()
    return asked


def claim(asked, at=NOON):
    together = Together()
    diagnostics.claim(together, asked, at, DiagnosticAlreadyClaimed("it is not pending"))
    together.commit()


def a_result(asked, log_tails=None):
    result = DiagnosticResult(
        id=uuid4(),
        request_id=asked.id,
        pod_statuses="[]",
        events="[]",
        log_tails=log_tails,
        collected_at=NOON,
        created_at=NOON,
    )
    diagnostics.keep_result(asked, result)
    return result


def test_a_diagnostic_is_with_its_agent_only_while_it_is_pending(table):
    asked = a_diagnostic()
    waiting = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows(table)}

    claim(asked)

    [claimed] = rows(table)
    beside = waiting.pop((f"AGENT#{AGENT}", f"DIAGNOSTIC#{asked.id}"))
    assert list(waiting) == [(f"DIAGNOSTIC#{asked.id}", "DIAGNOSTIC")] == [(claimed["pk"]["S"], claimed["sk"]["S"])]
    assert beside["expires_at"]["N"] == str(int((NOON + HOUR).timestamp()))


def test_an_agent_that_is_asked_nothing_costs_one_query(table):
    """
    Each agent asks that every few seconds.
    """
    with recorder.recording() as needs:
        assert diagnostics.pending(AGENT, NOON) == []

    assert [need.action for need in needs] == ["dynamodb:Query"]


def test_expired_ones_are_not_even_read(table):
    a_diagnostic()

    with recorder.recording() as needs:
        assert diagnostics.pending(AGENT, NOON + 2 * HOUR) == []

    assert [need.action for need in needs] == ["dynamodb:Query"]


@pytest.mark.parametrize("at", [NOON, NOON + HOUR])
def test_what_was_claimed_or_has_lapsed_is_not_claimed(at, table):
    asked = a_diagnostic()
    if at == NOON:
        claim(asked)
    before = rows(table)

    with pytest.raises(DiagnosticAlreadyClaimed):
        claim(asked, at)

    assert rows(table) == before


def test_what_is_not_there_is_neither_claimed_nor_completed(table):
    asked = Diagnostic.asked(uuid4(), uuid4(), NewDiagnostic(agent_id=AGENT), NOON)

    with pytest.raises(DiagnosticAlreadyClaimed):
        claim(asked)
    assert diagnostics.get_any(asked.id) is None
    assert diagnostics.find_result(asked) is None
    assert rows(table) == []


def test_a_large_result_is_kept_in_pieces_that_expire_with_it(table):
    asked = a_diagnostic()
    claim(asked)
    tails = "".join(map(str, range(400_000)))

    result = a_result(asked, tails)
    assert diagnostics.complete(result)

    assert diagnostics.find_result(diagnostics.get_any(asked.id)) == result
    kept = [row for row in rows(table) if row["pk"]["S"] == f"RESULT#{result.id}"]
    assert len(kept) > 2
    assert {row["expires_at"]["N"] for row in kept} == {str(int((NOON + HOUR).timestamp()))}
