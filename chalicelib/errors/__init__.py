"""
Every answer that is not a success, by its code. Clients match on code and status: a test pins both.

BrokerError
├── protocol.py   InvalidPath InvalidQuery InvalidJson InvalidRequestBody UnsupportedMediaType PayloadTooLarge
│                 Unauthorized RouteNotFound MethodNotAllowed TooManyRequests Unavailable NotOffered
├── forbidden.py  AdminRequired … one per rule that a caller can break
├── not_found.py  AgentNotFound … one per noun
├── invalid.py    InvalidAgent InvalidLabel InvalidAnnotation InvalidDeploymentObject InvalidHealthRecord …
└── conflicts.py  UniqueViolation ForeignKeyViolation AlreadyRegistered IdempotencyKeyReused …
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
