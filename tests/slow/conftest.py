import pytest

from benchmarks.servers import a_broker
from tests.slow.kube import a_cluster


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
