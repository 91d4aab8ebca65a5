"""
Many callers at once, each on a connection of its own, against a real broker.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier

from benchmarks.client import Refused
from benchmarks.servers import OverHttp

RACERS = 8


class Racers:
    def __init__(self, clients):
        self._clients = clients

    def post(self, path, bodies):
        return self.send("POST", path, bodies)

    def send(self, method, path, bodies):
        """
        Each its own body, all at the same moment: what each was answered.
        """
        start = Barrier(len(self._clients))

        def run(client, body):
            start.wait()
            try:
                return client.call(method, path, body)
            except Refused as refused:
                return refused.answer

        with ThreadPoolExecutor(len(self._clients)) as pool:
            return list(pool.map(run, self._clients, bodies))


@contextmanager
def racing(broker, client):
    """
    The same caller, many times.
    """
    clients = [replace(client, carry=OverHttp(broker.url)) for _ in range(RACERS)]
    yield Racers(clients)
    for one in clients:
        one.carry.close()
