from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from tools.deploy.aws import Account
from tools.deploy.bucket import ready_bucket, upload
from tools.deploy.packaging import Package


@dataclass
class FakeS3:
    buckets: dict = field(default_factory=dict)
    closed: set = field(default_factory=set)
    meta: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(endpoint_url="https://s3"))

    def head_bucket(self, **asked):
        if asked["Bucket"] not in self.buckets:
            raise ClientError({"Error": {"Code": "404"}, "ResponseMetadata": {"HTTPStatusCode": 404}}, "HeadBucket")

    def create_bucket(self, **asked):
        self.buckets[asked["Bucket"]] = {"where": asked.get("CreateBucketConfiguration")}

    def put_public_access_block(self, **asked):
        assert all(asked["PublicAccessBlockConfiguration"].values())
        self.closed.add(asked["Bucket"])

    def put_object(self, **asked):
        self.buckets[asked["Bucket"]][asked["Key"]] = asked["Body"]


def an_account(s3, region="eu-west-1"):
    return Account(id="1", region=region, caller="arn:me", cloudformation=None, s3=s3)


@pytest.fixture
def package(tmp_path):
    made = Package(tmp_path)
    made.code.write_bytes(b"zip")
    made.template.write_text("One:\n  CodeUri: ./deployment.zip\nTwo:\n  CodeUri: ./deployment.zip\n")
    return made


def test_the_bucket_is_made_once_and_closed_to_all():
    s3 = FakeS3()

    names = {ready_bucket(an_account(s3), None) for _ in range(2)}

    assert names == s3.closed == {"brokkr-deploy-1-eu-west-1"}
    assert s3.buckets["brokkr-deploy-1-eu-west-1"] == {"where": {"LocationConstraint": "eu-west-1"}}


def test_the_oldest_region_must_not_be_named():
    s3 = FakeS3()

    name = ready_bucket(an_account(s3, "us-east-1"), None)

    assert s3.buckets[name] == {"where": None}


def test_a_bucket_of_the_users_is_taken_as_it_is():
    s3 = FakeS3()

    assert ready_bucket(an_account(s3), "theirs") == "theirs"
    assert s3.buckets == {}


def test_every_function_gets_the_code_and_the_same_package_the_same_names(package):
    s3 = FakeS3({"bucket": {}})

    urls = {upload(an_account(s3), "bucket", package) for _ in range(2)}

    (url,), (code, template) = urls, sorted(s3.buckets["bucket"], key=lambda name: name.endswith(".yaml"))
    assert url == f"https://s3/bucket/{template}"
    assert s3.buckets["bucket"][template].decode().count(f"CodeUri: s3://bucket/{code}") == 2
    assert s3.buckets["bucket"][code] == b"zip"
