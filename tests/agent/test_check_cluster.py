from datetime import UTC, datetime, timedelta

import pytest

from agent.access import ClusterNotConfigured
from agent.apiserver import ClusterUnreachable
from agent.broker import Identity
from agent.check_cluster import applying, ask_api_server, ask_cluster, lease, own_namespace, seeing
from agent.lease import path_of
from agent.settings import Settings
from tests.support.bundles import AGENT
from tests.support.tiny_api import TinyApi, answer

SETTINGS = Settings.from_env({"BROKKR__AGENT__PAK": "a_b_c"})
ME = Identity(AGENT, "ACTIVE")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Reviewing(TinyApi):
    """
    It allows everything but what is taken away from it: verbs by resource.
    """

    def __init__(self, **denied):
        super().__init__()
        self.denied = denied
        self.objects["/version"] = {"gitVersion": "v1.36.3"}
        self.objects["/api/v1/namespaces/brokkr-system"] = {}

    def _post(self, path, body):
        asked = body["spec"]["resourceAttributes"]
        name = f"{asked['resource']}_{asked['subresource']}".strip("_")
        return answer(201, {"status": {"allowed": asked["verb"] not in self.denied.get(name, ())}})


ALL = ("get", "list", "watch", "create", "patch", "delete")


def test_a_cluster_where_the_agent_may_work_leaves_nothing_to_do():
    findings = list(ask_api_server(SETTINGS, Reviewing(), "https://k", ME))

    assert [finding.question for finding in findings] == ["cluster", "own namespace", "applying", "seeing", "lease"]
    assert all(finding.todo is None for finding in findings)
    assert findings[0].said == "Kubernetes v1.36.3 at https://k"


def test_a_lease_is_not_asked_for_before_it_is_known_whose():
    findings = list(ask_api_server(SETTINGS, Reviewing(), "https://k", None))

    assert [finding.question for finding in findings] == ["cluster", "own namespace", "applying", "seeing"]


def test_what_is_missing_in_its_own_namespace_is_named():
    finding = own_namespace("brokkr-system", Reviewing(leases=("create", "update")))

    assert finding.said == "brokkr-system: it may not create leases, update leases"
    assert "agent/deploy/base" in finding.todo


@pytest.mark.parametrize(("denied", "is_wrong"), [((), False), (("create",), True)])
def test_a_namespace_that_is_not_there_is_made_by_an_agent_that_may(denied, is_wrong):
    api = Reviewing(namespaces=denied)
    del api.objects["/api/v1/namespaces/brokkr-system"]

    finding = own_namespace("brokkr-system", api)

    assert (finding.todo is not None) == is_wrong


def test_a_kind_that_it_may_not_touch_is_a_choice():
    finding = applying(None, Reviewing(clusterroles=ALL, secrets=ALL))

    assert finding.todo is None
    assert finding.said.endswith("; not: clusterroles, secrets")


def test_a_kind_that_it_may_half_touch_is_a_mistake():
    finding = applying(None, Reviewing(secrets=("watch", "delete")))

    assert finding.said == "it may not watch secrets, delete secrets everywhere"
    assert finding.todo is not None


def test_an_agent_that_may_apply_nothing_is_told_what_to_grant():
    kinds = ("namespaces", "customresourcedefinitions", "clusterroles", "configmaps", "secrets", "services")

    finding = applying(None, Reviewing(**dict.fromkeys([*kinds, "deployments"], ALL)))

    assert "agent/deploy/namespaced" in finding.todo


def test_an_agent_of_one_namespace_is_asked_about_that_alone():
    api = Reviewing(clusterroles=ALL)
    api.objects["/api/v1/namespaces/team-a"] = {}

    there, absent = applying("team-a", api), applying("team-b", api)
    out_of_sight = applying("team-b", Reviewing(namespaces=ALL))

    assert there.said == "in team-a: configmaps, secrets, services, deployments"
    assert absent.todo.startswith("kubectl create namespace team-b")
    assert out_of_sight.todo is None


def test_what_it_may_not_look_at_is_named():
    finding, fine = seeing("team-a", Reviewing(pods_log=("get",), events=("watch",))), seeing("team-a", Reviewing())

    assert finding.said == "it may not get pods/log, watch events in team-a"
    assert "BROKKR__AGENT__DIAGNOSTICS" in finding.todo
    assert (fine.said, fine.todo) == ("in team-a: pods, their logs, events", None)


def test_the_lease_says_who_is_at_work():
    api = Reviewing()
    nobody = lease("brokkr-system", api, ME)
    moment = (NOON - timedelta(seconds=4)).isoformat().replace("+00:00", "Z")
    api.put(path_of("brokkr-system", AGENT), {"spec": {"holderIdentity": "pod-1", "renewTime": moment}})

    somebody = lease("brokkr-system", api, ME, now=lambda: NOON)

    assert nobody.said == "no agent of this identity is at work"
    assert somebody.said == "held by pod-1, renewed 4 s ago"


@pytest.mark.parametrize(
    ("trouble", "todo"),
    [(ClusterUnreachable("away"), "may this machine reach it"), (answer(401, {"message": "Unauthorized"}), "expired")],
)
def test_an_api_server_that_does_not_answer_is_the_only_question(trouble, todo):
    class Troubled(Reviewing):
        def ask(self, *_, **__):
            if isinstance(trouble, Exception):
                raise trouble
            return trouble

    findings = list(ask_api_server(SETTINGS, Troubled(), "https://k", ME))

    assert [finding.question for finding in findings] == ["cluster"]
    assert todo in findings[0].todo


def test_a_cluster_that_is_not_configured_is_told_how_to_be():
    def nothing():
        raise ClusterNotConfigured("there is no kubeconfig")

    findings = list(ask_cluster(SETTINGS, nothing, ME))

    assert [finding.said for finding in findings] == ["there is no kubeconfig"]
    assert "BROKKR__AGENT__KUBECONFIG_PATH" in findings[0].todo
