"""
When: a step at each interval, for as long as the agent lives.
"""

import logging
import random
import time
from collections.abc import Callable

from agent.broker import BrokerError
from agent.cluster import Stopping
from agent.reconcile import ClusterUnreachable

log = logging.getLogger("agent")

JITTER = (0.9, 1.1)


def run(
    step: Callable[[], None],
    interval: float,
    *,
    stop: Callable[[], bool],
    sleep: Callable[[float], object],
    now: Callable[[], float] = time.monotonic,
    spread: Callable[[float, float], float] = random.uniform,
) -> None:
    """
    The interval counts from start to start, so that a long step does not delay the next one.
    """
    name = step.__name__
    trouble: str | None = None
    while not stop():
        started = now()
        trouble = _attempt(step, name, trouble)
        sleep(max(0.0, interval * spread(*JITTER) - (now() - started)))


def _attempt(step: Callable[[], None], name: str, before: str | None) -> str | None:
    """
    What is wrong after this step; said when it changes, not each time.
    """
    try:
        step()
    except Stopping:
        return before
    except (BrokerError, ClusterUnreachable) as error:
        if str(error) != before:
            log.warning("waiting", extra={"fields": {"step": name, "reason": str(error)}})
        return str(error)
    except Exception as error:
        if repr(error) != before:
            log.exception("unforeseen", extra={"fields": {"step": name}})
        return repr(error)
    if before is not None:
        log.info("going on", extra={"fields": {"step": name}})
    return None
