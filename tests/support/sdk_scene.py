"""
One of everything, made through the SDK, and a valid body for each operation that takes one.
"""

from datetime import UTC, datetime

import attrs
from brokkr_broker_client.api.agent_events import create_event
from brokkr_broker_client.api.agents import get_agent
from brokkr_broker_client.api.diagnostics import claim_diagnostic, create_diagnostic_request
from brokkr_broker_client.api.generators import get_generator
from brokkr_broker_client.api.stacks import get_stack, stacks_add_annotation
from brokkr_broker_client.models import (
    AgentRegistrationBody,
    CreateAgentRequest,
    CreateDeploymentObjectRequest,
    CreateDiagnosticRequest,
    DeploymentObjectHealthUpdate,
    HealthStatusUpdate,
    HeartbeatReport,
    NewAgentAnnotation,
    NewAgentEvent,
    NewAgentLabel,
    NewAgentTarget,
    NewGenerator,
    NewStack,
    NewStackAnnotation,
    SubmitDiagnosticResult,
)

from tests.support.public_client import client_operation
from tests.support.public_sdk import a_name, nowhere
from tests.support.world import config_map


class Scene:
    """
    Callers are attributes; what a path can name is in `things`.
    """

    def __init__(self, sdk):
        self.admin, self.nobody = sdk.admin, sdk.caller("brokkr_BRnobody1_none")
        self.owner, self.stranger = sdk.new_generator(), sdk.new_generator()
        self.agent, self.other_agent = sdk.new_agent(self.owner), sdk.new_agent()
        stack = self.owner.new_stack()
        pushed = self.owner.push(stack).id
        self.things = {
            "nothing": nowhere(),
            "generator": self.owner.id,
            "agent": self.agent.id,
            "stack": stack,
            "spare": self.owner.new_stack(),
            "object": pushed,
            "no-label": "no-label",
            "name": self.agent.ask(get_agent, self.agent.id).name,
            "taken": self.owner.ask(get_generator, self.owner.id).name,
        }
        self.bodies = self._bodies()
        self.agent.serve(stack)
        self.owner.ask(stacks_add_annotation, stack, body=self.bodies["stacks_add_annotation"])
        self.things["event"] = self.agent.ask(create_event, self.agent.id, body=self.bodies["create_event"]).id
        self._ask_the_agent()

    def provoke(self, refusal):
        """
        Status and code, as the SDK parsed them.
        """
        operation, body = client_operation(refusal.operation), self.bodies.get(refusal.operation)
        path = [self.things[name] for name in refusal.path]
        given = {name: self._meant(value) for name, value in refusal.given.items()}
        if attrs.has(type(body)):
            given = {"body": attrs.evolve(body, **given)}
        elif body is not None:
            given = {"body": body} | given
        return getattr(self, refusal.by).refusal(operation, *path, **given)

    def _meant(self, value):
        return self.things[value[1:]] if value.startswith("$") else value

    def _ask_the_agent(self):
        for name in ("diagnostic", "claimed"):
            body = self.bodies["create_diagnostic_request"]
            self.things[name] = self.admin.ask(create_diagnostic_request, self.things["object"], body=body).id
        self.agent.ask(claim_diagnostic, self.things["claimed"])

    def _bodies(self):
        return self._bodies_of_agents() | self._bodies_of_generators() | self._bodies_of_reports()

    def _bodies_of_agents(self):
        id, stack = self.agent.id, self.things["stack"]
        return {
            "create_agent": CreateAgentRequest(name=a_name("agent"), cluster_name="test"),
            "update_agent": {"status": "ACTIVE"},
            "record_heartbeat": HeartbeatReport(),
            "agents_add_label": NewAgentLabel(agent_id=id, label="env:dev"),
            "agents_add_annotation": NewAgentAnnotation(agent_id=id, key="team", value="web"),
            "add_target": NewAgentTarget(agent_id=id, stack_id=stack),
            "register_agent": AgentRegistrationBody(agent_id=id),
            "deregister_agent": AgentRegistrationBody(agent_id=id),
        }

    def _bodies_of_generators(self):
        stack = self.things["stack"]
        return {
            "create_generator": NewGenerator(name=a_name("ci")),
            "update_generator": self.owner.ask(get_generator, self.owner.id),
            "create_stack": NewStack(generator_id=self.owner.id, name=a_name("stack")),
            "update_stack": self.owner.ask(get_stack, stack),
            "stacks_add_label": "env:dev",
            "stacks_add_annotation": NewStackAnnotation(key="team", value="web", stack_id=stack),
            "create_deployment_object": CreateDeploymentObjectRequest(yaml_content=config_map("app")),
        }

    def _bodies_of_reports(self):
        now, pushed = datetime.now(UTC), self.things["object"]
        healthy = DeploymentObjectHealthUpdate(id=pushed, status="healthy", checked_at=now)
        return {
            "create_event": NewAgentEvent(
                agent_id=self.agent.id, deployment_object_id=pushed, event_type="DEPLOY", status="SUCCESS"
            ),
            "update_health_status": HealthStatusUpdate([healthy]),
            "create_diagnostic_request": CreateDiagnosticRequest(agent_id=self.agent.id),
            "submit_diagnostic_result": SubmitDiagnosticResult(collected_at=now, events="[]", pod_statuses="[]"),
        }
