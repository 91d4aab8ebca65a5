"""
From a push to `live`, with an agent that polls every second and pods that are ready at once.
"""

import os
import random
import statistics
import time
from collections.abc import Iterator

from benchmarks.agents import Agent, Place, a_place
from benchmarks.process import run_to_its_end
from benchmarks.report import Figure, percentile
from benchmarks.servers import BIN

SAMPLES = 20
POLLING_SECONDS = 1
LOOKS_EVERY_SECONDS = 0.02
STACK = "live"


def measure(effort: float) -> list[Figure]:
    samples = max(2, round(SAMPLES * effort))
    with a_place() as place, place.agent() as agent, place.namespace() as namespace:
        stack_id = _new_stack(place, agent)
        texts = _revisions(namespace)
        _seen_live(place, stack_id, next(texts))
        seen = [_seen_live(place, stack_id, next(texts)) for _ in range(samples)]
        waited = [_waited(place, next(texts)) for _ in range(samples)]
    return [
        Figure(f"push → live, as the broker has it, P50 of {samples}", statistics.median(seen), "s"),
        Figure("push → live, as the broker has it, P90", percentile(seen, 90), "s"),
        Figure(f"`brokkr apply --wait`, from its start to its end, P50 of {samples}", statistics.median(waited), "s"),
        Figure("`brokkr apply --wait`, from its start to its end, P90", percentile(waited, 90), "s"),
    ]


def _new_stack(place: Place, agent: Agent) -> str:
    stack_id = place.generator.new_stack(STACK)
    place.admin.target(agent.client, stack_id)
    return stack_id


def _revisions(namespace: str) -> Iterator[str]:
    """
    Of a Deployment of two pods, each with new ones.
    """
    number = 0
    while True:
        number += 1
        yield f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: live, namespace: {namespace}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: live}}}}
  template:
    metadata: {{labels: {{app: live}}}}
    spec: {{containers: [{{name: main, image: "app:{number}"}}]}}
"""


def _seen_live(place: Place, stack_id: str, text: str) -> float:
    _pause()
    started = time.monotonic()
    object_id = place.push(stack_id, text)
    path = f"/api/v1/stacks/{stack_id}/rollout?deployment_object_id={object_id}"
    while place.generator.call("GET", path).json()["verdict"] != "live":
        time.sleep(LOOKS_EVERY_SECONDS)
    return time.monotonic() - started


def _waited(place: Place, text: str) -> float:
    """
    Raises CalledProcessError where it does not come up.
    """
    file = place.folder / "live.yaml"
    file.write_text(text)
    _pause()
    command = [str(BIN / "brokkr"), "apply", "-f", str(file), "--stack", STACK, "--wait"]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(place.folder),
        "BROKKR_BROKER_URL": place.broker.url,
        "BROKKR_PAK": place.generator.pak,
    }
    return run_to_its_end(command, env).seconds


def _pause() -> None:
    """
    Until any moment of the agent's.
    """
    time.sleep(POLLING_SECONDS + random.uniform(0, POLLING_SECONDS))
