"""
The start of the package in a fresh interpreter, beside a floor: Chalice, and one client from the same package.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from benchmarks import in_process
from benchmarks.report import Figure
from benchmarks.servers import a_store
from tools.deploy.packaging import package

RUNS = 10
TARGET = 1.3
NOBODY = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}
FLOOR = """
import sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
import chalice, botocore.session
botocore.session.get_session().create_client("dynamodb", region_name="us-east-1")
print(time.process_time() - began)
"""
BROKER = """
import sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
import app
print(time.process_time() - began)
"""
REQUESTS = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from app import app
for event in json.loads(sys.argv[2]):
    began = time.perf_counter()
    answer = app(event, None)
    print(time.perf_counter() - began)
    assert answer["statusCode"] == 200, answer
"""


def measure(effort: float) -> list[Figure]:
    runs = max(3, round(RUNS * effort))
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        packaged = package("dev", Path(place, "package"))
        code = Path(place, "code")
        with ZipFile(packaged.code) as archive:
            archive.extractall(code)
        return [*_starts(code, runs), *_first_requests(code, Path(place, "store"), runs)]


def _starts(code: Path, runs: int) -> list[Figure]:
    """
    Turn and turn about, so that both meet the same machine; in processor time, because it has other work too.
    """
    _run(BROKER, code)
    pairs = [(_run(BROKER, code)[0], _run(FLOOR, code)[0]) for _ in range(runs)]
    broker, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    return [
        Figure("import and first client, the package", broker, "ms"),
        Figure("import and first client, the floor", floor, "ms"),
        Figure("import and first client, package : floor", ratio, "x", TARGET),
    ]


def _first_requests(code: Path, data: Path, runs: int) -> list[Figure]:
    with a_store(data) as endpoint:
        pak = in_process.install(endpoint).pak
        env = {"BROKKR_DYNAMODB_ENDPOINT": endpoint, "BROKKR_TABLE": in_process.TABLE}
        ready = in_process.event("GET", "/readyz", {}, b"")
        verify = in_process.event("POST", "/api/v1/auth/pak", {"Authorization": f"Bearer {pak}"}, b"")
        document = in_process.event("GET", "/docs/openapi.json", {}, b"")
        described = [_run(REQUESTS, code, document, **env)[0] for _ in range(runs)]
        without = [_run(REQUESTS, code, ready, **env)[0] for _ in range(runs)]
        with_pak = [_run(REQUESTS, code, verify, verify, **env) for _ in range(runs)]
    first, second = (statistics.median(times) for times in zip(*with_pak, strict=True))
    return [
        Figure("first request, without a PAK", statistics.median(without), "ms"),
        Figure("first request, GET /docs/openapi.json: the document is made", statistics.median(described), "ms"),
        Figure("first request, with a PAK: bcrypt is loaded and asked", first, "ms"),
        Figure("second request, with a PAK", second, "ms"),
    ]


def _run(program: str, code: Path, *events: in_process.Event, **env: str) -> list[float]:
    """
    Milliseconds, as a Lambda takes them: no site-packages, none of this environment.
    """
    command = [sys.executable, "-I", "-S", "-c", program, code, json.dumps(events)]
    env = {**NOBODY, "AWS_LAMBDA_FUNCTION_NAME": "brokkr", **env}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return [float(line) * 1000 for line in done.stdout.split()]
