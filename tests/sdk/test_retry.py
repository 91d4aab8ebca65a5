"""
The wrapper's `retry`, before a gateway that does not get through at first.
"""

import asyncio

import httpx
import pytest
from brokkr import BrokkrClient, BrokkrError
from brokkr_broker_client.api.auth import verify_pak
from brokkr_broker_client.api.stacks import get_stack

from tests.support.public_sdk import nowhere

AT_ONCE = 0.001


class Gateway(httpx.AsyncBaseTransport):
    """
    It fails as told, and then hands on to another.
    """

    def __init__(self, behind, *failures):
        self.behind, self.failures, self.asked = behind, list(failures), 0

    async def handle_async_request(self, request):
        self.asked += 1
        if not self.failures:
            return await self.behind.handle_async_request(request)
        failure = self.failures.pop(0)
        if isinstance(failure, Exception):
            raise failure
        return httpx.Response(failure, text="upstream connect error")

    async def aclose(self):
        await self.behind.aclose()


def retried(sdk, gateway, pak, operation, *path):
    async def once():
        wrapper = BrokkrClient(sdk.url, token=pak, initial_backoff=AT_ONCE, max_retries=3)
        made = httpx.AsyncClient(
            base_url=f"{sdk.url}/api/v1", transport=gateway, headers={"Authorization": f"Bearer {pak}"}
        )
        wrapper.api.set_async_httpx_client(made)
        async with made:
            return await wrapper.retry(lambda api: operation.asyncio_detailed(*path, client=api))

    return asyncio.run(once())


@pytest.fixture
def gateway(sdk):
    return Gateway(sdk.transport or httpx.AsyncHTTPTransport())


def test_what_passes_is_waited_for(sdk, gateway, generator):
    gateway.failures = [503, httpx.ConnectError("refused"), 502]

    said = retried(sdk, gateway, generator.pak, verify_pak)

    assert said.generator == str(generator.id)
    assert gateway.asked == 4


def test_what_does_not_pass_is_told_with_its_status(sdk, gateway, generator):
    gateway.failures = [504] * 4

    with pytest.raises(BrokkrError) as refused:
        retried(sdk, gateway, generator.pak, verify_pak)

    assert (refused.value.status, gateway.asked) == (504, 4)


def test_a_refusal_is_not_tried_again(sdk, gateway, generator):
    with pytest.raises(BrokkrError) as refused:
        retried(sdk, gateway, generator.pak, get_stack, nowhere())

    assert (refused.value.status, refused.value.code, gateway.asked) == (404, "stack_not_found", 1)
