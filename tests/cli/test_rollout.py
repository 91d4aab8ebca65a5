"""
`apply --wait`, `wait` and `status`, with the broker's own verdicts.
"""

import json

import httpx
import pytest

from app import app
from tests.cli.conftest import CONFIG_MAP
from tests.support.command_line import Troubled
from tests.support.deployed import Agent
from tests.support.factories import new_stack
from tests.support.transport import BrokerTransport


class Web:
    """
    A stack that one agent serves, and what the agent says while it is waited for.
    """

    def __init__(self, brokkr, http, ci, manifests):
        self._http, self._ci = http, ci
        self.stack = new_stack(http, ci, name="web")
        self.agent = Agent(http, name="edge-1", cluster_name="edge")
        self.agent.serve(self.stack)
        self._brokkr, self._manifests = brokkr, manifests

    def newest(self):
        return self._http.get(f"/stacks/{self.stack}/deployment-objects", pak=self._ci.pak).json()[0]["id"]

    def then(self, *happens):
        """
        Each while `brokkr` sleeps between two questions.
        """
        script = list(happens)
        sleep = self._brokkr.sleep

        def sleep_and_happen(seconds):
            sleep(seconds)
            if script:
                script.pop(0)()

        self._brokkr.sleep = sleep_and_happen
        return self

    def applied(self, error=None):
        self.agent.applied(self.newest(), error)

    def found(self, status, **summary):
        self.agent.found(self.newest(), status, **summary)

    def push(self, colour):
        (self._manifests / "app.yaml").write_text(CONFIG_MAP.replace("red", colour))
        return self._brokkr("apply", "-f", self._manifests, "--stack", "web")


@pytest.fixture
def web(brokkr, http, ci, manifests):
    return Web(brokkr, http, ci, manifests)


def test_a_push_that_comes_up_ends_with_0_and_a_line_for_each_change(brokkr, web, manifests):
    web.then(web.applied, lambda: web.found("healthy"))

    done = brokkr("apply", "-f", manifests, "--stack", "web", "--wait")

    assert done.out.splitlines() == [
        'created stack "web": first revision (sequence 1)',
        "edge-1 (edge): pending",
        "edge-1 (edge): applied",
        "edge-1 (edge): healthy, 2/2 pods ready",
        'live: stack "web", revision 1: Live in 1 of 1.',
    ]
    assert (done.code, done.err) == (0, "")


def test_one_that_cannot_be_applied_ends_with_3_and_the_agents_words(brokkr, web, manifests):
    web.then(lambda: web.applied(error="ConfigMap/default/app: admission denied it"))

    done = brokkr("apply", "-f", manifests, "--stack", "web", "--wait=1m")

    assert done.code == 3
    assert done.err.startswith('error: failed: stack "web", revision 1: ')
    assert "edge-1 (edge): failed: ConfigMap/default/app: admission denied it" in done.err


def test_one_that_is_overtaken_ends_with_5(brokkr, web, http, ci, manifests):
    def overtake():
        body = {"yaml_content": CONFIG_MAP.replace("red", "blue")}
        http.post(f"/stacks/{web.stack}/deployment-objects", pak=ci.pak, json=body)

    web.then(overtake)

    done = brokkr("apply", "-f", manifests, "--stack", "web", "--wait")

    assert done.code == 5
    assert done.err.startswith('error: superseded: stack "web", revision 1: ')


def test_one_that_takes_too_long_ends_with_4(brokkr, web, manifests):
    done = brokkr("apply", "-f", manifests, "--stack", "web", "--wait=20s")

    assert (done.code, brokkr.now) == (4, 20)
    assert done.err.startswith('error: not live after 20s: stack "web", revision 1: ')


def test_a_broker_that_asks_for_more_time_than_there_is_does_not_make_it_later(brokkr, web):
    web.push("red")
    busy = httpx.Response(429, json={"code": "busy", "message": "not now"}, headers={"Retry-After": "60"})

    done = brokkr("wait", "web", "--timeout=5s", transport=Troubled(BrokerTransport(app), busy, path="/rollout"))

    assert (done.code, brokkr.now) == (4, 5)


def test_one_that_reaches_nobody_ends_with_1_and_says_how_to_reach_somebody(brokkr, manifests):
    done = brokkr("apply", "-f", manifests, "--stack", "lonely", "--wait")

    assert done.code == 1
    assert 'error: stack "lonely", revision 1: No agent serves this stack' in done.err
    assert "--target-label" in done.err


def test_waiting_costs_a_304_as_long_as_nothing_changes(brokkr, web, manifests):
    web.push("red")

    brokkr("wait", "web", "--timeout=5s")

    etags = [request.headers.get("if-none-match") for request in brokkr.asked if request.url.path.endswith("/rollout")]
    assert etags[0] is None
    assert len(set(etags[1:])) == 1
    assert len(etags) == 6


def test_applied_may_be_enough(brokkr, web):
    web.push("red")
    web.applied()

    done = brokkr("wait", "web", "--for=applied")

    assert (done.code, done.out.splitlines()[0]) == (0, "edge-1 (edge): applied")


def test_a_program_gets_the_rollout_also_when_it_failed(brokkr, web, manifests):
    web.then(lambda: web.applied(error="no"))

    done = brokkr("apply", "-f", manifests, "--stack", "web", "--wait", "-o", "json")

    answer = json.loads(done.out)
    assert (done.code, answer["rollout"]["verdict"]) == (3, "failed")
    assert answer["rollout"]["deployment_object_id"] == answer["deployment_object_id"]
    assert "edge-1 (edge): pending" in done.err


def test_the_status_of_all_stacks_is_a_table(brokkr, web, http, ci):
    new_stack(http, ci, name="empty")
    web.push("red")
    web.applied()
    web.found("healthy")

    head, empty, live = brokkr("status").out.splitlines()

    assert head.split() == ["STACK", "REVISION", "VERDICT", "HEALTHY", "MESSAGE"]
    assert empty.split() == ["empty", "-", "-", "-", "nothing", "was", "pushed", "yet"]
    assert live.split()[:4] == ["web", "1", "live", "1/1"]


def test_the_status_of_one_is_told_agent_by_agent(brokkr, web):
    web.push("red")
    web.found("degraded", pods_ready=1, conditions=["ImagePullBackOff"])

    head, titles, row = brokkr("status", "web").out.splitlines()

    assert head.startswith('progressing: stack "web", revision 1: ')
    assert titles.split() == ["AGENT", "CLUSTER", "STATE", "SINCE", "PODS", "BY", "SAYS"]
    assert row.split()[:3] == ["edge-1", "edge", "degraded"]
    assert row.split()[-3:] == ["1/2", "target", "ImagePullBackOff"]


def test_a_stack_without_a_push_has_a_status_and_nothing_to_wait_for(brokkr, http, ci):
    new_stack(http, ci, name="empty")

    assert brokkr("status", "empty").out == 'stack "empty": nothing was pushed yet\n'
    assert brokkr("status", "empty", "-o", "json").out == "null\n"
    assert "hint: nothing was pushed to this stack yet" in brokkr("wait", "empty").err
    assert brokkr("status").code == 0


def test_a_status_can_be_watched_until_ctrl_c(brokkr, web):
    def ctrl_c():
        raise KeyboardInterrupt

    web.push("red")
    web.then(web.applied, ctrl_c)

    done = brokkr("status", "web", "--watch")

    assert (done.code, done.out) == (0, "edge-1 (edge): pending\nedge-1 (edge): applied\n")


def test_a_watch_outlives_a_broker_that_is_away_for_a_while(brokkr, web):
    def ctrl_c():
        raise KeyboardInterrupt

    web.push("red")
    web.then(lambda: None, lambda: None, lambda: None, lambda: None, web.applied, ctrl_c)
    away = [httpx.ConnectError("connection refused")] * 4

    done = brokkr("status", "web", "--watch", transport=Troubled(BrokerTransport(app), *away, path="/rollout"))

    assert (done.code, done.out) == (0, "edge-1 (edge): pending\nedge-1 (edge): applied\n")


def test_only_one_stack_can_be_watched(brokkr):
    assert brokkr("status", "--watch").code == 2


def test_names_are_for_loops(brokkr, web):
    web.push("red")

    assert brokkr("status", "-o", "name").out == "web\n"
    assert brokkr("status", "web", "-o", "name").out == "edge-1\n"
    assert brokkr("wait", "web", "-o", "name", "--timeout=1s").out == f"{web.newest()}\n"
