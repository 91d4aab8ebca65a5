import pytest

from app import app
from tests.support.command_line import CommandLine
from tests.support.factories import new_generator
from tests.support.transport import BrokerTransport


@pytest.fixture
def ci(http):
    return new_generator(http, name="ci")


@pytest.fixture
def brokkr(http, ci, capsys, tmp_path):
    """
    The command line of a pipeline: `brokkr("apply", …)` gives exit code and output.
    """
    return CommandLine(BrokerTransport(app), capsys, tmp_path / "home", ci.pak)


@pytest.fixture
def manifests(tmp_path):
    """
    A directory with one ConfigMap.
    """
    folder = tmp_path / "k8s"
    folder.mkdir()
    (folder / "app.yaml").write_text(CONFIG_MAP)
    return folder


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata:\n  colour: red\n"
