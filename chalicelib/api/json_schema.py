"""
Types as OpenAPI 3.0 tells them: the shapes of answers, and what msgspec makes of bodies.
"""

from collections.abc import Callable
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

from msgspec import Struct
from msgspec.structs import fields

from chalicelib.api.shapes import Format
from chalicelib.domain.agents import NewAgent, RegistrationRequest
from chalicelib.domain.bounds import Bounds
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.domain.diagnostics import NewDiagnostic, NewDiagnosticResult
from chalicelib.domain.telemetry import LogGap

Schema = dict[str, Any]

PLAIN: dict[Any, Schema] = {
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "format": "int64"},
    float: {"type": "number"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
}
LIMITS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"), "integer": ("minimum", "maximum")}

# Where the contract has another name for a body than we have, or an answer has the name already.
CONTRACT_NAMES: dict[type, str] = {
    NewAgent: "CreateAgentRequest",
    NewDeploymentObject: "CreateDeploymentObjectRequest",
    RegistrationRequest: "AgentRegistrationBody",
    NewDiagnostic: "CreateDiagnosticRequest",
    NewDiagnosticResult: "SubmitDiagnosticResult",
    LogGap: "LogGapReport",
}


class Schemas:
    """
    Makes schemas, and keeps those that have a name of their own: two types may not share one.
    """

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}
        self._types: dict[str, Any] = {}
        self._by_origin: dict[Any, Callable[[Any], Schema]] = {
            Annotated: self._noted,
            Union: self._union,
            UnionType: self._union,
            NotRequired: lambda kind: self.of(get_args(kind)[0]),
            Literal: lambda kind: {"type": "string", "enum": list(get_args(kind))},
            list: lambda kind: {"type": "array", "items": self.of(get_args(kind)[0])},
            dict: lambda kind: {"type": "object", "additionalProperties": self.of(get_args(kind)[1])},
        }

    def of(self, kind: Any) -> Schema:
        """
        Raises TypeError for what has no schema.
        """
        if kind in PLAIN:
            return dict(PLAIN[kind])
        made: Schema = self._by_origin.get(get_origin(kind), self._reference)(kind)
        return made

    def _noted(self, kind: Any) -> Schema:
        bare, *notes = get_args(kind)
        schema = self.of(bare)
        for note in notes:
            schema |= _told(note, schema)
        return schema

    def _union(self, kind: Any) -> Schema:
        schemas = [self.of(one) for one in get_args(kind) if one is not NoneType]
        one = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        if NoneType not in get_args(kind):
            return one
        return _nullable(one)

    def _reference(self, kind: Any) -> Schema:
        name = CONTRACT_NAMES.get(kind, kind.__name__)
        if self._types.setdefault(name, kind) is not kind:
            raise TypeError(f"{name} names two schemas: {kind} and {self._types[name]}")
        if name not in self.named:
            self.named[name] = {}  # a type may hold itself
            self.named[name] = self._object(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, kind: Any) -> Schema:
        if not (is_typeddict(kind) or _is_a_value(kind)):
            raise TypeError(f"{kind} has no schema")
        hints = get_type_hints(kind, include_extras=True)
        properties = {name: self.of(hint) for name, hint in hints.items()}
        required = [name for name in hints if name in _required(kind)]
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _nullable(schema: Schema) -> Schema:
    """
    A reference has no siblings, and an enum without null has none, whatever stands beside it.
    """
    if "$ref" in schema:
        return {"nullable": True, "allOf": [schema]}
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **enum, "nullable": True}


def _told(note: object, schema: Schema) -> Schema:
    if isinstance(note, Format):
        return {"format": note.name}
    if isinstance(note, Bounds):
        least, most = LIMITS[schema["type"]]
        return {least: note.least, most: note.most, **({"pattern": note.pattern} if note.pattern else {})}
    return {}


def _is_a_value(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _required(kind: Any) -> frozenset[str]:
    if is_typeddict(kind):
        names: frozenset[str] = kind.__required_keys__
        return names
    return frozenset(field.name for field in fields(kind) if field.required)
