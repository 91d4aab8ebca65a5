"""
The broker over HTTP. Alone in speaking it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Self

import httpx

from agent import VERSION

TIMEOUT = httpx.Timeout(30, connect=10)
EMPTY_CHECKSUM = hashlib.sha256(b"").hexdigest()
ACTIVE = "ACTIVE"
STATUS, PENDING = "x-brokkr-agent-status", "x-brokkr-pending-diagnostics"
KEPT_ALIVE = httpx.Limits(keepalive_expiry=None)


class BrokerError(Exception):
    """
    No answer that can be used. Nothing may be concluded from it. `retry_after` is how many seconds the broker wants to
    be left alone, where it said so.
    """

    retry_after: float = 0.0


class BrokerRefused(BrokerError):
    """
    The broker understood and said no.
    """

    def __init__(self, status: int, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"the broker answered {status}: {message}")
        self.status = status
        self.details = details or {}

    @property
    def is_unwelcome(self) -> bool:
        """
        Whether our PAK is no longer known: rotated, or the agent deleted.
        """
        return self.status == HTTPStatus.UNAUTHORIZED


@dataclass(frozen=True)
class Identity:
    id: str
    status: str

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE


@dataclass(frozen=True)
class DeploymentObject:
    """
    As listed in the target state: all but the text.
    """

    id: str
    stack_id: str
    sequence_id: int
    yaml_checksum: str
    is_deletion_marker: bool

    @property
    def removes_everything(self) -> bool:
        return self.is_deletion_marker and self.yaml_checksum == EMPTY_CHECKSUM

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(
            id=str(row["id"]),
            stack_id=str(row["stack_id"]),
            sequence_id=int(row["sequence_id"]),
            yaml_checksum=str(row["yaml_checksum"]),
            is_deletion_marker=row["is_deletion_marker"] is True,
        )


@dataclass(frozen=True)
class Diagnostic:
    """
    Somebody's question what became of a deployment object here.
    """

    id: str
    deployment_object_id: str


@dataclass(frozen=True)
class Standing:
    """
    What the broker says of us beside an answer. Not every broker does: what is None has to be asked.
    """

    status: str | None = None
    pending_diagnostics: int | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self:
        pending = headers.get(PENDING, "")
        return cls(headers.get(STATUS) or None, int(pending) if pending.isdecimal() else None)

    @property
    def is_inactive(self) -> bool:
        return self.status is not None and self.status != ACTIVE


@dataclass(frozen=True)
class TargetState:
    """
    `objects` is None where all is still as the ETag says that was asked with.
    """

    etag: str | None
    objects: list[DeploymentObject] | None
    standing: Standing


class Broker:
    def __init__(self, url: str, pak: str, *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {
            "Authorization": f"Bearer {pak}",
            "Accept": "application/json",
            "User-Agent": f"brokkr-agent/{VERSION}",
        }
        self.is_welcome = True
        self._root = url
        self._http = httpx.Client(
            base_url=f"{url}/api/v1", headers=headers, timeout=TIMEOUT, limits=KEPT_ALIVE, transport=transport
        )

    def ready(self) -> datetime | None:
        """
        What time it is there, if it says so.
        """
        answer = self._call("GET", f"{self._root}/readyz")
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None

    def verify_pak(self) -> None:
        self._call("POST", "/auth/pak")

    def owner_of_pak(self) -> str | None:
        """
        The id of the agent whose PAK ours is; None where it is no agent's.
        """
        row = _json(self._call("POST", "/auth/pak"))
        owner = row.get("agent") if isinstance(row, dict) else None
        return None if owner is None else str(owner)

    def find_self(self, name: str, cluster_name: str) -> Identity:
        answer = self._call("GET", "/agents/", params={"name": name, "cluster_name": cluster_name})
        row = _json(answer)
        try:
            return Identity(str(row["id"]), str(row["status"]))
        except (KeyError, TypeError) as error:
            raise BrokerError("the broker's answer is no agent") from error

    def register(self, generator_id: str) -> None:
        """
        Consent to a generator's stacks. One that has it already is as good.
        """
        try:
            self._call("POST", f"/generators/{generator_id}/register", json={})
        except BrokerRefused as error:
            if error.status != HTTPStatus.CONFLICT:
                raise

    def heartbeat(self, agent_id: str, *, k8s_reachable: bool, k8s_api_latency_ms: int | None) -> None:
        report = {"k8s_reachable": k8s_reachable, "k8s_api_latency_ms": k8s_api_latency_ms}
        self._call("POST", f"/agents/{agent_id}/heartbeat", json=report)

    def target_state(self, agent_id: str, etag: str | None) -> TargetState:
        headers = {"If-None-Match": etag} if etag else {}
        params = {"mode": "full", "content": "false"}
        answer = self._call("GET", f"/agents/{agent_id}/target-state", params=params, headers=headers)
        standing = Standing.of(answer.headers)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return TargetState(etag, None, standing)
        rows = _json(answer)
        if not isinstance(rows, list):
            raise BrokerError("the broker's answer is no target state")
        try:
            return TargetState(answer.headers.get("etag"), [DeploymentObject.of(row) for row in rows], standing)
        except (KeyError, TypeError, ValueError) as error:
            raise BrokerError("the broker's answer is no target state") from error

    def text_of(self, object: DeploymentObject) -> str:
        """
        The manifest, proved by its checksum.
        """
        row = _json(self._call("GET", f"/deployment-objects/{object.id}"))
        text = row.get("yaml_content") if isinstance(row, dict) else None
        if not isinstance(text, str) or checksum(text) != object.yaml_checksum:
            raise BrokerError(f"the text of deployment object {object.id} does not match its checksum")
        return text

    def report(self, agent_id: str, event: dict[str, Any]) -> None:
        self._call("POST", f"/agents/{agent_id}/events", json=event)

    def pending_diagnostics(self, agent_id: str) -> list[Diagnostic]:
        rows = _json(self._call("GET", f"/agents/{agent_id}/diagnostics/pending"))
        try:
            return [Diagnostic(str(row["id"]), str(row["deployment_object_id"])) for row in rows]
        except (KeyError, TypeError) as error:
            raise BrokerError("the broker's answer is no list of diagnostics") from error

    def claim_diagnostic(self, diagnostic_id: str) -> None:
        self._call("POST", f"/diagnostics/{diagnostic_id}/claim")

    def submit_diagnostic(self, diagnostic_id: str, result: Mapping[str, str | None]) -> None:
        self._call("POST", f"/diagnostics/{diagnostic_id}/result", json=result)

    def send_telemetry(self, agent_id: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        self._call("POST", f"/agents/{agent_id}/telemetry", content=body, headers=headers)

    def stack_of(self, object_id: str) -> str:
        """
        Of a deployment object that may be old.
        """
        row = _json(self._call("GET", f"/deployment-objects/{object_id}"))
        stack_id = row.get("stack_id") if isinstance(row, dict) else None
        if not isinstance(stack_id, str):
            raise BrokerError("the broker's answer is no deployment object")
        return stack_id

    def report_health(self, agent_id: str, records: list[dict[str, Any]]) -> None:
        self._call("PATCH", f"/agents/{agent_id}/health-status", json={"deployment_objects": records})

    def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            raise BrokerError(f"the broker is unreachable: {type(error).__name__}") from error
        if answer.is_success or answer.status_code == HTTPStatus.NOT_MODIFIED:
            self.is_welcome = True
            return answer
        raise self._trouble(answer)

    def _trouble(self, answer: httpx.Response) -> BrokerError:
        trouble: BrokerError
        if answer.is_client_error:
            trouble = refusal = _refusal(answer)
            self.is_welcome = not refusal.is_unwelcome
        else:
            trouble = BrokerError(f"the broker answered {answer.status_code}")
        after = answer.headers.get("retry-after", "")
        trouble.retry_after = float(after) if after.isdecimal() else 0.0
        return trouble


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise BrokerError("the broker's answer is not JSON") from error


def _refusal(answer: httpx.Response) -> BrokerRefused:
    """
    With nothing but its status where the body is not the contract's.
    """
    try:
        said = answer.json()
    except ValueError:
        said = None
    body = said if isinstance(said, dict) else {}
    details = body.get("details")
    message = str(body.get("message", answer.reason_phrase))
    return BrokerRefused(answer.status_code, message, details if isinstance(details, dict) else None)
