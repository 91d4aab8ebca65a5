"""
Response bodies about the fleet.
"""

from typing import TypedDict

from chalicelib.api.shapes import AgentEvent, Int32, Moment, Uuid
from chalicelib.api.views import event_view, moment
from chalicelib.domain.fleet import FleetRecord, FleetStatus


class FleetAgentRecord(TypedDict):
    agent_id: Uuid
    name: str
    cluster_name: str
    status: str
    ws_connected: bool
    connected_since: Moment | None
    last_heartbeat: Moment | None
    heartbeat_age_seconds: int | None
    pending_object_count: int
    pending_work_orders: int
    claimed_work_orders: int
    last_event_at: Moment | None
    seconds_since_last_event: int | None
    health_failing: int
    health_degraded: int
    k8s_reachable: bool | None
    k8s_api_latency_ms: Int32 | None


class AgentFleetStatusResponse(TypedDict):
    record: FleetAgentRecord
    recent_events: list[AgentEvent]


def fleet_record_view(record: FleetRecord) -> FleetAgentRecord:
    """
    There are neither WebSockets nor work orders here, so none is connected and none is pending.
    """
    profile, heartbeat = record.member.profile, record.member.heartbeat
    last_heartbeat = heartbeat.last_heartbeat if heartbeat else None
    return {
        "agent_id": str(profile.agent_id),
        "name": profile.name,
        "cluster_name": profile.cluster_name,
        "status": profile.status,
        "ws_connected": False,
        "connected_since": None,
        "last_heartbeat": moment(last_heartbeat),
        "heartbeat_age_seconds": record.age(last_heartbeat),
        "pending_object_count": record.pending_objects,
        "pending_work_orders": 0,
        "claimed_work_orders": 0,
        "last_event_at": moment(profile.last_event_at),
        "seconds_since_last_event": record.age(profile.last_event_at),
        "health_failing": record.health.failing,
        "health_degraded": record.health.degraded,
        "k8s_reachable": heartbeat.k8s_reachable if heartbeat else None,
        "k8s_api_latency_ms": heartbeat.k8s_api_latency_ms if heartbeat else None,
    }


def fleet_status_view(status: FleetStatus) -> AgentFleetStatusResponse:
    return {
        "record": fleet_record_view(status.record),
        "recent_events": [event_view(event) for event in status.recent_events],
    }
