"""
What the agent does to a real cluster: applying, replacing, removing, healing.
"""

import base64
import json
import random

import pytest

from tests.support.live import LiveHouse

pytestmark = pytest.mark.slow


@pytest.fixture
def house(kube):
    house = LiveHouse(kube)
    house.deploy(space(house), stack=f"{house.stack}-place")
    yield house
    house.end()


def space(house):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": house.place}}


def config(house, name, data=None, **metadata):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": house.place, **metadata},
        "data": data or {"a": "b"},
    }


def deployment(house, name, *, replicas=0, image="app:1", labels=None):
    labels = labels or {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    metadata = {"name": name, "namespace": house.place}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def definition(group, schema=None):
    schema = schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def gadget(house, group, name="g"):
    metadata = {"name": name, "namespace": house.place}
    return {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": metadata, "spec": {"size": 1}}


def test_a_bundle_of_every_stage_works_in_the_first_push(kube):
    house = LiveHouse(kube)
    group, webhook = f"{house.place}.test", f"hook.{house.place}.test"
    client = {"url": "https://127.0.0.1:1/"}
    rule = {"apiGroups": [group], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["gadgets"]}
    hook = {"name": webhook, "admissionReviewVersions": ["v1"], "sideEffects": "None", "clientConfig": client}
    gate = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": webhook},
        "webhooks": [{**hook, "rules": [rule]}],
    }
    bundle = [gate, gadget(house, group), deployment(house, "d"), config(house, "c"), definition(group), space(house)]

    event = house.deploy(*bundle)

    assert event["status"] == "SUCCESS", event
    assert house.get(f"gadgets.{group}", "g", "{.spec.size}") == "1"
    assert house.deploy(marker=True)["status"] == "SUCCESS"
    house.end()


def test_every_error_is_reported_at_once_and_nothing_is_applied(house):
    wrong = config(house, "wrong", {"a": 1})
    odd = {**config(house, "odd"), "surprise": True}
    lost = {"apiVersion": "nowhere.test/v1", "kind": "Lost", "metadata": {"name": "l", "namespace": house.place}}

    event = house.deploy(config(house, "good"), wrong, odd, lost)

    said = event["message"].splitlines()
    assert [line.partition(":")[0] for line in said] == [
        f"ConfigMap/{house.place}/wrong",
        f"ConfigMap/{house.place}/odd",
        f"Lost/{house.place}/l",
    ]
    assert house.get("configmap", "good") is None


def test_a_cluster_of_brokkrs_agent_is_taken_over_without_a_conflict(house, kube):
    body = config(house, "theirs", annotations={"k8s.brokkr.io/stack": "another", "brokkr.io/owner-id": "another"})
    kube.kubectl("apply", "--server-side", "--field-manager=brokkr-controller", "-f", "-", stdin=json.dumps(body))

    event = house.deploy(config(house, "theirs", {"a": "ours"}))

    assert event["status"] == "SUCCESS"
    assert house.get("configmap", "theirs", "{.data.a}") == "ours"
    managers = house.get("configmap", "theirs", "{.metadata.managedFields[*].manager}")
    assert managers == "brokkr-controller"


def test_an_immutable_field_is_explained_and_replaced_only_where_it_was_asked_for(house):
    house.deploy(deployment(house, "d"))
    uid = house.get("deployment", "d", "{.metadata.uid}")
    moved = deployment(house, "d", labels={"app": "other"})

    refused = house.deploy(moved)
    moved["metadata"]["annotations"] = {"brokkr.io/replace": "enabled"}
    replaced = house.deploy(moved)

    assert 'annotate it with brokkr.io/replace: "enabled"' in refused["message"]
    assert replaced["status"] == "SUCCESS"
    assert house.get("deployment", "d", "{.metadata.uid}") != uid
    assert house.get("deployment", "d", "{.spec.selector.matchLabels.app}") == "other"


def test_what_others_take_is_taken_back_and_what_was_never_ours_is_left(house, kube):
    house.deploy(config(house, "c", {"a": "b"}), deployment(house, "d", replicas=1))
    settled = house.broker.events[-1]

    def patch(what, patch):
        kube.kubectl("-n", house.place, "patch", *what.split(), "--type=merge", "-p", json.dumps(patch))

    patch("configmap c", {"data": {"a": "theirs", "z": "theirs"}})
    house.until(lambda: house.get("configmap", "c", "{.data.a}") == "b", 5)
    patch("deployment d", {"spec": {"replicas": 3}})
    house.until(lambda: house.get("deployment", "d", "{.spec.replicas}") == "1", 5)
    patch("configmap c", {"metadata": {"labels": None}})
    house.until(lambda: house.get("configmap", "c", "{.metadata.labels.brokkr\\.io/stack}") == house.stack, 5)
    kube.kubectl("-n", house.place, "delete", "configmap", "c")
    house.until(lambda: house.get("configmap", "c", "{.data.a}") == "b", 5)
    before = house.get("deployment", "d", "{.metadata.resourceVersion}")
    patch("deployment d --subresource=status", {"status": {"replicas": 7}})
    house.until(lambda: house.get("deployment", "d", "{.metadata.resourceVersion}") != before, 5)

    assert house.broker.events[-1] is settled
    assert house.stacks_idle()


def test_an_object_that_moves_between_stacks_is_never_deleted(house):
    house.deploy(config(house, "stays"), config(house, "moves"))
    uid = house.get("configmap", "moves", "{.metadata.uid}")

    house.broker.push(json.dumps(config(house, "stays")), stack=house.stack)
    house.deploy(config(house, "moves"), stack=f"{house.stack}-2")
    house.until(house.stacks_idle)

    assert house.get("configmap", "moves", "{.metadata.uid}") == uid
    assert house.get("configmap", "moves", "{.metadata.labels.brokkr\\.io/stack}") == f"{house.stack}-2"


def test_what_may_not_be_pruned_is_not(house, kube):
    spared = {
        "kept": {"annotations": {"brokkr.io/prune": "disabled"}},
        "owned": {"ownerReferences": [owner(house, kube)]},
    }
    house.deploy(
        config(house, "old"), config(house, "c"), *(config(house, name, **how) for name, how in spared.items())
    )

    event = house.deploy(config(house, "c"))

    assert event["status"] == "SUCCESS"
    assert [house.get("configmap", name, "{.kind}") for name in ("kept", "owned", "old")] == [
        "ConfigMap",
        "ConfigMap",
        None,
    ]


def owner(house, kube):
    kube.kubectl("-n", house.place, "create", "configmap", "the-owner")
    uid = house.get("configmap", "the-owner", "{.metadata.uid}")
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": "the-owner", "uid": uid}


def test_what_a_finalizer_holds_is_said_and_holds_up_nothing_else(house, kube):
    group = f"{house.place}.test"
    held = gadget(house, group)
    held["metadata"]["finalizers"] = ["example.test/hold"]
    house.deploy(definition(group), held, config(house, "c"))
    marker = house.broker.push("", stack=house.stack, marker=True)
    house.deployer.poll()
    house.until(lambda: house.get("configmap", "c") is None)
    silent = marker not in [id for id, _ in house.broker.outcomes]
    house.clock.now += 61.0
    house.until(lambda: marker in [id for id, _ in house.broker.outcomes])
    told = house.broker.events[-1]["message"]
    kube.kubectl(
        "-n", house.place, "patch", f"gadgets.{group}", "g", "--type=merge", "-p", '{"metadata": {"finalizers": null}}'
    )
    house.clock.now += 31.0
    house.until(lambda: (marker, "SUCCESS") in house.broker.outcomes)

    assert silent
    assert f"Gadget/{house.place}/g: still being deleted, held by example.test/hold" in told
    assert f"CustomResourceDefinition/gadgets.{group}: waits for objects of its kind" in told
    assert house.get("crd", f"gadgets.{group}") is None


def test_a_namespace_with_things_in_it_is_held_until_it_is_confirmed(kube):
    house = LiveHouse(kube)
    other = f"{house.place}-other"
    house.deploy(space(house), config(house, "c"), {**space(house), "metadata": {"name": other}})
    kube.kubectl("-n", other, "create", "configmap", "not-of-the-stack")

    held = house.deploy(space(house), config(house, "c"))
    confirmed = config(house, "c", annotations={"brokkr.io/confirm-deletions": "1"})
    let_go = house.deploy(space(house), confirmed)

    assert f"1 removals are held: Namespace/{other}; not empty: Namespace/{other}" in held["message"]
    assert let_go["status"] == "SUCCESS"
    assert house.get("namespace", other) is None
    house.end()


def test_large_objects_and_many(house):
    noise = random.Random(1)
    text = "".join(noise.choices("abcdefghijklmnop \n", k=1_000_000))
    schema = {"type": "object", "description": text, "x-kubernetes-preserve-unknown-fields": True}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "large", "namespace": house.place},
        "data": {"key": base64.b64encode(noise.randbytes(1_000_000)).decode()},
    }

    event = house.deploy(definition(f"{house.place}.test", schema), secret)

    assert event["status"] == "SUCCESS", event["message"][:500]
    many = [config(house, f"c{n}") for n in range(4000)]
    house.deploy(*many)
    house.until(house.stacks_idle, 120)
    assert house.broker.events[-1]["status"] == "SUCCESS"
    assert len(house.get("configmap", "", "{.items[*].metadata.name}").split()) >= 4000
