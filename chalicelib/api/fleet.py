from chalice import Blueprint

from chalicelib.api.answers import Ok, Room, bounded, caller
from chalicelib.api.fleet_views import AgentFleetStatusResponse, FleetAgentRecord, fleet_record_view, fleet_status_view
from chalicelib.api.operations import ADMIN, Operation
from chalicelib.api.parameters import path_uuid, uuid_query
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import fleet

routes = Blueprint(__name__)

PAK_ID = uuid_query("pak_id")


@routes.route("/api/v1/fleet", methods=["GET"])
@Operation("list_fleet", "fleet", by=ADMIN, query=(PAK_ID,), refuses=(AdminRequired, ResponseTooLarge))
def list_fleet() -> Ok[list[FleetAgentRecord]]:
    generator_id = PAK_ID.of(routes.current_request)
    refusal = ResponseTooLarge(
        "the fleet is too large for one answer: ask with ?pak_id= for the agents that are registered with a generator, "
        "or at /agents/{id}/fleet-status for one"
    )
    return bounded(map(fleet_record_view, fleet.list_fleet(caller(routes), generator_id)), refusal)


@routes.route("/api/v1/agents/{id}/fleet-status", methods=["GET"])
@Operation("get_agent_fleet_status", "fleet", by=ADMIN, refuses=(AdminRequired, AgentNotFound, ResponseTooLarge))
def get_agent_fleet_status(id: str) -> AgentFleetStatusResponse:
    room = Room(
        ResponseTooLarge(
            f"this agent's last events are too large for one answer: ask for fewer at /agents/{id}/events?limit=, "
            "and for the agent at /fleet"
        )
    )
    return room.hold(fleet_status_view(fleet.fleet_status(caller(routes), path_uuid(id))))
