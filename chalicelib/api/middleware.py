"""
What every request passes on its way in and out, the outermost first: log_request, render_errors, authenticate,
follow_settings.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from chalice import Response
from chalice.app import Request

from chalicelib import system
from chalicelib.api import websockets
from chalicelib.api.answers import PRINCIPAL
from chalicelib.api.broker import rendered
from chalicelib.api.origin import origin_of, path_of
from chalicelib.api.routing import NO_ROUTE
from chalicelib.domain.principals import Principal
from chalicelib.errors import BrokerError, UnknownPak
from chalicelib.services import authentication, configuration, health, refused_paks

Next = Callable[[Request], Response]

OPEN_ROUTES = (
    "/healthz",
    "/readyz",
    "/docs/openapi.json",
    "/swagger-ui",
    "/swagger-ui/{file}",
    *websockets.PATHS,
)
MILLISECOND = timedelta(milliseconds=1)


def log_request(log: logging.Logger, *, now: system.Now = system.now) -> Callable[[Request, Next], Response]:
    """
    One line per request: never a header, a PAK or a body.
    """

    def middleware(request: Request, get_response: Next) -> Response:
        began = now()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            response = get_response(request)
            status = int(response.status_code)
        finally:
            log.info("request", extra={"fields": {**about(request), "status": status, "ms": _ms(now() - began)}})
        return response

    return middleware


def _ms(span: timedelta) -> float:
    return round(span / MILLISECOND, 1)


def about(request: Request) -> dict[str, object]:
    principal: Principal | None = request.context.get(PRINCIPAL)
    return {
        "request_id": request.context["requestId"],
        "principal": principal and principal.role,
        "principal_id": principal and principal.id,
        "method": request.method,
        "route": request.path or None,
    }


def follow_settings(log: logging.Logger, *, now: system.Now = system.now) -> Callable[[Request, Next], Response]:
    """
    Once somebody is let in: what was reloaded, here or elsewhere.
    """

    def middleware(request: Request, get_response: Next) -> Response:
        if PRINCIPAL in request.context:
            configuration.current.follow(now())
            if logging.getLevelName(log.level) != configuration.current.log_level:
                log.setLevel(configuration.current.log_level)
        return get_response(request)

    return middleware


def render_errors(request: Request, get_response: Next) -> Response:
    """
    Errors from here inwards; those of a view that nobody foresaw are the handler's.
    """
    try:
        return get_response(request)
    except BrokerError as error:
        return rendered(error)
    except Exception as error:
        outage = health.outage(error)
        if outage is None:
            raise
        return rendered(outage)


def authenticate(request: Request, get_response: Next) -> Response:
    """
    Note on the request who is asking. An unknown route is answered as such, whoever asks.
    """
    if request.path not in (NO_ROUTE, *OPEN_ROUTES) and request.method != "OPTIONS":
        header, origin = request.headers.get("authorization"), origin_of(request)
        try:
            principal = authentication.authenticate(header)
        except UnknownPak:
            refused_paks.note(origin, path_of(request))
            raise
        request.context[PRINCIPAL] = replace(principal, origin=origin)
    return get_response(request)
