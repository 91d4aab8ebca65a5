import time

import pytest

from agent.broker import Broker
from agent.discovery import Discovery
from agent.listening import listening
from agent.settings import Settings
from tests.support.bundles import AGENT
from tests.support.pods import Shop
from tests.support.tiny_broker import TinyBroker


class Deaf(Shop):
    """
    Its watches show nothing.
    """

    def __init__(self):
        super().__init__()
        resources = self.api.objects["/api/v1"]["resources"]
        resources.append({"name": "events", "kind": "Event", "namespaced": True, "verbs": ["list"]})
        for plural in ("pods", "events"):
            self.api.objects[f"/api/v1/{plural}"] = {"items": [], "metadata": {"resourceVersion": "1"}}
        self.watched = set()
        self.api.stream = self.stream

    def stream(self, path, *, accept):
        self.watched.add((path.partition("?")[0], accept.partition(";")[0]))
        time.sleep(0.01)
        yield from ()


@pytest.mark.parametrize(
    ("settings", "watched"),
    [
        ({}, {"/api/v1/events", "/api/v1/pods"}),
        ({"BROKKR__AGENT__POD_LOGS": "false"}, {"/api/v1/events"}),
        ({"BROKKR__AGENT__KUBE_EVENTS": "false"}, {"/api/v1/pods"}),
        (
            {"BROKKR__AGENT__WATCH_NAMESPACE": "shop"},
            {"/api/v1/namespaces/shop/events", "/api/v1/namespaces/shop/pods"},
        ),
    ],
)
def test_what_is_switched_on_is_watched_where_the_agent_works(settings, watched):
    shop, at_work = Deaf(), [True]
    for plural in ("pods", "events"):
        shop.api.objects[f"/api/v1/namespaces/shop/{plural}"] = shop.api.objects[f"/api/v1/{plural}"]
    telemetry = listening(
        Settings.from_env({"BROKKR__AGENT__PAK": "a_b_c", **settings}),
        broker=Broker("http://broker", "a_b_c", transport=TinyBroker()),
        agent_id=AGENT,
        server=shop.api,
        discovery=Discovery(shop.api),
        owners=shop.owners,
        is_known=lambda _: True,
        may_work=lambda: at_work[0],
    )

    telemetry.tell()
    deadline = time.monotonic() + 5
    while {path for path, _ in shop.watched} != watched and time.monotonic() < deadline:
        time.sleep(0.01)
    at_work[0] = False
    telemetry.tell()

    assert {path for path, _ in shop.watched} == watched
