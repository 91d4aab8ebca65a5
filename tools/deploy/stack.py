"""
One CloudFormation stack: what would change, the change itself, and the end.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from tools.deploy.aws import Client
from tools.progress import ToolError, say

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]  # it makes a role, and SAM is a transform
NOT_YET = "REVIEW_IN_PROGRESS"  # a stack that has a change set and nothing else
NEVER_WAS = "ROLLBACK_COMPLETE"
NOTHING_CHANGES = ("didn't contain changes", "No updates are to be performed")
UNDER_WAY = "_IN_PROGRESS"
GONE = "DELETE_COMPLETE"
PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Proposal:
    """
    A change set, and its changes in words.
    """

    id: str
    changes: list[str]


class Stack:
    def __init__(self, cloudformation: Client, name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._cloudformation = cloudformation
        self._sleep = sleep
        self._told: set[str] = set()

    def find(self) -> dict[str, Any] | None:
        """
        None too for a stack of which nothing was ever made.
        """
        there = self._described()
        return None if there is None or there["StackStatus"] == NOT_YET else there

    def table(self) -> str | None:
        """
        The name of the table that it made, also if nothing came of the rest.
        """
        try:
            found = self._cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId="Table")
        except ClientError as error:
            if not _is_missing(error):
                raise
            return None
        name: str | None = found["StackResourceDetail"].get("PhysicalResourceId")
        return name

    def propose(self, template_url: str, parameters: Mapping[str, str]) -> Proposal | None:
        """
        None where nothing changes. What is not among the parameters stays as it was. Raises ToolError where
        CloudFormation does not take the template.
        """
        there = self.find()
        if there and there["StackStatus"] == NEVER_WAS:
            raise ToolError(f"{self.name} was never made whole: remove it with `make undeploy`, then deploy again")
        made = self._cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{uuid4()}",
            ChangeSetType="UPDATE" if there else "CREATE",
            TemplateURL=template_url,
            Capabilities=CAPABILITIES,
            Parameters=[*_given(parameters), *_kept(there, parameters)],
        )
        return self._proposal(made["Id"])

    def _proposal(self, id: str) -> Proposal | None:
        found = self._cloudformation.describe_change_set(ChangeSetName=id, StackName=self.name)
        while found["Status"].endswith((UNDER_WAY, "_PENDING")):
            self._sleep(PAUSE_SECONDS)
            found = self._cloudformation.describe_change_set(ChangeSetName=id, StackName=self.name)
        if found["Status"] == "FAILED":
            self.discard(Proposal(id, []))
            reason = found.get("StatusReason", "CloudFormation does not say why")
            if any(words in reason for words in NOTHING_CHANGES):
                return None
            raise ToolError(f"CloudFormation does not take the template: {reason}")
        return Proposal(id, [_in_words(one["ResourceChange"]) for one in found["Changes"]])

    def discard(self, proposal: Proposal) -> None:
        """
        And the empty stack too that a first change set brings along.
        """
        there = self._described()
        if there and there["StackStatus"] == NOT_YET:
            self._cloudformation.delete_stack(StackName=self.name)
        else:
            self._cloudformation.delete_change_set(ChangeSetName=proposal.id, StackName=self.name)

    def execute(self, proposal: Proposal) -> dict[str, str]:
        """
        The stack's outputs. Raises ToolError with the reason of each resource that failed.
        """
        self._told = {event["EventId"] for event in self._events()}
        self._cloudformation.execute_change_set(ChangeSetName=proposal.id, StackName=self.name)
        there = self._awaited()
        if there["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise ToolError(f"{self.name} is {there['StackStatus']}; CloudFormation's reasons are above")
        return {one["OutputKey"]: one["OutputValue"] for one in there.get("Outputs", [])}

    def delete(self) -> None:
        self._told = {event["EventId"] for event in self._events()}
        self._cloudformation.delete_stack(StackName=self.name)
        there = self._awaited()
        if there["StackStatus"] != GONE:
            raise ToolError(f"{self.name} is {there['StackStatus']}; CloudFormation's reasons are above")

    def _awaited(self) -> dict[str, Any]:
        while (there := self._described()) and there["StackStatus"].endswith(UNDER_WAY):
            self._tell()
            self._sleep(PAUSE_SECONDS)
        self._tell()
        return there or {"StackStatus": GONE}

    def _tell(self) -> None:
        """
        What has become of each resource since the last time.
        """
        for event in self._events():
            if event["EventId"] not in self._told and not event["ResourceStatus"].endswith(UNDER_WAY):
                reason = event.get("ResourceStatusReason")
                say(f"  {event['ResourceStatus']} {event['LogicalResourceId']}{f': {reason}' if reason else ''}")
            self._told.add(event["EventId"])

    def _events(self) -> list[dict[str, Any]]:
        """
        The latest, in order.
        """
        try:
            answer = self._cloudformation.describe_stack_events(StackName=self.name)
        except ClientError as error:
            if not _is_missing(error):
                raise
            return []
        return list(reversed(answer["StackEvents"]))

    def _described(self) -> dict[str, Any] | None:
        try:
            answer = self._cloudformation.describe_stacks(StackName=self.name)
        except ClientError as error:
            if not _is_missing(error):
                raise
            return None
        stack: dict[str, Any] = answer["Stacks"][0]
        return None if stack["StackStatus"] == GONE else stack


def _is_missing(error: ClientError) -> bool:
    """
    CloudFormation has no code of its own for it.
    """
    return error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error)


def _given(parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]


def _kept(there: Mapping[str, Any] | None, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    names = [one["ParameterKey"] for one in (there or {}).get("Parameters", [])]
    return [{"ParameterKey": name, "UsePreviousValue": True} for name in names if name not in parameters]


def _in_words(change: Mapping[str, Any]) -> str:
    replaced = ", REPLACED" if change.get("Replacement") == "True" else ""
    return f"{change['Action']} {change['LogicalResourceId']} ({change['ResourceType']}){replaced}"
