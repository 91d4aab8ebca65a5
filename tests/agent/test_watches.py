import pytest

from agent.apiserver import ClusterUnreachable, Refused
from agent.discovery import Discovery
from agent.watches import Watch, Watched, Watches
from tests.support.bundles import refs
from tests.support.tiny_api import TinyApi

CONFIG_MAPS = Watched("", "ConfigMap", "v1")
PLACE = "/api/v1/namespaces/default/configmaps"


class Onlooker:
    def __init__(self):
        self.seen = []
        self.lists = []
        self.after_lists = {}

    def saw(self, ref, body, version):
        self.seen.append((ref.name, "there" if body else "gone", version))

    def listed(self, watched, refs, version):
        self.lists.append((watched.kind, refs, version))
        self.after_lists.get(len(self.lists), lambda: None)()


class World:
    def __init__(self):
        self.api, self.onlooker = TinyApi(), Onlooker()
        resource = {"name": "configmaps", "kind": "ConfigMap", "namespaced": True, "verbs": ["list", "watch"]}
        self.api.objects["/api/v1"] = {"resources": [resource]}
        self.watch = Watch(CONFIG_MAPS, self.api, Discovery(self.api), self.onlooker, "default")

    def there(self, name):
        self.api.put(f"{PLACE}/{name}", {"metadata": {"namespace": "default", "uid": name}})

    @property
    def asked_from(self):
        return [
            path.partition("resourceVersion=")[2].partition("&")[0] for verb, path in self.api.asked if verb == "WATCH"
        ]


def event(kind, name, version):
    metadata = {"name": name, "namespace": "default", "uid": name, "resourceVersion": version}
    return {"type": kind, "object": {"metadata": metadata}}


GONE = {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}}


def test_it_lists_once_and_then_looks():
    world = World()
    world.there("a")
    world.there("b")
    world.api.streams = [[event("MODIFIED", "a", "10"), event("DELETED", "b", "11"), event("ADDED", "c", "12")]]

    world.watch.follow()

    assert world.onlooker.lists == [("ConfigMap", refs("a", "b"), "3")]
    assert world.onlooker.seen[2:] == [("a", "there", "10"), ("b", "gone", "11"), ("c", "there", "12")]


def test_a_stream_that_ends_is_resumed_where_it_was_by_the_last_bookmark():
    world = World()
    world.there("a")
    world.api.streams = [[event("MODIFIED", "a", "10"), event("BOOKMARK", "", "50")], []]

    world.watch.follow()
    world.watch.follow()

    assert world.asked_from == ["2", "50"]
    assert len(world.onlooker.lists) == 1


def test_a_version_that_the_server_has_forgotten_means_a_new_list():
    world = World()
    world.there("a")
    world.api.streams = [[GONE], []]
    world.onlooker.after_lists = {2: world.watch.end}

    world.watch.run()

    assert len(world.onlooker.lists) == 2


def test_what_could_not_be_told_is_shown_again():
    """
    An onlooker may have to ask the cluster, and the cluster may be away just then.
    """
    world, calls = World(), iter([ClusterUnreachable("away")])
    world.there("a")
    world.api.streams = [[event("MODIFIED", "a", "10")], []]
    heard = world.onlooker.saw

    def saw(ref, body, version):
        if version == "10":
            raise next(calls)
        heard(ref, body, version)

    world.onlooker.saw = saw
    with pytest.raises(ClusterUnreachable):
        world.watch.follow()

    world.watch.follow()

    assert world.asked_from == ["2", "2"]


def test_another_error_of_the_stream_is_a_refusal():
    world = World()
    world.there("a")
    world.api.streams = [[{"type": "ERROR", "object": {"code": 500, "message": "etcd is tired"}}]]

    with pytest.raises(Refused, match="etcd is tired"):
        world.watch.follow()


def test_there_is_one_watch_for_each_kind_that_is_wanted():
    world, begun = World(), []

    def start(watched):
        begun.append(watched.kind)
        return world.watch

    watches = Watches(start)
    watches.keep([CONFIG_MAPS])
    watches.keep([CONFIG_MAPS])
    watches.keep([])
    watches.keep([CONFIG_MAPS])

    assert begun == ["ConfigMap", "ConfigMap"]
    assert world.watch._ended.is_set()
