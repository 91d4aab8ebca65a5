"""
A push that would take away much is a mistake more often than it is meant.
"""

import pytest

from agent.brake import Brake, digest
from agent.metrics import held
from tests.support.bundles import STACK, refs
from tests.support.house import House, text_of

MANY = [f"c{n:02}" for n in range(20)]


def housed(brake=None):
    house = House(brake=brake)
    house.push(*MANY)
    house.poll()
    return house


def test_a_push_that_drops_most_of_a_stack_is_applied_and_its_removals_are_held():
    house = housed()
    pushed = house.push("new", *MANY[:5])

    house.poll()

    assert house.cluster.names == {"new", *MANY}
    assert house.broker.outcomes[-1] == (pushed, "FAILURE")
    message = house.broker.events[-1]["message"]
    assert "15 removals are held: ConfigMap/default/c05, ConfigMap/default/c06" in message
    assert 'annotate any object of the push with brokkr.io/confirm-deletions: "15" or' in message


@pytest.mark.parametrize("word", ["15", digest(refs(*MANY[5:]))], ids=["count", "checksum"])
def test_a_confirmed_one_is_carried_out(word):
    house = housed()
    house.push(*MANY[:5])
    house.poll()
    confirmed = house.broker.push(text_of(*MANY[:5], annotations={"brokkr.io/confirm-deletions": word}))

    house.poll()

    assert house.cluster.names == set(MANY[:5])
    assert house.broker.outcomes[-1] == (confirmed, "SUCCESS")


def test_another_number_confirms_nothing():
    house = housed()
    house.broker.push(text_of(*MANY[:5], annotations={"brokkr.io/confirm-deletions": "14"}))

    house.poll()

    assert house.cluster.names == set(MANY)


def test_a_confirmation_holds_after_a_crash_half_way():
    """
    The inventory still names what was deleted before the crash, so the number of the push is still right.
    """
    house = housed()
    house.broker.push(text_of("c00", annotations={"brokkr.io/confirm-deletions": "19"}))
    for name in MANY[1:6]:
        (ref,) = refs(name)
        del house.cluster.objects[ref]

    house.poll()

    assert house.cluster.names == {"c00"}


@pytest.mark.parametrize(
    ("kept", "brake"),
    [
        (MANY[10:], None),
        (MANY[:12], None),
        (MANY[:1], Brake(is_on=False)),
        (MANY[:1], Brake(count=19)),
        (MANY[:1], Brake(share=0.95)),
    ],
    ids=["not over ten", "not over half", "off", "a higher count", "a higher share"],
)
def test_what_is_within_the_limits_just_goes(kept, brake):
    house = housed(brake)
    house.push(*kept)

    house.poll()

    assert house.cluster.names == set(kept)


def test_a_deletion_marker_is_its_own_confirmation():
    house = housed()
    house.push(stack=STACK, marker=True)

    house.poll()

    assert house.cluster.names == set()


NAMESPACE = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def test_a_namespace_with_something_in_it_is_held_and_an_empty_one_goes():
    house = House()
    house.broker.push(text_of("one") + NAMESPACE)
    house.poll()
    other = House(cluster=house.cluster)
    other.broker.push(text_of("other").replace("name: other", "name: other\n  namespace: shop"), stack="another")
    other.poll()
    house.push("one")

    house.poll()

    assert "not empty: Namespace/shop" in house.broker.events[-1]["message"]
    (left,) = refs("other", namespace="shop")
    del house.cluster.objects[left]
    house.work(after=2.0)
    assert house.broker.events[-1]["status"] == "SUCCESS"


def test_held_removals_are_counted_for_prometheus_while_they_are_held():
    house = housed()
    house.push(*MANY[:5])
    house.poll()
    before = held.collect()[0].samples[0].value
    house.push(*MANY)

    house.poll()

    assert (before, held.collect()[0].samples[0].value) == (15, 0)
