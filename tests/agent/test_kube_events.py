import json
from datetime import UTC, datetime

from agent.buffer import Buffer
from agent.kube_events import EVENTS, TOLD_KEPT, KubeEvents
from tests.support.bundles import STACK
from tests.support.pods import OF_WEB, Shop, kube_event, ref

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAME = ref("Event", "e")


class Watching:
    def __init__(self):
        self.shop, self.buffer, self.now = Shop(), Buffer(), NOON
        self.shop.api.put("/api/v1/namespaces/shop/pods/web-1-a", {"metadata": POD})
        self.onlooker = KubeEvents(self.shop.owners, self.buffer, now=lambda: self.now)

    def saw(self, body, version=None):
        self.onlooker.saw(NAME, body, version or self.shop.api.version())

    @property
    def told(self):
        return json.loads(self.buffer.take(lambda _: True).body)["events"]


POD = {"uid": "web-1-a-uid", "namespace": "shop", "ownerReferences": [OF_WEB]}


def test_an_event_of_a_pod_is_its_deployments_stacks():
    watching = Watching()

    watching.saw(kube_event("Back-off restarting", "web-1-a"))

    assert watching.told == [
        {
            "stack_id": STACK,
            "observed_at": "2026-11-24T12:00:00Z",
            "reason": "BackOff",
            "message": "Back-off restarting",
            "event_type": "Warning",
            "source": "kubelet",
            "involved_object": {
                "api_version": "v1",
                "kind": "Pod",
                "namespace": "shop",
                "name": "web-1-a",
                "uid": "web-1-a-uid",
            },
        }
    ]


def test_an_event_of_the_deployment_itself_costs_no_request():
    watching = Watching()
    event = kube_event("Scaled up", "web", kind="Deployment", reason="ScalingReplicaSet")

    watching.saw(event)

    assert [row["reason"] for row in watching.told] == ["ScalingReplicaSet"]
    assert watching.shop.api.asked == []


def test_events_of_others_are_not_told():
    watching = Watching()

    watching.saw(kube_event("Back-off", "alien"))

    assert watching.told == []


def test_what_happened_before_is_not_told_nor_what_expires():
    watching = Watching()

    watching.saw(kube_event("old", "web-1-a", at="2026-11-24T11:59:59Z"))
    watching.saw(None)

    assert watching.told == []


def test_what_happens_while_another_agent_is_at_work_is_not_told():
    watching = Watching()
    watching.now = NOON.replace(minute=5)
    watching.onlooker.end()

    watching.saw(kube_event("theirs", "web-1-a", at="2026-11-24T12:04:59Z"))
    watching.saw(kube_event("ours", "web-1-a", at="2026-11-24T12:05:00.123456Z"))

    assert [row["message"] for row in watching.told] == ["ours"]


def test_a_list_in_between_tells_what_was_missed_and_nothing_twice():
    watching = Watching()
    watching.onlooker.listed(EVENTS, (), "4")
    watching.saw(kube_event("told", "web-1-a"), version="5")

    watching.saw(kube_event("before", "web-1-a"), version="3")
    watching.saw(kube_event("told", "web-1-a"), version="5")
    watching.saw(kube_event("once more", "web-1-a"), version="8")
    watching.onlooker.listed(EVENTS, (), "9")
    watching.saw(kube_event("new", "web-1-a"), version="10")

    assert [row["message"] for row in watching.told] == ["told", "once more", "new"]


def test_a_clock_that_is_behind_ours_takes_nothing_away():
    watching = Watching()
    watching.onlooker.listed(EVENTS, (), "4")

    watching.saw(kube_event("late", "web-1-a", at="2026-11-24T11:50:00Z"), version="5")

    assert [row["message"] for row in watching.told] == ["late"]


def test_what_was_told_is_remembered_in_a_bounded_room():
    watching = Watching()
    for n in range(TOLD_KEPT + 5):
        watching.onlooker.saw(ref("Event", str(n)), kube_event("told", "web-1-a"), "1")

    assert len(watching.onlooker._told) == TOLD_KEPT


def test_messages_are_redacted():
    watching = Watching()

    watching.saw(kube_event("pull from https://app:hunter2@registry.test failed", "web-1-a"))

    assert watching.told[0]["message"] == "pull from https://[redacted]@registry.test failed"


def test_an_event_that_says_little_is_told_as_far_as_it_goes():
    watching = Watching()
    about = {"kind": "Deployment", "name": "web", "namespace": "shop", "apiVersion": "apps/v1"}

    watching.saw({"metadata": {}, "involvedObject": about})
    watching.saw({"metadata": {}})

    (told,) = watching.told
    assert (told["observed_at"], told["reason"], told["event_type"], told["source"]) == (
        "2026-11-24T12:00:00Z",
        "",
        "Normal",
        None,
    )
