"""
Bad input at every operation: each gets its 4xx, in an envelope that names the field, and leaves the table as it was.
"""

import json
from uuid import uuid4

import pytest

from chalicelib.domain import paks
from tests.support.operations import AGENTS, DESCRIPTION, OPERATIONS, STACKS
from tests.support.world import rows, without_refusals

GUARDED = [one for one in OPERATIONS if not one.is_open]
TAKES_JSON = [one for one in OPERATIONS if one.takes_json]
REGISTERING = [one for one in OPERATIONS if one.path.endswith("/register")]
WITH_ID = [one for one in OPERATIONS if "{id}" in one.path]

INVALID = (422, "invalid_request_body")
NOT_JSON = (400, "invalid_json")

HEALTH = {"id": str(uuid4()), "status": "healthy", "checked_at": "2026-11-24T12:00:00Z"}
NOT_TEXT = [5, 1.5, True, [], {}, ["a"], {"a": "b"}]
NOT_STORABLE = ["a\0b", "a\ud800b", "\udc00"]
UNRULY = {
    "name": ["", " ", "\t\n", "x" * 256, *NOT_STORABLE],
    "word": ["", " ", "a b", "a\tb", "a\u00a0b", "x" * 65, "x" * 256, *NOT_STORABLE],
    "text": NOT_STORABLE,
}
MISTYPED = {
    "name": NOT_TEXT,
    "word": NOT_TEXT,
    "text": NOT_TEXT,
    "uuid": ["", " ", "nonsense", "0" * 31, str(uuid4()) + "0", "x" * 256, "a\0b", *NOT_TEXT],
    "uuids": ["", "nonsense", None, {}, 5, [5], [None], ["nonsense"], [""], [str(uuid4())] * 26],
    "records": ["", "nonsense", None, {}, 5, [5], [None], ["nonsense"], [[]], [{}], [HEALTH] * 101],
    "bool": ["true", "", 0, 1, [], {}],
    "rows": ["", "nonsense", None, {}, 5, [5], [None], [[]], ["nonsense"], [{}]],
    "number": ["", "5", 1.5, True, [], {}],
    "moment": ["", "nonsense", "2026-11-24", "2026-11-24T12:00:00", "9999-12-31T23:59:59-14:00", *NOT_TEXT],
    "status": ["", " ", "active", "x" * 256, "ACTIVE\0", *NOT_TEXT],
}


def each(operations):
    return pytest.mark.parametrize("operation", operations, ids=[one.route for one in operations])


def outcome(answer, field=""):
    """
    Status and code, and whether the message names the field.
    """
    said = answer.json
    assert said.keys() <= {"code", "message", "details"}
    return answer.status, said["code"], field in said["message"]


def short(value):
    return json.dumps(value)[:40]


# Credentials


@each(GUARDED)
def test_nobody_gets_in_without_a_pak_that_counts(operation, world):
    strangers = {
        "none": None,
        "empty": "",
        "malformed": "nonsense",
        "not ascii": "brokkr_BRabcdef_é",
        "unknown": str(paks.generate()),
        "wrong secret": str(world.paks["admin"])[:-1],
        "rotated": str(world.paks["rotated"]),
        "deleted generator": str(world.paks["deleted_generator"]),
        "deleted agent": str(world.paks["deleted_agent"]),
    }
    before = without_refusals(rows(world.table))

    answers = {
        who: outcome(world.send(operation, world.body(operation), headers={"Authorization": pak} if pak else {}))
        for who, pak in strangers.items()
    }

    assert answers == dict.fromkeys(strangers, (401, "unauthorized", True))
    assert without_refusals(rows(world.table)) == before


# Paths


@each(WITH_ID)
def test_an_id_in_a_path_must_be_a_uuid(operation, world):
    bad = ["nonsense", "0" * 31, "0" * 33, "%20", "%00", "%FF", "-", "x" * 256, f"{uuid4()}%2F"]
    before = rows(world.table)

    answers = {id: outcome(world.ask(operation, path=world.path(operation, id=id)), "id") for id in bad}

    assert answers == dict.fromkeys(bad, (400, "invalid_path", True))
    assert rows(world.table) == before


@each([one for one in WITH_ID if one.unknown])
def test_an_id_that_nobody_has_is_answered_as_the_contract_says(operation, world):
    before = rows(world.table)

    answer = world.ask(operation, world.body(operation), path=world.path(operation, id=str(uuid4())))

    status, code = operation.unknown
    assert answer.status == status
    assert code is None or answer.json["code"] == code
    assert rows(world.table) == before


@each([one for one in OPERATIONS if one.path.endswith(("{label}", "{key}"))])
def test_no_text_in_a_path_can_do_harm(operation, world):
    bad = ["%20", "%00", "%ED%A0%80", "%FF", "..", "a%2Fb", "x" * 256, "%F0%9F%9A%80"]
    before = rows(world.table)

    answers = {text: world.ask(operation, path=world.path(operation, label=text, key=text)) for text in bad}

    assert {one.status for one in answers.values()} <= {400, 404}
    assert all(one.json["message"] for one in answers.values())
    assert rows(world.table) == before


# Queries

EVENT_LISTS = (f"GET {AGENTS}/{{id}}/events", "GET /api/v1/agent-events")
HISTORIES = ("events", "logs")
BAD_MOMENTS = ["", "now", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24T12:00:00+01:00", "9999-12-31T23:59:59-14:00"]
BAD_LIMITS = ["", "0", "-1", "1.5", "1001", "ten", "%D9%A1", "9" * 400, "1&limit=2"]


@pytest.mark.parametrize(
    ("route", "name", "values"),
    [
        (f"GET {STACKS}", "pak_id", ["", "nonsense", "%00", "%FF", f"{uuid4()}&pak_id={uuid4()}"]),
        ("GET /api/v1/agent-events", "pak_id", ["", "nonsense", "%00", "%FF", f"{uuid4()}&pak_id={uuid4()}"]),
        *((f"GET {STACKS}/{{id}}/{what}", "limit", ["", "ten", "1.5", "%D9%A1", "9" * 400]) for what in HISTORIES),
        *((f"GET {STACKS}/{{id}}/{what}", "since", BAD_MOMENTS) for what in HISTORIES),
        (f"GET {STACKS}/{{id}}/deployment-objects", "content", ["", "no", "0", "FALSE", "true&content=false"]),
        *((route, "limit", BAD_LIMITS) for route in EVENT_LISTS),
        *((route, "before", ["", "nonsense", "%00", "2026-11-24T12:00:00Z"]) for route in EVENT_LISTS),
        (f"GET {STACKS}/{{id}}/rollout", "deployment_object_id", ["", "nonsense", "%00", f"{uuid4()}0"]),
        (f"GET {AGENTS}/{{id}}/target-state", "content", ["", "no", "0", "FALSE", "true&content=false"]),
    ],
)
def test_a_bad_value_in_a_query_is_refused_by_its_name(route, name, values, world):
    operation = next(one for one in OPERATIONS if one.route == route)

    answers = {
        value: outcome(world.ask(operation, path=f"{world.path(operation)}?{name}={value}"), name) for value in values
    }

    assert answers == dict.fromkeys(values, (400, "invalid_query", True))


@pytest.mark.parametrize("query", ["", "?name=agent", "?cluster_name=test", "?name=&cluster_name=test"])
def test_a_search_for_an_agent_names_what_it_needs(query, world):
    search = next(one for one in OPERATIONS if one.route == f"GET {AGENTS}/")

    answer = world.ask(search, path=f"{search.path}{query}")

    assert outcome(answer, "cluster_name") == (400, "name_and_cluster_required", True)


# Bodies as a whole


@each(TAKES_JSON)
def test_a_body_that_is_no_json_object_is_refused(operation, world):
    deep = b'{"name":' + b"[" * 200_000
    first = operation.fields[0].name
    bodies = {
        "empty": (b"", NOT_JSON),
        "blank": (b"  \n", NOT_JSON),
        "cut off": (b'{"name": "a', NOT_JSON),
        "yaml": (b"name: a", NOT_JSON),
        "invalid UTF-8": (b'{"name": "\xff\xfe"}', NOT_JSON),
        "UTF-16": ('{"name": "a"}'.encode("utf-16"), NOT_JSON),
        "deep": (deep, NOT_JSON),
        "deep and closed": (b'{"name":' + b"[" * 200_000 + b"]" * 200_000 + b"}", NOT_JSON),
        "array": (b"[]", INVALID),
        "null": (b"null", INVALID),
        "number": (b"5", INVALID),
        "string": (b'"a"', INVALID),
        "twice": (f'{{"{first}": null, "{first}": null}}'.encode(), INVALID),
    }
    before = rows(world.table)

    answers = {kind: outcome(world.ask(operation, body))[:2] for kind, (body, _) in bodies.items()}

    assert answers == {kind: expected for kind, (_, expected) in bodies.items()}
    assert rows(world.table) == before


@each(TAKES_JSON)
@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_json_has_no_word_for_is_refused(number, operation, world):
    body = b'{"' + operation.fields[0].name.encode() + b'": ' + number + b"}"

    assert outcome(world.ask(operation, body))[:2] in (NOT_JSON, INVALID)


@each(TAKES_JSON)
def test_a_field_that_is_there_twice_is_named(operation, world):
    field = operation.fields[0].name
    body = f'{{"{field}": "a", "{field}": "b"}}'.encode()

    assert outcome(world.ask(operation, body), field) == (*INVALID, True)


@each(TAKES_JSON)
def test_a_body_must_say_that_it_is_json(operation, world):
    types = [None, "", "text/plain", "application/x-www-form-urlencoded", "application/yaml", "nonsense", "text/json"]
    body = json.dumps(world.body(operation)).encode()
    before = rows(world.table)

    answers = {type: outcome(world.ask(operation, body, content_type=type), "application/json") for type in types}

    assert answers == dict.fromkeys(types, (415, "unsupported_media_type", True))
    assert rows(world.table) == before


@each([one for one in OPERATIONS if one.body is not None and "heartbeat" not in one.path])
def test_a_compressed_body_is_refused(operation, world):
    encodings = ["gzip", "GZIP", "br", "deflate", "identity, gzip", "nonsense"]
    before = rows(world.table)

    answers = {
        encoding: outcome(
            world.ask(operation, world.body(operation), headers={"Content-Encoding": encoding}), "Content-Encoding"
        )
        for encoding in encodings
    }

    assert answers == dict.fromkeys(encodings, (415, "unsupported_media_type", True))
    assert rows(world.table) == before


@each([one for one in OPERATIONS if one.body is not None and "heartbeat" not in one.path])
def test_a_body_of_eleven_megabytes_is_refused(operation, world):
    before = rows(world.table)

    answer = world.ask(operation, b'"' + b"a" * 11_000_000 + b'"')

    assert outcome(answer)[:2] == (413, "payload_too_large")
    assert rows(world.table) == before


# Fields

EACH_FIELD = [pytest.param(one, field, id=f"{one.route} {field.name}") for one in TAKES_JSON for field in one.fields]

TEXTS = [each for each in EACH_FIELD if each.values[1].most]


@pytest.mark.parametrize(("operation", "field"), EACH_FIELD)
def test_a_field_of_the_wrong_type_is_refused_by_its_name(operation, field, world):
    bad = MISTYPED[field.kind]
    before = rows(world.table)

    answers = {short(one): outcome(world.ask_with(operation, field, one), field.name) for one in bad}

    assert answers == {short(one): (*INVALID, True) for one in bad}
    assert rows(world.table) == before


@pytest.mark.parametrize(("operation", "field"), TEXTS)
def test_a_text_that_the_rules_refuse_is_refused_by_its_fields_name(operation, field, world):
    bad = [*UNRULY[field.kind], "🚀" * (field.most + 1), "x" * (field.most * 4 + 1)]
    before = rows(world.table)

    answers = {short(one): outcome(world.ask_with(operation, field, one), field.name) for one in bad}

    assert answers == {short(one): (*field.refusal, True) for one in bad}
    assert rows(world.table) == before


@pytest.mark.parametrize(("operation", "field"), TEXTS)
def test_the_longest_text_that_is_allowed_is_kept_whole(operation, field, world):
    """
    In characters of four bytes: DynamoDB counts bytes, in its keys too.
    """
    longest = "🚀" * field.most

    answer = world.ask_with(operation, field, longest)

    made = answer.json
    assert answer.status == operation.success
    assert longest in [made.get(field.name), *[one.get(field.name) for one in made.values() if isinstance(one, dict)]]


@pytest.mark.parametrize(("operation", "field"), [each for each in EACH_FIELD if each.values[1].required])
def test_a_required_field_is_asked_for_by_its_name(operation, field, world):
    without = {key: value for key, value in world.body(operation).items() if key != field.name}
    before = rows(world.table)

    missing, null = world.ask(operation, without), world.ask_with(operation, field, None)

    assert outcome(missing, field.name) == (*INVALID, True)
    assert outcome(null, field.name) == (*INVALID, True)
    assert rows(world.table) == before


@pytest.mark.parametrize(
    ("operation", "field"),
    [each for each in EACH_FIELD if each.values[1].nullable and each.values[0] not in REGISTERING],
)
def test_null_is_the_same_as_leaving_an_optional_field_out(operation, field, world):
    assert world.ask_with(operation, field, None).status == operation.success


@each(REGISTERING)
@pytest.mark.parametrize("body", [{}, {"agent_id": None}])
def test_the_admin_must_say_which_agent_is_to_be_registered(body, operation, world):
    before = rows(world.table)

    answer = world.ask(operation, body)

    assert outcome(answer, "agent_id") == (400, "missing_agent_id", True)
    assert rows(world.table) == before


def test_fields_that_nobody_knows_are_ignored(world):
    create = next(one for one in TAKES_JSON if DESCRIPTION in one.fields and one.method == "POST")

    answer = world.ask(create, world.body(create) | {"colour": "green", "is_system": True})

    assert answer.status == create.success


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 200_000, "application/json"),
        (b'{"k8s_reachable": "yes"}', "application/json"),
        (b'{"k8s_reachable": true, "k8s_api_latency_ms": 2147483648}', "application/json"),
        (b'{"k8s_reachable": true, "k8s_api_latency_ms": 1' + b"0" * 50 + b"}", "application/json"),
        (b'{"k8s_reachable": true, "k8s_api_latency_ms": 1.5}', "application/json"),
        (b'{"k8s_reachable": true}', "text/plain"),
    ],
)
def test_a_heartbeat_counts_whatever_its_body(body, content_type, world):
    """
    An agent whose report cannot be read is alive all the same.
    """
    heartbeat = next(one for one in OPERATIONS if one.path.endswith("/heartbeat"))
    look = next(one for one in OPERATIONS if one.route == f"GET {AGENTS}/{{id}}")

    answer = world.ask(heartbeat, body, content_type=content_type)

    agent = world.ask(look).json
    assert answer.status == 204
    assert agent["last_heartbeat"] is not None
    assert agent["k8s_reachable"] is None


def test_a_stack_in_a_path_must_be_a_uuid_beside_the_agent(world):
    remove = next(one for one in OPERATIONS if one.path.endswith("/targets/{stack_id}"))
    bad = ["nonsense", "%20", "%00", "0" * 31]

    answers = {id: outcome(world.ask(remove, path=world.path(remove, stack_id=id)), "id") for id in bad}

    assert answers == dict.fromkeys(bad, (400, "invalid_path", True))
