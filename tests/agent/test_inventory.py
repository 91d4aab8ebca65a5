import hashlib
from contextlib import suppress

import pytest

from agent.apiserver import ClusterUnreachable, Refused
from agent.inventory import REFS_PER_PIECE, Inventory
from agent.refs import Ref
from tests.support.bundles import AGENT, STACK, refs
from tests.support.fakes import FakeCluster

MANY = refs(*(f"config-map-{n}" for n in range(2 * REFS_PER_PIECE + 1)))


def inventory(cluster):
    return Inventory(cluster, namespace="brokkr-system", agent_id=AGENT)


@pytest.mark.parametrize("written", [refs("a", "b"), MANY, set()], ids=["few", "many", "none"])
def test_what_was_written_is_read_by_another_process(written):
    cluster = FakeCluster()
    inventory(cluster).write(STACK, refs("before"))

    inventory(cluster).write(STACK, written)

    assert inventory(cluster).read(STACK) == written
    assert inventory(cluster).read("another") == frozenset()


def test_the_same_again_costs_no_request():
    cluster = FakeCluster()
    book = inventory(cluster)
    book.write(STACK, refs("a"))
    cluster.unreachable = True

    book.write(STACK, refs("a"))

    assert book.read(STACK) == refs("a")


def test_a_crash_between_two_pieces_leaves_nothing_unowned():
    """
    Whatever subset of its requests was made, what was in it before and stays in it is in it.
    """

    class Mortal(FakeCluster):
        left = 10**9

        def _reach(self):
            self.left -= 1
            if self.left < 0:
                raise ClusterUnreachable("killed")

    for left in range(12):
        cluster = Mortal()
        inventory(cluster).write(STACK, MANY)
        cluster.left = left
        with suppress(ClusterUnreachable):
            inventory(cluster).write(STACK, MANY | refs("a-new-one"))
        cluster.left = 10**9
        assert inventory(cluster).read(STACK) >= MANY


def test_two_agents_in_one_cluster_keep_apart():
    cluster = FakeCluster()
    theirs = Inventory(cluster, namespace="brokkr-system", agent_id="another")
    theirs.write(STACK, refs("a"))

    inventory(cluster).write(STACK, refs("a"))
    inventory(cluster).write(STACK, set())

    assert Inventory(cluster, namespace="brokkr-system", agent_id="another").read(STACK) == refs("a")


def test_what_another_process_wrote_meanwhile_is_read_once_ours_is_forgotten():
    """
    Two agents of one identity take turns: what the other one applied must not be left unowned.
    """
    cluster = FakeCluster()
    ours = inventory(cluster)
    ours.write(STACK, refs("a"))
    inventory(cluster).write(STACK, refs("a", "b"))

    ours.forget()

    assert ours.read(STACK) == refs("a", "b")


def test_a_cluster_that_will_not_have_it_is_said_so():
    cluster = FakeCluster(refuses={"brokkr-system"})

    with pytest.raises(Refused, match="Namespace/brokkr-system: refused"):
        inventory(cluster).write(STACK, refs("a"))


def test_no_piece_is_too_large_for_a_config_map():
    digests = (hashlib.sha512(str(n).encode()).hexdigest() for n in range(REFS_PER_PIECE))
    cluster = FakeCluster()

    inventory(cluster).write(STACK, refs(*((digest * 2)[:253] for digest in digests), namespace="n" * 63))

    (piece,) = [body["binaryData"]["refs"] for _, _, body in cluster.objects.values() if "binaryData" in body]
    assert len(piece) < 700_000


@pytest.mark.parametrize("data", [{}, {"refs": "?"}, {"refs": "eJyLjgUAARUAuQ=="}], ids=["none", "garbage", "empty"])
def test_a_forged_piece_is_believed_in_nothing_and_stops_nobody(data):
    """
    A stack may push a ConfigMap under the inventory's label into the agent's own namespace.
    """
    cluster = FakeCluster()
    inventory(cluster).write(STACK, refs("a"))
    labels = {"brokkr.io/inventory-agent": AGENT, "brokkr.io/inventory-stack": STACK}
    forged = {"name": "inventory-forged", "namespace": "brokkr-system", "labels": labels}
    cluster._put(
        Ref("", "ConfigMap", "brokkr-system", "inventory-forged", "v1"), {"metadata": forged, "binaryData": data}
    )

    assert inventory(cluster).read(STACK) == refs("a")
