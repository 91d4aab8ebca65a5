import pytest

from tests.support.fake_cloudformation import FakeCloudFormation
from tools.deploy.stack import Stack
from tools.progress import ToolError

THERE = {"StackStatus": "UPDATE_COMPLETE", "Parameters": [{"ParameterKey": "LogLevel"}, {"ParameterKey": "Tracing"}]}


def a_stack(cloudformation):
    return Stack(cloudformation, "brokkr-dev", sleep=lambda _: None)


def test_a_stack_that_is_not_there_is_created():
    cloudformation = FakeCloudFormation()

    proposal = a_stack(cloudformation).propose("https://template", {"LogLevel": "DEBUG"})

    assert proposal.changes == ["Add Table (AWS::DynamoDB::Table)"]
    assert cloudformation.asked["ChangeSetType"] == "CREATE"
    assert cloudformation.asked["Parameters"] == [{"ParameterKey": "LogLevel", "ParameterValue": "DEBUG"}]


def test_an_update_keeps_the_parameters_that_it_does_not_name():
    """
    An alarm's topic, given once, must not be lost by the next deployment.
    """
    cloudformation = FakeCloudFormation(THERE)

    a_stack(cloudformation).propose("https://template", {"LogLevel": "DEBUG"})

    assert cloudformation.asked["ChangeSetType"] == "UPDATE"
    assert cloudformation.asked["Parameters"] == [
        {"ParameterKey": "LogLevel", "ParameterValue": "DEBUG"},
        {"ParameterKey": "Tracing", "UsePreviousValue": True},
    ]


def test_nothing_to_change_is_no_failure():
    cloudformation = FakeCloudFormation(THERE, reason="The submitted information didn't contain changes.")

    assert a_stack(cloudformation).propose("https://template", {}) is None
    assert cloudformation.asked is None


def test_a_template_that_is_not_taken_is_said_with_the_reason():
    cloudformation = FakeCloudFormation(THERE, reason="Parameters: [Colour] do not exist in the template")

    with pytest.raises(ToolError, match="Colour"):
        a_stack(cloudformation).propose("https://template", {"Colour": "blue"})


def test_a_stack_that_was_never_made_whole_is_to_be_removed_first():
    """
    CloudFormation takes no change set for it, and says so without saying what to do.
    """
    with pytest.raises(ToolError, match="make undeploy"):
        a_stack(FakeCloudFormation({"StackStatus": "ROLLBACK_COMPLETE"})).propose("https://template", {})


def test_a_proposal_that_is_turned_down_leaves_nothing():
    """
    The first change set makes an empty stack, which would be in the way of whoever tries again by other means.
    """
    cloudformation = FakeCloudFormation()
    stack = a_stack(cloudformation)

    stack.discard(stack.propose("https://template", {}))

    assert cloudformation.stack is None


def test_what_is_executed_gives_its_outputs(capsys):
    stack = a_stack(FakeCloudFormation())

    outputs = stack.execute(stack.propose("https://template", {}))

    assert outputs == {"TableName": "brokkr-dev-Table-1"}
    assert "CREATE_COMPLETE Table" in capsys.readouterr().err


def test_a_failure_is_said_with_its_reason(capsys):
    stack = a_stack(FakeCloudFormation(THERE, ends="UPDATE_ROLLBACK_COMPLETE"))
    proposal = stack.propose("https://template", {})

    with pytest.raises(ToolError, match="UPDATE_ROLLBACK_COMPLETE"):
        stack.execute(proposal)

    assert "CREATE_FAILED Table: no room" in capsys.readouterr().err


def test_a_deleted_stack_is_gone():
    cloudformation = FakeCloudFormation(THERE)
    stack = a_stack(cloudformation)

    stack.delete()

    assert stack.find() is None
