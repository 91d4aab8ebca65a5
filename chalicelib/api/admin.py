from chalice import Blueprint

from chalicelib.api.admin_views import (
    AuditLogListResponse,
    ConfigReloadResponse,
    WsConnectionsResponse,
    audit_entry,
    audit_log,
    config_reload,
)
from chalicelib.api.answers import Room, caller
from chalicelib.api.operations import ADMIN, Operation
from chalicelib.api.parameters import clamped_query, moment_query, text_query, uuid_query
from chalicelib.domain.audit import ACTOR_TYPES, DEFAULT_LIMIT, MAX_LIMIT, Wanted
from chalicelib.domain.principals import require_admin
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import audit, configuration

routes = Blueprint(__name__)

ACTOR_TYPE = text_query("actor_type", *ACTOR_TYPES)
ACTOR_ID = uuid_query("actor_id")
ACTION = text_query("action")
RESOURCE_TYPE = text_query("resource_type")
RESOURCE_ID = uuid_query("resource_id")
FROM, TO = moment_query("from"), moment_query("to")
LIMIT = clamped_query("limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
OFFSET = clamped_query("offset", default=0, least=0, most=10**12)


@routes.route("/api/v1/admin/audit-logs", methods=["GET"])
@Operation(
    "list_audit_logs",
    "admin",
    by=ADMIN,
    query=(ACTOR_TYPE, ACTOR_ID, ACTION, RESOURCE_TYPE, RESOURCE_ID, FROM, TO, LIMIT, OFFSET),
    refuses=(AdminRequired, ResponseTooLarge),
)
def list_audit_logs() -> AuditLogListResponse:
    wanted = _wanted()
    found, total = audit.entries(caller(routes), wanted)
    room = Room(ResponseTooLarge("these rows are too large for one answer: ask for fewer with ?limit="))
    return audit_log([room.hold(audit_entry(one)) for one in found], total, wanted)


def _wanted() -> Wanted:
    request = routes.current_request
    return Wanted(
        actor_type=ACTOR_TYPE.of(request),
        actor_id=ACTOR_ID.of(request),
        action=ACTION.of(request),
        resource_type=RESOURCE_TYPE.of(request),
        resource_id=RESOURCE_ID.of(request),
        since=FROM.of(request),
        until=TO.of(request),
        limit=LIMIT.of(request),
        offset=OFFSET.of(request),
    )


@routes.route("/api/v1/admin/config/reload", methods=["POST"])
@Operation("reload_config", "admin", by=ADMIN, refuses=(AdminRequired,))
def reload_config() -> ConfigReloadResponse:
    return config_reload(*configuration.reload(caller(routes)))


@routes.route("/api/v1/admin/ws/connections", methods=["GET"])
@Operation("list_ws_connections", "admin", by=ADMIN, refuses=(AdminRequired,))
def list_ws_connections() -> WsConnectionsResponse:
    """
    None: this broker has no WebSockets.
    """
    require_admin(caller(routes))
    return {"connected_agents": 0, "connections": [], "live_subscribers": 0}
