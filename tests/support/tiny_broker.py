"""
A broker of one agent that is a dict, as an httpx transport: what it is set to, and what it was told.
"""

import hashlib
import json
from uuid import uuid4

import httpx

from tests.support.bundles import AGENT, STACK


class TinyBroker(httpx.BaseTransport):
    def __init__(self):
        self.objects = {}
        self.events = []
        self.health = []
        self.unheard_of = set()
        self.fetched = []
        self.trouble = {}
        self.status = "ACTIVE"
        self.diagnostics = {}
        self.claimed = []
        self.results = {}
        self.telemetry = []
        self.refuses_telemetry_of = set()
        self.requests = []
        self.tells = True

    def push(self, text, *, stack=STACK, marker=False):
        """
        Make this the newest object of a stack.
        """
        row = {
            "id": str(uuid4()),
            "stack_id": stack,
            "sequence_id": len(self.fetched) + len(self.events) + len(self.objects) + 1,
            "yaml_content": text,
            "yaml_checksum": hashlib.sha256(text.encode()).hexdigest(),
            "is_deletion_marker": marker,
        }
        self.objects[stack] = row
        return row["id"]

    @property
    def outcomes(self):
        return [(event["deployment_object_id"], event["status"]) for event in self.events]

    def handle_request(self, request):
        path = request.url.path.removeprefix("/api/v1")
        self.requests.append(path)
        for part, answer in self.trouble.items():
            if part in path:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return self._answer(request, path)

    def _answer(self, request, path):
        if path == "/agents/":
            return httpx.Response(200, json={"id": AGENT, "status": self.status})
        if path.endswith("/target-state"):
            return self._target_state(request)
        if path.endswith(("/events", "/health-status", "/telemetry")):
            return self._note(json.loads(request.read()))
        if "/diagnostics" in path:
            return self._diagnostic(request, path)
        if path.startswith("/deployment-objects/"):
            self.fetched.append(path.rpartition("/")[2])
            rows = [row for row in self.objects.values() if row["id"] == self.fetched[-1]]
            return httpx.Response(200, json=rows[0]) if rows else httpx.Response(404, json={"message": "gone"})
        return httpx.Response(204)

    def ask(self, diagnostic_id, object_id):
        """
        What became of a deployment object?
        """
        self.diagnostics[diagnostic_id] = {"id": diagnostic_id, "deployment_object_id": object_id}

    @property
    def _pending(self):
        return [row for row in self.diagnostics.values() if row["id"] not in self.claimed]

    def _diagnostic(self, request, path):
        id, _, verb = path.removeprefix("/diagnostics/").partition("/")
        if path.endswith("/pending"):
            return httpx.Response(200, json=self._pending)
        if verb == "claim":
            if id in self.claimed:
                return httpx.Response(409, json={"message": "it is claimed"})
            self.claimed.append(id)
            return httpx.Response(200, json=self.diagnostics[id])
        self.results[id] = json.loads(request.read())
        return httpx.Response(201, json={})

    def _note(self, body):
        """
        An event; telemetry; or of records of health all, or none.
        """
        if "lines" in body:
            return self._note_telemetry(body)
        if "deployment_objects" not in body:
            self.events.append(body)
            return httpx.Response(201, json={})
        records = body["deployment_objects"]
        if self.unheard_of & {record["id"] for record in records}:
            return httpx.Response(422, json={"message": "no such deployment object"})
        self.health.append(records)
        return httpx.Response(200)

    def _note_telemetry(self, body):
        refused = self.refuses_telemetry_of & {row["stack_id"] for kind in body for row in body[kind]}
        if refused:
            return httpx.Response(403, json={"message": "never given", "details": {"stack_ids": sorted(refused)}})
        self.telemetry.append(body)
        return httpx.Response(204)

    def _target_state(self, request):
        assert dict(request.url.params) == {"mode": "full", "content": "false"}
        rows = [{key: row[key] for key in row if key != "yaml_content"} for row in self.objects.values()]
        etag = f'"{hashlib.sha256(json.dumps(rows).encode()).hexdigest()}"'
        headers = {"etag": etag, **(self._standing if self.tells else {})}
        if request.headers.get("if-none-match") == etag:
            return httpx.Response(304, headers=headers)
        return httpx.Response(200, json=rows, headers=headers)

    @property
    def _standing(self):
        return {"x-brokkr-agent-status": self.status, "x-brokkr-pending-diagnostics": str(len(self._pending))}
