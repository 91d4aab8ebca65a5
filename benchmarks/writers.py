"""
64 writers push to one stack at once, over HTTP, on the real store.
"""

import statistics
import threading
import time
from dataclasses import dataclass, field

from benchmarks.client import Client, Refused, manifest
from benchmarks.report import Figure, percentile
from benchmarks.servers import Broker, a_broker

WRITERS = 64
PUSHES = 20


@dataclass
class Pushed:
    """
    What the writers were answered.
    """

    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)


def measure(effort: float) -> list[Figure]:
    pushes = max(1, round(PUSHES * effort))
    with a_broker() as broker:
        admin = broker.admin()
        generator = admin.new_generator("bench")
        stack_id = generator.new_stack("bench")
        agent = admin.new_agent("bench", generator)
        admin.target(agent, stack_id)
        started = time.monotonic()
        pushed = _push_all(broker, generator, stack_id, pushes)
        elapsed = time.monotonic() - started
        return [*_kept(pushed, broker.meet(generator), broker.meet(agent), stack_id, pushes), *_pace(pushed, elapsed)]


def _push_all(broker: Broker, generator: Client, stack_id: str, pushes: int) -> Pushed:
    pushed = Pushed()
    start = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        client = broker.meet(generator)
        start.wait()
        for attempt in range(pushes):
            _push(client, stack_id, manifest(text=f"{number}.{attempt}"), pushed)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pushed


def _push(client: Client, stack_id: str, text: str, pushed: Pushed) -> None:
    started = time.monotonic()
    try:
        answer = client.push(stack_id, text)
    except Refused as refused:
        pushed.refusals.append(refused)
        return
    pushed.seconds.append(time.monotonic() - started)
    pushed.acknowledged.append((answer["sequence_id"], answer["id"]))


def _kept(pushed: Pushed, generator: Client, agent: Client, stack_id: str, pushes: int) -> list[Figure]:
    listed = {(one["sequence_id"], one["id"]) for one in generator.objects(stack_id)}
    sequences = [sequence for sequence, _ in listed]
    [served] = agent.poll().json()
    return [
        Figure(f"pushes not acknowledged, of {WRITERS} x {pushes}", WRITERS * pushes - len(pushed.acknowledged), "", 0),
        Figure("acknowledged pushes that are lost", len(set(pushed.acknowledged) - listed), "", 0),
        Figure("duplicate sequence ids", len(sequences) - len(set(sequences)), "", 0),
        Figure("sequence ids between the newest served and the highest", max(sequences) - served["sequence_id"], "", 0),
    ]


def _pace(pushed: Pushed, elapsed: float) -> list[Figure]:
    return [
        Figure("pushes in a second", round(len(pushed.seconds) / elapsed)),
        Figure("time of a push, P50", statistics.median(pushed.seconds) * 1000, "ms"),
        Figure("time of a push, P99", percentile(pushed.seconds, 99) * 1000, "ms"),
    ]
