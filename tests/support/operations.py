"""
Every operation of the API: its route, who may call it, an example of its body, and what each field of that takes.

The tables of tests/api derive what every caller and every bad input must get.
"""

from dataclasses import dataclass, field
from typing import Any

NOBODY, ADMIN, AGENT, OTHER_AGENT, OWNER, OTHER_GENERATOR = ROLES = (
    "nobody",
    "admin",
    "agent",
    "other_agent",
    "owner",
    "other_generator",
)
PAK_HOLDERS = ROLES[1:]
NOT_IMPLEMENTED = 501


@dataclass(frozen=True)
class Field:
    """
    One field of a body. `refusal` is what a value of the right type that the rules refuse gets; `most` is how many
    characters of a text they allow.
    """

    name: str
    kind: str
    required: bool = True
    nullable: bool = False
    refusal: tuple[int, str] = (422, "invalid_request_body")
    most: int = 0


def name(text="name", **how):
    return Field(text, "name", **{"most": 255} | how)


def word(text, code):
    return Field(text, "word", refusal=(400, code), most=64)


def optional(text, kind, **how):
    return Field(text, kind, required=False, nullable=True, **how)


@dataclass(frozen=True)
class Operation:
    """
    `refused` says what the callers that are not in it by name get: a role, or all that are left under "others". Who is
    not refused is let in.

    `body` and `where` may hold the names of things in the world, as `$stack`; `where` replaces what a path means.
    """

    route: str
    success: int
    refused: dict[str, str] = field(default_factory=dict)
    body: Any = None
    fields: tuple[Field, ...] = ()
    where: dict[str, str] = field(default_factory=dict)
    unknown: tuple[int, str | None] | None = None
    query: str = ""

    @property
    def method(self):
        return self.route.split()[0]

    @property
    def path(self):
        return self.route.split()[1]

    @property
    def is_open(self):
        return self.refused is OPEN or self.success == NOT_IMPLEMENTED

    @property
    def caller(self):
        """
        Somebody who is let in.
        """
        return next(filter(self.lets_in, PAK_HOLDERS))

    @property
    def takes_json(self):
        return bool(self.fields)

    def lets_in(self, role):
        return self.refusal(role) is None and (role != NOBODY or self.is_open)

    def refusal(self, role):
        """
        The code this role is refused with, or None for one who is let in.
        """
        return self.refused.get(role) if role in self.refused else self.refused.get("others")


def only(*let_in, others, **refused):
    return {**dict.fromkeys(let_in), **refused, "others": others}


def by_admin():
    return only(ADMIN, others="admin_required")


def by_admin_and_agent():
    return only(ADMIN, AGENT, others="agent_pak_mismatch")


def by_owner():
    return only(ADMIN, OWNER, others="stack_not_owned")


def by_generator():
    return only(ADMIN, OWNER, others="generator_not_owned")


def by_the_asked():
    return only(ADMIN, AGENT, others="diagnostic_not_owned")


GENERATOR_GONE = (404, "generator_not_found")
STACK_GONE = (404, "stack_not_found")
AGENT_GONE = (404, "agent_not_found")
DIAGNOSTIC_GONE = (404, "diagnostic_not_found")
NO_AGENT_KEY = (422, "foreign_key_violation")
EMPTY = (200, None)
OPEN: dict[str, str] = {}  # to everybody, PAK or no PAK

LABEL, KEY, VALUE = (
    word("label", "invalid_label"),
    word("key", "invalid_annotation"),
    word("value", "invalid_annotation"),
)
DESCRIPTION = optional("description", "text", most=10_000)
AGENT_ID = optional("agent_id", "uuid")

GENERATORS = "/api/v1/generators"
STACKS = "/api/v1/stacks"
AGENTS = "/api/v1/agents"
DIAGNOSTICS = "/api/v1/diagnostics"

OPERATIONS = (
    Operation("GET /healthz", 200, OPEN),
    Operation("GET /readyz", 200, OPEN),
    Operation("GET /metrics", 200, OPEN),
    Operation("GET /docs/openapi.json", 200, OPEN),
    Operation("GET /swagger-ui", 302, OPEN),
    Operation("GET /swagger-ui/", 200, OPEN),
    Operation("GET /swagger-ui/{file}", 200, OPEN),
    Operation("POST /api/v1/auth/pak", 200),
    Operation("POST /api/v1/auth/oidc", 200, OPEN, {"token": "$id_token"}, (Field("token", "text"),)),
    # Generators
    Operation(f"GET {GENERATORS}", 200, by_admin()),
    Operation(f"POST {GENERATORS}", 201, by_admin(), {"name": "new"}, (name(), DESCRIPTION)),
    Operation(f"GET {GENERATORS}/{{id}}", 200, by_generator(), unknown=GENERATOR_GONE),
    Operation(
        f"PUT {GENERATORS}/{{id}}",
        200,
        by_generator(),
        {"name": "renamed"},
        (name(required=False, nullable=True), DESCRIPTION, optional("is_active", "bool")),
        unknown=GENERATOR_GONE,
    ),
    Operation(f"DELETE {GENERATORS}/{{id}}", 204, by_generator(), unknown=GENERATOR_GONE),
    Operation(f"POST {GENERATORS}/{{id}}/rotate-pak", 201, by_generator(), unknown=GENERATOR_GONE),
    Operation(
        f"GET {GENERATORS}/{{id}}/registered-agents",
        200,
        only(ADMIN, OWNER, others="not_authorized"),
        unknown=GENERATOR_GONE,
    ),
    Operation(
        f"POST {GENERATORS}/{{id}}/register",
        201,
        only(ADMIN, AGENT, OTHER_AGENT, others="forbidden"),
        {"agent_id": "$other_agent"},
        (AGENT_ID,),
        where={"generators": "other_generator"},
        unknown=GENERATOR_GONE,
    ),
    Operation(
        f"DELETE {GENERATORS}/{{id}}/register",
        204,
        only(ADMIN, AGENT, OTHER_AGENT, others="forbidden"),
        {"agent_id": "$agent"},
        (AGENT_ID,),
        unknown=(204, None),
    ),
    # Stacks
    Operation(f"GET {STACKS}", 200, only(ADMIN, OWNER, OTHER_GENERATOR, others="stacks_list_denied")),
    Operation(
        f"POST {STACKS}",
        201,
        only(ADMIN, OWNER, OTHER_GENERATOR, others="stack_create_denied"),
        {"name": "new"},
        (name(), DESCRIPTION, optional("generator_id", "uuid")),
    ),
    Operation(f"GET {STACKS}/{{id}}", 200, by_owner(), unknown=STACK_GONE),
    Operation(
        f"PUT {STACKS}/{{id}}",
        200,
        by_owner(),
        {"name": "renamed"},
        (
            name(required=False, nullable=True),
            DESCRIPTION,
            optional("generator_id", "uuid"),
            optional("id", "uuid"),
        ),
        unknown=STACK_GONE,
    ),
    Operation(f"DELETE {STACKS}/{{id}}", 204, by_owner(), unknown=STACK_GONE),
    Operation(
        f"GET {STACKS}/{{id}}/labels",
        200,
        only(ADMIN, OWNER, AGENT, others="stack_not_accessible"),
        unknown=EMPTY,
    ),
    Operation(f"POST {STACKS}/{{id}}/labels", 201, by_owner(), "tier:web", unknown=STACK_GONE),
    Operation(f"DELETE {STACKS}/{{id}}/labels/{{label}}", 204, by_owner(), unknown=STACK_GONE),
    Operation(
        f"GET {STACKS}/{{id}}/annotations",
        200,
        only(ADMIN, OWNER, AGENT, others="stack_not_accessible"),
        unknown=EMPTY,
    ),
    Operation(
        f"POST {STACKS}/{{id}}/annotations",
        201,
        by_owner(),
        {"key": "tier", "value": "web"},
        (KEY, VALUE, optional("stack_id", "uuid")),
        unknown=STACK_GONE,
    ),
    Operation(f"DELETE {STACKS}/{{id}}/annotations/{{key}}", 204, by_owner(), unknown=STACK_GONE),
    Operation(f"GET {STACKS}/{{id}}/events", 200, by_owner(), unknown=STACK_GONE),
    Operation(f"GET {STACKS}/{{id}}/logs", 200, by_owner(), unknown=STACK_GONE),
    # Deployment objects
    Operation(f"GET {STACKS}/{{id}}/deployment-objects", 200, by_owner(), unknown=STACK_GONE),
    Operation(
        f"POST {STACKS}/{{id}}/deployment-objects",
        201,
        by_owner(),
        {"yaml_content": "$manifest"},
        unknown=STACK_GONE,
    ),
    Operation(
        "GET /api/v1/deployment-objects/{id}",
        200,
        {OTHER_AGENT: "agent_not_associated", OTHER_GENERATOR: "generator_not_associated"},
        unknown=(404, "deployment_object_not_found"),
    ),
    Operation(
        "POST /api/v1/deployment-objects/{id}/diagnostics",
        201,
        by_admin(),
        {"agent_id": "$agent", "requested_by": "on call", "retention_minutes": 30},
        (
            Field("agent_id", "uuid"),
            optional("requested_by", "text", refusal=(400, "invalid_diagnostic_request"), most=255),
            optional("retention_minutes", "number"),
        ),
        unknown=(404, "deployment_object_not_found"),
    ),
    # Health
    Operation(
        f"PATCH {AGENTS}/{{id}}/health-status",
        200,
        by_admin_and_agent(),
        {
            "deployment_objects": [
                {
                    "id": "$object",
                    "status": "degraded",
                    "summary": {"pods_ready": 1, "pods_total": 2, "conditions": ["ImagePullBackOff"]},
                    "checked_at": "2026-11-24T12:00:00Z",
                }
            ]
        },
        (Field("deployment_objects", "records"),),
        unknown=NO_AGENT_KEY,
    ),
    Operation("GET /api/v1/deployment-objects/{id}/health", 200, by_admin(), unknown=EMPTY),
    Operation(f"GET {STACKS}/{{id}}/health", 200, by_admin(), unknown=EMPTY),
    Operation(f"GET {STACKS}/{{id}}/rollout", 200, by_owner(), unknown=STACK_GONE),
    # Agents
    Operation(f"GET {AGENTS}", 200, by_admin()),
    Operation(f"GET {AGENTS}/", 200, by_admin_and_agent(), query="name=agent&cluster_name=test"),
    Operation(
        f"POST {AGENTS}",
        201,
        by_admin(),
        {"name": "new", "cluster_name": "test"},
        (
            name(refusal=(400, "invalid_agent")),
            name("cluster_name", refusal=(400, "invalid_agent")),
            Field("generator_ids", "uuids", required=False),
        ),
    ),
    Operation(f"GET {AGENTS}/{{id}}", 200, by_admin_and_agent(), unknown=AGENT_GONE),
    Operation(
        f"PUT {AGENTS}/{{id}}",
        200,
        by_admin_and_agent(),
        {"name": "renamed"},
        (
            name(required=False, nullable=True),
            name("cluster_name", required=False, nullable=True),
            optional("status", "status"),
        ),
        unknown=AGENT_GONE,
    ),
    Operation(f"DELETE {AGENTS}/{{id}}", 204, by_admin(), unknown=(204, None)),
    Operation(f"POST {AGENTS}/{{id}}/rotate-pak", 200, by_admin_and_agent(), unknown=AGENT_GONE),
    Operation(f"GET {AGENTS}/{{id}}/labels", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(
        f"POST {AGENTS}/{{id}}/labels", 201, by_admin(), {"label": "tier:web"}, (LABEL, AGENT_ID), unknown=NO_AGENT_KEY
    ),
    Operation(f"DELETE {AGENTS}/{{id}}/labels/{{label}}", 204, by_admin(), unknown=(404, "agent_label_not_found")),
    Operation(f"GET {AGENTS}/{{id}}/annotations", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(
        f"POST {AGENTS}/{{id}}/annotations",
        201,
        by_admin(),
        {"key": "tier", "value": "web"},
        (KEY, VALUE, AGENT_ID),
        unknown=NO_AGENT_KEY,
    ),
    Operation(
        f"DELETE {AGENTS}/{{id}}/annotations/{{key}}", 204, by_admin(), unknown=(404, "agent_annotation_not_found")
    ),
    Operation(f"GET {AGENTS}/{{id}}/targets", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(
        f"POST {AGENTS}/{{id}}/targets",
        201,
        only(ADMIN, OWNER, other_generator="target_generator_mismatch", others="target_create_denied"),
        {"stack_id": "$spare_stack"},
        (Field("stack_id", "uuid"), AGENT_ID),
        unknown=NO_AGENT_KEY,
    ),
    Operation(
        f"DELETE {AGENTS}/{{id}}/targets/{{stack_id}}",
        204,
        only(ADMIN, OWNER, other_generator="target_generator_mismatch", others="target_create_denied"),
        unknown=(404, "agent_target_not_found"),
    ),
    Operation(f"GET {AGENTS}/{{id}}/registrations", 200, by_admin_and_agent(), unknown=AGENT_GONE),
    Operation(
        f"POST {AGENTS}/{{id}}/heartbeat",
        204,
        only(AGENT, others="agent_pak_mismatch"),
        {"k8s_reachable": True, "k8s_api_latency_ms": 7},
    ),
    Operation(f"GET {AGENTS}/{{id}}/target-state", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(f"GET {AGENTS}/{{id}}/stacks", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(f"GET {AGENTS}/{{id}}/events", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(f"GET {AGENTS}/{{id}}/fleet-status", 200, by_admin(), unknown=AGENT_GONE),
    Operation(
        f"POST {AGENTS}/{{id}}/events",
        201,
        by_admin_and_agent(),
        {
            "agent_id": "$agent",
            "deployment_object_id": "$object",
            "event_type": "DEPLOY",
            "status": "SUCCESS",
            "message": "applied",
        },
        (
            Field("agent_id", "uuid"),
            Field("deployment_object_id", "uuid"),
            name("event_type", most=50),
            name("status", most=10),
            optional("message", "text", most=64 * 1024),
        ),
    ),
    Operation(f"GET {AGENTS}/{{id}}/diagnostics/pending", 200, by_admin_and_agent(), unknown=EMPTY),
    Operation(
        f"POST {AGENTS}/{{id}}/telemetry",
        204,
        only(AGENT, others="agent_pak_mismatch"),
        {
            "events": [
                {
                    "stack_id": "$stack",
                    "observed_at": "2026-11-24T12:00:00Z",
                    "reason": "BackOff",
                    "message": "Back-off restarting failed container",
                    "event_type": "Warning",
                    "source": "kubelet",
                    "involved_object": {"api_version": "v1", "kind": "Pod", "namespace": "shop", "name": "web-1"},
                }
            ],
            "lines": [
                {
                    "stack_id": "$stack",
                    "namespace": "shop",
                    "pod": "web-1",
                    "container": "web",
                    "ts": "2026-11-24T12:00:00.5Z",
                    "line": "listening",
                }
            ],
            "gaps": [
                {
                    "stack_id": "$stack",
                    "since_ts": "2026-11-24T12:00:01Z",
                    "dropped_count": 7,
                    "reason": "rate_limit",
                }
            ],
        },
        (
            Field("events", "rows", required=False),
            Field("lines", "rows", required=False),
            Field("gaps", "rows", required=False),
        ),
    ),
    # Diagnostics
    Operation(f"GET {DIAGNOSTICS}/{{id}}", 200, by_the_asked(), unknown=DIAGNOSTIC_GONE),
    Operation(f"POST {DIAGNOSTICS}/{{id}}/claim", 200, by_the_asked(), unknown=DIAGNOSTIC_GONE),
    Operation(
        f"POST {DIAGNOSTICS}/{{id}}/result",
        201,
        only(AGENT, others="diagnostic_not_owned"),
        {"pod_statuses": "[]", "events": "[]", "log_tails": "{}", "collected_at": "2026-11-24T12:00:00Z"},
        (
            Field("pod_statuses", "text"),
            Field("events", "text"),
            optional("log_tails", "text"),
            Field("collected_at", "moment"),
        ),
        where={"diagnostics": "claimed"},
        unknown=DIAGNOSTIC_GONE,
    ),
    # The fleet
    Operation("GET /api/v1/fleet", 200, by_admin()),
    # Agent events
    Operation("GET /api/v1/agent-events", 200, by_admin()),
    Operation("GET /api/v1/agent-events/{id}", 200, by_admin(), unknown=(404, "agent_event_not_found")),
    # The admin's own
    Operation("GET /api/v1/paks", 200, by_admin()),
    Operation("GET /api/v1/admin/audit-logs", 200, by_admin()),
    Operation("POST /api/v1/admin/config/reload", 200, by_admin()),
    Operation("GET /api/v1/admin/ws/connections", 200, by_admin()),
    # WebSockets, which there are none of
    Operation("GET /internal/ws/agent", NOT_IMPLEMENTED),
    Operation("GET /api/v1/stacks/{id}/live", NOT_IMPLEMENTED),
    Operation("GET /api/v1/fleet/live", NOT_IMPLEMENTED),
)
