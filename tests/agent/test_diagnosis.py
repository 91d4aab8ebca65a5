import json

import pytest

from agent import diagnosis as module
from agent.apiserver import ClusterUnreachable, Refused, Stopping
from agent.diagnosis import Diagnosis
from agent.tails import log_path
from tests.support.bundles import STACK
from tests.support.house import Clock
from tests.support.pods import OF_WEB, SHOP, WEB, Shop, kube_event, pod, ref
from tests.support.tiny_api import answer

CRASHED = {"name": "app", "lastState": {"terminated": {"reason": "Error", "exitCode": 1}}}


def diagnosed(shop, clock=None):
    found = Diagnosis(shop.api, shop.owners, clock=clock or Clock()).of(STACK)
    return json.loads(found.pod_statuses), json.loads(found.events), json.loads(found.log_tails)


def says(shop, pod, *words, container="app", **query):
    shop.api.logs[log_path("shop", pod, container, tailLines=100, **query)] = [word.encode() for word in words]


def test_a_crashing_pod_is_told_with_its_words_and_those_before_its_crash():
    shop = Shop()
    shop.has_pods(pod("web-1-a", OF_WEB, ready="False", statuses=[CRASHED]))
    shop.has_events(kube_event("Back-off restarting failed container", "web-1-a"))
    says(shop, "web-1-a", "starting\n")
    says(shop, "web-1-a", "panic: no database\n", previous="true")

    pods, events, tails = diagnosed(shop)

    assert [one["name"] for one in pods] == ["web-1-a"]
    assert [one["message"] for one in events] == ["Back-off restarting failed container"]
    assert tails == {"web-1-a/app": "starting\n", "web-1-a/app (previous)": "panic: no database\n"}


def test_pods_of_others_are_not_told():
    shop = Shop()
    shop.has_pods(pod("web-1-a", OF_WEB), pod("alien"))
    says(shop, "web-1-a", "hello\n")

    pods, _, tails = diagnosed(shop)

    assert ([one["name"] for one in pods], set(tails)) == (["web-1-a"], {"web-1-a/app"})


def test_a_log_that_cannot_be_read_is_said_in_its_place():
    shop = Shop()
    shop.has_pods(pod("web-1-a", OF_WEB, containers=("app", "side")))
    shop.api.logs[log_path("shop", "web-1-a", "app", tailLines=100)] = [Refused("container is waiting to start")]
    shop.api.logs[log_path("shop", "web-1-a", "side", tailLines=100)] = [ClusterUnreachable("no answer")]

    _, _, tails = diagnosed(shop)

    assert tails == {"web-1-a/app": "Error: container is waiting to start", "web-1-a/side": "Error: no answer"}


def test_what_looks_like_a_credential_is_redacted_everywhere():
    shop = Shop()
    shop.has_pods(pod("web-1-a", OF_WEB))
    shop.has_events(kube_event("failed: https://app:hunter2@registry.test/", "web-1-a"))
    says(shop, "web-1-a", "DB_PASSWORD=hunter2\n")

    told = json.dumps(diagnosed(shop))

    assert "hunter2" not in told
    assert told.count("[redacted]") == 2


def test_only_the_newest_events_of_a_namespace_are_told():
    shop = Shop()
    shop.has_events(*(kube_event(str(n), "web", at=f"2026-11-24T12:{n:02}:00Z") for n in range(60)))

    _, events, _ = diagnosed(shop)

    assert [one["message"] for one in events] == [str(n) for n in range(59, 9, -1)]


def test_a_namespace_that_may_not_be_read_is_said_among_the_events():
    shop = Shop(held=[WEB, ref("ConfigMap", "a", "closed")])
    shop.api.objects["/api/v1/namespaces/closed/pods"] = {"items": []}

    _, events, _ = diagnosed(shop)

    assert events == [{"error": "namespace closed: not found"}]


def test_of_many_pods_those_that_are_not_well_come_first():
    shop = Shop()
    shop.has_pods(*(pod(f"web-1-{n}", OF_WEB, ready="False" if n > 110 else "True") for n in range(120)))

    pods, events, tails = diagnosed(shop)

    assert [one["name"] for one in pods[:9]] == [f"web-1-{n}" for n in range(111, 120)]
    assert (len(pods), len(tails)) == (100, 100)
    assert events == [{"error": "there are 120 pods: shown are 100, those that are not well first"}]


def test_what_is_too_much_to_say_is_left_out_with_a_word():
    shop = Shop()
    many = [{"name": f"c{n}", "state": {"waiting": {"message": "m" * 1000}}} for n in range(40)]
    shop.has_pods(*(pod(f"web-1-{n}", OF_WEB, statuses=many) for n in range(100)))
    for n in range(100):
        says(shop, f"web-1-{n}", "\x1b" * 16_000)

    pods, events, tails = diagnosed(shop)

    assert 0 < len(pods) < 100
    assert events == [{"error": f"{100 - len(pods)} pods are left out: too much to say"}]
    assert tails["web-1-99/app"] == "Error: left out, for there is too much to say"
    assert len(json.dumps([json.dumps(pods), json.dumps(tails)])) < 5_000_000


def test_logs_that_take_too_long_are_left_out_with_a_word():
    shop, clock = Shop(), Clock()
    shop.has_pods(pod("web-1-a", OF_WEB), pod("web-1-b", OF_WEB))
    says(shop, "web-1-a", "hello\n")
    slow = shop.api.chunks

    def chunks(path, **rest):
        clock.now += 61
        return slow(path, **rest)

    shop.api.chunks = chunks
    _, _, tails = diagnosed(shop, clock)

    assert tails == {"web-1-a/app": "hello\n", "web-1-b/app": "Error: left out, for it took too long"}


def test_only_so_many_namespaces_are_looked_at():
    names = [f"n{n:02}" for n in range(module.NAMESPACES + 1)]
    shop = Shop(held=[ref("ConfigMap", "a", name) for name in names])
    for name in names:
        for plural in ("pods", "events"):
            shop.api.objects[f"/api/v1/namespaces/{name}/{plural}"] = {"items": []}

    _, events, _ = diagnosed(shop)

    assert events == [{"error": "namespace n20: left out, for there are too many"}]
    assert not shop.asked_for("n20")


def test_pods_of_several_namespaces_are_told_apart():
    shop = Shop(held=[WEB, ref("Pod", "web", "one"), ref("Pod", "web", "two")])
    for name in ("one", "two"):
        shop.api.objects[f"/api/v1/namespaces/{name}/pods"] = {"items": [pod("web", namespace=name)]}
        shop.api.objects[f"/api/v1/namespaces/{name}/events"] = {"items": []}
        shop.api.logs[log_path(name, "web", "app", tailLines=100)] = [name.encode()]

    _, _, tails = diagnosed(shop)

    assert tails == {"one/web/app": "one", "two/web/app": "two"}


def test_a_list_is_read_to_its_end():
    shop = Shop()
    first = answer(200, {"items": [pod("web-1-a", OF_WEB)], "metadata": {"continue": "next"}})
    rest = shop.api.ask
    shop.api.ask = lambda method, path, **options: (
        first if path == f"{SHOP}/pods?limit=500" else rest(method, path, **options)
    )
    shop.has_pods(pod("web-1-b", OF_WEB))

    pods, _, _ = diagnosed(shop)

    assert [one["name"] for one in pods] == ["web-1-a", "web-1-b"]
    assert shop.asked_for("continue=next")


@pytest.mark.parametrize("end", [ClusterUnreachable("away"), Stopping()])
def test_a_cluster_that_does_not_answer_ends_it(end):
    shop = Shop()

    def away(*_, **__):
        raise end

    shop.api.ask = away

    with pytest.raises(type(end)):
        diagnosed(shop)
