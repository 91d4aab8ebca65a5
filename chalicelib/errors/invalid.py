"""
What breaks a rule of what it is given for.
"""

from http import HTTPStatus

from chalicelib.errors import BrokerError


class Invalid(BrokerError):
    """
    What the caller sent can be read but not accepted. Never raised itself.
    """

    status = HTTPStatus.BAD_REQUEST


class InvalidAgent(Invalid):
    code = "invalid_agent"


class InvalidGeneratorId(Invalid):
    code = "invalid_generator_id"


class InvalidLabel(Invalid):
    code = "invalid_label"


class InvalidAnnotation(Invalid):
    code = "invalid_annotation"


class InvalidDeploymentObject(Invalid):
    code = "invalid_deployment_object"


class InvalidIdempotencyKey(Invalid):
    code = "invalid_idempotency_key"


class InvalidDiagnosticRequest(Invalid):
    code = "invalid_diagnostic_request"


class InvalidDiagnosticResult(Invalid):
    code = "invalid_diagnostic_result"


class MissingAgentId(Invalid):
    code = "missing_agent_id"


class AgentIdMismatch(Invalid):
    code = "agent_id_mismatch"


class StackIdMismatch(Invalid):
    code = "stack_id_mismatch"


class NameAndClusterRequired(Invalid):
    code = "name_and_cluster_required"


class InvalidHealthRecord(BrokerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_health_record"
