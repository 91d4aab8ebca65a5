"""
What every request passes on its way in and out, the outermost first: log_request, render_errors, authenticate,
follow_settings.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from chalice import Response
from chalice.app import Request

from chalicelib import system
from chalicelib.api import metrics, websockets
from chalicelib.api.answered import Answered, Start, method_of, milliseconds
from chalicelib.api.answers import PRINCIPAL
from chalicelib.api.broker import rendered
from chalicelib.api.embedded import embedded
from chalicelib.api.origin import origin_of, path_of
from chalicelib.api.routing import NO_ROUTE
from chalicelib.domain.principals import Principal
from chalicelib.errors import BrokerError
from chalicelib.errors.protocol import UnknownPak
from chalicelib.services import authentication, configuration, consumption, health, refused_paks
from chalicelib.settings import settings

Next = Callable[[Request], Response]

OPEN_ROUTES = (
    "/healthz",
    "/readyz",
    metrics.PATH,
    "/docs/openapi.json",
    "/swagger-ui",
    "/swagger-ui/{file}",
    "/api/v1/auth/oidc",
    *websockets.PATHS,
)


def log_request(
    log: logging.Logger,
    start: Start,
    *,
    namespace: str | None = settings.metrics_namespace,
    count: Callable[[Answered], None] = metrics.count,
    now: system.Now = system.now,
) -> Callable[[Request, Next], Response]:
    """
    One line per request: never a header, a PAK or a body. What is counted of a request is counted here.
    """

    def middleware(request: Request, get_response: Next) -> Response:
        began = now()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        with consumption.metered() as units:
            try:
                response = get_response(request)
                status = int(response.status_code)
            finally:
                ended = now()
                answered = Answered.of(request, status, ended - began, units)
                fields = {**about(request), **figures(answered, start, namespace, ended)}
                log.info("request", extra={"fields": fields})
                count(answered)
        return response

    return middleware


def about(request: Request) -> dict[str, object]:
    principal: Principal | None = request.context.get(PRINCIPAL)
    return {
        "request_id": request.context["requestId"],
        "principal": principal and principal.role,
        "principal_id": principal and principal.id,
        "method": method_of(request.method),
        "route": request.path or None,
    }


def figures(answered: Answered, start: Start, namespace: str | None, at: datetime) -> dict[str, object]:
    """
    As CloudWatch takes them, where it is to have them.
    """
    starts = start.is_first()
    fields: dict[str, object] = {
        "status": answered.status,
        "ms": milliseconds(answered.took),
        "read_units": answered.units.reads,
        "write_units": answered.units.writes,
        "cold_start": starts,
    }
    if starts:
        fields["import_ms"] = milliseconds(start.took)
    if not namespace or not metrics.is_counted(answered):
        return fields
    return fields | embedded(answered, namespace, at, starts=starts)


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
