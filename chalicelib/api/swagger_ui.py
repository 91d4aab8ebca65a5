"""
Swagger UI: the OpenAPI document as a page on which requests can be made. Its files lie beside this package, put there
by `make setup`; nothing comes from anywhere else.
"""

import hashlib
from functools import cache
from pathlib import Path

from chalice import Blueprint

from chalicelib.api.answers import Css, Html, NotModified, Redirect, Script
from chalicelib.api.operations import NOBODY, Operation, by_ending
from chalicelib.api.parameters import known_to
from chalicelib.errors.protocol import RouteNotFound

routes = Blueprint(__name__)

FOLDER = Path(__file__).parent.parent / "swagger_ui"
BUNDLE, STYLE, START = "swagger-ui-bundle.js", "swagger-ui.css", "start.js"
PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>brokkr</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{STYLE}">
<div id="swagger-ui"></div>
<script src="{BUNDLE}"></script>
<script src="{START}"></script>
</html>
"""
STARTS = """SwaggerUIBundle({
  url: "../docs/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  tagsSorter: "alpha",
});
"""
HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@Operation("find_swagger_ui", "broker", by=NOBODY)
def find_page() -> Redirect:
    return Redirect({"Location": "swagger-ui/"})


@Operation("get_swagger_ui", "broker", by=NOBODY)
def get_page() -> Html:
    return Html(PAGE, HEADERS)


@routes.route("/swagger-ui", methods=["GET"])
@by_ending(find_page, get_page)
def find_or_get_page() -> Redirect | Html:
    """
    With a slash at the path's end, the page; without, where it is.
    """
    return get_page() if routes.current_request.context["trailingSlash"] else find_page()


@routes.route("/swagger-ui/{file}", methods=["GET"])
@Operation("get_swagger_ui_file", "broker", by=NOBODY, refuses=(RouteNotFound,))
def get_file(file: str) -> Script | Css | NotModified:
    """
    Those that the page names, and no others.
    """
    if file not in (BUNDLE, STYLE, START):
        raise RouteNotFound("Swagger UI has no such file here")
    text, etag = _read(file)
    headers = {"ETag": etag, **HEADERS}
    if known_to(routes.current_request)(etag):
        return NotModified(headers)
    return Css(text, headers) if file == STYLE else Script(text, headers)


@cache
def _read(file: str) -> tuple[str, str]:
    """
    Raises RouteNotFound where `make setup` never came by.
    """
    try:
        text = STARTS if file == START else (FOLDER / file).read_text()
    except FileNotFoundError as error:
        raise RouteNotFound("this broker was installed without Swagger UI: `make setup` brings it") from error
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
