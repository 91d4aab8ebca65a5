"""
The bucket that CloudFormation takes template and code from.
"""

import hashlib

from botocore.exceptions import ClientError

from tools.deploy.aws import Account, Client
from tools.deploy.packaging import CODE_AS_PACKAGED, Package

WITHOUT_CONSTRAINT = "us-east-1"  # the one region that must not be named
ALL_CLOSED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
    True,
)


def ready_bucket(account: Account, named: str | None) -> str:
    """
    The bucket that was named, or ours of this account and region, made if it is not there.
    """
    if named:
        return named
    name = f"brokkr-deploy-{account.id}-{account.region}"
    if not _is_there(account.s3, name):
        where = {} if account.region == WITHOUT_CONSTRAINT else {"LocationConstraint": account.region}
        account.s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        account.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=ALL_CLOSED)
    return name


def upload(account: Account, bucket: str, package: Package) -> str:
    """
    The URL of the template. Names are digests: a package that is the same is no change.
    """
    code = _put(account.s3, bucket, package.code.read_bytes(), ".zip")
    template = package.template.read_text().replace(CODE_AS_PACKAGED, f"CodeUri: s3://{bucket}/{code}")
    return url_of(account.s3, bucket, _put(account.s3, bucket, template.encode(), ".yaml"))


def url_of(s3: Client, bucket: str, key: str) -> str:
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _is_there(s3: Client, name: str) -> bool:
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004 - HTTP's own
            return False
        raise
    return True


def _put(s3: Client, bucket: str, content: bytes, ending: str) -> str:
    key = hashlib.sha256(content).hexdigest() + ending
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key
