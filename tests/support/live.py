"""
The agent's machinery in this process, between a broker that is a dict and a real API server, with real watches.
"""

import json
import time
from threading import Thread
from uuid import uuid4

from agent.access import Credentials, ask_official_client
from agent.apiserver import ApiServer
from agent.cluster import KubernetesCluster
from agent.kstatus import has_health
from agent.watches import Watch, Watches
from tests.support.house import House


def connected(kubeconfig):
    return KubernetesCluster(ApiServer(Credentials(lambda: ask_official_client(str(kubeconfig)))))


class LiveHouse(House):
    def __init__(self, kube, **rest):
        super().__init__(cluster=connected(kube.kubeconfig), **rest)
        self.kube = kube
        self.clock.__class__ = RealClock
        self.place = f"place-{uuid4().hex[:8]}"
        self.stack = f"stack-{uuid4().hex[:8]}"
        self._watches = Watches(self._watch)

    def deploy(self, *bodies, stack=None, marker=False):
        """
        Push objects, and work until the broker has heard of it: the event.
        """
        text = "" if marker else json.dumps({"apiVersion": "v1", "kind": "List", "items": list(bodies)})
        pushed = self.broker.push(text, stack=stack or self.stack, marker=marker)
        self.deployer.poll()
        self.until(lambda: pushed in [id for id, _ in self.broker.outcomes])
        self._watches.keep(self.lookout.kinds())
        return next(event for event in reversed(self.broker.events) if event["deployment_object_id"] == pushed)

    def until(self, holds, seconds=30.0):
        """
        Work until that holds; how long it took.
        """
        begun = time.monotonic()
        while not holds():
            assert time.monotonic() - begun < seconds, "it does not come to hold"
            self.work()
            time.sleep(0.02)
        return time.monotonic() - begun

    def stacks_idle(self):
        return not any(stack.is_busy or stack.due_at <= self.clock() for stack in self.deployer.all_stacks())

    def get(self, kind, name, path="{}"):
        """
        What kubectl shows of an object; None where it is not there.
        """
        which = [name, "--ignore-not-found"] if name else []
        found = self.kube.kubectl("-n", self.place, "get", kind, *which, "-o", f"jsonpath={path}")
        return found or None

    def until_health(self, object_id, status, *conditions):
        expected = (status, list(conditions))
        return self.until_told(object_id, lambda one: (one["status"], one["summary"]["conditions"]) == expected)

    def until_told(self, object_id, holds):
        """
        Work and report until that holds of the last record that the broker heard of an object; that record.
        """

        def told():
            self.health.report_health()
            heard = self.heard_of(object_id)
            return heard and holds(heard[-1])

        self.until(told)
        return self.heard_of(object_id)[-1]

    def heard_of(self, object_id):
        return [record for batch in self.broker.health for record in batch if record["id"] == object_id]

    def end(self):
        self._watches.keep([])
        self.pods.follow([], only=True)

    def watch_pods(self, watched, book):
        return self._watch(watched, book, selector="", in_full=watched.kind == "Pod")

    def _watch(self, watched, onlooker=None, **how):
        how = how or {"in_full": has_health(watched.group, watched.kind)}
        watch = Watch(watched, self.cluster._server, self.cluster.discovery, onlooker or self.lookout, "", **how)
        Thread(target=watch.run, daemon=True).start()
        return watch


class RealClock:
    now = 0.0

    def __call__(self):
        return time.monotonic() + self.now
