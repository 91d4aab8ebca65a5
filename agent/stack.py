"""
One stack: what it should be, what was done about it, and when it wants attention again.
"""

import logging
from collections.abc import Set as AbstractSet
from functools import partial
from threading import Lock

from agent.apiserver import ClusterUnreachable, Refused, Stopping
from agent.broker import DeploymentObject
from agent.changes import Action, ChangeSet, one_line
from agent.checkup import Checkup, Examined
from agent.desired import Desired, Revision, Wish, desired_of
from agent.drift import Expected, Sighting
from agent.fights import Fights, Verdict
from agent.journal import log_changes, log_drift
from agent.judgement import Result
from agent.manifests import Manifest, ManifestError
from agent.outcome import NEVER, Outcome
from agent.ownership import Ownership
from agent.reconcile import reconcile, remove
from agent.refs import Ref
from agent.site import Site
from agent.toolbox import Toolbox
from agent.watches import Watched

log = logging.getLogger("agent")

Reading = list[Manifest] | ManifestError
KEPT = (Action.CREATED, Action.APPLIED, Action.REPLACED)


class Stack:
    """
    It accepts what is newest, sees what drifts, and works when it is due: one pass at a time, each in a thread of its
    own. What it knows of the cluster is in memory alone: after a restart everything is applied once more.
    """

    def __init__(self, id: str, tools: Toolbox) -> None:
        self.id = id
        self.newest: DeploymentObject | None = None
        self.desired: dict[Ref, Desired] = {}
        self.kinds: frozenset[Watched] = frozenset()
        self.due_at = NEVER
        self.is_busy = False
        self.is_removed = False
        self.held = 0
        self._tools = tools
        self._ownership = Ownership(tools.agent_id, id, tools.namespace)
        self._reading: Reading | None = None
        self._expected = Expected()
        self._checkup = Checkup()
        self._settled_in: int | None = None
        self._fights = Fights(tools.clock)
        self._outcome = Outcome(tools.clock, tools.spread)
        self._reapply_at = NEVER
        self._lock = Lock()

    def accept(self, object: DeploymentObject, reading: Reading) -> None:
        """
        A newer object than the one we have; its text, or why that holds no objects.
        """
        with self._lock:
            self.newest, self._reading, self.is_removed = object, reading, False
            self.due_at = self._tools.clock()

    def work(self) -> None:
        """
        One pass. Whatever ends it early is tried again.
        """
        if self._tools.clock() >= self._reapply_at:
            self.doubt_everything()
        with self._lock:
            object, reading = self.newest, self._reading
            self.due_at = NEVER
        assert object is not None
        try:
            changes = self._bring(object, reading)
        except (ManifestError, Refused) as error:
            changes = ChangeSet(remarks=[one_line(line) for line in str(error).splitlines()])
        except (ClusterUnreachable, Stopping) as error:
            self._put_off(error)
            return
        except Exception as error:
            log.exception("unforeseen", extra={"fields": {"stack": self.id}})
            changes = ChangeSet(remarks=[f"unforeseen in the agent: {type(error).__name__}"])
        self._settle(object, changes)

    def saw(self, ref: Ref, sighting: Sighting) -> bool:
        """
        What a watch showed of an object of ours. Whether it wants a pass now.
        """
        with self._lock:
            if self.is_busy:
                self._expected.put_off(ref, sighting)
                return False
        return self._heed(ref, sighting)

    def examined(self, ref: Ref, examined: Examined) -> bool:
        """
        What a watch showed of the health of an object of ours. Whether that is news.
        """
        return self._checkup.saw(ref, examined)

    def findings(self) -> tuple[str, dict[Ref, Examined]] | None:
        """
        How the objects of the newest deployment object are, and its id; None while that is not in place: the last pass
        over it has not ended well, or not in this term of ours. What is to be left alone may be gone.
        """
        object = self.newest
        is_in_place = object is not None and self._outcome.is_success_of(object.id)
        if object is None or object.removes_everything or not is_in_place or self._settled_in != self._tools.term():
            return None
        desired, claims = self.desired, self._tools.claims
        return object.id, {
            ref: examined
            for ref, examined in self._checkup.findings().items()
            if ref in desired
            and claims.other_than(self.id, ref) is None
            and not (desired[ref].ignores_drift and examined.judgement.result is Result.NOT_FOUND)
        }

    def doubt_everything(self) -> None:
        """
        Apply all once more, whatever the watches showed or missed; but for what is to be left alone.
        """
        left_alone = {
            ref for ref, wanted in self.desired.items() if wanted.ignores_drift or self._fights.is_paused(ref)
        }
        self._expected.forget_all_but(left_alone)
        self._reapply_at = NEVER
        with self._lock:
            if self.newest is not None and not self.is_removed:
                self.due_at = self._tools.clock()

    def finish(self) -> None:
        """
        The pass is over: what was seen meanwhile can be judged.
        """
        with self._lock:
            self.is_busy = False
        for ref, sighting in self._expected.take_waiting().items():
            self._heed(ref, sighting)

    def missing_of(self, group: str, kind: str, seen: frozenset[Ref]) -> list[Ref]:
        """
        What is expected of a kind, and is not among these.
        """
        return [ref for ref in self._expected.of_kind(group, kind) if ref not in seen]

    def _heed(self, ref: Ref, sighting: Sighting) -> bool:
        wanted = self.desired.get(ref)
        if wanted is None or wanted.ignores_drift or self._tools.claims.other_than(self.id, ref):
            return False
        taken = self._expected.judge(ref, sighting)
        if not taken:
            return False
        verdict = self._fights.note(ref, taken)
        if verdict is Verdict.LEAVE:
            return False
        log_drift(self.id, ref, taken, verdict.value)
        if verdict is Verdict.HEAL:
            self._expected.forget(ref)
        with self._lock:
            self.due_at = min(self.due_at, self._tools.clock())
        return True

    def _bring(self, object: DeploymentObject, reading: Reading | None) -> ChangeSet:
        """
        Bring the newest object to the cluster.
        """
        if isinstance(reading, ManifestError):
            raise reading
        tools = self._tools
        site = Site(
            cluster=tools.cluster,
            ownership=self._ownership,
            record=partial(self._record, tools.term()),
            crew=tools.crew,
            brake=tools.rules.brake,
            claimed=tools.claims.may_want,
            checks_first=tools.rules.checks_first and not self._outcome.is_success_of(object.id),
        )
        owned = tools.inventory.read(self.id)
        if object.removes_everything:
            self._want(Wish({}, []), reading)
            changes = remove(owned, site)
        else:
            wish = Wish(self.desired, [])
            if reading is not None:
                wish = self._wish(object, reading)
                self._want(wish, reading)
            todo = [one for one in self.desired.values() if self._is_to_do(one)]
            changes = reconcile(wish, todo, owned, site)
        self._note(changes)
        log_changes(object, changes)
        return changes

    def _record(self, term: int, refs: AbstractSet[Ref]) -> None:
        """
        A pass that outlived its lease, in one long request, read an inventory that may be another's by now.
        """
        if self._tools.term() != term:
            raise Stopping
        self._tools.inventory.write(self.id, refs)

    def _wish(self, object: DeploymentObject, reading: list[Manifest]) -> Wish:
        scopes = {manifest.defines: manifest.scope for manifest in reading if manifest.defines}
        tools = self._tools
        return desired_of(
            reading,
            Revision(object.id, object.yaml_checksum),
            self._ownership,
            lambda manifest: tools.bounds.allow(tools.cluster.place(manifest.ref, scopes)),
            self.desired,
        )

    def _want(self, wish: Wish, reading: Reading | None) -> None:
        """
        From now on this is what the stack should be; of its text nothing more is needed, if all of it could be placed.
        """
        desired = wish.objects
        changed = [ref for ref in self.desired.keys() | desired.keys() if self.desired.get(ref) is not desired.get(ref)]
        for ref in changed:
            self._expected.forget(ref)
        self._fights.settle(changed)
        self.desired = desired
        self.kinds = frozenset(Watched.of(ref) for ref in desired)
        with self._lock:
            if self._reading is reading and not wish.unplaced:
                self._reading = None

    def _is_to_do(self, wanted: Desired) -> bool:
        return not self._expected.has(wanted.ref) and self._tools.claims.other_than(self.id, wanted.ref) is None

    def _note(self, changes: ChangeSet) -> None:
        for change in changes.of(*KEPT):
            if change.state is not None:
                self._expected.note(change.ref, change.state)
                self._checkup.applied(change.ref, change.state)

    def _put_off(self, error: Exception) -> None:
        with self._lock:
            self.due_at = min(self.due_at, self._outcome.put_off())
        if isinstance(error, ClusterUnreachable):
            log.warning("waiting", extra={"fields": {"stack": self.id, "reason": str(error)}})

    def _settle(self, object: DeploymentObject, changes: ChangeSet) -> None:
        """
        Note the outcome, and report it if it is another than the last one.
        """
        tools, outcome = self._tools, self._outcome
        self.held = len(changes.of(Action.HELD))
        self._settled_in = tools.term()
        self._checkup.forget_all_but(self.desired.keys())
        news = outcome.settle(object.id, changes.errors, self._fights.remarks(), changes.leaving)
        if news is not None:
            tools.report(news.event(tools.agent_id))
            fields = {"stack": self.id, "object": object.id, "sequence": object.sequence_id}
            word = "deployed" if news.message is None else "failed"
            log.info(word, extra={"fields": {**fields, "errors": len(changes.errors)}})
        if outcome.is_success_of(object.id):
            self._schedule_reapply(object)
        with self._lock:
            self.due_at = min(self.due_at, outcome.retry_at, self._reapply_at)

    def _schedule_reapply(self, object: DeploymentObject) -> None:
        """
        From the last time that everything was applied: what is healed in between does not put it off.
        """
        if object.removes_everything:
            self._reapply_at, self.is_removed = NEVER, self.newest is object
        elif self._reapply_at == NEVER:
            every = self._tools.rules.reapply_every.total_seconds()
            self._reapply_at = self._tools.clock() + every * self._tools.spread(0.8, 1.2)
