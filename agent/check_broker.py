"""
What the broker says of us.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from agent.broker import Broker, BrokerError, BrokerRefused, Identity
from agent.finding import Finding
from agent.settings import Settings

MOST_SKEW = timedelta(seconds=30)
AWAY = "is BROKKR__AGENT__BROKER_URL right, is the broker well, may this machine reach it (DNS, firewall, HTTPS_PROXY)?"
NOT_THE_ROOT = "BROKKR__AGENT__BROKER_URL is the broker's root: with a stage's prefix if it has one, without /api/v1"
UNKNOWN_PAK = "give it a new one (`brokkr-broker rotate agent`) and set BROKKR__AGENT__PAK to that"
NO_AGENTS_PAK = "set BROKKR__AGENT__PAK to what `brokkr-broker create agent` printed"
OTHER_PAK = "the PAK is another agent's: set BROKKR__AGENT__PAK, or the two names, to match"
CLOCK = "set this machine's clock: certificates and tokens are judged by it"


class AskedBroker:
    """
    The questions to it, each after the one that it hangs on; and who we are, once it has said so.
    """

    def __init__(
        self, settings: Settings, broker: Broker, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.me: Identity | None = None
        self._settings = settings
        self._broker = broker
        self._now = now

    def findings(self) -> Iterator[Finding]:
        url = self._settings.broker_url
        try:
            its_time = self._broker.ready()
        except BrokerError as error:
            yield Finding("broker", f"{url}: {error}", NOT_THE_ROOT if isinstance(error, BrokerRefused) else AWAY)
            return
        yield Finding("broker", f"{url} is ready")
        yield _clock(its_time, self._now())
        try:
            owner = self._broker.owner_of_pak()
        except BrokerError as error:
            is_unknown = isinstance(error, BrokerRefused) and error.is_unwelcome
            yield Finding("PAK", str(error), UNKNOWN_PAK if is_unknown else AWAY)
            return
        if owner is None:
            yield Finding("PAK", "is known to the broker, and no agent's", NO_AGENTS_PAK)
            return
        yield Finding("PAK", f"is that of agent {owner}")
        yield self._ourselves(owner)

    def _ourselves(self, owner: str) -> Finding:
        settings = self._settings
        who = f'"{settings.agent_name}" of cluster "{settings.cluster_name}"'
        try:
            found = self._broker.find_self(settings.agent_name, settings.cluster_name)
        except BrokerError as error:
            todo = f"set BROKKR__AGENT__AGENT_NAME and BROKKR__AGENT__CLUSTER_NAME to those of agent {owner}"
            return Finding("agent", f"{who}: {error}", todo)
        if found.id != owner:
            return Finding("agent", f"{who} is agent {found.id}", OTHER_PAK)
        self.me = found
        if not found.is_active:
            todo = f'as admin: PUT {settings.broker_url}/api/v1/agents/{found.id} {{"status": "ACTIVE"}}'
            return Finding("agent", f"{who} is {found.status}, so nothing is applied", todo)
        return Finding("agent", f"{who} is {found.status}")


def _clock(its_time: datetime | None, our_time: datetime) -> Finding:
    if its_time is None:
        return Finding("clock", "not compared: the broker does not say its time")
    skew = our_time - its_time
    said = f"{abs(skew).total_seconds():.0f} s {'ahead of' if skew > timedelta() else 'behind'} the broker's"
    return Finding("clock", said, CLOCK if abs(skew) > MOST_SKEW else None)
