"""
An installation with one of everything, every caller's PAK, and a way to ask for an operation as any of them.
"""

import json
from dataclasses import dataclass

import app as broker
from broker.gateway import Context, event_of
from chalicelib.domain.agents import NewAgent, NewAgentAnnotation, NewAgentLabel, NewAgentTarget
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.domain.diagnostics import NewDiagnostic
from chalicelib.domain.events import NewAgentEvent
from chalicelib.domain.generators import NewGenerator
from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.domain.stacks import NewStack, NewStackAnnotation
from chalicelib.services import agents, diagnostics, events, generators, stacks, targets
from chalicelib.services.deployment_objects import push
from chalicelib.services.installation import initialise
from chalicelib.services.target_state import target_state
from tests.support.document import check, lower
from tests.support.issuer import an_issuer, trust_issuer
from tests.support.operations import NOBODY
from tests.support.world import config_map, keep, restore

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: str

    @property
    def json(self):
        return json.loads(self.body)


class Everyone:
    """
    `things` are ids and names by what they are; `places` say what an id in a path means by the segment before it.
    """

    def __init__(self, table):
        self.table = table
        installed = initialise()
        self.paks = {"admin": installed.admin_pak}
        self.things = {"manifest": config_map("new"), "system": installed.system_generator_id, "file": "start.js"}
        self._make_generators()
        self._make_trust()
        self._make_agents()
        self._make_belongings()
        self._make_diagnostics()
        self.places = {
            "generators": "owner",
            "stacks": "stack",
            "agents": "agent",
            "deployment-objects": "object",
            "agent-events": "event",
            "diagnostics": "diagnostic",
            "targets": "stack",
            "labels": "label",
            "annotations": "key",
            "swagger-ui": "file",
        }
        self._before = keep(table)

    def _make_generators(self):
        for name in ("owner", "other_generator", "rotated", "deleted_generator"):
            generator, self.paks[name] = generators.create_generator(ADMIN, NewGenerator(name=name))
            self.things[name] = generator.id
        generators.rotate_generator_pak(ADMIN, self.things["rotated"])
        generators.delete_generator(ADMIN, self.things["deleted_generator"])

    def _make_trust(self):
        issuer = an_issuer()
        trust_issuer(issuer, self.things["owner"])
        self.things["id_token"] = issuer.token()

    def _make_agents(self):
        for name in ("agent", "other_agent", "deleted_agent"):
            agent, self.paks[name] = agents.create_agent(ADMIN, NewAgent(name=name, cluster_name="test"))
            self.things[name] = agent.id
        agents.delete_agent(ADMIN, self.things["deleted_agent"])

    def _make_belongings(self):
        agent, label, key = self.things["agent"], "env:dev", "team"
        stack, spare = self._make_stack("stack"), self._make_stack("spare")
        stacks.add_label(ADMIN, stack, label)
        stacks.add_annotation(ADMIN, stack, NewStackAnnotation(key=key, value="web"))
        agents.add_label(ADMIN, agent, NewAgentLabel(label=label))
        agents.add_annotation(ADMIN, agent, NewAgentAnnotation(key=key, value="web"))
        targets.add_target(ADMIN, agent, NewAgentTarget(stack_id=stack))
        pushed = push(ADMIN, stack, NewDeploymentObject(yaml_content=config_map("app"))).revision.id
        said = NewAgentEvent(agent_id=agent, deployment_object_id=pushed, event_type="DEPLOY", status="SUCCESS")
        event = events.report(ADMIN, agent, said).id
        target_state(Principal(Role.AGENT, agent), agent)
        self.things |= {
            "stack": stack,
            "spare_stack": spare,
            "label": label,
            "key": key,
            "object": pushed,
            "event": event,
        }

    def _make_diagnostics(self):
        new = NewDiagnostic(agent_id=self.things["agent"])
        for name in ("diagnostic", "claimed"):
            self.things[name] = diagnostics.ask(ADMIN, self.things["object"], new).id
        diagnostics.claim(ADMIN, self.things["claimed"])

    def _make_stack(self, name):
        return stacks.create_stack(ADMIN, NewStack(name=name, generator_id=self.things["owner"])).id

    def restore(self):
        """
        Put the table back to what it was.
        """
        restore(self.table, self._before)

    def body(self, operation):
        """
        The operation's example, with the ids of this installation.
        """
        return self.meant(operation.body)

    def meant(self, value):
        if isinstance(value, dict):
            return {key: self.meant(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.meant(one) for one in value]
        return str(self.things[value[1:]]) if str(value).startswith("$") else value

    def path(self, operation, **given):
        """
        The operation's path, with the ids of this installation where none are given.
        """
        places = self.places | operation.where
        segments, before = [], ""
        for segment in operation.path.split("/"):
            meant = given.get(segment.strip("{}"), str(self.things.get(places.get(before))))
            segments.append(meant if segment.startswith("{") else segment)
            before = segment
        return "/".join(segments) + (f"?{operation.query}" if operation.query else "")

    def call(self, operation, role):
        """
        The operation as it is meant, by one of its callers.
        """
        return self.send(operation, self.body(operation), role=role)

    def ask(self, operation, body=None, **how):
        """
        By a caller who may, so that only what is sent can be wrong.
        """
        return self.send(operation, body, role=operation.caller, **how)

    def ask_with(self, operation, field, value):
        return self.ask(operation, self.body(operation) | {field.name: value})

    def send(self, operation, body=None, *, role=NOBODY, path=None, headers=None, content_type=JSON):
        """
        A body that is not bytes is sent as JSON.
        """
        sent = dict(headers or {})
        if role != NOBODY:
            sent["Authorization"] = f"Bearer {self.paks[role]}"
        if body is not None and content_type is not None:
            sent["Content-Type"] = content_type
        payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return request(operation.method, path or self.path(operation), payload, sent)


def request(method, target, body=b"", headers=None):
    """
    One request through the app, as the local server hands it over, and the answer held against the document.
    """
    environ = {"REQUEST_METHOD": method, "RAW_URI": target, "SERVER_PROTOCOL": "HTTP/1.1"}
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    answer = broker.app(event_of(environ, body, "request-1"), Context("request-1"))
    check(
        method, target, (lower(headers or {}), body), (answer["statusCode"], lower(answer["headers"]), answer["body"])
    )
    return Answer(answer["statusCode"], answer["headers"], answer["body"])
