"""
One container's log, followed until there is nothing more to come.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from agent.apiserver import ApiServer, ClusterUnreachable, Missing, Refused, Stopping
from agent.buffer import Buffer
from agent.connections import Patience
from agent.loglines import LogLines, Source
from agent.symptoms import is_over
from agent.tails import log_path

log = logging.getLogger("agent")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
PATIENCE = Patience(connect=5, read=300)


class Follower:
    def __init__(
        self,
        source: Source,
        server: ApiServer,
        buffer: Buffer,
        *,
        since: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._server = server
        self._lines = LogLines(source, buffer, since=since, clock=clock)
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        """
        A container that is not there yet, or starts anew, is asked again, ever more rarely.
        """
        pause = FIRST_PAUSE
        while not self._ended.is_set():
            try:
                fresh = self._read()
                if self._is_over():
                    return
            except Missing:
                return
            except (ClusterUnreachable, Refused, Stopping):
                fresh = 0
            pause = FIRST_PAUSE if fresh else min(LONGEST_PAUSE, pause * 2)
            self._ended.wait(pause)

    def _read(self) -> int:
        source = self.source
        query = {"follow": "true", "timestamps": "true", "sinceTime": self._lines.last}
        path = log_path(source.namespace, source.pod, source.container, **query)
        return self._lines.read(self._while_it_may(path))

    def _while_it_may(self, path: str) -> Iterator[bytes]:
        for chunk in self._server.chunks(path, timeout=PATIENCE):
            if self._ended.is_set() or not self._server.may_go_on():
                return
            yield chunk

    def _is_over(self) -> bool:
        source = self.source
        path = f"/api/v1/namespaces/{quote(source.namespace)}/pods/{quote(source.pod)}"
        answer = self._server.ask("GET", path)
        if answer.is_missing:
            return True
        pod = answer.insist().body
        return bool(pod["metadata"]["uid"] != source.uid) or is_over(pod, source.container)
