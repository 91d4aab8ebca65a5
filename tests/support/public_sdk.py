"""
The public SDK, unchanged, before one broker: callers that ask with its operations, and what they make with them.
"""

import asyncio
from contextlib import ExitStack
from uuid import UUID, uuid4

import attrs
import httpx
from brokkr import BrokkrClient
from brokkr_broker_client import AuthenticatedClient
from brokkr_broker_client.api.agent_targets import add_target
from brokkr_broker_client.api.agents import create_agent, get_target_state
from brokkr_broker_client.api.generators import create_generator
from brokkr_broker_client.api.stacks import create_deployment_object, create_stack
from brokkr_broker_client.models import (
    CreateAgentRequest,
    CreateDeploymentObjectRequest,
    ErrorResponse,
    NewAgentTarget,
    NewGenerator,
    NewStack,
)

from tests.support.public_types import check_types
from tests.support.transport import BrokerTransport
from tests.support.world import config_map


class InProcess(BrokerTransport, httpx.AsyncBaseTransport):
    """
    The real app, for both kinds of httpx client.
    """

    async def handle_async_request(self, request):
        return self.handle_request(request)


class Sdk:
    """
    `url` is the broker's root. Without a transport it is asked over the network.
    """

    def __init__(self, url, admin_pak, transport=None):
        self.url = url
        self.transport = transport
        self._httpx_args = {"transport": transport} if transport else {}
        self._open = ExitStack()
        self.admin = self.caller(admin_pak)

    def caller(self, pak, id=None, prefix="Bearer"):
        made = AuthenticatedClient(f"{self.url}/api/v1", pak, prefix=prefix, httpx_args=dict(self._httpx_args))
        return Caller(self, pak, id, self._open.enter_context(made))

    def wrapper(self, pak, **how):
        made = BrokkrClient(self.url, token=pak, **how)
        made.api = attrs.evolve(made.api, httpx_args=dict(self._httpx_args))
        return made

    def new_generator(self):
        made = self.admin.ask(create_generator, body=NewGenerator(name=a_name("ci")))
        return self.caller(made.pak, made.generator.id)

    def new_agent(self, *generators):
        consent = [generator.id for generator in generators]
        body = CreateAgentRequest(name=a_name("agent"), cluster_name="test", generator_ids=consent)
        made = self.admin.ask(create_agent, body=body)
        return self.caller(made.initial_pak, made.agent.id)

    def close(self):
        self._open.close()


class Caller:
    """
    Whoever holds a PAK. What is parsed is checked against the types that the SDK declares.
    """

    def __init__(self, sdk, pak, id, client):
        self.sdk, self.pak, self.id, self.client = sdk, pak, id, client

    def answer(self, operation, *path, **given):
        """
        With its status.
        """
        answer = operation.sync_detailed(*path, client=self.client, **given)
        check_types(answer.parsed)
        return answer

    def ask(self, operation, *path, **given):
        """
        What the SDK makes of an answer that is a success.
        """
        answer = self.answer(operation, *path, **given)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def refusal(self, operation, *path, **given):
        """
        Status and code, as the SDK parsed them.
        """
        answer = self.answer(operation, *path, **given)
        assert isinstance(answer.parsed, ErrorResponse), answer.content
        assert answer.parsed.message
        return int(answer.status_code), answer.parsed.code

    def wrapped(self, use, **how):
        """
        What `use` gets of the wrapper, which is made for it.
        """

        async def once():
            wrapper = self.sdk.wrapper(self.pak, **how)
            async with wrapper.api:
                return await use(wrapper)

        return asyncio.run(once())

    def new_stack(self):
        return self.ask(create_stack, body=NewStack(generator_id=self.id, name=a_name("stack"))).id

    def push(self, stack_id, yaml_content=None):
        body = CreateDeploymentObjectRequest(yaml_content=yaml_content or config_map(a_name("app")))
        return self.ask(create_deployment_object, stack_id, body=body)

    def serve(self, stack_id):
        """
        Of an agent: by the admin's target, and given to it.
        """
        self.sdk.admin.ask(add_target, self.id, body=NewAgentTarget(agent_id=self.id, stack_id=stack_id))
        return self.ask(get_target_state, self.id)


def a_name(kind):
    return f"{kind}-{uuid4().hex[:8]}"


def nowhere() -> UUID:
    """
    The id of nothing.
    """
    return uuid4()
