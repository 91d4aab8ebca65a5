"""
Response bodies of what only the admin asks.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from chalicelib.api.shapes import Moment, Uuid
from chalicelib.api.views import moment
from chalicelib.domain.audit import Named, Wanted
from chalicelib.domain.configuration import Change
from chalicelib.domain.generators import Generator


class PakSummary(TypedDict):
    id: Uuid
    name: str


class AuditLogEntry(TypedDict):
    """
    Where there is no address or user agent, the key is left out; all others are there.
    """

    id: Uuid
    timestamp: Moment
    actor_type: str
    actor_id: Uuid | None
    actor_name: str | None
    action: str
    resource_type: str
    resource_id: Uuid | None
    details: dict[str, Any] | None
    ip_address: NotRequired[str]
    user_agent: NotRequired[str]
    created_at: Moment


class AuditLogListResponse(TypedDict):
    logs: list[AuditLogEntry]
    total: int
    count: int
    limit: int
    offset: int


class WsConnectionInfo(TypedDict):
    agent_id: Uuid
    connected_since: Moment
    messages_in: int
    messages_out: int


class WsConnectionsResponse(TypedDict):
    connected_agents: int
    connections: list[WsConnectionInfo]
    live_subscribers: int


class ConfigChangeInfo(TypedDict):
    key: str
    old_value: str
    new_value: str


class ConfigReloadResponse(TypedDict):
    reloaded_at: Moment
    changes: list[ConfigChangeInfo]
    success: bool
    message: NotRequired[str]


def config_reload(at: datetime, changes: list[Change]) -> ConfigReloadResponse:
    return {
        "reloaded_at": moment(at),
        "changes": [
            {"key": change.key, "old_value": change.old_value, "new_value": change.new_value} for change in changes
        ],
        "success": True,
        "message": f"{len(changes)} setting(s) updated" if changes else "No changes detected",
    }


def pak_summary(generator: Generator) -> PakSummary:
    return {"id": str(generator.id), "name": generator.name}


def audit_log(logs: list[AuditLogEntry], total: int, wanted: Wanted) -> AuditLogListResponse:
    return {"logs": logs, "total": total, "count": len(logs), "limit": wanted.limit, "offset": wanted.offset}


def audit_entry(named: Named) -> AuditLogEntry:
    entry = named.entry
    view: AuditLogEntry = {
        "id": str(entry.id),
        "timestamp": moment(entry.timestamp),
        "actor_type": entry.actor_type,
        "actor_id": str(entry.actor_id) if entry.actor_id else None,
        "actor_name": named.actor_name,
        "action": entry.action,
        "resource_type": entry.resource_type,
        "resource_id": str(entry.resource_id) if entry.resource_id else None,
        "details": entry.details,
        "created_at": moment(entry.timestamp),
    }
    if entry.ip_address is not None:
        view["ip_address"] = entry.ip_address
    if entry.user_agent is not None:
        view["user_agent"] = entry.user_agent
    return view
