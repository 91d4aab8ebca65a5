"""
The account that is deployed to, by the credentials, the region and the endpoint that any AWS tool would take.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from tools.progress import ToolError

Client = Any  # botocore makes a client's methods while it runs
WHAT_TO_DO: dict[type[BotoCoreError], str] = {
    NoCredentialsError: "run `aws configure`, or set AWS_PROFILE",
    ProfileNotFound: "set AWS_PROFILE to one that is there",
    NoRegionError: "set AWS_REGION",
    EndpointConnectionError: "look at AWS_REGION, AWS_ENDPOINT_URL and the network",
}
BY_CODE = {
    "403": "the bucket is somebody else's: name one of yours with BUCKET=",  # S3 gives no code to a HEAD
    "AccessDenied": "docs/deploying.md lists what whoever deploys must be allowed",
    "AccessDeniedException": "docs/deploying.md lists what whoever deploys must be allowed",
    "ExpiredToken": "log in again",
    "ExpiredTokenException": "log in again",
    "InvalidClientTokenId": "the access key is not known there: look at AWS_PROFILE and AWS_REGION",
    "SignatureDoesNotMatch": "the secret does not belong to the access key, or this machine's clock is wrong",
}


@dataclass(frozen=True)
class Account:
    id: str
    region: str
    caller: str
    cloudformation: Client
    s3: Client

    def __str__(self) -> str:
        return f"account {self.id}, {self.region}, as {self.caller}"


def account() -> Account:
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    identity = session.client("sts").get_caller_identity()
    return Account(
        id=identity["Account"],
        region=session.client("cloudformation").meta.region_name,
        caller=identity["Arn"],
        cloudformation=session.client("cloudformation"),
        s3=session.client("s3"),
    )


@contextmanager
def in_one_line() -> Iterator[None]:
    """
    AWS's refusals as ToolError, with what to do about those that are common.
    """
    try:
        yield
    except ClientError as error:
        advice = BY_CODE.get(error.response["Error"]["Code"])
        raise ToolError("; ".join(filter(None, [str(error), advice]))) from error
    except BotoCoreError as error:
        advice = next((text for kind, text in WHAT_TO_DO.items() if isinstance(error, kind)), None)
        raise ToolError("; ".join(filter(None, [str(error), advice]))) from error
