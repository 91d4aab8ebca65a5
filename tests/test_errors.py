"""
Clients match on code and status: this is the contract's table, class by class.
"""

import json
from importlib import import_module
from pkgutil import iter_modules

import pytest

from chalicelib import errors
from chalicelib.errors import BrokerError
from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.errors.protocol import MethodNotAllowed

CONTRACT = {
    "InvalidPath": (400, "invalid_path"),
    "InvalidQuery": (400, "invalid_query"),
    "InvalidJson": (400, "invalid_json"),
    "InvalidRequestBody": (422, "invalid_request_body"),
    "UnsupportedMediaType": (415, "unsupported_media_type"),
    "PayloadTooLarge": (413, "payload_too_large"),
    "TargetStateTooLarge": (413, "target_state_too_large"),
    "ResponseTooLarge": (413, "response_too_large"),
    "Unauthorized": (401, "unauthorized"),
    "UnknownPak": (401, "unauthorized"),
    "IdTokenRefused": (401, "unauthorized"),
    "IssuerUnavailable": (503, "unavailable"),
    "NotOffered": (501, "not_implemented"),
    "RouteNotFound": (404, "not_found"),
    "MethodNotAllowed": (405, "method_not_allowed"),
    "TooManyRequests": (429, "too_many_requests"),
    "Unavailable": (503, "unavailable"),
    "Forbidden": (403, "forbidden"),
    "AdminRequired": (403, "admin_required"),
    "AgentPakMismatch": (403, "agent_pak_mismatch"),
    "GeneratorNotOwned": (403, "generator_not_owned"),
    "CannotDeleteSystemGenerator": (403, "cannot_delete_system_generator"),
    "SystemGeneratorNotATenant": (403, "system_generator_not_a_tenant"),
    "NotAuthorized": (403, "not_authorized"),
    "TargetGeneratorMismatch": (403, "target_generator_mismatch"),
    "TargetCreateDenied": (403, "target_create_denied"),
    "AgentNotRegistered": (403, "agent_not_registered"),
    "StacksListDenied": (403, "stacks_list_denied"),
    "StackCreateDenied": (403, "stack_create_denied"),
    "StackGeneratorMismatch": (403, "stack_generator_mismatch"),
    "StackNotOwned": (403, "stack_not_owned"),
    "StackNotAccessible": (403, "stack_not_accessible"),
    "AgentNotAssociated": (403, "agent_not_associated"),
    "GeneratorNotAssociated": (403, "generator_not_associated"),
    "DiagnosticNotOwned": (403, "diagnostic_not_owned"),
    "NotFound": (404, "not_found"),
    "AgentNotFound": (404, "agent_not_found"),
    "AgentLabelNotFound": (404, "agent_label_not_found"),
    "AgentAnnotationNotFound": (404, "agent_annotation_not_found"),
    "AgentTargetNotFound": (404, "agent_target_not_found"),
    "AgentEventNotFound": (404, "agent_event_not_found"),
    "GeneratorNotFound": (404, "generator_not_found"),
    "StackNotFound": (404, "stack_not_found"),
    "StackLabelNotFound": (404, "stack_label_not_found"),
    "StackAnnotationNotFound": (404, "stack_annotation_not_found"),
    "DeploymentObjectNotFound": (404, "deployment_object_not_found"),
    "DiagnosticNotFound": (404, "diagnostic_not_found"),
    "InvalidAgent": (400, "invalid_agent"),
    "InvalidGeneratorId": (400, "invalid_generator_id"),
    "InvalidLabel": (400, "invalid_label"),
    "InvalidAnnotation": (400, "invalid_annotation"),
    "InvalidDeploymentObject": (400, "invalid_deployment_object"),
    "InvalidHealthRecord": (422, "invalid_health_record"),
    "InvalidIdempotencyKey": (400, "invalid_idempotency_key"),
    "InvalidDiagnosticRequest": (400, "invalid_diagnostic_request"),
    "InvalidDiagnosticResult": (400, "invalid_diagnostic_result"),
    "MissingAgentId": (400, "missing_agent_id"),
    "AgentIdMismatch": (400, "agent_id_mismatch"),
    "StackIdMismatch": (400, "stack_id_mismatch"),
    "NameAndClusterRequired": (400, "name_and_cluster_required"),
    "Conflict": (409, "conflict"),
    "UniqueViolation": (409, "unique_violation"),
    "AlreadyRegistered": (409, "already_registered"),
    "AlreadyInstalled": (409, "already_installed"),
    "DiagnosticAlreadyClaimed": (409, "diagnostic_already_claimed"),
    "DiagnosticNotClaimed": (409, "diagnostic_not_claimed"),
    "ForeignKeyViolation": (422, "foreign_key_violation"),
    "IdempotencyKeyReused": (422, "idempotency_key_reused"),
}
NEVER_ANSWERED = {"BrokerError", "Invalid"}


for one in iter_modules(errors.__path__, f"{errors.__name__}."):
    import_module(one.name)


def every_error(kind=BrokerError):
    found = {kind.__name__: kind} if kind.__module__.startswith(errors.__name__) else {}
    for child in kind.__subclasses__():
        found |= every_error(child)
    return found


def test_every_error_has_its_line_in_the_contract():
    assert every_error().keys() - NEVER_ANSWERED == CONTRACT.keys()


@pytest.mark.parametrize("name", CONTRACT)
def test_an_error_has_the_status_and_the_code_of_the_contract(name):
    kind = every_error()[name]

    assert (kind.status.value, kind.code) == CONTRACT[name]


def test_a_refused_method_names_those_that_are_offered():
    error = MethodNotAllowed("PUT", ["GET", "POST"])

    assert error.headers == {"Allow": "GET, POST"}
    assert "PUT" in error.message


def test_details_are_ready_for_json():
    error = UniqueViolation("taken", constraint="unique_stack_name")

    assert json.loads(json.dumps(error.details)) == {"constraint": "unique_stack_name"}
