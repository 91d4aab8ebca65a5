"""
Against the real broker, in process.
"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from agent.broker import Broker
from agent.check_broker import AskedBroker
from agent.settings import Settings
from app import app
from chalicelib.domain.agents import AgentChange, NewAgent
from chalicelib.domain.principals import ADMIN
from chalicelib.services import agents
from tests.support.transport import BrokerTransport

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Dated(httpx.BaseTransport):
    """
    A broker that says its time, as API Gateway and gunicorn do.
    """

    def __init__(self, transport, date):
        self.transport, self.date = transport, date

    def handle_request(self, request):
        answer = self.transport.handle_request(request)
        answer.headers["Date"] = self.date
        return answer


class Away(httpx.BaseTransport):
    def handle_request(self, request):
        raise httpx.ConnectError("refused")


@pytest.fixture
def edge(installation):
    """
    An agent that the broker knows, and its PAK.
    """
    return agents.create_agent(ADMIN, NewAgent(name="edge-1", cluster_name="edge"))


def asked(pak, name="edge-1", transport=None, url="http://broker", **how):
    settings = Settings.from_env(
        {
            "BROKKR__AGENT__PAK": str(pak),
            "BROKKR__AGENT__AGENT_NAME": name,
            "BROKKR__AGENT__CLUSTER_NAME": "edge",
            "BROKKR__AGENT__BROKER_URL": url,
        }
    )
    client = Broker(settings.broker_url, settings.pak, transport=transport or BrokerTransport(app))
    return AskedBroker(settings, client, **how)


def wrong(asked):
    return {finding.question: finding for finding in asked.findings() if finding.todo is not None}


def test_an_active_agent_is_known_and_nothing_is_to_do(edge):
    agent, pak = edge
    agents.update_agent(ADMIN, agent.id, AgentChange(status="ACTIVE"))
    question = asked(pak)

    findings = list(question.findings())

    assert [finding.question for finding in findings] == ["broker", "clock", "PAK", "agent"]
    assert all(finding.todo is None for finding in findings)
    assert question.me.id == str(agent.id)
    assert str(pak) not in repr(findings)


def test_an_inactive_agent_is_told_how_it_becomes_active(edge):
    agent, pak = edge
    question = asked(pak)

    finding = wrong(question)["agent"]

    assert finding.said.endswith("is INACTIVE, so nothing is applied")
    assert f'PUT http://broker/api/v1/agents/{agent.id} {{"status": "ACTIVE"}}' in finding.todo
    assert question.me.id == str(agent.id)


def test_a_pak_that_is_not_known_ends_the_questions(edge):
    question = asked("brokkr_BRunknown_nothing")

    findings = list(question.findings())

    assert [finding.question for finding in findings] == ["broker", "clock", "PAK"]
    assert "401" in findings[-1].said
    assert "brokkr-broker rotate agent" in findings[-1].todo


def test_an_admins_pak_is_no_agents(edge, installation):
    assert "brokkr-broker create agent" in wrong(asked(installation.admin_pak))["PAK"].todo


def test_names_that_the_broker_does_not_know_are_told_beside_the_agent_that_has_the_pak(edge):
    agent, pak = edge

    finding = wrong(asked(pak, name="edge-2"))["agent"]

    assert "edge-2" in finding.said
    assert str(agent.id) in finding.todo


def test_another_agents_name_is_no_match(edge):
    _, pak = edge
    agents.create_agent(ADMIN, NewAgent(name="edge-2", cluster_name="edge"))

    assert set(wrong(asked(pak, name="edge-2"))) == {"agent"}


@pytest.mark.parametrize(
    ("how", "todo"),
    [({"url": "http://broker/api/v1"}, "without /api/v1"), ({"transport": Away()}, "may this machine reach it")],
)
def test_a_broker_that_does_not_answer_is_the_only_question(edge, how, todo):
    findings = list(asked(edge[1], **how).findings())

    assert [finding.question for finding in findings] == ["broker"]
    assert todo in findings[0].todo


@pytest.mark.parametrize(
    ("skew", "said", "is_wrong"), [(3, "3 s ahead of", False), (-29, "29 s behind", False), (40, "40 s ahead of", True)]
)
def test_the_clock_is_held_against_the_brokers(edge, skew, said, is_wrong):
    transport = Dated(BrokerTransport(app), "Tue, 24 Nov 2026 12:00:00 GMT")
    question = asked(edge[1], transport=transport, now=lambda: NOON + timedelta(seconds=skew))

    clock = next(finding for finding in question.findings() if finding.question == "clock")

    assert clock.said == f"{said} the broker's"
    assert (clock.todo is not None) == is_wrong
