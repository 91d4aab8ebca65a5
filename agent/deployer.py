"""
What the broker wants, and the stacks that bring it about.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Lock

from agent import metrics
from agent.broker import EMPTY_CHECKSUM, Broker, BrokerError, DeploymentObject, Standing, TargetState
from agent.manifests import ManifestError
from agent.memory import Memory
from agent.outcome import News
from agent.reading import parse
from agent.refs import Ref
from agent.stack import Reading, Stack
from agent.texts import Texts
from agent.toolbox import Toolbox

log = logging.getLogger("agent")

Read = tuple[DeploymentObject, str]


class Deployer:
    """
    A stack is in here from the moment that the broker first names it until its removal is reported done. Nothing is
    concluded from its absence in an answer.
    """

    def __init__(
        self,
        broker: Broker,
        texts: Texts,
        memory: Memory,
        tools: Toolbox,
        wake: Callable[[], None],
        *,
        heed: Callable[[Standing], None],
    ) -> None:
        self.stacks: dict[str, Stack] = {}
        self._broker = broker
        self._texts = texts
        self._memory = memory
        self._tools = tools
        self._wake = wake
        self._heed = heed
        self._etag: str | None = None
        self._refused: set[str] = set()
        self._lock = Lock()

    def recall(self) -> None:
        """
        Go on with what was wanted when the agent last ran, as far as its texts are on disk.
        """
        texts = {
            object: "" if object.removes_everything else self._texts.find(object) for object in self._memory.objects
        }
        read = [(object, text) for object, text in texts.items() if text is not None]
        self._accept(read, unread=[object for object, text in texts.items() if text is None])

    def poll(self) -> None:
        """
        Whatever ends it early leaves the ETag as it was, so that the next poll is given the same again. An agent that
        is told that it is inactive takes up nothing.
        """
        answer = self._ask()
        if answer.objects is not None and not answer.standing.is_inactive:
            self._take_up(answer.objects, answer.etag)

    def _ask(self) -> TargetState:
        """
        What stands beside the answer is passed on at once, whatever becomes of the rest; no answer says nothing.
        """
        try:
            answer = self._broker.target_state(self._tools.agent_id, self._etag)
        except BrokerError:
            self._heed(Standing())
            raise
        self._heed(answer.standing)
        return answer

    def _take_up(self, objects: list[DeploymentObject], etag: str | None) -> None:
        self._etag = None
        fresh = [object for object in _newest_of_each_stack(objects) if self._is_news(object)]
        read, trouble = self._fetch(fresh)
        self._accept(read, unread=trouble)
        self._forget_removed({object.stack_id for object in objects})
        newest = [stack.newest for stack in self.all_stacks() if stack.newest is not None]
        self._memory.keep_objects(newest)
        self._texts.keep_only({object.id for object in newest})
        self._wake()
        for error in trouble.values():
            raise error
        self._etag = etag

    def all_stacks(self) -> list[Stack]:
        return list(self.stacks.values())

    def doubt_everything(self) -> None:
        """
        Another agent may have been at work meanwhile.
        """
        self._tools.inventory.forget()
        for stack in self.all_stacks():
            stack.doubt_everything()
        self._wake()

    def take_stock(self) -> None:
        """
        What only all stacks together can tell.
        """
        metrics.held.set(sum(stack.held for stack in self.all_stacks()))

    def stack_of(self, ref: Ref) -> Stack | None:
        owner = self._tools.claims.owner(ref)
        return self.stacks.get(owner) if owner else None

    def _is_news(self, object: DeploymentObject) -> bool:
        known = self.stacks.get(object.stack_id)
        newest = known.newest if known else None
        if newest is None or newest.id == object.id:
            return newest is None
        if object.sequence_id < newest.sequence_id:
            self._refuse(object, newest)
            return False
        return True

    def _fetch(self, objects: list[DeploymentObject]) -> tuple[list[Read], dict[DeploymentObject, BrokerError]]:
        """
        With their texts, and which text could not be had: that does not keep the others waiting.
        """
        read: list[Read] = []
        trouble: dict[DeploymentObject, BrokerError] = {}
        for object in objects:
            try:
                text = "" if object.removes_everything else self._texts.of(object, self._broker)
            except BrokerError as error:
                trouble[object] = error
                continue
            fields = {"stack": object.stack_id, "object": object.id, "sequence": object.sequence_id}
            log.info("taken up", extra={"fields": fields})
            read.append((object, text))
        return read, trouble

    def _accept(self, read: list[Read], *, unread: Iterable[DeploymentObject]) -> None:
        """
        Everything is claimed before anything is worked on: what one stack drops another may want.
        """
        readings = [_reading(object, text) for object, text in read]
        stacks = {object.stack_id: Stack(object.stack_id, self._tools) for object, _ in readings} | self.stacks
        claims = self._tools.claims
        gainers = claims.claim_all(
            {
                object.stack_id: [manifest.ref for manifest in reading]
                for object, reading in readings
                if not isinstance(reading, ManifestError)
            }
        )
        claims.unread = frozenset(object.stack_id for object in unread)
        for object, reading in readings:
            stacks[object.stack_id].accept(object, reading)
        for stack_id in gainers:
            stacks[stack_id].doubt_everything()
        with self._lock:
            self.stacks = stacks

    def _refuse(self, object: DeploymentObject, newest: DeploymentObject) -> None:
        """
        An answer that is older than one before: of a broker restored from a backup, or of one that lies.
        """
        if object.id in self._refused:
            return
        self._refused.add(object.id)
        said = f"sequence {object.sequence_id} is older than {newest.sequence_id}, which this agent has: refused"
        log.warning("refused", extra={"fields": {"stack": object.stack_id, "object": object.id, "reason": said}})
        self._tools.report(News(object.id, said).event(self._tools.agent_id))

    def _forget_removed(self, listed: Iterable[str]) -> None:
        gone = {id for id, stack in self.stacks.items() if stack.is_removed and id not in frozenset(listed)}
        with self._lock:
            self.stacks = {id: stack for id, stack in self.stacks.items() if id not in gone}


def _reading(object: DeploymentObject, text: str) -> tuple[DeploymentObject, Reading]:
    """
    A marker that is blank in another way than ours removes everything too.
    """
    if object.is_deletion_marker and not text.strip():
        object = replace(object, yaml_checksum=EMPTY_CHECKSUM)
    if object.removes_everything:
        return object, []
    try:
        return object, parse(text)
    except ManifestError as error:
        return object, error


def _newest_of_each_stack(objects: list[DeploymentObject]) -> list[DeploymentObject]:
    return list({object.stack_id: object for object in sorted(objects, key=lambda o: o.sequence_id)}.values())
