"""
What the API says of itself.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from chalice import Blueprint
from chalice.app import Request

from chalicelib.api.answers import NotModified, Ok
from chalicelib.api.operations import NOBODY, Operation
from chalicelib.api.parameters import known_to

routes = Blueprint(__name__)

BASES = 4  # a broker is reached by one or two
MINUTES = {"Cache-Control": "public, max-age=300"}


@routes.route("/docs/openapi.json", methods=["GET"])
@Operation("get_openapi_document", "broker", by=NOBODY)
def get_document() -> Ok[dict[str, Any]] | NotModified:
    request = routes.current_request
    text, etag = _document(_base(request))
    headers = {"ETag": etag, **MINUTES}
    if known_to(request)(etag):
        return NotModified(headers)
    ready: Any = text  # Chalice takes a text for JSON that is made already
    return Ok(ready, headers)


@lru_cache(maxsize=BASES)
def _document(base: str) -> tuple[str, str]:
    """
    Made when it is first asked for. Most processes are never asked.
    """
    from chalicelib.api import openapi  # noqa: PLC0415 - a cold start does without

    text = json.dumps(openapi.document(routes.current_app.routes, base), separators=(",", ":"))
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _base(request: Request) -> str:
    """
    What a gateway puts before every path: a stage, or the base path of a custom domain.
    """
    about = request.context
    asked = str(about.get("path") or about.get("http", {}).get("path", ""))
    return asked.removesuffix(about["resourcePath"]) if asked.endswith(about["resourcePath"]) else ""
