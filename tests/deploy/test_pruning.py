import pytest

from tools.deploy.pruning import is_needed


@pytest.mark.parametrize(
    "name",
    [
        "app.py",
        "chalicelib/store/table.py",
        "bcrypt/_bcrypt.abi3.so",
        "_cffi_backend.cpython-311-x86_64-linux-gnu.so",
        "cryptography/hazmat/bindings/_rust.abi3.so",
        "botocore/cacert.pem",
        "botocore/data/endpoints.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
    ],
)
def test_what_the_broker_reads_stays(name):
    assert is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/dynamodbstreams/2012-08-10/service-2.json.gz",
        "botocore/data/dynamodb/2012-08-10/examples-1.json.gz",
        "botocore-1.44.5.dist-info/METADATA",
        "jmespath-1.1.0.data/scripts/jp.py",
        "something/tests/test_it.py",
        "bcrypt/__init__.pyi",
        "cffi/api.py",
        "pycparser/c_ast.py",
        "chalicelib/__pycache__/errors.cpython-311.pyc",
    ],
)
def test_what_it_never_reads_goes(name):
    assert not is_needed(name)
