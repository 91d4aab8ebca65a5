"""
What is said of each change: one line, never a manifest, never a secret.
"""

import logging
from typing import Any

from agent import metrics
from agent.broker import DeploymentObject
from agent.changes import Action, Change, ChangeSet, one_line
from agent.refs import Ref

log = logging.getLogger("agent")

APPLIED = (Action.CREATED, Action.APPLIED, Action.REPLACED)
QUIET = (Action.CHECKED, Action.HELD)


def log_changes(object: DeploymentObject, changes: ChangeSet) -> None:
    for change in changes.changes:
        count(change)
        fields = {"stack": object.stack_id, "object": str(change.ref)}
        if change.error is not None:
            error = "(kept out of the log)" if change.ref.kind == "Secret" else one_line(change.error)
            log.warning("refused", extra={"fields": {**fields, "error": error}})
        elif change.action not in QUIET or change.note:
            log.info(
                change.action.value, extra={"fields": {**fields, **({"note": change.note} if change.note else {})}}
            )
    for remark in changes.remarks:
        log.warning("held back", extra={"fields": {"stack": object.stack_id, "reason": remark}})


def count(change: Change) -> None:
    if change.error is not None:
        metrics.applies.labels("refused").inc()
    elif change.action in APPLIED:
        metrics.applies.labels(change.action.value).inc()
    elif change.action is not Action.CHECKED:
        metrics.prunes.labels(change.action.value).inc()


def log_health(stack_id: str, record: dict[str, Any], before: dict[str, Any] | None) -> None:
    """
    Another word than the last one for the same object.
    """
    if before is not None and (before["id"], before["status"]) == (record["id"], record["status"]):
        return
    said = {"status": record["status"], "conditions": record["summary"]["conditions"]}
    log.info("health", extra={"fields": {"stack": stack_id, "object": record["id"], **said}})


def log_drift(stack_id: str, ref: Ref, taken: dict[str, str], verdict: str) -> None:
    """
    Which fields, and who has them now: names, never values.
    """
    metrics.drifts.labels(verdict).inc()
    fields = {"stack": stack_id, "object": str(ref), "fields": taken, "verdict": verdict}
    log.warning("drift", extra={"fields": fields})
