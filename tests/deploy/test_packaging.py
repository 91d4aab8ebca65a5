import pytest

from tools.deploy.packaging import package, refuse_incomplete
from tools.progress import ToolError

SAID = """Creating deployment package.

Could not install dependencies:
bcrypt==5.0.0
msgspec==0.22.0
You will have to build these yourself and vendor them in
the chalice vendor folder."""


def test_a_package_without_all_of_its_libraries_is_refused():
    """
    Chalice says so, makes the zip all the same, and ends with 0: the first request in AWS would find out.
    """
    with pytest.raises(ToolError, match=r"no wheel for Lambda's machine of bcrypt==5\.0\.0 msgspec==0\.22\.0$"):
        refuse_incomplete(SAID.splitlines())


def test_a_package_with_all_of_them_is_taken():
    refuse_incomplete(["Creating deployment package."])


def test_a_stage_that_there_is_not_is_named_beside_those_that_there_are(tmp_path):
    with pytest.raises(ToolError, match=r"no stage is called 'test': .* has dev, prod"):
        package("test", tmp_path)
