"""
The API as a caller meets it, over whatever carries a request.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Carrier = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""
Method, path with query, headers, body.
"""


class Refused(Exception):
    """
    An answer that the benchmark has no use for.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}: {answer.body.decode(errors='replace')[:300]}")
        self.answer = answer


@dataclass(frozen=True)
class Client:
    """
    One caller, with its PAK and the id it has in the broker.
    """

    carry: Carrier
    pak: str
    id: str = ""

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """
        Raises Refused for anything but a success or a 304.
        """
        answer = self.carry(method, path, self._headers(headers or {}), b"" if body is None else _encoded(body))
        if answer.status >= 400:  # noqa: PLR2004 - where refusals begin
            raise Refused(answer)
        return answer

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.pak}", "Content-Type": "application/json", **more}

    def new_generator(self, name: str) -> "Client":
        made = self.call("POST", "/api/v1/generators", {"name": name}).json()
        return Client(self.carry, made["pak"], made["generator"]["id"])

    def new_agent(self, name: str, *generators: "Client") -> "Client":
        """
        Active, and registered with the generators.
        """
        new = {"name": name, "cluster_name": "bench", "generator_ids": [one.id for one in generators]}
        made = self.call("POST", "/api/v1/agents", new).json()
        self.call("PUT", f"/api/v1/agents/{made['agent']['id']}", {"status": "ACTIVE"})
        return Client(self.carry, made["initial_pak"], made["agent"]["id"])

    def new_stack(self, name: str) -> str:
        stack_id: str = self.call("POST", "/api/v1/stacks", {"name": name}).json()["id"]
        return stack_id

    def target(self, agent: "Client", stack_id: str) -> None:
        self.call("POST", f"/api/v1/agents/{agent.id}/targets", {"stack_id": stack_id})

    def push(self, stack_id: str, manifest: str, key: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/api/v1/stacks/{stack_id}/deployment-objects"
        pushed: dict[str, Any] = self.call("POST", path, {"yaml_content": manifest}, headers).json()
        return pushed

    def objects(self, stack_id: str) -> list[dict[str, Any]]:
        path = f"/api/v1/stacks/{stack_id}/deployment-objects?content=false"
        listed: list[dict[str, Any]] = self.call("GET", path).json()
        return listed

    def poll(self, etag: str | None = None) -> Answer:
        headers = {"If-None-Match": etag} if etag else {}
        path = f"/api/v1/agents/{self.id}/target-state?mode=full&content=false"
        return self.call("GET", path, headers=headers)

    def heartbeat(self) -> None:
        report = {"k8s_reachable": True, "k8s_api_latency_ms": 12}
        self.call("POST", f"/api/v1/agents/{self.id}/heartbeat", report)

    def report(self, object_id: str, message: str, status: str = "SUCCESS") -> None:
        event = {
            "agent_id": self.id,
            "deployment_object_id": object_id,
            "event_type": "DEPLOY",
            "status": status,
            "message": message,
        }
        self.call("POST", f"/api/v1/agents/{self.id}/events", event)

    def report_health(self, object_ids: Iterable[str], status: str, *, pods_ready: int = 1) -> None:
        checked_at = datetime.now(UTC).isoformat()
        summary = {"pods_ready": pods_ready, "pods_total": 2, "conditions": []}
        said = [{"id": id, "status": status, "summary": summary, "checked_at": checked_at} for id in object_ids]
        self.call("PATCH", f"/api/v1/agents/{self.id}/health-status", {"deployment_objects": said})


def _encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def etag_of(answer: Answer) -> str:
    return next(value for name, value in answer.headers.items() if name.lower() == "etag")


def manifest(size: int = 2048, text: str = "value") -> str:
    """
    A ConfigMap of so many bytes.
    """
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bench\n  namespace: default\ndata:\n  text: {text!r}\n"
    rows = [
        f"  setting-{number:04}: {hashlib.sha256(str(number).encode()).hexdigest()!r}\n"
        for number in range(size // 100)
    ]
    body = head + "".join(rows)
    return f"{body}#{'.' * (size - len(body) - 2)}\n"
