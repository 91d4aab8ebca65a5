"""
What comes before the first poll: a broker that answers, a PAK that it knows, and who we are.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from agent.broker import Broker, BrokerError, BrokerRefused, Identity
from agent.settings import Settings

log = logging.getLogger("agent")

RETRY_SECONDS = 1.0

T = TypeVar("T")


class NotWelcome(Exception):
    """
    The broker knows neither this PAK nor this agent: waiting would not help.
    """


def introduce(
    settings: Settings, broker: Broker, sleep: Callable[[float], object], known: Identity | None = None
) -> Identity:
    """
    Find ourselves at the broker, and wait for it as long as it takes; where it is away, and we were known to it when we
    last ran, go on as who we were. Raises NotWelcome.
    """
    if known is not None and not _answers(broker):
        log.warning("the broker is away; going on as before", extra={"fields": {"broker": settings.broker_url}})
        return known
    _patiently(broker.ready, settings, sleep)
    _patiently(broker.verify_pak, settings, sleep)
    me = _patiently(lambda: broker.find_self(settings.agent_name, settings.cluster_name), settings, sleep)
    for generator_id in settings.generator_ids:
        _register(generator_id, broker)
    return me


def _answers(broker: Broker) -> bool:
    try:
        broker.ready()
    except BrokerError:
        return False
    return True


def _patiently(ask: Callable[[], T], settings: Settings, sleep: Callable[[float], object]) -> T:
    attempt = 0
    while True:
        try:
            return ask()
        except BrokerError as error:
            _give_up_if_final(error, settings)
            if attempt % settings.max_retries == 0:
                fields = {"broker": settings.broker_url, "reason": str(error)}
                log.warning("waiting for the broker", extra={"fields": fields})
        attempt += 1
        sleep(RETRY_SECONDS)


def _give_up_if_final(error: BrokerError, settings: Settings) -> None:
    status = error.status if isinstance(error, BrokerRefused) else None
    if status == HTTPStatus.UNAUTHORIZED:
        raise NotWelcome("Invalid agent PAK: the broker does not know it; was it rotated?") from error
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN):
        who = f'agent "{settings.agent_name}" of cluster "{settings.cluster_name}"'
        raise NotWelcome(
            f"{who} is unknown to the broker at {settings.broker_url}, or another's PAK is used"
        ) from error


def _register(generator_id: str, broker: Broker) -> None:
    try:
        broker.register(str(UUID(generator_id)))
    except (BrokerError, ValueError) as error:
        fields = {"generator": generator_id, "reason": str(error)}
        log.warning("not registered", extra={"fields": fields})
