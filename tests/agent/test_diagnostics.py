import json
from datetime import UTC, datetime

import httpx
import pytest

from agent.apiserver import ClusterUnreachable, Stopping
from agent.broker import BrokerError, BrokerRefused, Standing
from agent.diagnosis import Findings
from agent.diagnostics import Diagnostics
from tests.support.bundles import AGENT, STACK
from tests.support.house import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTHING = Findings("[]", "[]", "{}")


class Looking:
    """
    It finds what it is told to find.
    """

    def __init__(self, found=NOTHING):
        self.found = found
        self.asked = []

    def of(self, stack_id):
        self.asked.append(stack_id)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Ward:
    def __init__(self, found=NOTHING):
        self.house, self.looking, self.may_work = House(), Looking(found), True
        self.broker = self.house.broker
        self.diagnostics = Diagnostics(
            self.house.client,
            AGENT,
            self.house.deployer,
            self.looking,
            may_work=lambda: self.may_work,
            now=lambda: NOON,
        )


def refusal(status):
    return httpx.Response(status, json={"message": "no"})


def test_what_is_asked_for_is_claimed_collected_and_handed_in():
    ward = Ward(Findings('[{"name":"web"}]', "[]", '{"web/app":"hello"}'))
    ward.broker.ask("d1", ward.house.push("a"))
    ward.house.poll()

    ward.diagnostics.diagnose()
    ward.diagnostics.diagnose()

    assert ward.broker.claimed == ["d1"]
    assert ward.looking.asked == [STACK]
    assert ward.broker.results["d1"] == {
        "pod_statuses": '[{"name":"web"}]',
        "events": "[]",
        "log_tails": '{"web/app":"hello"}',
        "collected_at": "2026-11-24T12:00:00+00:00",
    }


@pytest.mark.parametrize(("told", "is_due"), [(Standing("ACTIVE", 0), False), (Standing("ACTIVE", 2), True)])
def test_an_agent_that_is_told_what_is_asked_looks_when_something_is(told, is_due):
    ward = Ward()

    assert ward.diagnostics.is_due(told) is is_due


def test_a_broker_that_does_not_say_whether_anything_is_asked_has_to_be_asked():
    ward = Ward()

    assert ward.diagnostics.is_due(Standing("ACTIVE"))


def test_a_result_that_waits_is_due_whatever_is_asked():
    """
    Its diagnostic is claimed, so it is pending no more.
    """
    ward = Ward()
    ward.broker.ask("d1", ward.house.push("a"))
    ward.broker.trouble = {"/result": httpx.Response(503)}
    with pytest.raises(BrokerError):
        ward.diagnostics.diagnose()

    assert ward.diagnostics.is_due(Standing("ACTIVE", 0))


def test_an_object_that_is_no_stacks_newest_is_asked_for_at_the_broker():
    ward = Ward()
    ward.broker.ask("d1", ward.house.push("a"))

    ward.diagnostics.diagnose()

    assert ward.looking.asked == [STACK]
    assert len(ward.broker.fetched) == 1


def test_a_failed_collection_says_why_in_the_contracts_shape():
    ward = Ward(ClusterUnreachable("the API server is unreachable: timed out"))
    ward.broker.ask("d1", ward.house.push("a"))

    ward.diagnostics.diagnose()

    result = ward.broker.results["d1"]
    assert (result["pod_statuses"], result["log_tails"]) == ("[]", None)
    assert json.loads(result["events"]) == [{"error": "the API server is unreachable: timed out"}]


def test_an_object_that_nobody_knows_is_a_failed_collection():
    ward = Ward()
    ward.broker.ask("d1", "gone")

    ward.diagnostics.diagnose()

    assert json.loads(ward.broker.results["d1"]["events"]) == [{"error": "the broker answered 404: gone"}]


@pytest.mark.parametrize("status", [404, 409])
def test_a_claim_that_another_won_is_no_trouble(status):
    ward = Ward()
    ward.broker.ask("d1", "lost")
    ward.broker.ask("d2", ward.house.push("a"))
    ward.broker.trouble = {"d1/claim": refusal(status)}

    ward.diagnostics.diagnose()

    assert set(ward.broker.results) == {"d2"}


def test_a_claim_that_is_refused_for_another_reason_is_trouble():
    ward = Ward()
    ward.broker.ask("d1", "a")
    ward.broker.trouble = {"d1/claim": refusal(401)}

    with pytest.raises(BrokerRefused):
        ward.diagnostics.diagnose()


def test_what_could_not_be_handed_in_is_handed_in_before_anything_else():
    ward = Ward()
    ward.broker.ask("d1", ward.house.push("a"))
    ward.broker.trouble = {"/result": httpx.Response(503)}
    with pytest.raises(BrokerError):
        ward.diagnostics.diagnose()
    ward.broker.trouble = {}

    ward.diagnostics.diagnose()

    assert set(ward.broker.results) == {"d1"}
    assert ward.looking.asked == [STACK]


def test_a_result_that_is_refused_because_nobody_knows_us_is_kept():
    ward = Ward()
    ward.broker.ask("d1", ward.house.push("a"))
    ward.broker.trouble = {"/result": refusal(401)}

    with pytest.raises(BrokerRefused):
        ward.diagnostics.diagnose()

    assert ward.diagnostics._unsent is not None


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
def test_a_result_that_is_refused_for_good_is_let_go(status):
    ward = Ward()
    ward.broker.ask("d1", ward.house.push("a"))
    ward.broker.trouble = {"/result": refusal(status)}

    ward.diagnostics.diagnose()
    ward.broker.trouble = {}
    ward.diagnostics.diagnose()

    assert ward.broker.results == {}


def test_an_agent_that_may_not_work_asks_for_nothing():
    ward = Ward()
    ward.broker.ask("d1", "a")
    ward.may_work = False

    ward.diagnostics.diagnose()

    assert ward.broker.claimed == []


def test_an_agent_that_has_to_stop_says_nothing_more():
    ward = Ward(Stopping())
    ward.broker.ask("d1", ward.house.push("a"))

    with pytest.raises(Stopping):
        ward.diagnostics.diagnose()

    assert ward.broker.results == {}


@pytest.mark.parametrize("body", [{"id": "x"}, [{"id": "x"}], [1]])
def test_an_answer_that_is_no_list_of_diagnostics_is_trouble(body):
    ward = Ward()
    ward.broker.trouble = {"/diagnostics/pending": httpx.Response(200, json=body)}

    with pytest.raises(BrokerError, match="no list of diagnostics"):
        ward.diagnostics.diagnose()


@pytest.mark.parametrize("body", [[], {"id": "x"}])
def test_an_answer_that_is_no_deployment_object_is_a_failed_collection(body):
    ward = Ward()
    ward.broker.ask("d1", "a")
    ward.broker.trouble = {"/deployment-objects/": httpx.Response(200, json=body)}

    ward.diagnostics.diagnose()

    assert "no deployment object" in ward.broker.results["d1"]["events"]
