"""
One container's log, followed until there is nothing more to come.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from agent.apiserver import ApiServer, ClusterUnreachable, Refused, Stopping
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
        from_now: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._server = server
        self._lines = LogLines(source, buffer, clock=clock)
        self._clock = clock
        self._began = clock() if from_now else None
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        """
        A container that is not there yet, or starts anew, is asked again, ever more rarely. A node may not know it yet:
        whether it is over, its pod says.
        """
        pause = FIRST_PAUSE
        while not self._ended.is_set():
            try:
                fresh = self._read()
                if self._is_over():
                    return
            except (ClusterUnreachable, Refused, Stopping):
                fresh = 0
            pause = FIRST_PAUSE if fresh else min(LONGEST_PAUSE, pause * 2)
            self._ended.wait(pause)

    def _read(self) -> int:
        source = self.source
        query = {**self._start(), "follow": "true", "timestamps": "true"}
        path = log_path(source.namespace, source.pod, source.container, **query)
        try:
            return self._lines.read(self._while_it_may(path))
        except Refused:
            return 0

    def _start(self) -> dict[str, object]:
        """
        From where to read. In seconds before now at first, for the node's clock is another than ours.
        """
        if self._lines.last is not None:
            return {"sinceTime": self._lines.last}
        return {} if self._began is None else {"sinceSeconds": int(self._clock() - self._began) + 1}

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
