"""
The agent as a process, between a real API server and a broker that is a dict behind a socket.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen
from uuid import uuid4

import httpx
import pytest

from tests.support.agent_process import AgentProcess, running, within
from tests.support.tiny_broker import TinyBroker

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@contextmanager
def served(tiny):
    """
    The transport as a server on loopback; yields its URL.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment, or a delayed ACK costs 40 ms

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = httpx.Request(self.command, f"http://broker{self.path}", headers=dict(self.headers), content=body)
            answer = tiny.handle_request(request)
            self.send_response(answer.status_code)
            for name, value in {**answer.headers, "content-length": str(len(answer.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def an_agent(folder, url, kubeconfig):
    """
    A running agent; killed if it is still there at the end.
    """
    return running(AgentProcess(folder, broker_url=url, pak="brokkr_BRtest_secretsecret", kubeconfig=kubeconfig))


def text_of(*names, namespace):
    metadata = [f"{{name: {name}, namespace: {namespace}}}" for name in names]
    maps = [f"apiVersion: v1\nkind: ConfigMap\nmetadata: {m}\ndata: {{token: hush}}\n" for m in metadata]
    return "---\n".join([*maps, f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n"])


def test_a_stack_comes_changes_survives_a_kill_and_goes(kube, tmp_path):
    tiny, namespace = TinyBroker(), f"n-{uuid4().hex[:8]}"

    def there():
        listed = kube.kubectl("get", "configmaps", "-n", namespace, "-l", "brokkr.io/stack", "-o", "name")
        return {line.removeprefix("configmap/") for line in listed.split()}

    def reported(status, object_id):
        return within(15, lambda: (object_id, status) in tiny.outcomes)

    with served(tiny) as url:
        with an_agent(tmp_path, url, kube.kubeconfig) as agent:
            reported("SUCCESS", tiny.push(text_of("one", "two", namespace=namespace)))
            assert there() == {"one", "two"}
            reported("FAILURE", tiny.push("a: ["))
            assert there() == {"one", "two"}
            agent.kill()
        second = tiny.push(text_of("two", "three", namespace=namespace))
        with an_agent(tmp_path, url, kube.kubeconfig) as agent:
            reported("SUCCESS", second)
            assert there() == {"two", "three"}
            reported("SUCCESS", tiny.push("", marker=True))
            within(30, lambda: there() == set())
            assert agent.stop() == 0
    assert "hush" not in agent.log.read_text()
    assert "secretsecret" not in agent.log.read_text()


def test_an_agent_to_which_nothing_happens_polls_and_says_that_it_is_alive_and_no_more(kube, tmp_path):
    tiny = TinyBroker()

    def requests_of(path):
        return [one for one in tiny.requests if one.endswith(path)]

    with served(tiny) as url, an_agent(tmp_path, url, kube.kubeconfig) as agent:
        within(10, lambda: len(requests_of("/heartbeat")) > 2 and len(requests_of("/target-state")) > 2)
        tiny.requests.clear()
        within(10, lambda: len(requests_of("/heartbeat")) > 5 and len(requests_of("/target-state")) > 5)
        made = {one.rpartition("/")[2] for one in tiny.requests}
        tiny.status = "INACTIVE"
        within(5, lambda: requests_of("/agents/"))
        tiny.requests.clear()
        within(5, lambda: len(requests_of("/agents/")) > 2)
        inactive = {one.rpartition("/")[2] for one in tiny.requests}
        tiny.status = "ACTIVE"
        tiny.ask("d1", tiny.push(text_of("one", namespace=f"n-{uuid4().hex[:8]}")))
        within(10, lambda: "d1" in tiny.results)
        assert agent.stop() == 0

    assert made == {"heartbeat", "target-state"}
    assert inactive == {"heartbeat", ""}


def test_a_broker_that_is_away_is_waited_for_and_a_signal_ends_the_wait(kube, tmp_path):
    with an_agent(tmp_path, "http://127.0.0.1:1", kube.kubeconfig) as agent:
        within(10, lambda: agent.said("waiting for the broker"))

        with urlopen(f"{agent.health_url}/healthz") as answer:
            alive = answer.read()

        assert (alive, agent.stop()) == (b"OK", 0)


@pytest.mark.parametrize(
    ("arguments", "env", "code", "said"),
    [
        (["--version"], {}, 0, ""),
        ([], {}, 2, "usage:"),
        (["start"], {}, 1, "brokkr-agent: BROKKR__AGENT__PAK is not set"),
        (
            ["start"],
            {"BROKKR__AGENT__PAK": "a", "BROKKR__AGENT__KUBECONFIG_PATH": "/nowhere"},
            1,
            "brokkr-agent: no usable Kubernetes configuration",
        ),
        (
            ["start"],
            {"BROKKR__AGENT__PAK": "a", "BROKKR__LOG__LEVEL": "loud"},
            1,
            "brokkr-agent: Unknown level: 'LOUD'",
        ),
    ],
)
def test_what_cannot_work_is_said_in_one_line(arguments, env, code, said):
    done = subprocess.run(
        [sys.executable, "-m", "agent", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.stderr


def test_a_bad_pak_ends_the_agent(kube, tmp_path):
    tiny = TinyBroker()
    tiny.trouble = {"/auth/pak": httpx.Response(401, json={"message": "no"})}

    with served(tiny) as url, an_agent(tmp_path, url, kube.kubeconfig) as agent:
        code = agent.process.wait(20)

    assert code == 1
    assert agent.log.read_text().splitlines()[-1].startswith("brokkr-agent: Invalid agent PAK")
