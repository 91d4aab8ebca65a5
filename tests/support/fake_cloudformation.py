"""
CloudFormation as far as one stack goes.
"""

from botocore.exceptions import ClientError


class FakeCloudFormation:
    """
    `stack` is what is there already; `reason` is why a change set fails, and `ends` what becomes of an executed one.
    """

    def __init__(self, stack=None, *, reason=None, ends=None):
        self.stack = stack
        self.asked = None
        self._reason = reason
        self._ends = ends
        self._events = []

    def describe_stacks(self, **_):
        self._refuse_if_missing()
        return {"Stacks": [self.stack]}

    def describe_stack_events(self, **_):
        self._refuse_if_missing()
        return {"StackEvents": self._events}

    def describe_stack_resource(self, **asked):
        self._refuse_if_missing()
        return {"StackResourceDetail": {"PhysicalResourceId": f"{asked['StackName']}-{asked['LogicalResourceId']}-1"}}

    def create_change_set(self, **asked):
        self.asked = asked
        self.stack = self.stack or {"StackStatus": "REVIEW_IN_PROGRESS"}
        return {"Id": "change-set"}

    def describe_change_set(self, **_):
        if self._reason:
            return {"Status": "FAILED", "StatusReason": self._reason}
        return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change("Add", "Table")}]}

    def delete_change_set(self, **_):
        self.asked = None

    def execute_change_set(self, **_):
        ends = self._ends or f"{self.asked['ChangeSetType']}_COMPLETE"
        outputs = [{"OutputKey": "TableName", "OutputValue": "brokkr-dev-Table-1"}]
        self.stack = {"StackStatus": ends, "Outputs": outputs}
        self._events = [
            {
                "EventId": "1",
                "ResourceStatus": "CREATE_FAILED" if self._ends else "CREATE_COMPLETE",
                "LogicalResourceId": "Table",
                "ResourceStatusReason": "no room" if self._ends else "",
            }
        ]

    def delete_stack(self, **_):
        self.stack = None

    def _refuse_if_missing(self):
        if self.stack is None:
            said = {"Error": {"Code": "ValidationError", "Message": "Stack with id brokkr-dev does not exist"}}
            raise ClientError(said, "DescribeStacks")


def change(action, name):
    return {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::DynamoDB::Table"}
