"""
Request bodies: from bytes to the domain's types.
"""

import json
import re
from functools import cache
from typing import Any, NoReturn, TypeVar, get_args, get_type_hints
from uuid import UUID

import msgspec
from chalice.app import Request

from chalicelib.api.parameters import flag_query, media_type, uuid_of
from chalicelib.domain import text
from chalicelib.domain.agents import HeartbeatReport
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.errors import BrokerError
from chalicelib.errors.invalid import InvalidDeploymentObject
from chalicelib.errors.protocol import InvalidJson, InvalidRequestBody, PayloadTooLarge, UnsupportedMediaType

MAX_BODY = 10 * 1024 * 1024
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
        return NewDeploymentObject(yaml_content=_yaml_text(body), is_deletion_marker=marker)
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


def _yaml_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidDeploymentObject(f"the body is not UTF-8: {error.reason} at byte {error.start}") from error


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError as error:
        raise InvalidJson("the body is nested too deeply") from error
    except ValueError as error:
        raise InvalidJson(f"the body is not JSON: {error}" if body else "the body is empty") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidRequestBody(f"{twice[:64]!r} is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _convert(body: Any, wanted: type[Body]) -> Body:
    if isinstance(body, dict):
        hashable: Any = wanted  # to mypy, no generic type is
        ids = _uuid_fields(hashable)
        body = {name: _with_uuids(value) if name in ids else value for name, value in body.items()}
    try:
        return msgspec.convert(body, wanted)
    except msgspec.ValidationError as error:
        raise InvalidRequestBody(_naming_the_field(str(error))) from error
    except UnicodeEncodeError as error:
        where = _where(error.object, body)
        raise InvalidRequestBody(f"{where}must be valid Unicode: it holds half of a surrogate pair") from error


@cache
def _uuid_fields(wanted: type[Any]) -> frozenset[str]:
    hints = get_type_hints(wanted)
    return frozenset(name for name, hint in hints.items() if hint is UUID or UUID in get_args(hint))


def _with_uuids(value: Any) -> Any:
    """
    msgspec knows two spellings of a UUID, the contract four.
    """
    if isinstance(value, list):
        return [_with_uuids(one) for one in value]
    try:
        return str(uuid_of(value)) if isinstance(value, str) else value
    except ValueError:
        return value


def _where(text: str, body: Any) -> str:
    fields = body.items() if isinstance(body, dict) else ()
    holders = (name for name, value in fields if text in (name, value) or (isinstance(value, list) and text in value))
    return next((f"{name!r} " for name in holders), "")


def _naming_the_field(message: str) -> str:
    """
    ``Expected `str`, got `int` - at `$.name` `` as `name: expected str, got int`.
    """
    said = re.fullmatch(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>.*)`)?", message.replace("\n", " "))
    assert said is not None
    what = said["what"].replace("`", "").replace("Object missing", "missing")
    what = what[0].lower() + what[1:]
    return f"{said['where']}: {what}" if said["where"] else what
