"""
Every answer that is not a success, by its code. Clients match on code and status: a test pins both.

BrokerError
├── by HTTP      InvalidPath InvalidQuery InvalidJson InvalidRequestBody UnsupportedMediaType PayloadTooLarge
│                Unauthorized RouteNotFound MethodNotAllowed TooManyRequests Unavailable NotOffered
├── not allowed  AdminRequired … one per rule that a caller can break
├── not there    AgentNotFound … one per noun
├── not valid    InvalidAgent InvalidLabel InvalidAnnotation InvalidDeploymentObject InvalidHealthRecord …
└── not now      UniqueViolation ForeignKeyViolation AlreadyRegistered IdempotencyKeyReused …
"""

from http import HTTPStatus
from typing import Any, ClassVar

from chalice.app import ChaliceUnhandledError


class BrokerError(ChaliceUnhandledError):
    """
    An answer the broker chose to give. Never raised itself.

    The base is Chalice's, because Chalice turns any other exception from a view into a 500.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def headers(self) -> dict[str, str]:
        return {}


class InvalidPath(BrokerError):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_path"


class InvalidQuery(BrokerError):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_query"


class InvalidJson(BrokerError):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_json"


class InvalidRequestBody(BrokerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_request_body"


class UnsupportedMediaType(BrokerError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"


class PayloadTooLarge(BrokerError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "payload_too_large"


class Unauthorized(BrokerError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class UnknownPak(Unauthorized):
    """
    Something was sent, and it lets nobody in: what the audit log is told of.
    """


class IdTokenRefused(Unauthorized):
    """
    Why is for the log: the answer is the same for all.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("this ID token lets nobody in; the broker's log says why")
        self.reason = reason


class RouteNotFound(BrokerError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class MethodNotAllowed(BrokerError):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        self._allow = ", ".join(allowed)
        super().__init__(f"{method} is not offered here; this path takes {self._allow}")

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": self._allow}


class Unavailable(BrokerError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}


class IssuerUnavailable(Unavailable):
    """
    Nobody can say now whether an ID token is good. Why is for the log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("the keys of the token's issuer cannot be had now; try again in half a minute")
        self.reason = reason

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


class TooManyRequests(BrokerError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self._retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self._retry_after)}


class NotOffered(BrokerError):
    status = HTTPStatus.NOT_IMPLEMENTED
    code = "not_implemented"


class Forbidden(BrokerError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class AdminRequired(Forbidden):
    code = "admin_required"


class AgentPakMismatch(Forbidden):
    code = "agent_pak_mismatch"


class GeneratorNotOwned(Forbidden):
    code = "generator_not_owned"


class CannotDeleteSystemGenerator(Forbidden):
    code = "cannot_delete_system_generator"


class SystemGeneratorNotATenant(Forbidden):
    code = "system_generator_not_a_tenant"


class NotAuthorized(Forbidden):
    code = "not_authorized"


class TargetGeneratorMismatch(Forbidden):
    code = "target_generator_mismatch"


class TargetCreateDenied(Forbidden):
    code = "target_create_denied"


class AgentNotRegistered(Forbidden):
    code = "agent_not_registered"


class StacksListDenied(Forbidden):
    code = "stacks_list_denied"


class StackCreateDenied(Forbidden):
    code = "stack_create_denied"


class StackGeneratorMismatch(Forbidden):
    code = "stack_generator_mismatch"


class StackNotOwned(Forbidden):
    code = "stack_not_owned"


class StackNotAccessible(Forbidden):
    code = "stack_not_accessible"


class AgentNotAssociated(Forbidden):
    code = "agent_not_associated"


class GeneratorNotAssociated(Forbidden):
    code = "generator_not_associated"


class DiagnosticNotOwned(Forbidden):
    code = "diagnostic_not_owned"


class NotFound(BrokerError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class AgentNotFound(NotFound):
    code = "agent_not_found"


class AgentLabelNotFound(NotFound):
    code = "agent_label_not_found"


class AgentAnnotationNotFound(NotFound):
    code = "agent_annotation_not_found"


class AgentTargetNotFound(NotFound):
    code = "agent_target_not_found"


class AgentEventNotFound(NotFound):
    code = "agent_event_not_found"


class GeneratorNotFound(NotFound):
    code = "generator_not_found"


class StackNotFound(NotFound):
    code = "stack_not_found"


class StackLabelNotFound(NotFound):
    code = "stack_label_not_found"


class StackAnnotationNotFound(NotFound):
    code = "stack_annotation_not_found"


class DeploymentObjectNotFound(NotFound):
    code = "deployment_object_not_found"


class DiagnosticNotFound(NotFound):
    code = "diagnostic_not_found"


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


class Conflict(BrokerError):
    status = HTTPStatus.CONFLICT
    code = "conflict"


class UniqueViolation(Conflict):
    code = "unique_violation"

    def __init__(self, message: str, *, constraint: str) -> None:
        super().__init__(message, constraint=constraint)


class AlreadyInstalled(Conflict):
    code = "already_installed"


class AlreadyRegistered(Conflict):
    code = "already_registered"


class DiagnosticAlreadyClaimed(Conflict):
    code = "diagnostic_already_claimed"


class DiagnosticNotClaimed(Conflict):
    code = "diagnostic_not_claimed"


class ForeignKeyViolation(BrokerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "foreign_key_violation"

    def __init__(self, message: str, *, constraint: str) -> None:
        super().__init__(message, constraint=constraint)


class IdempotencyKeyReused(BrokerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"


class InvalidHealthRecord(BrokerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_health_record"


class TargetStateTooLarge(PayloadTooLarge):
    code = "target_state_too_large"


class ResponseTooLarge(PayloadTooLarge):
    code = "response_too_large"
