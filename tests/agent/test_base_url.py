"""
A base URL that holds a stage's name, as API Gateway's does.
"""

import pytest

from agent.broker import Broker, BrokerRefused
from agent.settings import Settings
from agent.startup import introduce
from app import app
from chalicelib.domain.agents import NewAgent
from chalicelib.domain.generators import NewGenerator
from chalicelib.domain.principals import ADMIN
from chalicelib.services import agents, generators
from tests.support.stage import StageTransport
from tests.support.transport import BrokerTransport


@pytest.fixture
def agent(installation):
    ci, _ = generators.create_generator(ADMIN, NewGenerator(name="ci"))
    made, pak = agents.create_agent(ADMIN, NewAgent(name="edge", cluster_name="test"))
    return made, str(pak), ci


@pytest.fixture
def settings(agent):
    _, pak, ci = agent
    return Settings.from_env(
        {
            "BROKKR__AGENT__BROKER_URL": "https://abc.execute-api.eu-west-1.amazonaws.com/prod/",
            "BROKKR__AGENT__PAK": pak,
            "BROKKR__AGENT__AGENT_NAME": "edge",
            "BROKKR__AGENT__CLUSTER_NAME": "test",
            "BROKKR__AGENT__GENERATOR_IDS": str(ci.id),
        }
    )


def test_every_request_of_an_agent_goes_below_the_stage(agent, settings):
    made, pak, _ = agent
    broker = Broker(settings.broker_url, pak, transport=StageTransport(BrokerTransport(app)))

    broker.ready()
    me = introduce(settings, broker, pytest.fail)
    broker.heartbeat(me.id, k8s_reachable=True, k8s_api_latency_ms=1)
    first = broker.target_state(me.id, None)

    assert me.id == str(made.id)
    assert broker.target_state(me.id, first.etag).objects is None


def test_without_its_stage_no_request_gets_through(agent):
    _, pak, _ = agent
    broker = Broker(
        "https://abc.execute-api.eu-west-1.amazonaws.com", pak, transport=StageTransport(BrokerTransport(app))
    )

    with pytest.raises(BrokerRefused):
        broker.ready()
