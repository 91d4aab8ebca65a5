"""
The broker's API, as functions.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from cli.answers import Identity, Registration, Revision, Stack, read
from cli.errors import Refused
from cli.rollouts import Rollout

if TYPE_CHECKING:
    from cli.calls import Calls


class Client:
    def __init__(self, calls: "Calls") -> None:
        self._calls = calls

    def whoami(self) -> Identity:
        answer = self._calls.call("POST", "/auth/pak")
        version = answer.headers.get("x-brokkr-version")
        return read(lambda row: Identity.of(row, version), self._calls.body(answer), "the owner of a PAK")

    def generator_name(self, id: str) -> str:
        row = self._calls.json("GET", f"/generators/{id}")
        return read(lambda row: str(row["name"]), row, "a generator")

    def rotate_pak(self, generator_id: str) -> str:
        """
        Never asked twice: the first answer may have been lost, and the PAK with it.
        """
        row = self._calls.json("POST", f"/generators/{generator_id}/rotate-pak", repeatable=False)
        return read(lambda row: str(row["pak"]), row, "a PAK")

    def stacks(self) -> list[Stack]:
        rows = self._calls.json("GET", "/stacks")
        return sorted(read(lambda rows: [Stack.of(row) for row in rows], rows, "a list of stacks"))

    def create_stack(self, name: str, generator_id: str) -> Stack:
        row = self._calls.json("POST", "/stacks", json={"name": name, "generator_id": generator_id})
        return read(Stack.of, row, "a stack")

    def delete_stack(self, stack: Stack) -> None:
        """
        One that is gone already is as good: the answer to a first try may have been lost.
        """
        with _as_good(HTTPStatus.NOT_FOUND):
            self._calls.call("DELETE", f"/stacks/{stack.id}")

    def add_label(self, stack: Stack, label: str) -> None:
        """
        One that it has already is as good.
        """
        with _as_good(HTTPStatus.CONFLICT):
            self._calls.call("POST", f"/stacks/{stack.id}/labels", json=label)

    def add_annotation(self, stack: Stack, key: str, value: str) -> None:
        """
        One that it has already is as good, by a first try whose answer was lost.
        """
        body = {"stack_id": stack.id, "key": key, "value": value}
        with _as_good(HTTPStatus.CONFLICT):
            self._calls.call("POST", f"/stacks/{stack.id}/annotations", json=body)

    def annotations(self, stack: Stack) -> dict[str, str]:
        rows = self._calls.json("GET", f"/stacks/{stack.id}/annotations")
        return read(lambda rows: {row["key"]: row["value"] for row in rows}, rows, "a list of annotations")

    def revisions(self, stack: Stack) -> list[Revision]:
        """
        The newest first.
        """
        rows = self._calls.json("GET", f"/stacks/{stack.id}/deployment-objects", params={"content": "false"})
        found = read(lambda rows: [Revision.of(row) for row in rows], rows, "a list of deployment objects")
        return sorted(found, key=lambda one: one.sequence_id, reverse=True)

    def text_of(self, revision: Revision) -> str:
        row = self._calls.json("GET", f"/deployment-objects/{revision.id}")
        return read(lambda row: str(row["yaml_content"]), row, "a deployment object")

    def push(self, stack: Stack, text: str, idempotency_key: str) -> Revision:
        row = self._calls.json(
            "POST",
            f"/stacks/{stack.id}/deployment-objects",
            json={"yaml_content": text, "is_deletion_marker": False},
            headers={"Idempotency-Key": idempotency_key},
        )
        return read(Revision.of, row, "a deployment object")

    def rollout(
        self, stack_id: str, object_id: str | None = None, etag: str | None = None, longest_wait: float = math.inf
    ) -> Rollout | None:
        """
        None where it is still what the ETag stands for. Tried twice: whoever waits asks again anyway.
        """
        answer = self._calls.call(
            "GET",
            f"/stacks/{stack_id}/rollout",
            params={"deployment_object_id": object_id} if object_id else {},
            headers={"If-None-Match": etag} if etag else {},
            tries=2,
            longest_wait=longest_wait,
        )
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return None
        return read(lambda row: Rollout.of(row, answer.headers.get("etag")), self._calls.body(answer), "a rollout")

    def register(self, agent_id: str, generator_id: str) -> Registration:
        row = self._calls.json("POST", f"/generators/{generator_id}/register", json={"agent_id": agent_id})
        return read(Registration.of, row, "a registration")

    def deregister(self, agent_id: str, generator_id: str) -> None:
        self._calls.call("DELETE", f"/generators/{generator_id}/register", json={"agent_id": agent_id})

    def registrations_of_agent(self, agent_id: str) -> list[Registration]:
        return self._registrations(f"/agents/{agent_id}/registrations")

    def registrations_of_generator(self, generator_id: str) -> list[Registration]:
        return self._registrations(f"/generators/{generator_id}/registered-agents")

    def _registrations(self, path: str) -> list[Registration]:
        return read(
            lambda rows: [Registration.of(row) for row in rows],
            self._calls.json("GET", path),
            "a list of registrations",
        )


@contextmanager
def _as_good(status: int) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.status != status:
            raise
