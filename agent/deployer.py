"""
One poll: ask the broker, bring each stack that is new or due for another try to the cluster, report.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from agent.broker import Broker, BrokerError, DeploymentObject
from agent.changes import Action, ChangeSet, bounded, one_line
from agent.disk import Outbox, Texts
from agent.inventory import Inventory
from agent.manifests import ManifestError, parse
from agent.ownership import Ownership
from agent.reconcile import Cluster, Refused, reconcile, remove

log = logging.getLogger("agent")

EMPTY_CHECKSUM = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)


@dataclass
class Outcome:
    """
    How the newest object of a stack went, and when it is worth another try.
    """

    object_id: str
    message: str | None = None
    failures: int = 0
    retry_at: float = 0.0


class Deployer:
    def __init__(
        self,
        agent_id: str,
        broker: Broker,
        cluster: Cluster,
        *,
        inventory: Inventory,
        texts: Texts,
        outbox: Outbox,
        namespace: str,
        now: Callable[[], float] = time.monotonic,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._agent_id = agent_id
        self._broker = broker
        self._cluster = cluster
        self._inventory = inventory
        self._texts = texts
        self._outbox = outbox
        self._namespace = namespace
        self._now = now
        self._spread = spread
        self._etag: str | None = None
        self._wanted: list[DeploymentObject] = []
        self._outcomes: dict[str, Outcome] = {}

    def poll(self) -> None:
        """
        Whatever ends it early leaves the ETag as it was, so that the next poll is given the same again.
        """
        answer = self._broker.target_state(self._agent_id, self._etag)
        if answer is not None:
            self._etag = None
            self._wanted = _newest_of_each_stack(answer.objects)
            self._texts.keep_only({object.id for object in self._wanted})
        trouble = [error for object in self._wanted if self._is_due(object) and (error := self._attempt(object))]
        self._send_reports()
        if trouble:
            raise trouble[0]
        if answer is not None:
            self._etag = answer.etag

    def _is_due(self, object: DeploymentObject) -> bool:
        outcome = self._outcomes.get(object.stack_id)
        if outcome is None or outcome.object_id != object.id:
            return True
        return outcome.failures > 0 and self._now() >= outcome.retry_at

    def _attempt(self, object: DeploymentObject) -> BrokerError | None:
        """
        A stack whose text cannot be had does not keep the others waiting.
        """
        try:
            errors = self._deploy(object)
        except BrokerError as error:
            return error
        self._settle(object, errors)
        return None

    def _deploy(self, object: DeploymentObject) -> list[str]:
        """
        Bring one object to the cluster, and say what was refused.
        """
        ownership = Ownership(self._agent_id, object.stack_id, self._namespace)
        record = partial(self._inventory.write, object.stack_id)
        is_empty = object.is_deletion_marker and object.yaml_checksum == EMPTY_CHECKSUM
        text = "" if is_empty else self._texts.of(object, self._broker)
        try:
            owned = self._inventory.read(object.stack_id)
            if object.is_deletion_marker and not text.strip():
                changes = remove(owned, ownership, self._cluster, record)
            else:
                desired = [ownership.stamp(manifest, object.id, object.yaml_checksum) for manifest in parse(text)]
                changes = reconcile(desired, owned, ownership, self._cluster, record)
        except ManifestError as error:
            return str(error).splitlines()
        except Refused as error:
            return [one_line(str(error))]
        _log_changes(object, changes)
        return changes.errors

    def _settle(self, object: DeploymentObject, errors: list[str]) -> None:
        """
        Note the outcome, and report it if it is another than the last try's.
        """
        message = bounded(errors) if errors else None
        before = self._outcomes.get(object.stack_id)
        is_news = before is None or (before.object_id, before.message) != (object.id, message)
        failures = 0 if not errors else 1 if before is None or before.object_id != object.id else before.failures + 1
        retry_at = self._now() + self._back_off(failures) if failures else 0.0
        self._outcomes[object.stack_id] = Outcome(object.id, message, failures, retry_at)
        if is_news:
            self._outbox.add(self._event(object, message))
            fields = {"stack": object.stack_id, "object": object.id, "sequence": object.sequence_id}
            log.info("failed" if errors else "deployed", extra={"fields": {**fields, "errors": len(errors)}})

    def _back_off(self, failures: int) -> float:
        pause: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 16))
        return pause.total_seconds() * self._spread(0.8, 1.2)

    def _event(self, object: DeploymentObject, message: str | None) -> dict[str, str | None]:
        return {
            "agent_id": self._agent_id,
            "deployment_object_id": object.id,
            "event_type": "DEPLOY",
            "status": "SUCCESS" if message is None else "FAILURE",
            "message": message,
        }

    def _send_reports(self) -> None:
        for refusal in self._outbox.send(self._broker, self._agent_id):
            log.warning("a report was refused for good", extra={"fields": {"reason": refusal}})


def _newest_of_each_stack(objects: list[DeploymentObject]) -> list[DeploymentObject]:
    return list({object.stack_id: object for object in sorted(objects, key=lambda o: o.sequence_id)}.values())


def _log_changes(object: DeploymentObject, changes: ChangeSet) -> None:
    for change in changes.changes:
        if change.error is None and change.action is not Action.CHECKED:
            fields = {"stack": object.stack_id, "object": str(change.ref), "note": change.note}
            log.info(change.action.value, extra={"fields": fields})
        elif change.error is not None:
            error = "(kept out of the log)" if change.ref.kind == "Secret" else one_line(change.error)
            fields = {"stack": object.stack_id, "object": str(change.ref), "error": error}
            log.warning("refused", extra={"fields": fields})
