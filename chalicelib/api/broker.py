"""
Chalice, made safe for threads and uniform in its answers.
"""

import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from chalice import Chalice, Response
from chalice.app import Request, RestAPIEventHandler

from chalicelib.api.gateway_events import Event, rest_event
from chalicelib.api.routing import NO_ROUTE, WITH_SLASH, Router
from chalicelib.api.shapes import ErrorResponse
from chalicelib.errors import BrokerError
from chalicelib.errors.protocol import MethodNotAllowed, RouteNotFound
from chalicelib.services import health

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
CORS_PREFLIGHT = {"Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*, Authorization"}


class Handler(RestAPIEventHandler):
    """
    Chalice's handler of a request, but for what it would answer by itself.
    """

    def _main_rest_api_handler(self, event: Any, context: Any) -> Response:
        """
        Refuses as an error, for render_errors to render, and before Chalice looks the route up: its table is a
        defaultdict, and would grow by each unknown path.
        """
        path, method = event["requestContext"]["resourcePath"], event["requestContext"]["httpMethod"]
        if path == NO_ROUTE:
            raise RouteNotFound("there is nothing at this path")
        if method == "OPTIONS":
            return Response("", dict(CORS_PREFLIGHT))
        offered = WITH_SLASH[path] if event["requestContext"]["trailingSlash"] else self.routes[path].keys()
        if method not in offered:
            raise MethodNotAllowed(method, sorted({*offered, *({"HEAD"} if "GET" in offered else ())}))
        return super()._main_rest_api_handler(event, context)

    def _unhandled_exception_to_response(self) -> Response:
        """
        What nobody foresaw: the traceback goes to the log, and the client gets the request's id to ask with. A store
        that is away passes by itself, and needs no traceback.
        """
        error, request_id = sys.exception(), self.current_request and self.current_request.context["requestId"]
        outage = health.outage(error)
        if outage:
            fields = {"request_id": request_id, "error": type(error).__name__}
            self.log.error("the store does not answer", extra={"fields": fields})
            return rendered(outage)
        self.log.error("unforeseen error", exc_info=error, extra={"fields": {"request_id": request_id}})
        message = "an unforeseen error; the broker's log has it by request_id"
        return rendered(BrokerError(message, request_id=request_id))


class Broker(Chalice):
    """
    Requests may run in several threads: what Chalice keeps in attributes is kept per context. Every event is routed
    here, so that a REST API, an HTTP API, a Function URL and the local server give the same answers.
    """

    def __init__(self, app_name: str) -> None:
        self._request: ContextVar[Request | None] = ContextVar("request", default=None)
        self._context: ContextVar[Any] = ContextVar("lambda_context", default=None)
        super().__init__(app_name, configure_logs=False)

    @property
    def current_request(self) -> Request | None:
        return self._request.get()

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._request.set(request)

    @property
    def lambda_context(self) -> Any:
        return self._context.get()

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:
        self._context.set(context)

    @cached_property
    def _router(self) -> Router:
        return Router(self.routes)

    def _register_route(self, name: str, user_handler: Callable[..., Any], kwargs: Any, **rest: Any) -> None:
        """
        Which media types a route takes is for its parser to say, not for Chalice.
        """
        kwargs["kwargs"]["content_types"] = ["*/*"]
        super()._register_route(name, user_handler, kwargs, **rest)

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        request = self._routed(rest_event(event), context)
        is_head = request["requestContext"]["isHead"]
        self.lambda_context = context
        handler = Handler(self.routes, self.api, self.log, self.debug, self._get_middleware_handlers("http"))
        self.current_request = handler.create_request_object(request, context)
        answer: dict[str, Any] = handler(request, context)
        return completed(answer, request["requestContext"]["requestId"], is_head=is_head)

    def _routed(self, event: Event, context: Any) -> Event:
        """
        The event with its route, and HEAD asked as GET.
        """
        found = self._router.match(event)
        about = event["requestContext"]
        method = about.get("httpMethod", "GET")
        event["pathParameters"] = found.parameters
        event["requestContext"] = {
            **about,
            "resourcePath": found.template,
            "trailingSlash": found.trailing_slash,
            "httpMethod": "GET" if method == "HEAD" else method,
            "isHead": method == "HEAD",
            "requestId": about.get("requestId") or getattr(context, "aws_request_id", None),
        }
        return event


def rendered(error: BrokerError) -> Response:
    """
    The envelope.
    """
    body: ErrorResponse = {"code": error.code, "message": error.message}
    if error.details:
        body["details"] = error.details
    return Response(body, dict(error.headers), error.status)


def completed(answer: dict[str, Any], request_id: str | None, *, is_head: bool) -> dict[str, Any]:
    """
    What every answer has, whoever made it.
    """
    headers = {**CORS, "X-Request-Id": request_id or "", **answer["headers"]}
    if answer["body"]:
        headers.setdefault("Content-Type", "application/json")
    body = "" if is_head else answer["body"]
    return {**answer, "statusCode": int(answer["statusCode"]), "headers": headers, "body": body}
