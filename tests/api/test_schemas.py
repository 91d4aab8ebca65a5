"""
From bytes to the domain's types.
"""

import json
from typing import Literal
from uuid import UUID

import pytest
from chalice.app import Request
from msgspec import Struct, field

from chalicelib.api.schemas import MAX_BODY, parse
from chalicelib.errors.protocol import InvalidJson, InvalidRequestBody, PayloadTooLarge, UnsupportedMediaType

ID = UUID("01234567-89ab-4def-8123-456789abcdef")


class Thing(Struct, frozen=True, kw_only=True):
    name: str
    size: int | None = None
    kind: Literal["A", "B"] = "A"
    owner: UUID | None = None
    friends: list[UUID] = field(default_factory=list)


class Box(Struct, frozen=True, kw_only=True):
    things: list[Thing]
    seal: Thing | None = None


def request(body, **headers):
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        {
            "multiValueQueryStringParameters": None,
            "headers": {name: value for name, value in named.items() if value is not None},
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": "/"},
            "body": body if isinstance(body, bytes) else json.dumps(body).encode(),
        }
    )


def test_a_body_becomes_the_type_with_its_defaults():
    thing = parse(Thing, request({"name": "a", "size": None, "unknown": 1}))

    assert thing == Thing(name="a")
    assert (thing.size, thing.kind, thing.owner, thing.friends) == (None, "A", None, [])


@pytest.mark.parametrize(
    "form", [str(ID), ID.hex, f"{{{ID}}}", f"urn:uuid:{ID}", str(ID).upper(), f"urn:uuid:{ID}".upper()]
)
def test_an_id_may_be_spelled_in_four_ways(form):
    said, thing = {"name": form, "owner": form, "friends": [form]}, Thing(name=form, owner=ID, friends=[ID])

    assert parse(Thing, request(said)) == thing
    assert parse(Box, request({"things": [said, said], "seal": said})) == Box(things=[thing, thing], seal=thing)


@pytest.mark.parametrize(
    "form", ["", "a", f"{{{ID.hex}}}", f" {ID}", f"{ID}\n", f"{{{ID}", f"urn:{ID}", ID.hex[:-1] + "g", "\u0661" * 32]
)
def test_nothing_else_is_an_id(form):
    with pytest.raises(InvalidRequestBody, match="owner"):
        parse(Thing, request({"name": "a", "owner": form}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "missing required field name"),
        ({"name": None}, "name: expected str, got null"),
        ({"name": 5}, "name: expected str, got int"),
        ({"name": "a", "size": "5"}, "size: expected int | null, got str"),
        ({"name": "a", "size": True}, "size: expected int | null, got bool"),
        ({"name": "a", "kind": "C"}, "kind: invalid enum value 'C'"),
        ({"name": "a", "owner": 5}, "owner: expected uuid | null, got int"),
        ({"name": "a", "kind": "C" * 100_000}, "kind: invalid enum value '" + "C" * 44),
        ({"name": "a", "friends": [str(ID), "x"]}, "friends[1]: invalid UUID"),
        ([], "expected object, got array"),
        (None, "expected object, got null"),
        ("a", "expected object, got str"),
    ],
)
def test_a_wrong_shape_names_the_field(body, said):
    with pytest.raises(InvalidRequestBody) as refusal:
        parse(Thing, request(body))

    assert refusal.value.message == said


@pytest.mark.parametrize(("field", "value"), [("kind", "\ud800"), ("owner", "\ud800"), ("friends", ["\ud800"])])
def test_half_of_a_surrogate_pair_names_the_field(field, value):
    with pytest.raises(InvalidRequestBody, match=field):
        parse(Thing, request({"name": "a", field: value}))


def test_half_of_a_surrogate_pair_deep_in_a_body_names_the_field():
    with pytest.raises(InvalidRequestBody, match=r"'things\[0\]\.friends\[1\]' must be valid Unicode"):
        parse(Box, request({"things": [{"name": "a", "friends": [str(ID), "\ud800"]}]}))


def test_half_of_a_surrogate_pair_as_a_field_s_name_is_refused():
    with pytest.raises(InvalidRequestBody, match="surrogate"):
        parse(Thing, request(b'{"name": "a", "\\ud800": 1}'))


def test_half_of_a_surrogate_pair_in_a_text_is_the_domain_s_to_judge():
    assert parse(Thing, request(b'{"name": "\\ud800"}')) == Thing(name="\ud800")


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"{'name': 'a'}", b'{"name": "a"} x', b"\xff\xfe", b'{"name": "\xc3\x28"}', b"[" * 200_000,
        b'{"a":' * 200_000, b"NaN", b'{"size": Infinity}', b"\xef\xbb\xbf{}", b'{"name": "a\x00b"}',
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(body):
    with pytest.raises(InvalidJson):
        parse(Thing, request(body))


@pytest.mark.parametrize("number", [b"9" * 1001, b"-" + b"9" * 5000])
def test_a_number_of_any_length_is_json(number):
    with pytest.raises(InvalidRequestBody, match="size: expected int"):
        parse(Thing, request(b'{"name": "a", "size": ' + number + b"}"))

    assert parse(Thing, request(b'{"name": "a", "unknown": ' + number + b"}")) == Thing(name="a")


@pytest.mark.parametrize("field", ["name", "owner", "friends"])
@pytest.mark.parametrize("depth", [100, 300, 600, 900])
def test_a_field_that_is_nested_too_deeply_is_refused_and_no_fault(field, depth):
    with pytest.raises((InvalidRequestBody, InvalidJson)):
        parse(Thing, request(b'{"name": "a", "' + field.encode() + b'": ' + b"[" * depth + b"]" * depth + b"}"))


def test_half_of_a_surrogate_pair_beside_deep_nesting_is_found():
    with pytest.raises(InvalidRequestBody, match="owner"):
        parse(Thing, request(b'{"x": ' + b"[" * 600 + b"]" * 600 + b', "name": "a", "owner": "\\ud800"}'))


def test_a_field_given_twice_is_refused_however_deep():
    with pytest.raises(InvalidRequestBody, match="'size' is given twice"):
        parse(Thing, request(b'{"name": "a", "unknown": [{"size": 1, "size": 2}]}'))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_json_has_several_names(kind):
    assert parse(Thing, request({"name": "a"}, content_type=kind)) == Thing(name="a")


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "text/json", "+json"])
def test_another_media_type_is_refused(kind):
    with pytest.raises(UnsupportedMediaType):
        parse(Thing, request({"name": "a"}, content_type=kind))


def test_a_compressed_body_is_refused():
    with pytest.raises(UnsupportedMediaType, match="uncompressed"):
        parse(Thing, request({"name": "a"}, content_encoding="gzip"))


def test_a_body_over_the_limit_is_refused():
    with pytest.raises(PayloadTooLarge):
        parse(Thing, request(b" " * (MAX_BODY + 1)))
