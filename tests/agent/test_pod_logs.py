from datetime import UTC, datetime

from agent import pod_logs as module
from agent.buffer import Buffer
from agent.holdings import Named
from agent.pod_logs import ASKED_FOR, PODS, PodLogs
from tests.support.bundles import STACK
from tests.support.pods import OF_WEB, SHOP, Shop, pod, ref

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKS = {ASKED_FOR: "true"}


class Listening:
    """
    Containers that are followed run when they are told to.
    """

    def __init__(self):
        self.shop, self.begun = Shop(), []
        self.logs = PodLogs(self.shop.api, self.shop.owners, Buffer(), self.begun.append, now=lambda: NOON)

    def saw(self, body):
        self.shop.api.put(f"{SHOP}/pods/{body['metadata']['name']}", body)
        self.logs.saw(ref("Pod", body["metadata"]["name"]), body, "1")

    def gone(self, name):
        self.logs.saw(ref("Pod", name), None, "2")

    @property
    def followed(self):
        return [f"{one.source.pod}/{one.source.container}" for one in self.logs._running if not one._ended.is_set()]


def test_a_pod_that_asks_for_it_is_followed_in_all_its_containers():
    listening = Listening()

    listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS, containers=("app", "side")))

    assert listening.followed == ["web-1-a/app", "web-1-a/side"]
    assert len(listening.begun) == 2


def test_whose_a_pod_is_need_not_be_asked_for_when_an_event_of_it_comes():
    listening = Listening()
    listening.saw(pod("web-1-a", OF_WEB))
    listening.logs.saw(ref("Pod", "away", "kube-system"), pod("away", namespace="kube-system"), "1")
    before = len(listening.shop.asked_for("/pods/"))

    found = listening.shop.owners.stack_of(Named(ref("Pod", "web-1-a"), "web-1-a-uid"))

    assert found == STACK
    assert len(listening.shop.asked_for("/pods/")) == before
    assert "away-uid" not in listening.shop.owners._known


def test_a_pod_that_is_seen_again_is_followed_once():
    listening = Listening()
    for _ in range(3):
        listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS))

    assert listening.followed == ["web-1-a/app"]


def test_pods_that_do_not_ask_and_those_of_others_are_not():
    listening = Listening()

    listening.saw(pod("web-1-a", OF_WEB))
    listening.saw(pod("web-1-b", OF_WEB, annotations={ASKED_FOR: "false"}))
    listening.saw(pod("alien", annotations=ASKS))

    assert listening.followed == []


def test_a_pod_that_is_gone_or_asks_no_more_is_let_go():
    listening = Listening()
    for name in ("web-1-a", "web-1-b", "web-1-c"):
        listening.saw(pod(name, OF_WEB, annotations=ASKS))

    listening.gone("web-1-a")
    listening.saw(pod("web-1-b", OF_WEB))

    assert listening.followed == ["web-1-c/app"]


def test_another_pod_of_that_name_is_followed_instead():
    listening = Listening()
    listening.saw(pod("db-0", OF_WEB, annotations=ASKS))
    again = pod("db-0", OF_WEB, annotations=ASKS)
    again["metadata"]["uid"] = "younger"

    listening.saw(again)

    assert [one.source.uid for one in listening.logs._running if not one._ended.is_set()] == ["younger"]


def test_what_is_not_in_a_new_list_is_let_go():
    listening = Listening()
    listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS))
    listening.saw(pod("web-1-b", OF_WEB, annotations=ASKS))

    listening.logs.listed(PODS, {ref("Pod", "web-1-b")}, "9")

    assert listening.followed == ["web-1-b/app"]


def test_an_agent_that_is_no_longer_at_work_follows_nothing():
    listening = Listening()
    listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS))

    listening.logs.end()

    assert listening.followed == []


def test_a_pod_that_is_gone_before_it_could_be_read_is_none():
    listening = Listening()

    listening.logs.saw(ref("Pod", "web-1-a"), pod("web-1-a", OF_WEB, annotations=ASKS), "1")

    assert listening.followed == []


def test_a_pod_tells_from_its_start_or_from_ours():
    listening = Listening()
    younger = pod("web-1-b", OF_WEB, annotations=ASKS)
    younger["metadata"]["creationTimestamp"] = "2026-11-24T12:30:00Z"

    listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS))
    listening.saw(younger)

    assert [one._began is None for one in listening.logs._running] == [False, True]


def test_only_so_many_are_followed_and_others_wait_for_room(caplog):
    listening = Listening()
    for n in range(module.MOST_FOLLOWED + 2):
        listening.saw(pod(f"web-1-{n}", OF_WEB, annotations=ASKS))
    before = len(listening.begun)

    listening.gone("web-1-50")
    for name in ("web-1-0", "web-1-1"):
        del listening.shop.api.objects[f"{SHOP}/pods/{name}"]
    for run in listening.begun[:2]:
        run()

    assert before == module.MOST_FOLLOWED
    assert len(listening.begun) == module.MOST_FOLLOWED + 1
    assert listening.followed[-1] == "web-1-51/app"
    assert "more containers ask to be followed than are" in caplog.text


def test_one_that_fails_in_an_unforeseen_way_makes_room_too(caplog):
    listening = Listening()
    listening.saw(pod("web-1-a", OF_WEB, annotations=ASKS))
    listening.shop.api.chunks = None

    listening.begun[0]()

    assert listening.followed == []
    assert "unforeseen" in caplog.text
