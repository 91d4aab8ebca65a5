import pytest

from tests.slow.kube import a_cluster


@pytest.fixture(scope="session")
def kube():
    """
    A real Kubernetes control plane: `.kubeconfig` and `.kubectl(*args)`.
    """
    with a_cluster() as cluster:
        yield cluster
