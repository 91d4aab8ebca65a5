"""
The one namespace of an agent that is for one alone.
"""

from agent.apiserver import Refused
from agent.refs import Ref


def within(namespace: str | None, ref: Ref) -> Ref:
    """
    The ref, if it is in that namespace. The agent's own word, whatever its account might do besides: what is elsewhere
    it would not watch either. Raises Refused.
    """
    if namespace is not None and ref.namespace != namespace:
        raise Refused(f"beyond this agent, which works in the namespace {namespace} alone")
    return ref
