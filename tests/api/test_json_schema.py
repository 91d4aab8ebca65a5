"""
Types as OpenAPI tells them.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from msgspec import Struct, field

from chalicelib.api.json_schema import Schemas
from chalicelib.api.shapes import Moment
from chalicelib.domain.bounds import Bounds


class Part(TypedDict):
    size: int
    note: NotRequired[str]


class Whole(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Bounds(1, 5, r"\S")]
    parts: list[str] = field(default_factory=list)
    weight: Annotated[int, Bounds(0, 9)] | None = None


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (Any, {}),
        (Moment, {"type": "string", "format": "date-time"}),
        (Moment | None, {"type": "string", "format": "date-time", "nullable": True}),
        (Annotated[str, "a note for somebody else"], {"type": "string"}),
        (list[bool], {"type": "array", "items": {"type": "boolean"}}),
        (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
        (str | bool, {"anyOf": [{"type": "string"}, {"type": "boolean"}]}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a"] | None, {"type": "string", "enum": ["a", None], "nullable": True}),
        (Part, {"$ref": "#/components/schemas/Part"}),
        (Part | None, {"allOf": [{"$ref": "#/components/schemas/Part"}], "nullable": True}),
    ],
)
def test_a_type_is_told_as_a_schema(kind, schema):
    assert Schemas().of(kind) == schema


def test_a_shape_may_leave_out_what_is_not_required():
    schemas = Schemas()
    schemas.of(Part)

    properties = {"size": {"type": "integer", "format": "int64"}, "note": {"type": "string"}}
    assert schemas.named == {"Part": {"type": "object", "properties": properties, "required": ["size"]}}


def test_a_body_may_leave_out_what_has_a_default():
    schemas = Schemas()
    schemas.of(Whole)

    told = schemas.named["Whole"]
    assert told["required"] == ["name"]
    assert told["properties"]["name"] == {"type": "string", "minLength": 1, "maxLength": 5, "pattern": r"\S"}
    assert told["properties"]["weight"]["maximum"] == 9


def test_two_types_may_not_share_a_name():
    class Part(TypedDict):
        other: str

    schemas = Schemas()
    schemas.of(globals()["Part"])

    with pytest.raises(TypeError, match="Part names two schemas"):
        schemas.of(Part)


def test_what_has_no_schema_is_named():
    with pytest.raises(TypeError, match="object"):
        Schemas().of(object)
