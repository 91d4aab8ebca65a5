import botocore.exceptions
import pytest

from tests.support.fake_cloudformation import FakeCloudFormation
from tools.deploy.aws import Account, in_one_line
from tools.deploy.commands import agree, settle, undeploy
from tools.deploy.stack import Stack
from tools.progress import ToolError


def an_account(cloudformation):
    return Account(id="1", region="eu-west-1", caller="arn:me", cloudformation=cloudformation, s3=None)


def test_undeploy_says_which_table_it_leaves(capsys):
    cloudformation = FakeCloudFormation({"StackStatus": "CREATE_COMPLETE"})

    undeploy(an_account(cloudformation), "dev", agree)

    assert cloudformation.stack is None
    assert "Its table brokkr-dev-Table-1 stays, with all that is in it." in capsys.readouterr().err


def test_undeploy_does_nothing_unless_it_is_told_twice():
    cloudformation = FakeCloudFormation({"StackStatus": "CREATE_COMPLETE"})

    with pytest.raises(ToolError, match="nothing was changed"):
        undeploy(an_account(cloudformation), "dev", lambda _: False)

    assert cloudformation.stack


def walk_away(_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(("answer", "ends"), [(lambda _: False, ToolError), (walk_away, KeyboardInterrupt)])
def test_whoever_does_not_agree_leaves_no_change_set_behind(answer, ends):
    cloudformation = FakeCloudFormation()
    stack = Stack(cloudformation, "brokkr-dev")
    proposal = stack.propose("https://template", {})

    with pytest.raises(ends):
        settle(stack, proposal, answer)

    assert cloudformation.stack is None


def test_undeploy_of_what_is_not_there_names_where_it_looked():
    with pytest.raises(ToolError, match="no stack brokkr-prod in account 1, eu-west-1, as arn:me"):
        undeploy(an_account(FakeCloudFormation()), "prod", agree)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (botocore.exceptions.NoCredentialsError(), "run `aws configure`, or set AWS_PROFILE"),
        (botocore.exceptions.NoRegionError(), "set AWS_REGION"),
        (botocore.exceptions.ClientError({"Error": {"Code": "ExpiredToken", "Message": ""}}, "Any"), "log in again"),
    ],
)
def test_what_aws_refuses_is_one_line_that_says_what_to_do(error, advice):
    with pytest.raises(ToolError, match=advice) as said, in_one_line():
        raise error

    assert "\n" not in str(said.value)
