"""
A real broker, a real cluster, an agent between them, and a faulty proxy before each; all that is in the cluster is in a
namespace of the scene's own.
"""

from contextlib import closing, contextmanager
from uuid import uuid4

from agent.access import Credentials, ask_official_client
from agent.apiserver import ApiServer
from benchmarks.client import Client
from benchmarks.servers import OverHttp
from tests.support.agent_process import AgentProcess, within
from tests.support.faulty_proxy import proxied, proxied_cluster

DEPLOYED_WITHIN_SECONDS = 20
SYSTEM = "brokkr-survival"


class Scene:
    def __init__(self, broker, kube, to_broker, to_cluster, folder, **settings):
        self.broker = to_broker
        self.cluster = to_cluster
        self.namespace = f"n-{uuid4().hex[:8]}"
        self.system = f"{SYSTEM}-{self.namespace}"
        self.admin = Client(_carrier(broker), broker.admin_pak)
        self.generator = self.admin.new_generator(f"ci-{self.namespace}")
        self.me = self.admin.new_agent(f"agent-{self.namespace}", self.generator)
        self.kubeconfig = kube.kubeconfig
        self._api = ApiServer(Credentials(lambda: ask_official_client(str(kube.kubeconfig))))
        self._settings = {"namespace": self.system, **settings}
        self._kubeconfig = folder / "proxy.kubeconfig"
        self.agent = self.new_agent(folder)

    def new_agent(self, folder, **settings):
        """
        Another process of the same identity.
        """
        folder.mkdir(exist_ok=True)
        return AgentProcess(
            folder,
            broker_url=self.broker.url,
            pak=self.me.pak,
            kubeconfig=self._kubeconfig,
            name=f"agent-{self.namespace}",
            cluster_name="bench",
            **{**self._settings, **settings},
        )

    def new_stack(self):
        stack_id = self.generator.new_stack(f"stack-{uuid4().hex[:8]}")
        self.admin.target(self.me, stack_id)
        return stack_id

    def withdraw(self, stack_id):
        self.admin.call("DELETE", f"/api/v1/agents/{self.me.id}/targets/{stack_id}")

    def push(self, stack_id, *names, more=(), value="b"):
        """
        A revision of these ConfigMaps, and of more texts; its id.
        """
        texts = [*more, *(self.config_map(name, value) for name in names)]
        return self.generator.push(stack_id, "---\n".join(texts))["id"]

    def config_map(self, name, value="b", annotations="{}"):
        metadata = f"{{name: {name}, namespace: {self.namespace}, annotations: {annotations}}}"
        return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata: {{a: {value!r}}}\n"

    def deploy(self, stack_id, *names, **rest):
        """
        Push, and wait until the agent has said that it is there.
        """
        return self.await_outcome(self.push(stack_id, *names, **rest), "SUCCESS")

    def await_outcome(self, object_id, status, seconds=DEPLOYED_WITHIN_SECONDS):
        within(seconds, lambda: self.outcome(object_id) == status)
        return object_id

    def events(self):
        """
        All that the broker was told by the agent, the newest first.
        """
        return self.admin.call("GET", f"/api/v1/agents/{self.me.id}/events").json()

    def outcome(self, object_id):
        return next((event["status"] for event in self.events() if event["deployment_object_id"] == object_id), None)

    def message(self, object_id):
        return next(event["message"] for event in self.events() if event["deployment_object_id"] == object_id)

    def ask(self, method, path, body=None, **how):
        """
        Of the API server itself, past the proxy.
        """
        return self._api.ask(method, path, body, **how)

    def there(self):
        """
        The scene's ConfigMaps, by name.
        """
        listed = self.ask("GET", f"{self.config_maps}").body.get("items") or []
        return {one["metadata"]["name"]: one for one in listed if one["metadata"]["name"] != "kube-root-ca.crt"}

    def uids(self):
        return {name: one["metadata"]["uid"] for name, one in self.there().items()}

    @property
    def lease(self):
        return f"/apis/coordination.k8s.io/v1/namespaces/{self.system}/leases/brokkr-agent-{self.me.id}"

    @property
    def config_maps(self):
        return f"/api/v1/namespaces/{self.namespace}/configmaps"


@contextmanager
def a_scene(broker, kube, folder, **settings):
    """
    The agent is not started yet. What it left in the cluster is removed at the end.
    """
    with proxied(broker.url) as to_broker, proxied_cluster(kube.kubeconfig, folder / "proxy.kubeconfig") as to_cluster:
        scene = Scene(broker, kube, to_broker, to_cluster, folder, **settings)
        scene.ask("POST", "/api/v1/namespaces", f'{{"metadata": {{"name": "{scene.namespace}"}}}}'.encode())
        try:
            yield scene
        finally:
            if scene.agent.process:
                scene.agent.kill()
            for namespace in (scene.namespace, scene.system):
                scene.ask("DELETE", f"/api/v1/namespaces/{namespace}")


def _carrier(broker):
    """
    A connection for each request, to wherever the broker listens now.
    """

    def carry(method, path, headers, body):
        with closing(OverHttp(broker.url)) as once:
            return once(method, path, headers, body)

    return carry
