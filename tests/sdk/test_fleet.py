from brokkr_broker_client.api.agent_events import create_event
from brokkr_broker_client.api.agents import record_heartbeat
from brokkr_broker_client.api.fleet import get_agent_fleet_status, list_fleet
from brokkr_broker_client.models import HeartbeatReport, NewAgentEvent


def test_the_fleet_shows_an_agent_that_was_never_heard_of(admin, agent):
    shown = {one.agent_id: one for one in admin.ask(list_fleet)}[agent.id]

    assert (shown.cluster_name, shown.status, shown.ws_connected) == ("test", "INACTIVE", False)
    assert (shown.pending_object_count, shown.pending_work_orders, shown.claimed_work_orders) == (0, 0, 0)
    assert (shown.health_failing, shown.health_degraded) == (0, 0)
    assert (shown.last_heartbeat, shown.heartbeat_age_seconds, shown.connected_since) == (None, None, None)
    assert (shown.last_event_at, shown.seconds_since_last_event, shown.k8s_reachable) == (None, None, None)


def test_the_fleet_shows_what_an_agent_does(admin, generator, agent, stack, pushed):
    agent.serve(stack)
    agent.ask(record_heartbeat, agent.id, body=HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7))

    [shown] = admin.ask(list_fleet, pak_id=generator.id)

    assert (shown.agent_id, shown.pending_object_count) == (agent.id, 1)
    assert (shown.k8s_reachable, shown.k8s_api_latency_ms) == (True, 7)
    assert 0 <= shown.heartbeat_age_seconds < 60
    assert shown.last_heartbeat is not None


def test_one_agent_is_shown_with_its_latest_events(admin, agent, stack, pushed):
    agent.serve(stack)
    said = NewAgentEvent(agent_id=agent.id, deployment_object_id=pushed.id, event_type="DEPLOY", status="SUCCESS")
    event = agent.ask(create_event, agent.id, body=said)

    shown = admin.ask(get_agent_fleet_status, agent.id)

    assert shown.recent_events == [event]
    assert (shown.record.agent_id, shown.record.pending_object_count) == (agent.id, 0)
    assert shown.record.last_event_at == event.created_at
    assert 0 <= shown.record.seconds_since_last_event < 60
