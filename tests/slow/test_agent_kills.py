"""
`kill -9` of the agent at a hundred moments, while what it should do changes all the time.
"""

import json
import logging
import os
import random
import shutil
import time
from collections import Counter
from threading import Event

import pytest

from agent.access import Credentials, ask_official_client
from agent.apiserver import ApiServer
from agent.cluster import KubernetesCluster
from agent.inventory import Inventory
from agent.ownership import OWNER, STACK, STACK_LABEL
from tests.support.agent_process import within
from tests.support.churn import Churn, everything_in
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

log = logging.getLogger("kills")

KILLS = 100
DISK_IS_LOST_AT = (20, 45)
STARTS_WITHIN_SECONDS = 10
LONGEST_WORK_SECONDS = 0.6
CONVERGES_WITHIN_SECONDS = 60
OBJECTS = "/(configmaps|secrets|roles)/[csr]-"
MOMENTS = {
    "any": None,
    "an inventory was written": ("/inventory-", "PATCH"),
    "a piece of an inventory was taken away": ("/inventory-", "DELETE"),
    "an object was checked": (f"{OBJECTS}.*dryRun", "PATCH"),
    "an object was applied": (f"{OBJECTS}.*fieldValidation=Ignore$", "PATCH"),
    "an object was looked at": (OBJECTS, "GET"),
    "an object was deleted": (OBJECTS, "DELETE"),
    "a text was fetched": ("/deployment-objects/", "GET"),
    "a report was heard": ("/events", "POST"),
}


@pytest.fixture
def chance():
    seed = int(os.environ.get("BROKKR_SEED") or random.SystemRandom().randrange(10**6))
    log.warning("the same once more: BROKKR_SEED=%s", seed)
    return random.Random(seed)


@pytest.fixture
def scene(broker, kube, tmp_path):
    with a_scene(broker, kube, tmp_path) as scene:
        yield scene


def a_life(scene, churn, chance):
    """
    Start the agent, and kill it at the n-th moment of a kind, or when it has been at work long enough. The kind, if it
    came.
    """
    word, moment = chance.choice(list(MOMENTS.items()))
    left, is_at_work, is_time = chance.randint(1, 3), Event(), Event()

    def look(passed):
        nonlocal left
        if passed.matches("/leases/", "PUT"):
            is_at_work.set()
        if moment and passed.matches(*moment):
            left -= 1
            if left == 0:
                scene.agent.process.kill()
                is_time.set()

    scene.cluster.on_answer = scene.broker.on_answer = look
    scene.agent.start()
    if moment:
        is_at_work.wait(STARTS_WITHIN_SECONDS)
        is_time.wait(chance.uniform(0, 0.3))
    if not is_time.is_set() and chance.random() < 0.7:
        churn.step()
    is_time.wait(LONGEST_WORK_SECONDS if moment else chance.uniform(0, 2 * LONGEST_WORK_SECONDS))
    scene.agent.kill()
    scene.cluster.on_answer = scene.broker.on_answer = lambda passed: None
    scene.cluster.hang_up()
    return word if is_time.is_set() else "any"


def lose_the_disk(scene):
    """
    And the lease runs out meanwhile.
    """
    shutil.rmtree(scene.agent.disk)
    scene.ask("DELETE", scene.lease)


def put_bystanders(scene, stack_id):
    """
    Objects that look like ours and are not.
    """
    stamps = {STACK: stack_id, OWNER: "another agent"}
    bystanders = {
        "our label and no stamps": {"labels": {STACK_LABEL: stack_id}},
        "of another agent": {"labels": {STACK_LABEL: stack_id}, "annotations": stamps},
        "ours by its stamps and in no inventory": {"annotations": {**stamps, OWNER: scene.me.id}},
        "of nobody": {},
    }
    for number, metadata in enumerate(bystanders.values()):
        body = {"metadata": {"name": f"bystander-{number}", **metadata}}
        scene.ask("POST", scene.config_maps, json.dumps(body).encode()).insist()


def bystanders(scene):
    return {name: one for name, one in everything_in(scene).items() if name.startswith("bystander-")}


def inventories(scene, churn):
    server = ApiServer(Credentials(lambda: ask_official_client(str(scene.kubeconfig))))
    book = Inventory(KubernetesCluster(server), namespace=scene.system, agent_id=scene.me.id)
    return {stack_id: {ref.name for ref in book.read(stack_id)} for stack_id in churn.stacks}


def has_converged(scene, churn):
    listed = {row["stack_id"] for row in scene.me.poll().json()}
    told = {event["deployment_object_id"] for event in scene.events() if event["status"] == "SUCCESS"}
    return listed == set(churn.live) and set(churn.newest.values()) <= told


def stands_as_wanted(scene, churn, kept):
    ours = {name: one for name, one in everything_in(scene).items() if not name.startswith(("bystander-", kept))}
    found = {
        name: (one["annotations"][STACK], int(one["annotations"]["example.test/value"])) for name, one in ours.items()
    }
    return found == churn.wanted


def reports_on_record(scene, since):
    """
    What the agent had to report, and what the broker knows of that. It refuses a late word on a withdrawal that was
    taken back meanwhile.
    """
    said = {line["object"] for line in scene.agent.lines()[since:] if line["message"] in ("deployed", "failed")}
    refused = " ".join(line["reason"] for line in scene.agent.said("a report was refused for good"))
    known = {event["deployment_object_id"] for event in scene.events()}
    return {id for id in said if id not in refused}, known


def test_a_hundred_kills_leave_nothing_undone_nothing_unowned_and_nothing_harmed(scene, chance):
    churn = Churn(scene, chance)
    home, kept = churn.homes[0], "kept"
    put_bystanders(scene, home)
    untouched = bystanders(scene)
    texts = [scene.config_map(kept, annotations="{brokkr.io/prune: disabled}")]
    scene.agent.start()
    within(20, lambda: has_converged(scene, churn))
    scene.await_outcome(scene.push(home, more=[*texts, *churn.texts(home)]), "SUCCESS")
    churn.push(home)
    within(20, lambda: has_converged(scene, churn))
    scene.agent.kill()
    pillars = {name: one["uid"] for name, one in everything_in(scene).items() if name in churn.pillars}

    moments, remembers_since = [], 0
    for number in range(KILLS):
        if chance.random() < 0.8:
            churn.step()
        moments.append(a_life(scene, churn, chance))
        if number in DISK_IS_LOST_AT:
            lose_the_disk(scene)
            remembers_since = len(scene.agent.lines())
    scene.agent.start()
    started = time.monotonic()
    within(CONVERGES_WITHIN_SECONDS, lambda: has_converged(scene, churn) and stands_as_wanted(scene, churn, kept))
    log.warning("converged after %.1f s; killed when: %s", time.monotonic() - started, Counter(moments))
    said, known = reports_on_record(scene, remembers_since)

    assert bystanders(scene) == untouched
    assert kept in everything_in(scene)
    assert {name: one["uid"] for name, one in everything_in(scene).items() if name in pillars} == pillars
    assert said <= known
    assert inventories(scene, churn) == {stack_id: set(names) for stack_id, names in churn.stacks.items()}
