"""
The control plane of the slow suite: tools/kube's, or the one that KUBECONFIG_FOR_DEMO names.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.borrowed import ROOT
from tools.kube.build import build


@dataclass(frozen=True, kw_only=True)
class Kube:
    kubeconfig: Path
    program: str
    discovery: str

    def kubectl(self, *args: str, stdin: str = "") -> str:
        """
        What kubectl prints; raises CalledProcessError, with its stderr in a note, when it refuses.
        """
        env = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": self.discovery}
        done = subprocess.run([self.program, *args], env=env, input=stdin, capture_output=True, text=True, check=False)
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as error:
            error.add_note(done.stderr)
            raise
        return done.stdout


@contextmanager
def a_cluster() -> Iterator[Kube]:
    with tempfile.TemporaryDirectory(prefix="kube-") as folder:
        named = os.environ.get("KUBECONFIG_FOR_DEMO")
        if named:
            program = shutil.which("kubectl") or str(build() / "kubectl")
            yield Kube(kubeconfig=Path(named), program=program, discovery=f"{folder}/discovery")
            return
        program = str(build() / "kubectl")
        with _control_plane(Path(folder) / "plane") as kubeconfig:
            yield Kube(kubeconfig=kubeconfig, program=program, discovery=f"{folder}/discovery")


@contextmanager
def _control_plane(home: Path) -> Iterator[Path]:
    """
    It ends with its standard input, so it does not outlive a suite that is killed.
    """
    command = [sys.executable, "-m", "tools.kube", "run", str(home), "--until-eof"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        kubeconfig = process.stdout.readline().strip()
        assert kubeconfig, "tools.kube did not start; it says why above"
        yield Path(kubeconfig)
