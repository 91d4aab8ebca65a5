"""
The agent as a process that can be started, killed and started again on the same disk.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


class AgentProcess:
    """
    `folder` has its disk, its log and what it prints; `settings` are its own, by their names.
    """

    def __init__(self, folder, *, broker_url, pak, kubeconfig, name="DEFAULT", cluster_name="DEFAULT", **settings):
        self.log = folder / "agent.log"
        self.disk = folder / "data"
        self.process = None
        given = {
            "broker_url": broker_url,
            "pak": pak,
            "kubeconfig_path": str(kubeconfig),
            "agent_name": name,
            "cluster_name": cluster_name,
            "polling_interval": "0.3",
            "health_host": "127.0.0.1",
            "health_port": "0",
            "data_dir": str(self.disk),
            **settings,
        }
        self._env = {"PATH": os.environ["PATH"], **{f"BROKKR__AGENT__{key.upper()}": given[key] for key in given}}

    def start(self):
        command = [sys.executable, "-m", "agent", "start"]
        with self.log.open("ab") as stderr:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._env, stderr=stderr)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, within=10):
        """
        Its exit code.
        """
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def lines(self):
        """
        All that it logged, in whichever of its lives. A line that a kill cut in half is left out.
        """
        found = []
        for line in self.log.read_text().splitlines() if self.log.exists() else ():
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def said(self, message, **fields):
        return [
            line
            for line in self.lines()
            if line.get("message") == message and all(str(line.get(key, "")).find(fields[key]) >= 0 for key in fields)
        ]

    @property
    def health_url(self):
        return f"http://127.0.0.1:{within(10, lambda: self.said('started'))[-1]['health_port']}"


@contextmanager
def running(agent):
    """
    Killed if it is still there at the end.
    """
    agent.start()
    try:
        yield agent
    finally:
        agent.kill()


def within(seconds, ask):
    """
    The first answer that is true.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.05)
    raise TimeoutError(ask)
