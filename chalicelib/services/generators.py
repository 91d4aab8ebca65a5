"""
Generators, their PAKs, and the agents that consent to them.
"""

from contextlib import suppress
from uuid import UUID

from chalicelib import system
from chalicelib.domain import paks
from chalicelib.domain.agents import Registration, RegistrationRequest
from chalicelib.domain.association import Scope
from chalicelib.domain.generators import Generator, GeneratorChange, NewGenerator
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import Principal, Role, require_admin
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import (
    AgentNotRegistered,
    CannotDeleteSystemGenerator,
    Forbidden,
    GeneratorNotOwned,
    NotAuthorized,
    StackNotOwned,
    SystemGeneratorNotATenant,
)
from chalicelib.errors.invalid import MissingAgentId
from chalicelib.errors.not_found import AgentNotFound, GeneratorNotFound, StackNotFound
from chalicelib.services import audit
from chalicelib.services.stacks import delete_stack
from chalicelib.services.targets import forget_target
from chalicelib.store import agent_files, agents, credentials, generators, profiles, registrations, stacks
from chalicelib.store.writes import Together


def list_generators(caller: Principal) -> list[Generator]:
    require_admin(caller)
    return [generator for generator in generators.all_live() if not generator.is_system]


def create_generator(
    caller: Principal, new: NewGenerator, *, now: system.Now = system.now, new_id: system.NewId = system.new_id
) -> tuple[Generator, Pak]:
    require_admin(caller)
    at, pak = now(), paks.generate()
    generator = Generator(
        id=new_id(), name=new.name, description=new.description, created_at=at, updated_at=at, pak_short=pak.short
    )
    together = Together()
    generators.add(together, generator)
    credentials.issue(together, pak, Principal(Role.GENERATOR, generator.id))
    issued = {"entity": "generator", "name": generator.name}
    audit.note(together, caller, "generator.created", ("generator", generator.id), {"name": generator.name}, at=at)
    audit.note(together, caller, "pak.created", ("pak", generator.id), issued, at=at)
    together.commit()
    return generator, pak


def get_generator(caller: Principal, id: UUID) -> Generator:
    """
    A caller that does not own it is refused before it could learn whether it exists.
    """
    if not caller.owns(id):
        raise GeneratorNotOwned("this is another generator's business")
    return generators.get(id)


def update_generator(
    caller: Principal, id: UUID, change: GeneratorChange, *, now: system.Now = system.now
) -> Generator:
    old = get_generator(caller, id)
    together, at = Together(), now()
    generators.change(together, old, change, at)
    audit.note(together, caller, "generator.updated", ("generator", id), {"name": change.name or old.name}, at=at)
    together.commit()
    return generators.get(id)


def delete_generator(caller: Principal, id: UUID, *, now: system.Now = system.now) -> None:
    """
    Delete a generator and all its stacks, and refuse its PAK from now on.

    The stacks go first, so that a deletion that was cut short can be asked for again; those that were created until the
    generator was gone go last, also when it is gone already.
    """
    try:
        generator = get_generator(caller, id)
    except GeneratorNotFound:
        _delete_stacks(id)
        raise
    _require_deletable(generator)
    _delete_stacks(id)
    together, at = Together(), now()
    generators.bury(together, generator, at)
    credentials.revoke(together, generator.pak_short)
    audit.note(together, caller, "generator.deleted", ("generator", id), at=at)
    together.commit()
    _delete_stacks(id)
    _forget_trusts(id)


def _forget_trusts(id: UUID) -> None:
    """
    They stand for nothing since the generator is gone; this tidies up.
    """
    from chalicelib.store import trusts  # noqa: PLC0415 - nothing else here needs it

    trusts.forget(id)


def _require_deletable(generator: Generator) -> None:
    if generator.is_system:
        raise CannotDeleteSystemGenerator("the system generator cannot be deleted")
    installation = credentials.find_installation()
    if installation and installation.admin_generator_id == generator.id:
        raise Forbidden("the admin's own generator cannot be deleted")


def _delete_stacks(generator_id: UUID) -> None:
    """
    As the generator itself, so that a stack that is given to another one meanwhile stays. The log gets one row for
    what was asked for, and that is the generator's.
    """
    for stack_id in stacks.of_generator(generator_id):
        with suppress(StackNotFound, StackNotOwned):
            delete_stack(Principal(Role.GENERATOR, generator_id), stack_id, noted=False)


def rotate_generator_pak(caller: Principal, id: UUID, *, now: system.Now = system.now) -> tuple[Generator, Pak]:
    """
    A new PAK; the old one is refused from now on. What was lent for minutes is not to be made into one for good.
    """
    if caller.grant:
        raise Forbidden("who signs in by an ID token gets no PAK: the generator's own PAK, or the admin, rotates it")
    old, pak = get_generator(caller, id), paks.generate()
    together, at = Together(), now()
    generators.replace_pak(together, old, pak.short, at)
    credentials.revoke(together, old.pak_short)
    credentials.issue(together, pak, Principal(Role.GENERATOR, id))
    audit.note(together, caller, "pak.rotated", ("generator", id), {"generator_name": old.name}, at=at)
    together.commit()
    return generators.get(id), pak


def registered_agents(caller: Principal, id: UUID) -> list[Registration]:
    """
    Every agent that has consented, deleted ones too.
    """
    if not caller.owns(id):
        raise NotAuthorized("only the generator itself and the admin may read its agents")
    generator = generators.get(id)
    if generator.is_system and not caller.is_admin:
        raise SystemGeneratorNotATenant(
            "every agent is registered with the system generator; only the admin lists them"
        )
    return generators.registrations(id)


def register_agent(
    caller: Principal,
    generator_id: UUID,
    request: RegistrationRequest,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> Registration:
    """
    An agent's consent to a generator: its own, or on its behalf by the admin. Generators are not asked.
    """
    agent_id = _consenting_agent(caller, request)
    at = now()
    registration = Registration(new_id(), agent_id, generator_id, at)
    unknown = ForeignKeyViolation(
        f"agent_id: there is no agent {agent_id}", constraint="agent_generator_registrations_agent_id_fkey"
    )
    together = Together()
    generators.check_alive(together, generator_id, generators.not_found(generator_id))
    agents.check_alive(together, agent_id, unknown)
    registrations.add(together, registration)
    audit.note(together, caller, "agent.registered", ("agent", agent_id), _with(generator_id), at=at)
    profiles.widen(together, agent_id, Scope(generators=frozenset({generator_id})))
    together.commit()
    return registration


def deregister_agent(
    caller: Principal, generator_id: UUID, request: RegistrationRequest, *, now: system.Now = system.now
) -> None:
    """
    Withdraw the consent, and with it the agent's targets to the generator's stacks. The consent goes first: no target
    can be added after that. Once more changes nothing.
    """
    agent_id = _consenting_agent(caller, request)
    together = Together()
    registrations.remove(together, agent_id, generator_id)
    profiles.narrow(together, agent_id, Scope(generators=frozenset({generator_id})))
    audit.note(together, caller, "agent.deregistered", ("agent", agent_id), _with(generator_id), at=now())
    with suppress(AgentNotRegistered, AgentNotFound):  # not any more, or deleted meanwhile
        together.commit()
    for stack in stacks.get_many(_targeted(agent_id)):
        if stack.is_live and stack.generator_id == generator_id:
            forget_target(agent_id, stack.id)


def _with(generator_id: UUID) -> dict[str, str]:
    return {"generator_id": str(generator_id)}


def _targeted(agent_id: UUID) -> list[UUID]:
    return [target.stack_id for target in agent_files.read(agent_id, consistent=True).targets]


def _consenting_agent(caller: Principal, request: RegistrationRequest) -> UUID:
    agent_id = caller.id if caller.is_agent else request.agent_id
    if caller.is_generator:
        raise Forbidden("only an agent itself, or the admin for it, registers and deregisters")
    if agent_id is None:
        raise MissingAgentId("agent_id is needed when the admin registers or deregisters an agent")
    return agent_id
