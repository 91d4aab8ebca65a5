"""
The OpenAPI document, made of the routes: of what each promises, and of its view's return type.

Made at the first request for it, and imported no earlier.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from chalicelib import VERSION
from chalicelib.api import shapes
from chalicelib.api.answers import Created, NoContent, NotModified, Ok, Text
from chalicelib.api.json_schema import Schema, Schemas
from chalicelib.api.operations import Operation, Refusals, find_operation, views_of
from chalicelib.domain.principals import Role
from chalicelib.domain.text import Segment

CONTRACT = "0.9.1"
API = "/api/v1"
JSON = "application/json"
PAK = {"type": "apiKey", "in": "header", "name": "Authorization"}
WHOSE = {Role.ADMIN: "the admin's", Role.AGENT: "an agent's", Role.GENERATOR: "a generator's"}

Routes = Mapping[str, Mapping[str, Any]]
View = Callable[..., Any]


class Undeclared(Exception):
    """
    A route that promises nothing.
    """


def document(routes: Routes, base: str = "") -> Schema:
    """
    `base` is what a gateway puts before every path, such as a stage. Raises Undeclared, naming the route.
    """
    schemas = Schemas()
    paths: dict[str, Schema] = defaultdict(dict)
    for path, method, view, operation in operations(routes):
        under_api = path.startswith(f"{API}/")
        place = paths[path.removeprefix(API) if under_api else path]
        place[method.lower()] = _operation(path, view, operation, schemas)
        if not under_api:
            place["servers"] = [{"url": base or "/"}]
    return {
        "openapi": "3.0.3",
        "info": _info(),
        "servers": [{"url": f"{base}{API}"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.named.items())),
            "securitySchemes": {_scheme(role): {**PAK, "description": f"{WHOSE[role]} PAK"} for role in Role},
        },
    }


def operations(routes: Routes) -> Iterator[tuple[str, str, View, Operation]]:
    for route, methods in sorted(routes.items()):
        for method, entry in sorted(methods.items()):
            for path, view in views_of(route, entry.view_function):
                operation = find_operation(view)
                if operation is None:
                    raise Undeclared(f"{method} {path}: put an @Operation above {view.__name__}")
                yield path, method, view, operation


def _info() -> Schema:
    return {
        "title": "brokkr-broker",
        "version": CONTRACT,
        "description": f"The HTTP API of Brokkr {CONTRACT}, as brokkr-serverless {VERSION} speaks it.",
        "license": {"name": "Apache-2.0"},
    }


def _scheme(role: Role) -> str:
    return f"{role}_pak"


def _operation(path: str, view: View, operation: Operation, schemas: Schemas) -> Schema:
    answers = list(_answers(get_type_hints(view, include_extras=True)["return"]))
    told: Schema = {
        "operationId": operation.id,
        "summary": operation.id.replace("_", " ").capitalize(),
        "tags": [operation.tag],
        "security": [{_scheme(role): []} for role in operation.by],
        "responses": {},
    }
    parameters = _parameters(path, operation, has_etag=any(kind is NotModified for kind, _ in answers))
    if parameters:
        told["parameters"] = parameters
    if operation.body:
        told["requestBody"] = _body(operation, schemas)
    for kind, body in answers:
        _add_answer(told["responses"], kind, body, schemas)
    if operation.gives:
        headers = {name: {"schema": Schemas().of(kind)} for name, kind in operation.gives}
        told["responses"] = {status: {**answer, "headers": headers} for status, answer in told["responses"].items()}
    told["responses"] |= _refusals(operation.refusals(path), schemas)
    return told


def _parameters(path: str, operation: Operation, *, has_etag: bool) -> list[Schema]:
    """
    In a path, what is called an id is one.
    """
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": Schemas().of(_in_path(name))}
        for name in re.findall(r"{(\w+)}", path)
    ]
    in_query = [{"name": one.name, "in": "query", "schema": dict(one.schema)} for one in operation.query]
    named = (*operation.headers, *((("If-None-Match", str),) if has_etag else ()))
    headers = [{"name": name, "in": "header", "schema": Schemas().of(kind)} for name, kind in named]
    return [*in_path, *in_query, *headers]


def _in_path(name: str) -> Any:
    return shapes.Uuid if name.endswith("id") else Segment


def _body(operation: Operation, schemas: Schemas) -> Schema:
    raw = {kind: {"schema": {"type": "string"}} for kind in sorted(operation.raw_body)}
    content = {JSON: {"schema": schemas.of(operation.body)}, **raw}
    return {"required": bool(operation.unreadable), "content": content}


def _answers(hint: Any) -> Iterator[tuple[type, Any]]:
    """
    A return type's kinds of answers, each with the type of its body. A body alone is answered as it is; what never
    returns has none.
    """
    if hint is NoReturn:
        return
    kinds = get_args(hint) if type(hint).__name__ in ("UnionType", "_UnionGenericAlias") else (hint,)
    for kind in kinds:
        origin = get_origin(kind) or kind
        if origin in (Ok, Created):
            yield origin, get_args(kind)[0]
        elif isinstance(origin, type) and issubclass(origin, (Text, NoContent)):
            yield origin, None
        else:
            yield Ok, kind


def _add_answer(responses: Schema, kind: Any, body: Any, schemas: Schemas) -> None:
    response = responses.setdefault(str(kind.status.value), {"description": kind.status.phrase})
    if issubclass(kind, Text):
        response.setdefault("content", {})[kind.content_type.partition(";")[0]] = {"schema": {"type": "string"}}
    elif body is not None:
        response.setdefault("content", {})[JSON] = {"schema": schemas.of(body)}


def _refusals(refusals: Refusals, schemas: Schemas) -> dict[str, Schema]:
    codes: dict[HTTPStatus, set[str]] = defaultdict(set)
    for refusal in refusals:
        codes[refusal.status].add(refusal.code)
    content = {JSON: {"schema": schemas.of(shapes.ErrorResponse)}}
    return {
        str(status.value): {
            "description": f"{status.phrase}: {', '.join(f'`{code}`' for code in sorted(codes[status]))}",
            "content": content,
            "x-codes": sorted(codes[status]),
        }
        for status in sorted(codes)
    }
