"""
A move between stacks is a hand-over, in whichever order the two pushes arrive.
"""

from agent.claims import Claims
from agent.refs import Ref
from tests.support.bundles import refs
from tests.support.house import House


def owner(house, name):
    (ref,) = refs(name)
    return house.cluster.objects[ref][2]["metadata"]["labels"]["brokkr.io/stack"]


def uid(house, name):
    (ref,) = refs(name)
    return house.cluster.find(ref).uid


def two_stacks():
    house = House()
    house.push("moves", "stays", stack="one")
    house.push("other", stack="two")
    house.poll()
    return house


def test_the_new_stack_first():
    house = two_stacks()
    before = uid(house, "moves")
    house.push("moves", "other", stack="two")
    house.poll()
    house.push("stays", stack="one")

    house.poll()

    assert (uid(house, "moves"), owner(house, "moves")) == (before, "two")
    assert house.inventory.read("one") == refs("stays")


def test_the_old_stack_first_in_one_answer():
    house = two_stacks()
    before = uid(house, "moves")
    house.push("stays", stack="one")
    house.push("moves", "other", stack="two")

    house.poll()

    assert (uid(house, "moves"), owner(house, "moves")) == (before, "two")
    assert "ConfigMap/default/moves" not in house.cluster.deleted


def test_the_old_stack_is_deleted():
    house = two_stacks()
    house.push("moves", "other", stack="two")
    house.push(stack="one", marker=True)

    house.poll()

    assert house.cluster.names == {"moves", "other"}
    assert owner(house, "moves") == "two"


def test_a_stack_that_still_asks_for_what_another_has_now_does_not_take_it_back():
    house = two_stacks()
    house.push("moves", "other", stack="two")
    house.poll()

    house.work(after=3600.0)

    assert owner(house, "moves") == "two"


def test_an_object_is_the_same_with_and_without_the_default_namespace():
    claims = Claims("default")
    claims.claim("one", [Ref("", "ConfigMap", "", "a", "v1")])

    assert claims.owner(Ref("", "ConfigMap", "default", "a", "v1")) == "one"
    assert claims.owner(Ref("", "ConfigMap", "shop", "a", "v1")) is None


def test_who_lets_go_last_leaves_it_to_nobody():
    claims, (ref,) = Claims(), refs("a")
    claims.claim("one", [ref])
    claims.claim("two", [ref])
    claims.claim("two", [])
    still = claims.owner(ref)
    claims.claim("one", [])

    assert (still, claims.owner(ref)) == ("one", None)
