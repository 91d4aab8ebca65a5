"""
Which route a request is for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

NO_ROUTE = ""

# GET /api/v1/agents/ searches, GET /api/v1/agents lists; a page's relative addresses need a folder to be in.
WITH_SLASH = {"/api/v1/agents": {"GET"}, "/swagger-ui": {"GET"}}


class Match(Struct, frozen=True):
    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    trailing_slash: bool = False


NO_MATCH = Match(NO_ROUTE)


class Router:
    """
    The route templates, in an order in which a path is found by its number of segments.
    """

    def __init__(self, templates: Iterable[str]) -> None:
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for template in templates:
            self._by_length[template.count("/")].append(template)

    def match(self, event: Mapping[str, Any]) -> Match:
        """
        API Gateway has matched already, and decoded; any other event has a raw path. Below a custom domain's base path
        its own match is the only right one: the path holds the base path too, the route does not.
        """
        path, template = event["path"], str(event["requestContext"].get("resourcePath"))
        parameters = event["pathParameters"]
        if template in self._by_length.get(template.count("/"), ()) and (parameters is not None or "{" not in template):
            return self._slashed(path, Match(template, parameters or {}))
        return self._slashed(path, self._find(path.removesuffix("/")))

    def _slashed(self, path: str, found: Match) -> Match:
        if not path.endswith("/"):
            return found
        if found.template not in WITH_SLASH:
            return NO_MATCH
        return Match(found.template, found.parameters, trailing_slash=True)

    def _find(self, path: str) -> Match:
        segments = path.split("/")
        for template in self._by_length.get(len(segments) - 1, ()):
            parameters = _read(template.split("/"), segments)
            if parameters is not None:
                return Match(template, parameters)
        return NO_MATCH


def _read(template: list[str], segments: list[str]) -> dict[str, str] | None:
    """
    The path's parameters, if it fits. Decoded once, after the path is cut: an encoded slash stays inside its segment.
    """
    parameters = {}
    for expected, segment in zip(template, segments, strict=True):
        if expected.startswith("{") and segment:
            parameters[expected.strip("{}")] = unquote(segment)
        elif expected != segment:
            return None
    return parameters
