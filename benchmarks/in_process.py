"""
The broker in this process, on whichever store the wire leads to.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from msgspec.structs import force_setattr

from benchmarks.client import Answer, Client
from benchmarks.wire import wire

TABLE = "bench"

for name in [name for name in os.environ if name.startswith(("BROKKR_", "AWS_"))]:
    del os.environ[name]
os.environ.update(
    BROKKR_TABLE=TABLE,
    BROKKR_DYNAMODB_ENDPOINT="http://127.0.0.1",
    AWS_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="local",
    AWS_SECRET_ACCESS_KEY="local",
)

from app import app  # noqa: E402 - the library reads its settings when it is imported
from broker.gateway import Context, Event, event_of  # noqa: E402
from chalicelib.services import installation  # noqa: E402
from chalicelib.settings import settings  # noqa: E402

CONTEXT = Context("bench")

for handler in app.log.handlers:
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))  # written as ever, for nobody to read


def install(endpoint: str) -> Client:
    """
    The admin of a new broker on an empty store.
    """
    wire.to(endpoint)
    installation.create_table()
    installed = installation.initialise()
    return Client(carry, str(installed.admin_pak))


@contextmanager
def a_minute_old_health() -> Iterator[None]:
    """
    Every word on health is old enough to be kept fresh, as after a third of `AgentSilenceSeconds`.
    """
    silence = settings.agent_silence
    force_setattr(settings, "agent_silence", timedelta(0))
    try:
        yield
    finally:
        force_setattr(settings, "agent_silence", silence)


def carry(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    said = answer(event(method, path, headers, body))
    return Answer(said["statusCode"], said["headers"], (said.get("body") or "").encode())


def answer(event: Event) -> Mapping[str, Any]:
    said: Mapping[str, Any] = app(event, CONTEXT)
    return said


def event(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Event:
    """
    What API Gateway would hand to the app.
    """
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    if "HTTP_CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
    environ |= {"REQUEST_METHOD": method, "RAW_URI": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    return event_of(environ, body, str(uuid4()))
