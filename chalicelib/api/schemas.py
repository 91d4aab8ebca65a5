"""
Request bodies: from bytes to the domain's types.
"""

import json
import re
from typing import Any, NoReturn, TypeVar

import msgspec
from chalice.app import Request

from chalicelib.api.parameters import flag_query, media_type
from chalicelib.api.spelling import respelled
from chalicelib.domain import text
from chalicelib.domain.agents import HeartbeatReport
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.errors import BrokerError
from chalicelib.errors.invalid import InvalidDeploymentObject
from chalicelib.errors.protocol import InvalidJson, InvalidRequestBody, PayloadTooLarge, UnsupportedMediaType

MAX_BODY = 10 * 1024 * 1024
MAX_DIGITS = 1_000
MAX_SAID = 64  # of what a caller sent, where a refusal repeats it
YAML_TYPES = frozenset({"application/yaml", "text/yaml", "application/x-yaml"})
DELETION_MARKER = flag_query("deletion_marker", default=False)
UNREADABLE = (UnsupportedMediaType, PayloadTooLarge, InvalidJson, InvalidRequestBody)  # what parse() raises

Body = TypeVar("Body")


def parse(wanted: type[Body], request: Request, *, most: int = MAX_BODY) -> Body:
    """
    A JSON body as what it should be. Raises UnsupportedMediaType, PayloadTooLarge, InvalidJson, and InvalidRequestBody
    naming the field.
    """
    kind = media_type(request).lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType("send the body as Content-Type: application/json")
    return _convert(_json(_plain_bytes(request, most)), wanted)


def parse_push(request: Request) -> NewDeploymentObject:
    """
    A manifest, raw or wrapped in JSON. Whatever is wrong with it is an InvalidDeploymentObject, but for its size and
    its compression.
    """
    marker = DELETION_MARKER.of(request)
    body = _plain_bytes(request)
    if media_type(request) in YAML_TYPES:
        return NewDeploymentObject(yaml_content=_utf8(body, InvalidDeploymentObject), is_deletion_marker=marker)
    try:
        new = _convert(_json(body), NewDeploymentObject)
        text.clean("yaml_content", new.yaml_content)
    except (InvalidJson, InvalidRequestBody) as error:
        raise InvalidDeploymentObject(error.message) from error
    return new


def parse_heartbeat(request: Request) -> HeartbeatReport:
    """
    A heartbeat counts whatever its body: one that cannot be read says nothing of the cluster.
    """
    try:
        return parse(HeartbeatReport, request)
    except BrokerError:
        return HeartbeatReport()


def _plain_bytes(request: Request, most: int = MAX_BODY) -> bytes:
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType("send the body uncompressed, without Content-Encoding")
    body = request.raw_body
    assert isinstance(body, bytes)
    if len(body) > most:
        raise PayloadTooLarge(f"this request's body can have {most} bytes at most; it has {len(body)}")
    return body


def _utf8(body: bytes, refusal: text.Refusal) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise refusal(f"the body is not UTF-8: {error.reason} at byte {error.start}") from error


def _json(body: bytes) -> Any:
    try:
        return json.loads(
            _utf8(body, InvalidJson), object_pairs_hook=_object, parse_int=_whole, parse_constant=_no_number
        )
    except RecursionError as error:
        raise InvalidJson("the body is nested too deeply") from error
    except ValueError as error:
        raise InvalidJson(f"the body is not JSON: {error}" if body else "the body is empty") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidRequestBody(f"{twice[:MAX_SAID]!r} is given twice")
    return found


def _whole(digits: str) -> int | float:
    """
    Python makes no int of more digits than MAX_DIGITS. As a float it is what no field takes, and its field is named.
    """
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _convert(body: Any, wanted: type[Body]) -> Body:
    try:
        return msgspec.convert(respelled(body, wanted), wanted)
    except msgspec.ValidationError as error:
        raise InvalidRequestBody(_naming_the_field(str(error))) from error
    except UnicodeEncodeError as error:
        where = _where(error.object, body)
        raise InvalidRequestBody(f"{where}must be valid Unicode: it holds half of a surrogate pair") from error


def _where(text: str, body: Any) -> str:
    """
    Which field has this text or is called so. The body may be nested deeper than Python calls.
    """
    waiting = [("", body)]
    while waiting:
        place, value = waiting.pop()
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, one in inside:
            there = f"{place}[{name}]" if isinstance(name, int) else f"{place}.{name}".removeprefix(".")
            if text in (name, one):
                return f"{there[-MAX_SAID:]!r} "
            waiting.append((there, one))
    return ""


def _naming_the_field(message: str) -> str:
    """
    ``Expected `str`, got `int` - at `$.name` `` as `name: expected str, got int`.
    """
    said = re.fullmatch(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>.*)`)?", message.replace("\n", " "))
    assert said is not None
    what = said["what"].replace("`", "").replace("Object missing", "missing")
    what = what[0].lower() + what[1:MAX_SAID]
    return f"{said['where']}: {what}" if said["where"] else what
