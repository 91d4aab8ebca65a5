"""
What cannot be done as things are.
"""

from http import HTTPStatus

from chalicelib.errors import BrokerError


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
