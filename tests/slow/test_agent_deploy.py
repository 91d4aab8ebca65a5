from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "agent" / "deploy"


def test_the_api_server_takes_what_we_ship_and_warns_of_nothing(kube):
    """
    The namespace enforces the restricted Pod security standard: a Deployment that breaks it would be warned about.
    """
    kube.kubectl("apply", "--server-side", "-f", str(DEPLOY / "namespace.yaml"))

    taken = kube.kubectl("apply", "--server-side", "--validate=false", "-o", "name", "-k", str(DEPLOY))

    assert sorted(taken.split()) == [
        "clusterrole.rbac.authorization.k8s.io/brokkr-agent",
        "clusterrolebinding.rbac.authorization.k8s.io/brokkr-agent",
        "configmap/brokkr-agent",
        "deployment.apps/brokkr-agent",
        "namespace/brokkr-system",
        "serviceaccount/brokkr-agent",
    ]
    kube.kubectl("delete", "-n", "brokkr-system", "deployment/brokkr-agent")


def test_the_service_account_may_do_what_an_agent_does(kube):
    kube.kubectl("apply", "--server-side", "--validate=false", "-k", str(DEPLOY))
    account = "--as=system:serviceaccount:brokkr-system:brokkr-agent"

    kube.kubectl(account, "create", "namespace", "by-the-agent")
    kube.kubectl(account, "create", "-n", "by-the-agent", "clusterrole", "by-the-agent", "--verb=*", "--resource=pods")
    kube.kubectl(account, "delete", "clusterrole/by-the-agent", "namespace/by-the-agent", "--wait=false")

    assert "by-the-agent" not in kube.kubectl("get", "clusterroles", "-o", "name")
    kube.kubectl("delete", "-n", "brokkr-system", "deployment/brokkr-agent")
