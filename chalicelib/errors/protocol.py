"""
What is wrong with a request as such, whatever it asks for; and what the broker cannot do now, or at all.
"""

from http import HTTPStatus

from chalicelib.errors import BrokerError


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


class TargetStateTooLarge(PayloadTooLarge):
    code = "target_state_too_large"


class ResponseTooLarge(PayloadTooLarge):
    code = "response_too_large"
