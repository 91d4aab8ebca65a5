"""
The agent and the broker, the real ones, in one process: what one says the other understands.
"""

import json
from datetime import UTC, datetime

import pytest

from agent.broker import Broker, BrokerError, BrokerRefused, Standing
from agent.buffer import RATE_LIMIT, Buffer, Place
from agent.diagnosis import Findings
from agent.diagnostics import Diagnostics
from agent.kube_events import KubeEvents
from agent.loglines import LogLines, Source
from agent.refs import Ref
from agent.telemetry import Telemetry
from agent.watches import Watches
from app import app
from tests.support.bundles import STACK
from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target
from tests.support.house import Clock, House, text_of
from tests.support.pods import WEB, Shop, kube_event, ref
from tests.support.statuses import a_deployment
from tests.support.transport import BrokerTransport

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Pair:
    """
    An agent that serves one stack of a generator.
    """

    def __init__(self, http):
        self.http = http
        self.ci = new_generator(http)
        self.agent = new_agent(http, name="edge", cluster_name="test")
        http.put(f"/agents/{self.agent.id}", pak=http.admin, json={"status": "ACTIVE"})
        self.stack = new_stack(http, self.ci)
        new_target(http, self.agent, self.stack)
        self.house = House(client=self.client(self.agent.pak), agent_id=self.agent.id)

    def client(self, pak):
        return Broker("http://broker", pak, transport=BrokerTransport(app))

    def push(self, *names):
        return new_object(self.http, self.ci, self.stack, text_of(*names))["id"]

    @property
    def events(self):
        found = self.http.get(f"/agents/{self.agent.id}/events", pak=self.http.admin).json()
        return [(event["deployment_object_id"], event["status"], event["message"]) for event in found]


@pytest.fixture
def pair(http):
    return Pair(http)


def test_the_agent_finds_itself_and_is_heard(pair):
    client = pair.client(pair.agent.pak)
    client.ready()
    client.verify_pak()
    client.register(pair.ci.id)
    client.register(pair.ci.id)
    client.heartbeat(pair.agent.id, k8s_reachable=True, k8s_api_latency_ms=3)

    me = client.find_self("edge", "test")

    assert (me.id, me.is_active) == (pair.agent.id, True)


def test_what_is_pushed_is_applied_and_reported_and_what_is_deleted_goes(pair):
    first = pair.push("one", "two")
    pair.house.poll()
    second = pair.push("two", "three")
    pair.house.poll()
    there = pair.house.cluster.names
    pair.http.delete(f"/stacks/{pair.stack}", pak=pair.ci.pak)

    pair.house.poll()

    assert there == {"two", "three"}
    assert pair.house.cluster.names == set()
    told = [(status, message) for _, status, message in pair.events]
    assert told == [("SUCCESS", None)] * 3
    assert [id for id, _, _ in pair.events][1:] == [second, first]


def test_an_unchanged_poll_is_answered_without_a_body(pair):
    pair.push("one")
    client = pair.client(pair.agent.pak)
    state = client.target_state(pair.agent.id, None)
    pair.house.poll()
    later = client.target_state(pair.agent.id, None)

    unchanged = client.target_state(pair.agent.id, later.etag)
    assert (unchanged.etag, unchanged.objects) == (later.etag, None)
    assert state.objects == later.objects


def test_a_poll_brings_what_an_agent_would_ask_otherwise(pair):
    """
    Also where it brings nothing else.
    """
    pushed = pair.push("one")
    pair.house.poll()
    pair.house.poll()
    pair.http.post(f"/deployment-objects/{pushed}/diagnostics", pak=pair.http.admin, json={"agent_id": pair.agent.id})
    pair.http.put(f"/agents/{pair.agent.id}", pak=pair.http.admin, json={"status": "INACTIVE"})

    pair.house.poll()

    assert pair.house.standings == [Standing("ACTIVE", 0), Standing("ACTIVE", 0), Standing("INACTIVE", 1)]


def test_a_stack_whose_target_goes_is_taken_away_and_comes_back_with_it(pair):
    pair.push("one")
    pair.house.poll()
    pair.http.delete(f"/agents/{pair.agent.id}/targets/{pair.stack}", pak=pair.http.admin)
    pair.house.poll()
    gone = pair.house.cluster.names
    new_target(pair.http, pair.agent, pair.stack)

    pair.house.poll()

    assert (gone, pair.house.cluster.names) == (set(), {"one"})


def test_a_failure_is_told_with_every_error(pair):
    pair.house.cluster.refuses |= {"bad", "worse"}
    pushed = pair.push("bad", "good", "worse")

    pair.house.poll()

    message = "ConfigMap/default/bad: refused\nConfigMap/default/worse: refused"
    assert pair.events == [(pushed, "FAILURE", message)]


def test_health_is_told_of_what_is_in_place_and_what_is_withdrawn_is_told_of_no_more(pair):
    first = pair.push("one")
    pair.house.poll()
    pair.house.health.report_health()
    pair.push("one", "two")
    pair.house.poll()
    pair.house.clock.now += 61
    pair.house.health.report_health()
    pair.http.delete(f"/agents/{pair.agent.id}/targets/{pair.stack}", pak=pair.http.admin)
    pair.house.poll()
    pair.house.clock.now += 61
    pair.house.health.report_health()

    told = pair.http.get(f"/stacks/{pair.stack}/health", pak=pair.http.admin).json()

    assert told["overall_status"] == "healthy"
    assert [(one["id"], one["healthy_agents"]) for one in told["deployment_objects"]] == [(first, 1)]


def test_the_health_of_a_stack_that_was_deleted_a_moment_ago_does_not_hide_anothers(pair):
    """
    The agent does not know yet, and says both in one request.
    """
    other = new_stack(pair.http, pair.ci)
    new_target(pair.http, pair.agent, other)
    new_object(pair.http, pair.ci, other, text_of("other"))
    pushed = pair.push("one")
    pair.house.poll()
    pair.http.delete(f"/stacks/{other}", pak=pair.ci.pak)

    pair.house.health.report_health()

    told = pair.http.get(f"/deployment-objects/{pushed}/health", pak=pair.http.admin).json()
    assert [record["status"] for record in told["health_records"]] == ["healthy"]


def test_a_workload_that_comes_up_is_told_with_what_it_waits_for(pair):
    web = Ref("apps", "Deployment", "default", "web", "v1")
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"
    pushed = new_object(pair.http, pair.ci, pair.stack, text)["id"]
    pair.house.poll()
    status = a_deployment(readyReplicas=1)["status"]
    pair.house.lookout.saw(web, *pair.house.cluster.set_status(web, status))

    pair.house.health.report_health()

    (record,) = pair.http.get(f"/deployment-objects/{pushed}/health", pak=pair.http.admin).json()["health_records"]
    summary = json.loads(record["summary"])
    assert (record["status"], summary["conditions"]) == ("unknown", ["Progressing"])
    assert (summary["pods_ready"], summary["pods_total"]) == (1, 2)
    assert summary["resources"][0]["message"] == "Ready: 1/2"


def test_a_rotated_pak_is_refused_at_once_and_nothing_is_touched(pair):
    pair.push("one")
    pair.house.poll()
    pair.http.post(f"/agents/{pair.agent.id}/rotate-pak", pak=pair.http.admin)

    with pytest.raises(BrokerRefused) as caught:
        pair.house.deployer.poll()

    assert caught.value.is_unwelcome
    assert not pair.house.client.is_welcome
    assert pair.house.cluster.names == {"one"}


def test_a_text_that_is_not_what_its_checksum_says_is_never_applied(pair):
    pushed = pair.push("one")
    (object,) = pair.client(pair.agent.pak).target_state(pair.agent.id, None).objects
    forged = type(object)(**{**vars(object), "yaml_checksum": "0" * 64})

    with pytest.raises(BrokerError, match=f"{pushed} does not match its checksum"):
        pair.client(pair.agent.pak).text_of(forged)


class Looked:
    """
    A diagnosis without a cluster.
    """

    def of(self, stack_id):
        return Findings('[{"name": "web"}]', "[]", json.dumps({"web/app": f"of {stack_id}"}))


def test_a_diagnostic_that_is_asked_for_is_answered(pair):
    pushed = pair.push("one")
    body = {"agent_id": pair.agent.id}
    asked = pair.http.post(f"/deployment-objects/{pushed}/diagnostics", pak=pair.http.admin, json=body).json()
    diagnostics = Diagnostics(pair.house.client, pair.agent.id, pair.house.deployer, Looked(), may_work=lambda: True)

    diagnostics.diagnose()

    answer = pair.http.get(f"/diagnostics/{asked['id']}", pak=pair.http.admin).json()
    assert answer["request"]["status"] == "completed"
    assert json.loads(answer["result"]["log_tails"]) == {"web/app": f"of {pair.stack}"}
    assert pair.house.client.pending_diagnostics(pair.agent.id) == []


def test_a_full_batch_of_telemetry_is_taken_and_shown(pair):
    pair.push("one")
    pair.house.poll()
    shop, buffer, clock = Shop(), Buffer(), Clock()
    shop.inventory.write(STACK, frozenset())
    shop.inventory.write(pair.stack, {WEB})
    KubeEvents(shop.owners, buffer, now=lambda: NOON).saw(
        ref("Event", "e"), kube_event("Scaled up", "web", kind="Deployment"), "1"
    )
    lines = LogLines(Source(pair.stack, "shop", "web-1", "uid", "app"), buffer, clock=clock)
    for clock.now in range(10):
        lines.read(f"2026-11-24T12:00:{int(clock.now):02}.{n:09}Z \x00{n:>4000}\n".encode() for n in range(101))

    pair.house.client.send_telemetry(pair.agent.id, (batch := buffer.take(lambda _: True)).body)

    events = pair.http.get(f"/stacks/{pair.stack}/events", pak=pair.ci.pak).json()["events"]
    logs = pair.http.get(f"/stacks/{pair.stack}/logs?limit=5000", pak=pair.ci.pak).json()
    assert [(one["message"], one["involved_object"]["name"]) for one in events] == [("Scaled up", "web")]
    assert len(logs["lines"]) == len(batch.lines) > 200
    assert {gap["reason"] for gap in logs["gaps"]} == {"rate_limit", "buffer_full"}


def test_telemetry_of_a_stack_that_is_anothers_is_refused(pair):
    buffer = Buffer()
    buffer.add_gap(Place(STACK, RATE_LIMIT), "2026-11-24T12:00:00Z")

    with pytest.raises(BrokerRefused, match="403") as caught:
        pair.house.client.send_telemetry(pair.agent.id, buffer.take(lambda _: True).body)

    assert caught.value.details == {"stack_ids": [STACK]}


def test_telemetry_of_a_stack_that_was_taken_back_does_not_take_anothers_with_it(pair):
    pair.push("one")
    pair.house.poll()
    buffer = Buffer()
    for stack_id in (STACK, pair.stack):
        buffer.add_gap(Place(stack_id, RATE_LIMIT), "2026-11-24T12:00:00Z")
    telemetry = Telemetry(
        pair.house.client,
        pair.agent.id,
        buffer,
        Watches(pytest.fail),
        (),
        followed=(),
        is_known=lambda _: True,
        may_work=lambda: True,
        clock=(clock := Clock()),
    )
    clock.now += 10

    telemetry.tell()

    logs = pair.http.get(f"/stacks/{pair.stack}/logs", pak=pair.ci.pak).json()
    assert [gap["reason"] for gap in logs["gaps"]] == [RATE_LIMIT]
