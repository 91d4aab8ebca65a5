"""
The two shapes in which AWS hands a request over, made one: the REST proxy event, format 1.0.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

Event = dict[str, Any]

DEFAULT_STAGE = "$default"


def rest_event(event: Mapping[str, Any]) -> Event:
    """
    A copy, complete: whatever invoked the function, every key that a request is built from is there. `chalice local`
    has the path in the context alone.
    """
    if event.get("version") == "2.0":
        return _from_http_api(event)
    context = event.get("requestContext") or {}
    return {
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "path": context.get("path", "/"),
        **event,
        "headers": event.get("headers") or {},
        "requestContext": dict(context),
    }


def _from_http_api(event: Mapping[str, Any]) -> Event:
    """
    An HTTP API's event or a Function URL's. Its path parameters are left out: the route is found anew, in the raw path.
    """
    context = event["requestContext"]
    headers = dict(event.get("headers") or {})
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    return {
        "path": _without_stage(event["rawPath"], context.get("stage")),
        "headers": headers,
        "multiValueQueryStringParameters": parse_qs(event.get("rawQueryString", ""), keep_blank_values=True) or None,
        "pathParameters": None,
        "stageVariables": event.get("stageVariables"),
        "body": event.get("body"),
        "isBase64Encoded": event.get("isBase64Encoded", False),
        "requestContext": {**context, "httpMethod": context["http"]["method"]},
    }


def _without_stage(path: str, stage: str | None) -> str:
    """
    A named stage is part of an HTTP API's raw path, and never of a route.
    """
    if stage and stage != DEFAULT_STAGE and path.startswith(f"/{stage}/"):
        return path.removeprefix(f"/{stage}")
    return path
