from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from agent.broker import Broker, Identity
from agent.settings import Settings
from agent.startup import NotWelcome, introduce
from tests.support.bundles import AGENT
from tests.support.tiny_broker import TinyBroker

SETTINGS = Settings.from_env({"BROKKR__AGENT__PAK": "a_b_c"})


@pytest.mark.parametrize(
    ("part", "answer", "said"),
    [
        ("/auth/pak", httpx.Response(401, json={"message": "no"}), "Invalid agent PAK"),
        ("/auth/pak", httpx.Response(401), "Invalid agent PAK"),
        ("/agents/", httpx.Response(404, json={"message": "no"}), 'agent "DEFAULT" of cluster "DEFAULT" is unknown'),
        ("/agents/", httpx.Response(403, json={"message": "no"}), "or another's PAK is used"),
    ],
)
def test_a_bad_pak_and_an_unknown_agent_are_final(part, answer, said):
    tiny = TinyBroker()
    tiny.trouble = {part: answer}

    with pytest.raises(NotWelcome, match=said):
        introduce(SETTINGS, Broker("http://broker", "a_b_c", transport=tiny), pytest.fail)


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), httpx.Response(503), httpx.Response(200, text="<")])
def test_a_broker_that_is_away_is_waited_for(answer):
    tiny, naps = TinyBroker(), []
    tiny.trouble = {"/agents/": answer}

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 200:
            tiny.trouble = {}

    me = introduce(SETTINGS, Broker("http://broker", "a_b_c", transport=tiny), nap)

    assert me.id == AGENT
    assert naps == [1.0] * 200


def test_a_generator_that_cannot_be_registered_with_is_no_reason_to_stay_away():
    tiny = TinyBroker()
    known, unknown = str(uuid4()), str(uuid4())
    tiny.trouble = {known: httpx.Response(409, json={"message": "is"}), unknown: httpx.Response(404)}
    settings = replace(SETTINGS, generator_ids=("malformed", unknown, known))

    me = introduce(settings, Broker("http://broker", "a_b_c", transport=tiny), pytest.fail)

    assert me.is_active


def test_while_the_broker_is_away_an_agent_that_it_knew_goes_on_as_who_it_was():
    tiny, known = TinyBroker(), Identity(AGENT, "ACTIVE")
    tiny.trouble = {"/readyz": httpx.ConnectError("refused")}

    me = introduce(SETTINGS, Broker("http://broker", "a_b_c", transport=tiny), pytest.fail, known)

    assert me is known
