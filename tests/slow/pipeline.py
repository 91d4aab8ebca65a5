"""
A pipeline, by HTTP, at a real broker.
"""

from contextlib import closing, contextmanager
from uuid import uuid4

from benchmarks.client import Client
from benchmarks.servers import OverHttp
from tests.support.agent_process import within


class Pipeline:
    """
    One stack, targeted at one active agent.
    """

    def __init__(self, admin):
        self.admin = admin
        self.agent_name, self.cluster_name = f"agent-{uuid4().hex[:8]}", "bench"
        self.pushed_id = None
        self._admin = admin
        self._ci = admin.new_generator(f"ci-{self.agent_name}")
        self.agent = admin.new_agent(self.agent_name, self._ci)
        self.stack_id = self._ci.new_stack(self.agent_name)
        admin.target(self.agent, self.stack_id)

    def push(self, text, *, marker=False):
        """
        What the agent reported of it.
        """
        body = {"yaml_content": text, "is_deletion_marker": marker}
        pushed = self._ci.call("POST", f"/api/v1/stacks/{self.stack_id}/deployment-objects", body).json()
        self.pushed_id = pushed["id"]
        return within(30, lambda: self._reported(self.pushed_id))

    def ask_for_diagnosis(self):
        """
        Of what was pushed last. Its id.
        """
        where = f"/api/v1/deployment-objects/{self.pushed_id}/diagnostics"
        return self._admin.call("POST", where, {"agent_id": self.agent.id}).json()["id"]

    def diagnosis(self, diagnostic_id):
        return self._admin.call("GET", f"/api/v1/diagnostics/{diagnostic_id}").json().get("result")

    def _reported(self, object_id):
        events = self.agent.call("GET", f"/api/v1/agents/{self.agent.id}/events").json()
        of_it = [event for event in events if event["deployment_object_id"] == object_id]
        return (of_it[0]["status"], of_it[0]["message"]) if of_it else None


@contextmanager
def a_pipeline(broker):
    with closing(OverHttp(broker.url)) as carry:
        yield Pipeline(Client(carry, broker.admin_pak))
