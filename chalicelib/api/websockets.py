"""
Where others have WebSockets: an answer that their clients take for what it is, and go on without.

Nobody is asked for a PAK. A browser sends its own in a place of its own, and to an agent of Brokkr's a 401 would mean
that its PAK is wrong.
"""

from typing import NoReturn

from chalice import Blueprint

from chalicelib.api.operations import NOBODY, Operation
from chalicelib.api.parameters import path_uuid
from chalicelib.errors.protocol import NotOffered

routes = Blueprint(__name__)

PATHS = ("/internal/ws/agent", "/api/v1/stacks/{id}/live", "/api/v1/fleet/live")


@routes.route(PATHS[0], methods=["GET"])
@Operation("agent_channel", "websockets", by=NOBODY, refuses=(NotOffered,))
def agent_channel() -> NoReturn:
    refuse("poll GET /api/v1/agents/{id}/target-state instead")


@routes.route(PATHS[1], methods=["GET"])
@Operation("stack_channel", "websockets", by=NOBODY, refuses=(NotOffered,))
def stack_channel(id: str) -> NoReturn:
    path_uuid(id)
    refuse("ask GET /api/v1/stacks/{id}/events and /logs instead")


@routes.route(PATHS[2], methods=["GET"])
@Operation("fleet_channel", "websockets", by=NOBODY, refuses=(NotOffered,))
def fleet_channel() -> NoReturn:
    refuse("ask GET /api/v1/fleet instead")


def refuse(instead: str) -> NoReturn:
    raise NotOffered(f"this broker has no WebSockets: {instead}")
