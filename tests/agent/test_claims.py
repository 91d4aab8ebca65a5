"""
A move between stacks is a hand-over, in whichever order the two pushes arrive.
"""

import httpx
import pytest

from agent.broker import BrokerError
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


def test_a_stack_does_not_let_go_before_the_texts_of_all_others_are_known():
    """
    Both pushes were in one answer, and the old stack was at work before the new one's text had been fetched: it took
    away what the new one wanted.
    """
    house = two_stacks()
    before = uid(house, "moves")
    house.push("stays", stack="one")
    house.push("moves", "other", stack="two")
    answer = house.broker.handle_request

    def work_while_a_text_is_fetched(request):
        if "/deployment-objects/" in request.url.path:
            house.dispatcher.start_due()
        return answer(request)

    house.broker.handle_request = work_while_a_text_is_fetched
    house.poll()

    assert (uid(house, "moves"), owner(house, "moves")) == (before, "two")


def test_a_stack_at_work_takes_nothing_away_that_its_own_next_push_wants():
    """
    It had moved away and came back while the pass without it was at work.
    """
    house = two_stacks()
    house.push("moves", "other", stack="two")
    house.poll()
    before = uid(house, "moves")
    house.push("stays", "slow", stack="one")

    def push_and_poll(ref):
        if ref.name == "slow":
            house.cluster.on_apply = lambda ref: None
            house.push("moves", "stays", stack="one")
            house.push("other", stack="two")
            house.deployer.poll()

    house.cluster.on_apply = push_and_poll
    house.poll()
    house.work(after=2)

    assert (uid(house, "moves"), owner(house, "moves")) == (before, "one")


def test_nothing_is_removed_while_a_text_that_may_want_it_cannot_be_had():
    house = two_stacks()
    before = uid(house, "moves")
    house.push("stays", stack="one")
    wants = house.push("moves", "other", stack="two")
    house.broker.trouble = {wants: httpx.Response(500)}
    with pytest.raises(BrokerError):
        house.poll()

    house.broker.trouble = {}
    house.poll()
    house.work(after=2)

    assert (uid(house, "moves"), owner(house, "moves")) == (before, "two")
    assert house.inventory.read("one") == refs("stays")


def test_what_is_handed_over_to_a_stack_that_fails_is_not_left_to_nobody():
    """
    The old stack had forgotten it, the new one never took it and changed its mind: it stayed in the cluster for good.
    """
    house = two_stacks()
    house.cluster.refuses = {"bad"}
    house.push("moves", "bad", stack="two")
    house.push("stays", stack="one")
    house.poll()
    waiting = house.inventory.read("one")

    house.push("other", stack="two")
    house.poll()
    house.work(after=2)

    assert waiting == refs("stays", "moves")
    assert house.cluster.names == {"stays", "other"}


def test_a_stack_that_gets_back_what_another_had_takes_it_at_once():
    """
    Who has what is not remembered over a restart; it must not matter when the other one lets go.
    """
    house = two_stacks()
    house.push("moves", "other", stack="two")
    house.poll()
    house.push("moves", "stays", "more", stack="one")
    house.poll()
    house.push("stays", stack="one")
    house.poll()
    house.work(after=2)
    house.push("other", stack="two")

    house.poll()

    assert house.cluster.names == {"stays", "other"}
