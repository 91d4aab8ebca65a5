"""
All that is kept under an agent.
"""

from uuid import UUID

from chalicelib.domain.agents import AgentFile
from chalicelib.store.agent_labels import AnnotationItem, LabelItem
from chalicelib.store.agents import AgentItem
from chalicelib.store.given_stacks import GivenItem
from chalicelib.store.pending import PendingItem
from chalicelib.store.reads import partition
from chalicelib.store.registrations import RegistrationItem
from chalicelib.store.table import Item
from chalicelib.store.targets import TargetItem


def read(agent_id: UUID, *, consistent: bool = False) -> AgentFile:
    """
    In one query. Empty for an unknown agent, and for a deleted one, whatever it left.
    """
    items = list(partition(f"AGENT#{agent_id}", consistent=consistent))
    own = next((item for item in items if isinstance(item, AgentItem)), None)
    agent = own.read() if own and own.deleted_at is None else None
    kept: list[Item] = items if agent else []
    return AgentFile(
        agent=agent,
        labels=[item.read() for item in kept if isinstance(item, LabelItem)],
        annotations=[item.read() for item in kept if isinstance(item, AnnotationItem)],
        targets=[item.read() for item in kept if isinstance(item, TargetItem)],
        registrations=[item.read() for item in kept if isinstance(item, RegistrationItem)],
        given=[item.read() for item in kept if isinstance(item, GivenItem)],
        diagnostics=[item.read() for item in kept if isinstance(item, PendingItem)],
    )
