"""
What runs in AWS, packaged for real by each Python that Lambda has and this machine too.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from broker.local_store import find_dynoxide, open_store
from tests.support.aws import event_of
from tools.borrowed import ROOT

pytestmark = pytest.mark.slow

VERSIONS = ("3.11", "3.12", "3.13")
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"
MOST_BYTES = 10_500_000
LAMBDA = """
import json, sys
folder, event = sys.argv[1:]
sys.path.insert(0, folder)
from app import app
answer = app(json.loads(event), None)
files = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
elsewhere = [file for file in files if "site-packages" in file]
print(json.dumps({"answer": answer, "elsewhere": elsewhere, "loaded": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module", params=VERSIONS)
def python(request, tmp_path_factory):
    """
    An interpreter with Chalice and with what the app imports, as `make setup` would make it.
    """
    if request.param == OURS:
        return sys.executable
    found = find_python(request.param)
    if not found:
        pytest.skip(f"no Python {request.param} on this machine")
    venv = tmp_path_factory.mktemp(f"python-{request.param}")
    subprocess.run([found, "-m", "venv", venv], check=True)
    wanted = ["-r", "requirements.txt", "-c", "constraints.txt", "chalice"]
    subprocess.run([venv / "bin" / "pip", "install", "-q", *wanted], cwd=ROOT, check=True)
    return venv / "bin" / "python"


def find_python(version):
    """
    On the PATH, where pyenv puts programs that may not work, or among those that pyenv has.
    """
    on_path = shutil.which(f"python{version}")
    candidates = [*([on_path] if on_path else []), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    return next((one for one in candidates if works(one)), None)


def works(python):
    return subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def package(python, tmp_path_factory):
    return packaged_by(python, tmp_path_factory.mktemp("package"))


def packaged_by(python, folder):
    command = [python, "-m", "tools.deploy", "package", "--stage", "dev", "--folder", folder]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "deployment.zip"


@pytest.fixture
def store(tmp_path):
    """
    What `brokkr-broker init` leaves: the environment to find it by, and the admin's PAK.
    """
    folder = tmp_path / "data"
    command = [sys.executable, "-m", "broker", "init", "--data-dir", folder]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    opened = open_store(find_dynoxide(os.environ), folder, serving=False)
    yield (
        {
            "BROKKR_DYNAMODB_ENDPOINT": f"http://127.0.0.1:{opened.port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_LAMBDA_FUNCTION_NAME": "brokkr",
        },
        said.split()[-1],
    )
    opened.stop()


def test_it_is_small(package):
    assert package.stat().st_size <= MOST_BYTES


def test_it_holds_the_broker_and_what_it_imports_and_nothing_else(package):
    with ZipFile(package) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    signatures = {"jwt", "cryptography", next(name for name in tops if name.startswith("_cffi_backend."))}
    libraries = {"bcrypt", "botocore", "dateutil", "jmespath", "msgspec", "pynamodb", "six.py", "urllib3", "yaml"}
    assert tops == {"app.py", "chalice", "chalicelib", "_yaml", "__pycache__"} | libraries | signatures


def test_the_same_source_gives_the_same_bytes(python, package, tmp_path):
    again = packaged_by(python, tmp_path)

    assert again.read_bytes() == package.read_bytes()


@pytest.fixture
def ask(python, package, store, tmp_path):
    """
    One request to the package alone. No site-packages and no environment of Python's: what is not in the zip is not
    there.
    """
    env, pak = store
    with ZipFile(package) as archive:
        archive.extractall(tmp_path / "task")

    def ask(method, path, body=None):
        event = json.dumps(event_of(method, path, pak, body))
        command = [python, "-I", "-S", "-c", LAMBDA, tmp_path / "task", event]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    return ask


def test_it_answers_with_nothing_but_itself(ask):
    said = ask("POST", "/api/v1/auth/pak")

    assert said["answer"]["statusCode"] == 200
    assert json.loads(said["answer"]["body"])["admin"] is True
    assert said["elsewhere"] == []


def test_it_can_verify_signatures(ask):
    """
    PyJWT does without cryptography where it cannot be loaded, and says so at the first signature alone.
    """
    said = ask("POST", "/api/v1/auth/oidc", '{"token": "nonsense"}')

    assert said["answer"]["statusCode"] == 401
    assert {"jwt", "cryptography.hazmat.bindings._rust"} <= set(said["loaded"])
    assert said["elsewhere"] == []


@pytest.mark.parametrize("path", ["/metrics", "/docs/openapi.json", "/swagger-ui/", "/swagger-ui/swagger-ui-bundle.js"])
def test_it_describes_itself(ask, path):
    said = ask("GET", path)

    assert said["answer"]["statusCode"] == 200
    assert said["elsewhere"] == []
