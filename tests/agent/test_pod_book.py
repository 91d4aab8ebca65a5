from agent.pod_book import MOST_NAMESPACES, PodBook, PodBooks
from agent.refs import Ref
from agent.watches import Watched
from tests.support.house import Idle
from tests.support.statuses import a_pod, a_replica_set, waiting


class World:
    def __init__(self):
        self.news = 0
        self.book = PodBook(self.note)
        self.begun = []
        self.books = PodBooks(self.begin, self.note)

    def note(self):
        self.news += 1

    def begin(self, watched, book):
        idle = Idle()
        self.begun.append((watched.kind, watched.namespace, idle))
        return idle

    @property
    def followed(self):
        return {namespace for _, namespace, watch in self.begun if not hasattr(watch, "is_ended")}


def ref_of(kind, name):
    group, version = ("apps", "v1") if kind == "ReplicaSet" else ("", "v1")
    return Ref(group, kind, "shop", name, version)


def show(book, *bodies, kind="Pod"):
    for body in bodies:
        book.saw(ref_of(kind, body["metadata"]["name"]), body, "8")


def names(pods):
    return sorted(pod.name for pod in pods)


def test_a_deployment_has_the_pods_of_its_newest_replica_set_whichever_was_seen_first():
    book = World().book
    show(book, a_pod("old", owner="uid-web-1"), a_pod("new", owner="uid-web-2"), a_pod("other", owner="uid-shop-2"))
    show(book, a_replica_set("web-1", revision="1"), a_replica_set("web-2", revision="2"), kind="ReplicaSet")
    show(book, a_replica_set("shop-2", owner="uid-shop", revision="2"), kind="ReplicaSet")

    assert names(book.made_by("uid-web", "2")) == ["new"]


def test_others_make_their_pods_themselves_and_a_template_is_known_by_its_revision():
    book = World().book
    show(book, a_pod("db-0", owner="uid-db", labels={"controller-revision-hash": "db-7"}))
    show(book, a_pod("db-1", owner="uid-db", labels={"controller-revision-hash": "db-6"}))
    show(book, a_pod("seed", owner="uid-job"), a_pod("stray", owner=""))

    made = book.made_by("uid-db", "db-7")
    assert {(pod.name, pod.is_of_newest) for pod in made} == {("db-0", True), ("db-1", False)}
    assert names(book.made_by("uid-job", "")) == ["seed"]
    assert names(book.made_by("", "")) == []


def test_a_pod_that_leaves_or_is_gone_counts_no_longer():
    book = World().book
    show(book, a_pod("a", owner="uid-db"), a_pod("b", owner="uid-db"), a_pod("c", owner="uid-db"))
    leaving = a_pod("a", owner="uid-db", deletionTimestamp="now")

    show(book, leaving)
    book.saw(ref_of("Pod", "b"), None, "9")
    book.listed(Watched("", "Pod", "v1"), frozenset({ref_of("Pod", "a")}), "10")

    assert book.made_by("uid-db", "") == []


def test_a_list_of_one_kind_says_nothing_of_the_other():
    book = World().book
    show(book, a_pod("new", owner="uid-web-2"))
    show(book, a_replica_set("web-2", revision="2"), kind="ReplicaSet")

    book.listed(Watched("apps", "ReplicaSet", "v1"), frozenset({ref_of("ReplicaSet", "web-2")}), "10")

    assert names(book.made_by("uid-web", "2")) == ["new"]


def test_only_what_changes_is_news():
    world = World()
    show(world.book, a_pod("a"), a_pod("a"))
    show(world.book, a_replica_set("web-2"), a_replica_set("web-2"), kind="ReplicaSet")
    before = world.news

    show(world.book, a_pod("a", ready=False, containers=[waiting("CrashLoopBackOff")]))

    assert (before, world.news) == (2, 3)


def test_a_namespace_is_followed_for_as_long_as_it_needs_to_be_and_forgotten_only_now_and_then():
    world = World()
    world.books.follow({"shop", "lab"}, only=False)
    show(world.books._books["shop"], a_pod("db-0", owner="uid-db"))

    world.books.follow({"lab"}, only=False)
    meanwhile = names(world.books.made_by("shop", "uid-db", ""))
    world.books.follow({"lab"}, only=True)

    assert meanwhile == ["db-0"]
    assert world.followed == {"lab"}
    assert world.books.made_by("shop", "uid-db", "") == []
    assert len(world.begun) == 4


def test_no_more_than_a_few_namespaces_are_followed_at_a_time():
    world = World()

    world.books.follow({f"n-{number:03}" for number in range(100)}, only=False)
    world.books.follow({"another"}, only=False)

    assert len(world.followed) == MOST_NAMESPACES
    assert "another" not in world.followed
