from agent.discovery import Discovery
from agent.holdings import Holdings, Named, Owners
from tests.support.bundles import STACK
from tests.support.pods import OF_WEB, WEB, Shop, owner, pod, ref

OTHER = "50000000-0000-4000-8000-000000000002"


def named(kind, name, group="", namespace="shop"):
    return Named(ref(kind, name, namespace, group), f"{name}-uid")


def test_a_pod_belongs_to_the_stack_that_has_its_deployment():
    shop = Shop()
    of_web = pod("web-1-a", OF_WEB)

    found = shop.owners.stack_of(named("Pod", "web-1-a"), of_web["metadata"])

    assert found == STACK


def test_each_owner_is_asked_for_once():
    shop = Shop()
    for name in ("web-1-a", "web-1-b", "web-1-c"):
        shop.owners.stack_of(named("Pod", name), pod(name, OF_WEB)["metadata"])

    found = shop.owners.stack_of(named("ReplicaSet", "web-1", "apps"))

    assert found == STACK
    assert len(shop.asked_for("replicasets")) == 1


def test_what_is_gone_keeps_its_owner():
    """
    The event that a pod was killed comes when the pod is there no more.
    """
    shop = Shop()
    shop.owners.stack_of(named("Pod", "web-1-a"), pod("web-1-a", OF_WEB)["metadata"])

    found = shop.owners.stack_of(named("Pod", "web-1-a"))

    assert found == STACK
    assert shop.asked_for("/pods") == []


def test_what_no_stack_has_is_nobodys_and_is_not_asked_for_again():
    shop = Shop()
    shop.api.put("/api/v1/namespaces/shop/pods/alien", {"metadata": {"uid": "alien-uid", "namespace": "shop"}})

    found = [shop.owners.stack_of(named("Pod", "alien")) for _ in range(3)]

    assert found == [None] * 3
    assert len(shop.asked_for("/pods/alien")) == 1


def test_another_object_of_that_name_says_nothing_of_this_one():
    shop = Shop()
    again = {"metadata": {"uid": "younger", "namespace": "shop", "ownerReferences": [OF_WEB]}}
    shop.api.put("/api/v1/namespaces/shop/pods/web-1-a", again)

    assert shop.owners.stack_of(named("Pod", "web-1-a")) is None


def test_elsewhere_than_where_stacks_have_something_nothing_is_asked():
    shop = Shop()

    found = shop.owners.stack_of(named("Pod", "away", namespace="kube-system"))

    assert found is None
    assert shop.api.asked == []


def test_an_owner_of_an_unknown_kind_is_nobodys():
    shop = Shop()
    metadata = pod("a", owner("Gadget", "g", "gadgets.test/v1"))["metadata"]

    assert shop.owners.stack_of(named("Pod", "a"), metadata) is None


def test_an_owner_without_a_namespace_may_be_a_stacks():
    shop = Shop(held=[ref("Fleet", "all", "", "example.test"), WEB])
    metadata = pod("a", owner("Fleet", "all", "example.test/v1"))["metadata"]

    assert shop.owners.stack_of(named("Pod", "a"), metadata) == STACK


def test_a_circle_of_owners_ends():
    shop = Shop()
    shop.owners.stack_of(named("Pod", "a"), pod("a", owner("Pod", "b", "v1"))["metadata"])

    assert shop.owners.stack_of(named("Pod", "b"), pod("b", owner("Pod", "a", "v1"))["metadata"]) is None


def test_only_so_many_owners_are_remembered():
    shop = Shop()
    owners = Owners(shop.api, Discovery(shop.api), Holdings(shop.inventory), uids_kept=2)
    for name in ("a", "b", "c"):
        owners.stack_of(named("Pod", name), pod(name, OF_WEB)["metadata"])

    assert set(owners._known) == {"c-uid", "web-1-uid"}


def test_an_inventory_that_changes_is_seen():
    shop = Shop()
    before = shop.owners.holdings.stack_of(WEB)
    shop.inventory.write(STACK, frozenset())
    shop.inventory.write(OTHER, {WEB})

    assert (before, shop.owners.holdings.stack_of(WEB)) == (STACK, OTHER)
    assert shop.owners.holdings.namespaces() == {"shop"}
    assert shop.owners.holdings.namespaces_of(STACK) == []
