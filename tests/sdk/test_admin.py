from datetime import UTC, datetime, timedelta

from brokkr_broker_client.api.admin import list_audit_logs, list_ws_connections, reload_config

MINUTE = timedelta(minutes=1)
ROOM = timedelta(minutes=10)


def test_the_audit_log_says_who_made_what(admin, generator):
    page = admin.ask(list_audit_logs, resource_id=generator.id, resource_type="generator", action="generator.created")

    [row] = page.logs
    assert (page.total, page.count, page.offset) == (1, 1, 0)
    assert (row.action, row.resource_type, row.resource_id) == ("generator.created", "generator", generator.id)
    assert (row.actor_type, row.actor_name) == ("admin", "admin")
    assert row.ip_address
    assert row.user_agent.startswith("python-httpx/")
    assert row.timestamp == row.created_at


def test_the_audit_log_is_read_by_whom_and_in_pages(admin, generator, stack):
    generator.new_stack()

    pages = [
        admin.ask(list_audit_logs, actor_id=generator.id, actor_type="generator", limit=1, offset=offset)
        for offset in range(3)
    ]

    assert [(page.limit, page.offset, page.count) for page in pages] == [(1, 0, 1), (1, 1, 1), (1, 2, 0)]
    assert {page.total for page in pages} == {2}
    assert pages[1].logs[0].resource_id == stack


def test_the_audit_log_is_read_between_two_moments(admin, generator, stack):
    now = datetime.now(UTC)

    around = admin.ask(list_audit_logs, resource_id=stack, from_=now - ROOM, to=now + ROOM)
    earlier = admin.ask(list_audit_logs, resource_id=stack, to=now - ROOM)

    assert [row.action for row in around.logs] == ["stack.created"]
    assert (earlier.logs, earlier.total) == ([], 0)


def test_a_reload_says_that_nothing_was_set(admin):
    reloaded = admin.ask(reload_config)

    assert (reloaded.success, reloaded.changes) == (True, [])
    assert abs(datetime.now(UTC) - reloaded.reloaded_at) < MINUTE


def test_there_are_no_websocket_connections(admin):
    shown = admin.ask(list_ws_connections)

    assert (shown.connected_agents, shown.connections, shown.live_subscribers) == (0, [], 0)
    assert admin.wrapped(lambda brokkr: brokkr.list_ws_connections()) == shown
