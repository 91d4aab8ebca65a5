import pytest

from agent.apiserver import Refused
from agent.bounds import Bounds
from agent.ownership import Live, Ownership
from agent.refs import Ref
from agent.settings import Settings
from tests.support.bundles import AGENT, STACK, config_map

INSIDE = Ref("", "ConfigMap", "team-a", "c", "v1")
ELSEWHERE = Ref("", "ConfigMap", "team-b", "c", "v1")
NOWHERE = Ref("", "Namespace", "", "team-a", "v1")


@pytest.mark.parametrize("ref", [ELSEWHERE, NOWHERE])
def test_what_is_beyond_an_agents_namespace_is_refused(ref):
    with pytest.raises(Refused, match="works in the namespace team-a alone"):
        Bounds("brokkr-system", "team-a").allow(ref)


@pytest.mark.parametrize(("namespace", "ref"), [("team-a", INSIDE), (None, NOWHERE), (None, ELSEWHERE)])
def test_what_is_inside_is_not_and_an_agent_of_a_whole_cluster_has_no_bounds(namespace, ref):
    assert Bounds("brokkr-system", namespace).allow(ref) is ref


@pytest.mark.parametrize(("watched", "spared"), [("", True), ("team-b", True), ("team-a", False)])
def test_its_own_namespace_is_spared_unless_its_stacks_are_for_that_very_one(watched, spared):
    """
    Who has one namespace and no more keeps the agent in it; its stacks must be able to lose an object all the same.
    """
    env = {"BROKKR__AGENT__PAK": "a", "BROKKR__AGENT__NAMESPACE": "team-a", "BROKKR__AGENT__WATCH_NAMESPACE": watched}
    ownership = Ownership(AGENT, STACK, Settings.from_env(env).spared_namespace)
    annotations = ownership.stamp(config_map("c"), "o", "s").body["metadata"]["annotations"]

    reason = ownership.spares(INSIDE, Live("uid", annotations))

    assert (reason is not None) == spared


@pytest.mark.parametrize(
    ("ref", "refused"),
    [
        (Ref("", "ConfigMap", "brokkr-system", "inventory-x", "v1"), True),
        (Ref("coordination.k8s.io", "Lease", "brokkr-system", "brokkr-agent-x", "v1"), True),
        (Ref("", "ConfigMap", "brokkr-system", "x", "v1"), False),
        (Ref("", "Secret", "brokkr-system", "inventory-x", "v1"), False),
        (Ref("", "ConfigMap", "team-a", "inventory-x", "v1"), False),
    ],
)
def test_no_stack_may_have_what_the_agent_keeps_for_itself(ref, refused):
    """
    A stack could else overwrite an inventory, and prune it later.
    """
    if refused:
        with pytest.raises(Refused, match="are the agent's own"):
            Bounds("brokkr-system").allow(ref)
    else:
        assert Bounds("brokkr-system").allow(ref) is ref
