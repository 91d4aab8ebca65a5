import gc
import tomllib
from pathlib import Path

from app import app
from chalicelib import VERSION


def test_garbage_is_collected_again_once_the_app_is_made():
    """
    Nobody looks for any during the cold start.
    """
    assert app.app_name == "brokkr"
    assert gc.isenabled()


def test_the_version_is_the_projects():
    """
    A Lambda has no distribution that it could ask.
    """
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION
