import subprocess
import uuid

import pytest

pytestmark = pytest.mark.slow

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""


@pytest.fixture
def namespace(kube):
    name = f"smoke-{uuid.uuid4().hex[:8]}"
    kube.kubectl("create", "namespace", name)
    yield name
    kube.kubectl("delete", "namespace", name, "--wait=false")


def test_an_applied_deployment_becomes_available(kube, namespace):
    kube.kubectl("-n", namespace, "apply", "--server-side", "-f", "-", stdin=DEPLOYMENT)

    kube.kubectl("-n", namespace, "wait", "--for=condition=Available", "deployment/web", "--timeout=30s")

    ready = kube.kubectl("-n", namespace, "get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}")
    assert ready == "1"


def test_what_kubectl_refuses_is_told(kube):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        kube.kubectl("get", "namespace", "no-such-namespace")

    assert "not found" in refused.value.__notes__[0]
