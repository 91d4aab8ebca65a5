from threading import Event, Thread

import httpx
import pytest

from agent.broker import Broker, BrokerError
from agent.outbox import Outbox
from tests.support.bundles import AGENT
from tests.support.tiny_broker import TinyBroker


def event(object_id):
    return {"agent_id": AGENT, "deployment_object_id": object_id, "status": "SUCCESS", "message": None}


class Hanging(TinyBroker):
    """
    An answer to a report comes when it is let go.
    """

    def __init__(self):
        super().__init__()
        self.is_asked, self.may_go = Event(), Event()

    def handle_request(self, request):
        self.is_asked.set()
        assert self.may_go.wait(5)
        return super().handle_request(request)


def client(broker):
    return Broker("http://broker", "a_b_c", transport=broker)


def test_what_cannot_be_sent_waits_on_disk_in_its_order(tmp_path):
    broker = TinyBroker()
    broker.trouble = {"/events": httpx.Response(500)}
    outbox = Outbox(tmp_path)
    outbox.add(event("1"))
    outbox.add(event("2"))

    with pytest.raises(BrokerError):
        outbox.send(client(broker), AGENT)
    broker.trouble = {}
    Outbox(tmp_path).send(client(broker), AGENT)

    assert broker.outcomes == [("1", "SUCCESS"), ("2", "SUCCESS")]


def test_what_the_broker_will_never_take_keeps_nothing_waiting(tmp_path):
    broker = TinyBroker()
    broker.trouble = {"/events": httpx.Response(400, json={"message": "there is no such object"})}
    outbox = Outbox(tmp_path)
    outbox.add(event("1"))

    outbox.send(client(broker), AGENT)

    assert (tmp_path / "reports" / "waiting.json").read_text() == "[]"


def test_two_who_send_at_once_send_each_report_once_and_lose_none(tmp_path):
    """
    At its end the agent sends what waits, while its loop may be at it: the second report was dropped unsent.
    """
    broker = Hanging()
    outbox = Outbox(tmp_path)
    outbox.add(event("1"))
    outbox.add(event("2"))
    senders = [Thread(target=outbox.send, args=(client(broker), AGENT)) for _ in range(2)]

    for sender in senders:
        sender.start()
    broker.is_asked.wait(5)
    broker.may_go.set()
    for sender in senders:
        sender.join(5)

    assert broker.outcomes == [("1", "SUCCESS"), ("2", "SUCCESS")]


@pytest.mark.parametrize("torn", ["", "[{", "{}"])
def test_a_torn_file_is_as_good_as_none(tmp_path, torn):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "waiting.json").write_text(torn)
    broker = TinyBroker()

    Outbox(tmp_path).send(client(broker), AGENT)

    assert broker.events == []
