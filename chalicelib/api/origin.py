"""
Where a request came from, as the gateway saw it: never what a header says of itself.
"""

from chalice.app import Request

from chalicelib.domain.principals import Origin

MAX_USER_AGENT = 256


def path_of(request: Request) -> str:
    """
    What was asked for, without the stage that a gateway may have before it.
    """
    return str(request.path).format(**(request.uri_params or {}))


def origin_of(request: Request) -> Origin:
    """
    A REST API has the caller's address under `identity`, an HTTP API and a Function URL under `http`.
    """
    context = request.context
    seen = context.get("identity") or context.get("http") or {}
    user_agent = seen.get("userAgent")
    return Origin(seen.get("sourceIp") or None, user_agent[:MAX_USER_AGENT] if user_agent else None)
