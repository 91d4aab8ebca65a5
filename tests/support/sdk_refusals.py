"""
Each refusal that the SDK knows of the operations that are there, and how to provoke it: by whom, and at which things of
the scene. 500 apart, which any of them could give.
"""

from dataclasses import dataclass, field
from typing import Any

UNPROVOKED = {
    ("create_generator", 400): "a name that is none is 422 `invalid_request_body`, and names the field",
    ("deregister_agent", 404): "to withdraw a consent that there is not changes nothing: 204",
    ("reload_config", 503): "a reload is never disabled",
}


@dataclass(frozen=True)
class Refusal:
    """
    `given` is in the query, or in a body that is valid otherwise; `$stack` there is the scene's.
    """

    operation: str
    status: int
    code: str
    by: str
    path: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)

    def __str__(self):
        return f"{self.operation}-{self.status}"


def all_of(operations, *rest):
    return [Refusal(operation, *rest) for operation in operations.split()]


LONG = "x" * 256

# What an agent does is its own and the admin's.
OWN = "get_agent update_agent rotate_agent_pak list_agent_registrations"
OWN_ALONE = """get_associated_stacks get_target_state record_heartbeat agents_list_labels agents_list_annotations
    list_targets list_events create_event get_pending_diagnostics update_health_status"""
ADMINS = "list_agents create_agent list_fleet list_paks list_generators create_generator list_ws_connections"
ADMINS_WITH_AGENT = "delete_agent get_agent_fleet_status agents_add_label agents_add_annotation"
# What a generator has is its own and the admin's.
GENERATORS = "get_generator update_generator delete_generator rotate_generator_pak"
STACKS = """get_stack update_stack delete_stack stacks_add_label stacks_add_annotation list_deployment_objects
    create_deployment_object list_telemetry_events list_telemetry_logs"""
STACK_LISTS = "stacks_list_labels stacks_list_annotations"

REFUSALS = (
    # By those who may not
    *all_of("verify_pak list_audit_logs reload_config", 401, "unauthorized", "nobody"),
    *all_of(f"{OWN} {OWN_ALONE}", 403, "agent_pak_mismatch", "other_agent", ("agent",)),
    *all_of(f"{ADMINS} list_audit_logs reload_config", 403, "admin_required", "owner"),
    *all_of(ADMINS_WITH_AGENT, 403, "admin_required", "agent", ("agent",)),
    *all_of("agents_remove_label agents_remove_annotation", 403, "admin_required", "agent", ("agent", "no-label")),
    *all_of("get_deployment_health create_diagnostic_request", 403, "admin_required", "owner", ("object",)),
    Refusal("get_stack_health", 403, "admin_required", "owner", ("stack",)),
    *all_of(GENERATORS, 403, "generator_not_owned", "stranger", ("generator",)),
    Refusal("list_generator_registered_agents", 403, "not_authorized", "stranger", ("generator",)),
    *all_of("register_agent deregister_agent", 403, "forbidden", "owner", ("generator",)),
    *all_of(STACKS, 403, "stack_not_owned", "stranger", ("stack",)),
    *all_of(STACK_LISTS, 403, "stack_not_accessible", "stranger", ("stack",)),
    *all_of("stacks_remove_label stacks_remove_annotation", 403, "stack_not_owned", "stranger", ("stack", "no-label")),
    Refusal("create_stack", 403, "stack_create_denied", "agent"),
    Refusal("list_stacks", 403, "stacks_list_denied", "agent"),
    Refusal("add_target", 403, "target_generator_mismatch", "stranger", ("agent",)),
    Refusal("remove_target", 403, "target_generator_mismatch", "stranger", ("agent", "stack")),
    Refusal("get_deployment_object", 401, "unauthorized", "nobody", ("object",)),
    Refusal("get_deployment_object", 403, "generator_not_associated", "stranger", ("object",)),
    *all_of("claim_diagnostic get_diagnostic", 403, "diagnostic_not_owned", "other_agent", ("diagnostic",)),
    Refusal("submit_diagnostic_result", 403, "diagnostic_not_owned", "other_agent", ("claimed",)),
    # Of what there is not
    *all_of(f"{OWN} get_agent_fleet_status", 404, "agent_not_found", "admin", ("nothing",)),
    Refusal("agents_remove_label", 404, "agent_label_not_found", "admin", ("agent", "no-label")),
    Refusal("agents_remove_annotation", 404, "agent_annotation_not_found", "admin", ("agent", "no-label")),
    Refusal("remove_target", 404, "agent_target_not_found", "admin", ("agent", "spare")),
    Refusal("get_agent_event", 404, "agent_event_not_found", "admin", ("nothing",)),
    *all_of(f"{GENERATORS} list_generator_registered_agents", 404, "generator_not_found", "admin", ("nothing",)),
    Refusal("register_agent", 404, "generator_not_found", "agent", ("nothing",)),
    *all_of(STACKS, 404, "stack_not_found", "admin", ("nothing",)),
    *all_of(STACK_LISTS, 404, "stack_not_found", "owner", ("nothing",)),
    Refusal("stacks_remove_label", 404, "stack_label_not_found", "owner", ("stack", "no-label")),
    Refusal("stacks_remove_annotation", 404, "stack_annotation_not_found", "owner", ("stack", "no-label")),
    Refusal("get_deployment_object", 404, "deployment_object_not_found", "admin", ("nothing",)),
    Refusal("create_diagnostic_request", 404, "deployment_object_not_found", "admin", ("nothing",)),
    *all_of(
        "claim_diagnostic get_diagnostic submit_diagnostic_result",
        404,
        "diagnostic_not_found",
        "agent",
        ("nothing",),
    ),
    Refusal("search_agent", 404, "agent_not_found", "admin", (), {"name": "none", "cluster_name": "none"}),
    Refusal("search_agent", 403, "agent_pak_mismatch", "other_agent", (), {"name": "$name", "cluster_name": "test"}),
    Refusal("add_target", 404, "stack_not_found", "admin", ("agent",), {"stack_id": "$nothing"}),
    # With what cannot be
    Refusal("search_agent", 400, "name_and_cluster_required", "admin"),
    Refusal("create_agent", 400, "invalid_agent", "admin", (), {"name": ""}),
    Refusal("update_stack", 400, "stack_id_mismatch", "owner", ("stack",), {"id": "$nothing"}),
    Refusal("stacks_add_label", 400, "invalid_label", "owner", ("stack",), {"body": "a b"}),
    Refusal("stacks_add_annotation", 400, "invalid_annotation", "owner", ("stack",), {"key": "a b"}),
    Refusal("create_deployment_object", 400, "invalid_deployment_object", "owner", ("stack",), {"yaml_content": "a"}),
    Refusal(
        "create_diagnostic_request", 400, "invalid_diagnostic_request", "admin", ("object",), {"requested_by": LONG}
    ),
    Refusal("submit_diagnostic_result", 400, "invalid_diagnostic_result", "agent", ("claimed",), {"events": ""}),
    # Of what is taken
    Refusal("create_generator", 409, "unique_violation", "admin", (), {"name": "$taken"}),
    Refusal("register_agent", 409, "already_registered", "agent", ("generator",)),
    Refusal("stacks_add_annotation", 409, "unique_violation", "owner", ("stack",)),
    Refusal("claim_diagnostic", 409, "diagnostic_already_claimed", "agent", ("claimed",)),
    Refusal("submit_diagnostic_result", 409, "diagnostic_not_claimed", "agent", ("diagnostic",)),
)
