from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chalicelib.domain.diagnostics import Diagnostic, DiagnosticResult, NewDiagnostic
from chalicelib.domain.principals import ADMIN
from chalicelib.store import diagnostics
from tests.support.recorder import recorder
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGENT = uuid4()


def a_diagnostic():
    asked = Diagnostic.asked(uuid4(), uuid4(), NewDiagnostic(agent_id=AGENT), NOON)
    diagnostics.add(asked)
    return asked


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


def test_a_diagnostic_is_in_the_index_only_while_it_is_pending(table):
    asked = a_diagnostic()
    [waiting] = rows(table)

    diagnostics.claim(asked.id, ADMIN, NOON)

    [claimed] = rows(table)
    assert waiting["pk"]["S"] == f"DIAGNOSTIC#{asked.id}"
    assert waiting["gsi1pk"]["S"] == f"DIAGNOSTICS#{AGENT}"
    assert waiting["gsi1sk"]["S"].startswith((NOON + HOUR).isoformat())
    assert claimed.keys() & {"gsi1pk", "gsi1sk"} == set()


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


def test_a_claim_is_one_write_and_no_read(table):
    asked = a_diagnostic()

    with recorder.recording() as needs:
        assert diagnostics.claim(asked.id, ADMIN, NOON)

    assert [need.action for need in needs] == ["dynamodb:UpdateItem"]


def test_what_is_not_there_is_neither_claimed_nor_completed(table):
    asked = Diagnostic.asked(uuid4(), uuid4(), NewDiagnostic(agent_id=AGENT), NOON)

    assert diagnostics.claim(asked.id, ADMIN, NOON) is None
    assert diagnostics.get_any(asked.id) is None
    assert diagnostics.find_result(asked) is None
    assert rows(table) == []


def test_a_large_result_is_kept_in_pieces_that_expire_with_it(table):
    asked = a_diagnostic()
    diagnostics.claim(asked.id, ADMIN, NOON)
    tails = "".join(map(str, range(400_000)))

    result = a_result(asked, tails)
    assert diagnostics.complete(result)

    assert diagnostics.find_result(diagnostics.get_any(asked.id)) == result
    kept = [row for row in rows(table) if row["pk"]["S"] == f"RESULT#{result.id}"]
    assert len(kept) > 2
    assert {row["expires_at"]["N"] for row in kept} == {str(int((NOON + HOUR).timestamp()))}
