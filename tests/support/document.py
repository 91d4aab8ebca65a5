"""
The OpenAPI document, as the measure of every answer that a test gets from the app.
"""

import json
import re
from functools import cache
from urllib.parse import parse_qs

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from chalicelib.api.openapi import API, JSON, document

UNPROMISED = (404, 405)  # of no operation: a path, or a method of a path, that there is not


@cache
def the_document():
    import app  # noqa: PLC0415 - importing it is itself tested

    return document(app.app.routes)


def promised_operations():
    """
    Their ids.
    """
    return {
        operation["operationId"]
        for item in the_document()["paths"].values()
        for method, operation in item.items()
        if method != "servers"
    }


@cache
def _paths():
    """
    What matches a path, and the operations there: those without parameters first.
    """
    paths = the_document()["paths"]
    return [
        (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path if "servers" in item else API + path))), item)
        for path, item in sorted(paths.items(), key=lambda each: each[0].count("{"))
    ]


def check(method, target, sent, answer):
    """
    `sent` and `answer` are (headers, body) and (status, headers, body), with header names in lower case.
    """
    path, _, query = target.partition("?")
    status, headers, body = answer
    item = next((item for pattern, item in _paths() if pattern.fullmatch(path)), {})
    operation = item.get("get" if method == "HEAD" else method.lower())
    if method == "OPTIONS":
        return
    if operation is None:
        assert status in (*UNPROMISED, 401), f"{method} {path} is in no document, and was answered {status}"
        _check_body({"schema": {"$ref": "#/components/schemas/ErrorResponse"}}, body, f"{method} {path}")
        return
    what = f"{operation['operationId']} answered {status}"
    promised = operation["responses"].get(str(status))
    assert promised, f"{what}, which its @Operation does not promise: {body[:300]!r}"
    _check_headers(promised.get("headers", {}), headers, what)
    _check_answer(promised, headers, body, what, is_head=method == "HEAD")
    if status < 300:
        _check_request(operation, query, *sent)


def _check_answer(promised, headers, body, what, *, is_head):
    content = promised.get("content")
    if content is None:
        assert not body, f"{what} with a body: {body[:300]!r}"
        return
    kind = headers["content-type"].partition(";")[0]
    assert kind in content, f"{what} as {kind}; it promises {', '.join(content)}"
    if kind == JSON and not is_head:
        _check_body(content[kind], body, what)
        codes = promised.get("x-codes")
        code = json.loads(body)["code"] if codes else None
        assert codes is None or code in codes, f"{what} {code}; its @Operation promises {', '.join(codes)}"


def _check_headers(promised, headers, what):
    """
    Those of our own making; the rest is HTTP's.
    """
    ours = {name for name in headers if name.startswith("x-brokkr-")}
    unpromised = ours - {name.lower() for name in promised}
    assert not unpromised, f"{what} with {', '.join(sorted(unpromised))}, which its @Operation does not give"


def _check_body(content, body, what):
    errors = list(_validator(json.dumps(content["schema"]), closed=True).iter_errors(json.loads(body)))
    assert not errors, f"{what} off its schema: " + "; ".join(f"{error.json_path}: {error.message}" for error in errors)


def _check_request(operation, query, headers, body):
    """
    What was accepted must be what the document allows.
    """
    what = f"{operation['operationId']} accepted"
    given = parse_qs(query, keep_blank_values=True)
    for each in operation.get("parameters", ()):
        text = given.get(each["name"], [None])[0] if each["in"] == "query" else None
        assert text is None or _is_valid(each["schema"], text), f"{what} {each['name']}={text}"
    kind = headers.get("content-type", JSON).partition(";")[0]
    wanted = operation.get("requestBody")
    if wanted and wanted["required"] and kind == JSON:
        errors = list(_validator(json.dumps(wanted["content"][JSON]["schema"])).iter_errors(json.loads(body)))
        assert not errors, f"{what} a body off its schema: {errors[0].json_path}: {errors[0].message}"


def _is_valid(schema, text):
    """
    Of a text in a query: JSON where it is meant to be a number or a flag.
    """
    try:
        return OAS30Validator(schema).is_valid(text if schema["type"] == "string" else json.loads(text))
    except ValueError:
        return False


@cache
def _validator(schema, *, closed=False):
    """
    Closed, it refuses what is not declared: clients must not, but we must.
    """
    parts = the_document()["components"]
    whole = {**json.loads(schema), "components": _closed(parts) if closed else parts}
    return OAS30Validator(whole, format_checker=oas30_format_checker)


def _closed(schema):
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema and "additionalProperties" not in schema else {}
    return {key: _closed(value) for key, value in schema.items()} | more


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}
