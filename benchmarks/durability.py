"""
`kill -9` of server and store, again and again, under a stream of pushes.
"""

import hashlib
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.client import Client, Refused, manifest
from benchmarks.report import Figure
from benchmarks.servers import Broker, a_broker

KILLS = 50
WRITERS = 4
LIFE_SECONDS = (0.1, 1.0)
IN_PIECES_BYTES = 12_000
NO_ANSWER = (http.client.HTTPException, OSError, Refused)


@dataclass
class Push:
    """
    One push of the stream; without an answer, its writer does not know whether it is there.
    """

    text: str
    key: str | None
    answer: dict[str, Any] | None = None

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass
class Outcome:
    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    missing: list[str] = field(default_factory=list)
    half_visible: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def measure(effort: float) -> list[Figure]:
    outcome = survive(max(1, round(KILLS * effort)))
    return [
        Figure("kills", outcome.kills),
        Figure("acknowledged pushes", outcome.acknowledged),
        Figure("pushes that a kill left without an answer", outcome.unanswered),
        Figure("acknowledged pushes that are missing", len(outcome.missing), "", 0),
        Figure("objects that are half visible", len(outcome.half_visible), "", 0),
        Figure("pushes that are there twice after a retry under their key", len(outcome.twice), "", 0),
    ]


def survive(kills: int, chance: random.Random | None = None) -> Outcome:
    chance = chance or random.Random()
    outcome = Outcome()
    with a_broker() as broker:
        generator = broker.admin().new_generator("bench")
        agent = broker.admin().new_agent("bench", generator)
        for number in range(kills):
            stack_id = broker.meet(generator).new_stack(f"stack-{number}")
            broker.admin().target(agent, stack_id)
            pushes = _killed_stream(broker, generator, stack_id, chance)
            broker.start()
            _examine(outcome, broker.meet(generator), broker.meet(agent), stack_id, pushes)
    return outcome


def _killed_stream(broker: Broker, generator: Client, stack_id: str, chance: random.Random) -> list[Push]:
    pushes: list[Push] = []
    writers = [
        threading.Thread(target=_write, args=(broker.meet(generator), stack_id, random.Random(chance.random()), pushes))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    time.sleep(chance.uniform(*LIFE_SECONDS))
    broker.kill()
    for writer in writers:
        writer.join()
    return pushes


def _write(client: Client, stack_id: str, chance: random.Random, pushes: list[Push]) -> None:
    """
    Push until nobody answers: every other one under a key, every third too large for one item.
    """
    for number in count():
        name = f"{chance.getrandbits(64):x}"
        text = manifest(text=name)
        if number % 3 == 0:
            text += f"# {chance.randbytes(IN_PIECES_BYTES).hex()}\n"
        push = Push(text, name if number % 2 else None)
        pushes.append(push)
        try:
            push.answer = client.push(stack_id, push.text, push.key)
        except NO_ANSWER:
            return


def _examine(outcome: Outcome, generator: Client, agent: Client, stack_id: str, pushes: list[Push]) -> None:
    outcome.kills += 1
    outcome.acknowledged += sum(push.answer is not None for push in pushes)
    outcome.unanswered += sum(push.answer is None for push in pushes)
    outcome.half_visible += _half_visible(generator, agent, stack_id)
    for push in pushes:
        if push.answer is None and push.key:
            push.answer = generator.push(stack_id, push.text, push.key)
    listed = generator.objects(stack_id)
    outcome.missing += _missing(pushes, listed)
    outcome.twice += _repeated(one["yaml_checksum"] for one in listed)


def _half_visible(generator: Client, agent: Client, stack_id: str) -> list[str]:
    """
    What is listed must be whole, have a number of its own, and the highest must be what the agent is served.
    """
    listed = generator.objects(stack_id)
    newest = max((one["sequence_id"] for one in listed), default=None)
    served = [one["sequence_id"] for one in agent.poll().json() if one["stack_id"] == stack_id]
    faults = [one["id"] for one in listed if not _is_whole(generator, one)]
    faults += _repeated(str(one["sequence_id"]) for one in listed)
    if served != ([] if newest is None else [newest]):
        faults.append(f"{served} is served, {newest} is the highest")
    return faults


def _is_whole(generator: Client, listed: dict[str, Any]) -> bool:
    try:
        text = generator.call("GET", f"/api/v1/deployment-objects/{listed['id']}").json()["yaml_content"]
    except Refused:
        return False
    checksum: str = listed["yaml_checksum"]
    return hashlib.sha256(text.encode()).hexdigest() == checksum


def _missing(pushes: list[Push], listed: list[dict[str, Any]]) -> list[str]:
    there = {(one["id"], one["sequence_id"], one["yaml_checksum"]) for one in listed}
    answered = [(push, push.answer) for push in pushes if push.answer]
    return [one["id"] for push, one in answered if (one["id"], one["sequence_id"], push.checksum) not in there]


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
