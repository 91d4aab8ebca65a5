"""
An API server that is a dict: objects by path, versions that count, conflicts. It has no types and no rules.
"""

import json
from itertools import count

from agent.apiserver import Answer, ClusterUnreachable, Refused


class TinyApi:
    def __init__(self):
        self.objects = {}
        self.asked = []
        self.streams = []
        self.logs = {}
        self.is_away = False
        self.may_go_on = lambda: True
        self._versions = count(1)

    def ask(self, method, path, body=None, **_):
        self.asked.append((method, path))
        if self.is_away:
            raise ClusterUnreachable("away")
        where = path.partition("?")[0]
        return getattr(self, f"_{method.lower()}")(where, json.loads(body) if body else None)

    def stream(self, path, *, accept=""):
        """
        The next of the streams that were laid out: events, or an exception.
        """
        self.asked.append(("WATCH", path))
        for event in self.streams.pop(0):
            if isinstance(event, Exception):
                raise event
            yield json.dumps(event).encode()

    def chunks(self, path, *, timeout=None):
        """
        What a log has: pieces, or an exception.
        """
        self.asked.append(("LOG", path))
        for chunk in self.logs.get(path, [Refused("no such container")]):
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def put(self, path, body):
        metadata = {"name": path.rpartition("/")[2], **body.get("metadata", {}), "resourceVersion": self.version()}
        self.objects[path] = {**body, "metadata": metadata}
        return self.objects[path]

    def version(self):
        return str(next(self._versions))

    def _get(self, path, _):
        if path in self.objects:
            return answer(200, self.objects[path])
        below = [body for where, body in self.objects.items() if where.rpartition("/")[0] == path]
        if below:
            return answer(200, {"items": below, "metadata": {"resourceVersion": self.version()}})
        return answer(404, {"message": "not found"})

    def _post(self, path, body):
        where = f"{path}/{body['metadata']['name']}"
        if where in self.objects:
            return answer(409, {"message": "is there already"})
        return answer(201, self.put(where, body))

    def _put(self, path, body):
        known = self.objects.get(path)
        if known is None:
            return answer(404, {"message": "not found"})
        if known["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            return answer(409, {"message": "has been modified"})
        return answer(200, self.put(path, body))


def answer(status, body):
    return Answer(status, json.dumps(body).encode())
