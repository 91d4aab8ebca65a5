"""
What is on record as given to an agent, and what happens to it; the agent's profile goes with it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from chalicelib import system
from chalicelib.domain import target_state as rules
from chalicelib.domain.agents import Given
from chalicelib.domain.deployment_objects import Revision
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.store import given_stacks, profiles
from chalicelib.store.writes import Together


def note(agent_id: UUID, served: Iterable[Revision], given: dict[UUID, Given], new_id: system.NewId) -> None:
    """
    Put on record what the agent is about to be given, and what is about to be taken from it, before it is, and what it
    says that it has: whatever crashes, the broker knows what an agent may have, and which word on it is the last.
    """
    for revision in served:
        known = given.get(revision.stack_id)
        if known is None:
            given_stacks.give(agent_id, revision.stack_id, new_id())
        elif rules.is_given_anew(revision, known):
            with _voiding(known) as together:
                given_stacks.give_again(together, known, new_id())
        elif revision.id == known.withdrawal_id and not known.is_withdrawn:
            with _voiding(known) as together:
                given_stacks.withdraw(together, known)


def take_back(given: Given) -> None:
    """
    Forget that an agent was served a stack, unless it was given it anew meanwhile.
    """
    with _voiding(given) as together:
        given_stacks.take_back(together, given)


@contextmanager
def _voiding(given: Given) -> Iterator[Together]:
    """
    With what is written here, all that the agent has said of the stack is void. Where somebody else came first, or the
    agent is deleted, nothing is left to write.
    """
    together = Together()
    yield together
    profiles.forget_answer(together, given)
    with suppress(given_stacks.GivenAnew, AgentNotFound):
        together.commit()
