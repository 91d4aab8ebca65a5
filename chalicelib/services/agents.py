"""
Agents: their rows, PAKs, heartbeats, labels and annotations.
"""

from contextlib import suppress
from uuid import UUID

from chalicelib import system
from chalicelib.domain import paks, text
from chalicelib.domain.agents import (
    INACTIVE,
    Agent,
    AgentAnnotation,
    AgentChange,
    AgentLabel,
    AgentStatus,
    HeartbeatReport,
    NewAgent,
    NewAgentAnnotation,
    NewAgentLabel,
    Registration,
)
from chalicelib.domain.association import Scope
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import (
    Principal,
    Role,
    require_admin,
    require_admin_or_agent,
    require_agent_itself,
)
from chalicelib.errors.conflicts import Conflict
from chalicelib.errors.invalid import AgentIdMismatch, InvalidGeneratorId, NameAndClusterRequired
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.errors.protocol import InvalidQuery, Unavailable
from chalicelib.services import audit
from chalicelib.store import (
    agent_files,
    agent_labels,
    agents,
    credentials,
    generators,
    heartbeats,
    names,
    profiles,
    registrations,
    targets,
)
from chalicelib.store.writes import Together


def list_agents(caller: Principal) -> list[AgentStatus]:
    require_admin(caller)
    fleet = heartbeats.fleet()
    return [AgentStatus(agent, fleet.get(agent.id)) for agent in agents.all_live()]


def find_agent(caller: Principal, name: str | None, cluster_name: str | None) -> AgentStatus:
    """
    The agent of that name in that cluster: how an agent finds its own row. AgentNotFound precedes AgentPakMismatch.
    """
    if not (name and cluster_name):
        raise NameAndClusterRequired("both name and cluster_name are needed")
    text.name("name", name, InvalidQuery)
    text.name("cluster_name", cluster_name, InvalidQuery)
    id = names.find_holder(names.agent_key(name, cluster_name))
    if id is None:
        raise AgentNotFound(f"there is no agent {name!r} in cluster {cluster_name!r}")
    return get_agent(caller, id)


def create_agent(
    caller: Principal, new: NewAgent, *, now: system.Now = system.now, new_id: system.NewId = system.new_id
) -> tuple[Agent, Pak]:
    """
    An agent, INACTIVE until an admin says otherwise, registered with the system generator and those that are named.
    """
    require_admin(caller)
    at, pak = now(), paks.generate()
    agent = Agent(
        id=new_id(),
        name=new.name,
        cluster_name=new.cluster_name,
        status=INACTIVE,
        created_at=at,
        updated_at=at,
        pak_short=pak.short,
    )
    chosen = dict.fromkeys([_system_generator(), *new.generator_ids])
    together = Together()
    for generator_id in chosen:
        unknown = InvalidGeneratorId(f"generator_ids: there is no generator {generator_id}")
        generators.check_alive(together, generator_id, unknown)
    agents.add(together, agent)
    profiles.add(together, agent, chosen)
    credentials.issue(together, pak, Principal(Role.AGENT, agent.id))
    for generator_id in chosen:
        registrations.add(together, Registration(new_id(), agent.id, generator_id, at))
    named = {"name": agent.name, "cluster_name": agent.cluster_name}
    audit.note(together, caller, "agent.created", ("agent", agent.id), named, at=at)
    audit.note(together, caller, "pak.created", ("pak", agent.id), {"entity": "agent", "name": agent.name}, at=at)
    together.commit()
    return agent, pak


def _system_generator() -> UUID:
    installation = credentials.find_installation()
    if installation is None:
        raise Unavailable("this broker is not initialised: run `brokkr-broker init`")
    return installation.system_generator_id


def get_agent(caller: Principal, id: UUID) -> AgentStatus:
    require_admin_or_agent(caller, id)
    return AgentStatus(agents.get(id), heartbeats.find(id))


def update_agent(caller: Principal, id: UUID, change: AgentChange, *, now: system.Now = system.now) -> AgentStatus:
    require_admin_or_agent(caller, id)
    together, old, at = Together(), agents.get(id), now()
    agents.change(together, old, change, at)
    profiles.change(together, old, change)
    said = {
        "name": change.name or old.name,
        "cluster_name": change.cluster_name or old.cluster_name,
        "status": change.status or old.status,
    }
    audit.note(together, caller, "agent.updated", ("agent", id), said, at=at)
    together.commit()
    return get_agent(caller, id)


def delete_agent(caller: Principal, id: UUID, *, now: system.Now = system.now) -> None:
    """
    Delete an agent and refuse its PAK from now on. An agent that is not there is deleted already.
    """
    require_admin(caller)
    while agent := agents.find(id):
        together, at = Together(), now()
        agents.bury(together, agent, at)
        profiles.forget(together, id)
        credentials.revoke(together, agent.pak_short)
        audit.note(together, caller, "agent.deleted", ("agent", id), at=at)
        with suppress(Conflict):  # renamed, rotated or deleted meanwhile: look again
            together.commit()
    _forget_associations(id)


def _forget_associations(id: UUID) -> None:
    """
    Take a dead agent out of what is asked of stacks. What a crash leaves here does no harm: a dead agent serves none.
    """
    agent_labels.unlist(id)
    targets.unlist(id)


def rotate_agent_pak(caller: Principal, id: UUID, *, now: system.Now = system.now) -> tuple[AgentStatus, Pak]:
    """
    A new PAK; the old one is refused from now on.
    """
    require_admin_or_agent(caller, id)
    old, pak = agents.get(id), paks.generate()
    together, at = Together(), now()
    agents.replace_pak(together, old, pak.short, at)
    credentials.revoke(together, old.pak_short)
    credentials.issue(together, pak, Principal(Role.AGENT, id))
    audit.note(together, caller, "pak.rotated", ("agent", id), {"agent_name": old.name}, at=at)
    together.commit()
    return get_agent(caller, id), pak


def record_heartbeat(caller: Principal, id: UUID, report: HeartbeatReport, *, now: system.Now = system.now) -> None:
    require_agent_itself(caller, id)
    heartbeats.beat(id, report, now())


def labels(caller: Principal, id: UUID) -> list[AgentLabel]:
    require_admin_or_agent(caller, id)
    return agent_files.read(id, consistent=True).labels


def add_label(caller: Principal, id: UUID, new: NewAgentLabel, *, new_id: system.NewId = system.new_id) -> AgentLabel:
    require_admin(caller)
    _require_same_agent(new.agent_id, id)
    added = AgentLabel(new_id(), id, new.label)
    together = Together()
    agent_labels.add_label(together, added)
    profiles.widen(together, id, Scope(labels=frozenset({added.label})))
    together.commit()
    return added


def remove_label(caller: Principal, id: UUID, label: str) -> None:
    require_admin(caller)
    together = Together()
    agent_labels.remove_label(together, id, label)
    profiles.narrow(together, id, Scope(labels=frozenset({label})))
    together.commit()


def annotations(caller: Principal, id: UUID) -> list[AgentAnnotation]:
    require_admin_or_agent(caller, id)
    return agent_files.read(id, consistent=True).annotations


def add_annotation(
    caller: Principal, id: UUID, new: NewAgentAnnotation, *, new_id: system.NewId = system.new_id
) -> AgentAnnotation:
    require_admin(caller)
    _require_same_agent(new.agent_id, id)
    added = AgentAnnotation(new_id(), id, new.key, new.value)
    together = Together()
    agent_labels.add_annotation(together, added)
    profiles.widen(together, id, Scope(annotations=frozenset({(added.key, added.value)})))
    together.commit()
    return added


def remove_annotation(caller: Principal, id: UUID, key: str) -> None:
    require_admin(caller)
    gone, together = agent_labels.get_annotation(id, key), Together()
    agent_labels.remove_annotation(together, gone)
    profiles.narrow(together, id, Scope(annotations=frozenset({(gone.key, gone.value)})))
    together.commit()


def _require_same_agent(body: UUID | None, path: UUID) -> None:
    if body not in (None, path):
        raise AgentIdMismatch("agent_id in the body is not the agent in the path")
