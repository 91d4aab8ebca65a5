"""
Diagnostics that somebody asked for: claimed, collected, handed in.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from agent.apiserver import ClusterUnreachable, Refused
from agent.broker import Broker, BrokerError, BrokerRefused, Standing
from agent.deployer import Deployer
from agent.diagnosis import Diagnosis, Findings

log = logging.getLogger("agent")

NOT_OURS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
FINAL_REFUSALS = NOT_OURS | {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 422}


class Diagnostics:
    """
    One at a time. What was collected and could not be handed in is handed in first.
    """

    def __init__(
        self,
        broker: Broker,
        agent_id: str,
        deployer: Deployer,
        diagnosis: Diagnosis,
        *,
        may_work: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._broker = broker
        self._agent_id = agent_id
        self._deployer = deployer
        self._diagnosis = diagnosis
        self._may_work = may_work
        self._now = now
        self._unsent: tuple[str, dict[str, str | None]] | None = None

    def is_due(self, standing: Standing) -> bool:
        """
        Whether there may be anything to do. A broker that does not say has to be asked.
        """
        return self._unsent is not None or standing.pending_diagnostics != 0

    def diagnose(self) -> None:
        """
        All that is asked for now. Raises BrokerError.
        """
        if not self._may_work():
            return
        self._hand_in()
        for asked in self._broker.pending_diagnostics(self._agent_id):
            if self._claim(asked.id):
                result = {**vars(self._collected(asked.deployment_object_id)), "collected_at": self._now().isoformat()}
                self._unsent = (asked.id, result)
                self._hand_in()

    def _claim(self, diagnostic_id: str) -> bool:
        """
        False where it is another's by now, or gone.
        """
        try:
            self._broker.claim_diagnostic(diagnostic_id)
        except BrokerRefused as error:
            if error.status not in NOT_OURS:
                raise
            return False
        return True

    def _collected(self, object_id: str) -> Findings:
        try:
            return self._diagnosis.of(self._stack_of(object_id))
        except (BrokerError, ClusterUnreachable, Refused) as error:
            log.warning("not diagnosed", extra={"fields": {"object": object_id, "reason": str(error)}})
            return Findings.failed(str(error))

    def _stack_of(self, object_id: str) -> str:
        """
        The broker is asked where it is not what a stack of ours has now.
        """
        newest = [stack.newest for stack in self._deployer.all_stacks() if stack.newest is not None]
        found = [object.stack_id for object in newest if object.id == object_id]
        return found[0] if found else self._broker.stack_of(object_id)

    def _hand_in(self) -> None:
        if self._unsent is None:
            return
        diagnostic_id, result = self._unsent
        try:
            self._broker.submit_diagnostic(diagnostic_id, result)
            log.info("diagnosed", extra={"fields": {"diagnostic": diagnostic_id}})
        except BrokerRefused as error:
            if error.status not in FINAL_REFUSALS:
                raise
            log.warning("a diagnostic was refused for good", extra={"fields": {"reason": str(error)}})
        self._unsent = None
