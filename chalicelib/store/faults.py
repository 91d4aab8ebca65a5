"""
What DynamoDB's errors mean.
"""

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException

CONDITION_FAILED = "ConditionalCheckFailedException"
NOT_NOW = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",  # the table, before `init` has made it
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
TRANSACTION_UNDER_WAY = "TransactionConflictException"


def is_refused(error: PynamoDBException) -> bool:
    """
    Whether a single write failed on its condition, and on nothing else.
    """
    return error.cause_response_code == CONDITION_FAILED


def is_outage(error: BaseException | None) -> bool:
    """
    Whether DynamoDB did not answer, or said not now: nothing that the caller or this program did wrong.
    """
    if not isinstance(error, PynamoDBException):
        return False
    code = error.cause_response_code
    return code in NOT_NOW or (code is None and isinstance(error.cause, BotoCoreError))
