"""
What DynamoDB would bill for a push, a poll, a heartbeat, an event and a report of health.
"""

import tempfile
from pathlib import Path

from benchmarks.client import manifest
from benchmarks.fleet import Fleet, new_fleet
from benchmarks.in_process import a_minute_old_health, install
from benchmarks.report import Figure
from benchmarks.servers import a_store
from benchmarks.wire import Cost, wire

SHORT, LONG = 10, 1000
TOLERANCE = 1.1
NOT_MODIFIED = 304


def measure(effort: float) -> list[Figure]:
    long = max(SHORT, round(LONG * effort))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_store(Path(folder)) as endpoint:
        admin = install(endpoint)
        one = new_fleet(admin, "one", stacks=1, history=SHORT)
        polls = {
            "1 stack": (4, one, new_fleet(admin, "one-long", stacks=1, history=long)),
            "10 stacks by targets": (
                8,
                new_fleet(admin, "targets", stacks=10, history=SHORT),
                new_fleet(admin, "targets-long", stacks=10, history=long),
            ),
            "10 stacks by a label": (
                8,
                new_fleet(admin, "label", stacks=10, history=SHORT, by_label=True),
                new_fleet(admin, "label-long", stacks=10, history=long, by_label=True),
            ),
        }
        figures = []
        for what, (target, short_past, long_past) in polls.items():
            figures += _polls(what, target, short_past, long_past, long)
        _, ten, _ = polls["10 stacks by targets"]
        return [*figures, *_pushes(one), *_small_talk(one), *_health(one), *_health(ten)]


def _pushes(fleet: Fleet) -> list[Figure]:
    push, stack_id = fleet.generator.push, fleet.stacks[0]
    plain = wire.cost_of(lambda: push(stack_id, manifest()))
    keyed = wire.cost_of(lambda: push(stack_id, manifest(), "a key"))
    again = wire.cost_of(lambda: push(stack_id, manifest(), "a key"))
    return [
        Figure("push of 2 KB, write units", plain.writes, "WU", 5),
        Figure("push of 2 KB, read units", plain.reads, "RU", 1),
        Figure("push of 2 KB under an Idempotency-Key, write units", keyed.writes, "WU", 5),
        Figure("push of 2 KB under an Idempotency-Key, read units", keyed.reads, "RU"),
        Figure("the same push again under that key, write units", again.writes, "WU", 0),
        Figure("the same push again under that key, read units", again.reads, "RU"),
    ]


def _polls(what: str, target: float, short_past: Fleet, long_past: Fleet, long: int) -> list[Figure]:
    short, after_long = _unchanged_poll(short_past), _unchanged_poll(long_past)
    return [
        Figure(f"unchanged poll, {what}, history of {SHORT}, read units", short.reads, "RU", target),
        Figure(f"unchanged poll, {what}, history of {SHORT}, write units", short.writes, "WU", 0),
        Figure(f"unchanged poll, {what}, history of {long:,}, read units", after_long.reads, "RU", target),
        Figure(
            f"unchanged poll, {what}, read units with {long:,} : with {SHORT}",
            after_long.reads / short.reads,
            "x",
            TOLERANCE,
        ),
    ]


def _unchanged_poll(fleet: Fleet) -> Cost:
    """
    Raises ValueError for anything but a 304 without a body: then nothing here is an unchanged poll.
    """
    with wire.metered() as cost:
        answer = fleet.agent.poll(fleet.etag)
    if answer.status != NOT_MODIFIED or answer.body:
        raise ValueError(f"an unchanged poll was answered {answer.status} with {len(answer.body)} bytes")
    return cost


def _small_talk(fleet: Fleet) -> list[Figure]:
    newest = fleet.agent.poll().json()[0]["id"]
    heartbeat = wire.cost_of(fleet.agent.heartbeat)
    fleet.agent.report(newest, "first")
    event = wire.cost_of(lambda: fleet.agent.report(newest, "second"))
    repeated = wire.cost_of(lambda: fleet.agent.report(newest, "second"))
    return [
        Figure("heartbeat, write units", heartbeat.writes, "WU"),
        Figure("heartbeat, read units", heartbeat.reads, "RU"),
        Figure("event, write units", event.writes, "WU"),
        Figure("event, read units", event.reads, "RU"),
        Figure("event like the last one, write units", repeated.writes, "WU"),
        Figure("event like the last one, read units", repeated.reads, "RU"),
    ]


def _health(fleet: Fleet) -> list[Figure]:
    """
    Of all that an agent has, after a first report.
    """
    agent, newest = fleet.agent, fleet.newest
    count = len(newest)
    agent.report_health(newest, "healthy")
    other_words = wire.cost_of(lambda: agent.report_health(newest, "healthy", pods_ready=2))
    agent.report_health(newest, "healthy")
    same = wire.cost_of(lambda: agent.report_health(newest, "healthy"))
    with a_minute_old_health():
        due = wire.cost_of(lambda: agent.report_health(newest, "healthy"))
    one_falls_ill = wire.cost_of(lambda: agent.report_health([newest[0]], "degraded"))
    all_fall_ill = wire.cost_of(lambda: agent.report_health(newest, "failing"))
    what = f"health of {count} object{'s' * (count > 1)}"
    return [
        Figure(f"{what}, the same again, write units", same.writes, "WU", 0),
        Figure(f"{what}, the same again, once a minute, write units", due.writes, "WU", 1),
        Figure(f"{what}, the same again, once a minute, read units", due.reads, "RU"),
        Figure(f"{what}, each in other words, write units", other_words.writes, "WU", count),
        Figure(f"{what}, of one that begins to be degraded, write units", one_falls_ill.writes, "WU"),
        Figure(f"{what}, each begins to fail, write units", all_fall_ill.writes, "WU"),
    ]
