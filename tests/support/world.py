"""
Callers and what is theirs, made through the services; and the table laid bare.
"""

import copy
from dataclasses import dataclass
from itertools import count

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.domain.agents import NewAgent, RegistrationRequest
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.domain.events import NewAgentEvent
from chalicelib.domain.generators import NewGenerator
from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.domain.stacks import NewStack, Stack
from chalicelib.services import agents, events, generators, stacks
from chalicelib.services.deployment_objects import push
from chalicelib.services.target_state import target_state
from tests.support import moto_copies

_number = count(1)


def a_generator():
    made, _ = generators.create_generator(ADMIN, NewGenerator(name=f"generator-{next(_number)}"))
    return Principal(Role.GENERATOR, made.id)


def an_agent():
    made, _ = agents.create_agent(ADMIN, NewAgent(name=f"agent-{next(_number)}", cluster_name="test"))
    return Principal(Role.AGENT, made.id)


def a_stack(generator):
    return stacks.create_stack(generator, NewStack(name=f"stack-{next(_number)}"))


def register(agent, generator):
    generators.register_agent(agent, generator.id, RegistrationRequest())


def config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def rows(table):
    """
    Every item of the table, to compare before with after. Read from moto itself: through botocore, a scan takes as long
    as ten tests.
    """
    kept = _tables(table)["brokkr"]
    return sorted((item.to_json()["Attributes"] for item in kept.all_items()), key=_place)


def keep(table):
    """
    The table as it is now, for `restore`, which may have it more than once.
    """
    return moto_copies.deepcopy(_tables(table)["brokkr"])


def restore(table, kept):
    """
    With a definition of its own too: a test may change that.
    """
    twin = moto_copies.deepcopy(kept)
    vars(twin).update(copy.deepcopy({name: part for name, part in vars(kept).items() if name != "items"}))
    _tables(table)["brokkr"] = twin


def without_refusals(found):
    """
    But for what the audit log says of PAKs that let nobody in.
    """
    return [row for row in found if not row["pk"]["S"].startswith(("AUDIT", "ALLOWANCE#"))]


def _tables(table):
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][table.meta.region_name].tables


def _place(row):
    return row["pk"]["S"], row["sk"]["S"]


@dataclass(frozen=True)
class Served:
    """
    A stack, its generator, and an agent that is targeted at it.
    """

    ci: Principal
    agent: Principal
    stack: Stack

    def push(self, name="app", **values):
        return push(self.ci, self.stack.id, NewDeploymentObject(yaml_content=config_map(name), **values))

    def poll(self, **how):
        return target_state(self.agent, self.agent.id, **how).objects

    def report(self, served, status="SUCCESS"):
        said = NewAgentEvent(
            agent_id=self.agent.id, deployment_object_id=served.revision.id, event_type="DEPLOY", status=status
        )
        return events.report(self.agent, self.agent.id, said)
