"""
Who we are to the API server, and how it is reached.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from ssl import CERT_NONE, SSLContext, SSLError, create_default_context

TOKEN_GOOD_FOR_SECONDS = 60.0
ASKED_AT_MOST_EVERY_SECONDS = 10.0


class ClusterNotConfigured(Exception):
    """
    There is no kubeconfig, or none that can be read.
    """


@dataclass(frozen=True, kw_only=True)
class Access:
    """
    What agent/kubeconfig.py printed. A pod's token is in a file that the kubelet renews.
    """

    host: str
    authority: str | None
    is_verified: bool
    server_name: str | None
    certificate: str | None = field(repr=False)
    key: str | None = field(repr=False)
    authorization: str | None = field(repr=False)
    token_file: str | None
    proxy: str | None

    def tls(self) -> SSLContext:
        """
        Raises ClusterNotConfigured. The key is on disk for as long as OpenSSL, which takes no text, reads it.
        """
        try:
            context = create_default_context(cadata=self.authority)
            if not self.is_verified:
                context.check_hostname = False
                context.verify_mode = CERT_NONE
            if self.certificate:
                with tempfile.TemporaryDirectory() as folder:
                    file = Path(folder) / "pair.pem"
                    file.touch(mode=0o600)
                    file.write_text(f"{self.certificate}\n{self.key or ''}", encoding="utf-8")
                    context.load_cert_chain(file)
        except (SSLError, ValueError, OSError) as error:
            raise ClusterNotConfigured(f"the cluster's certificates cannot be used: {error}") from error
        return context


def ask_official_client(kubeconfig: str | None) -> Access:
    """
    Raises ClusterNotConfigured.
    """
    command = [sys.executable, "-m", "agent.kubeconfig", *([kubeconfig] if kubeconfig else [])]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        said = (done.stderr.splitlines() or ["it said nothing"])[-1]
        raise ClusterNotConfigured(f"no usable Kubernetes configuration: {said}")
    return Access(**json.loads(done.stdout))


class Credentials:
    """
    The Authorization header of the moment.
    """

    def __init__(self, ask: Callable[[], Access], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self.access = ask()
        self._asked_at = clock()
        self._token: str | None = None
        self._read_at = float("-inf")

    def authorization(self) -> str | None:
        file = self.access.token_file
        if file is None:
            return self.access.authorization
        if self._clock() - self._read_at > TOKEN_GOOD_FOR_SECONDS:
            self._token = Path(file).read_text(encoding="ascii").strip()
            self._read_at = self._clock()
        return f"Bearer {self._token}"

    def renew(self, refused: Access) -> bool:
        """
        After a 401: ask anew, as a token of a credential plugin expires. Whether there is something else to try than
        what was refused; False where all that was done a moment ago.
        """
        if self.access is not refused:
            return True
        self._read_at = float("-inf")
        if self._clock() - self._asked_at < ASKED_AT_MOST_EVERY_SECONDS:
            return False
        self._asked_at = self._clock()
        self.access = self._ask()
        return True
