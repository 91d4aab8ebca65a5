from uuid import uuid4

import pytest

from benchmarks.servers import a_broker
from tests.slow.kube import a_cluster
from tests.slow.shipped import DEPLOY, Shipped, watching


@pytest.fixture(scope="session")
def kube():
    """
    A real Kubernetes control plane: `.kubeconfig` and `.kubectl(*args)`.
    """
    with a_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def broker():
    """
    A real broker on its store. It may be killed and started again, at another address.
    """
    with a_broker() as broker:
        yield broker


@pytest.fixture
def place(kube):
    """
    An empty namespace.
    """
    name = f"place-{uuid4().hex[:8]}"
    kube.kubectl("create", "namespace", name)
    return name


@pytest.fixture
def for_a_cluster(kube, tmp_path):
    with Shipped(kube, DEPLOY, tmp_path).installed() as shipped:
        yield shipped


@pytest.fixture
def for_a_namespace(kube, tmp_path, place):
    """
    As docs/agent.md says it: the namespace named in watch.yaml.
    """
    with Shipped(kube, watching(place, tmp_path) / "namespaced", tmp_path).installed() as shipped:
        yield shipped
