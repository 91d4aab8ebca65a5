"""
Against the real app in process, and against servers that are no broker.
"""

from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from broker.doctor_outside import AddressUnfit, Said, fit, outside
from chalicelib import VERSION
from tests.support.factories import new_generator

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


def through(http, **changed):
    """
    The API by way of whoever adds a date, as servers do; a change of None takes a header away.
    """

    def ask(base, method, path, headers):
        answer = http.ask(method, "/" + path, headers=dict(headers))
        said = Message()
        for name, value in ({**answer.headers, "date": DATE} | changed).items():
            if value is not None:
                said[name] = value
        return Said(answer.status_code, said, answer.content)

    return ask


def asked(ask, pak=None):
    return {finding.question: finding for finding in outside("http://broker/", pak, ask=ask, now=lambda: NOON)}


def test_a_broker_that_is_well_gets_no_advice(http):
    found = asked(through(http), http.admin)

    assert list(found) == ["address", "clock", "request id", "ready", "PAK", "version"]
    assert [finding.todo for finding in found.values()] == [None] * 6
    assert found["PAK"].said == "is the admin's"


def test_the_pak_is_shown_nowhere(http):
    good, bad = asked(through(http), http.admin), asked(through(http), http.admin + "x")

    assert http.admin not in repr([good, bad])
    assert bad["PAK"].said.startswith("it answers 401: ")
    assert "rotate" in bad["PAK"].todo


def test_whose_pak_it_is_is_told(http):
    generator = new_generator(http)

    found = asked(through(http), generator.pak)

    assert found["PAK"].said == f"is that of generator {generator.id}"


def test_without_a_pak_the_others_are_asked(http):
    found = asked(through(http))

    assert found["PAK"].todo is None
    assert "version" not in found


def test_a_broker_without_its_table_is_alive_and_not_ready(http, table):
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)
    table.delete_table(TableName="brokkr")

    found = asked(through(http))

    assert found["address"].todo is None
    assert "it answers 503 the store does not answer" in found["ready"].said
    assert "broker's log" in found["ready"].todo


def test_a_broker_of_another_version_is_told(http):
    found = asked(through(http, **{"x-brokkr-version": "0.0.9"}), http.admin)

    assert found["version"].said == f"the broker's is 0.0.9, ours {VERSION}"


def test_a_version_that_is_not_told_is_no_fault(http):
    found = asked(through(http, **{"x-brokkr-version": None}), http.admin)

    assert found["version"].todo is None


def test_headers_that_a_proxy_takes_away_are_told(http):
    found = asked(through(http, **{"x-request-id": None}))

    assert "pass the broker's headers" in found["request id"].todo


class Elsewhere(BaseHTTPRequestHandler):
    """
    Sends everybody on, but for those who ask for `/nothing`.
    """

    def do_GET(self):
        self.send_response(404 if self.path.startswith("/nothing") else 301)
        self.send_header("Location", "http://elsewhere/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def elsewhere():
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_redirect_is_not_followed():
    """
    What it leads to would be given the PAK.
    """
    with elsewhere() as url:
        (finding,) = outside(url, "brokkr_a_b")

    assert finding.said == f"{url} leads to http://elsewhere/"


def test_an_address_without_its_stage_is_told():
    with elsewhere() as url:
        (finding,) = outside(f"{url}/nothing", None)

    assert "answers 404, and not as a broker" in finding.said
    assert "stage's prefix" in finding.todo


def test_an_address_where_nobody_answers_is_told():
    with elsewhere() as url:
        pass

    (finding,) = outside(url, None)

    assert "Connection refused" in finding.said
    assert "firewall" in finding.todo


@pytest.mark.parametrize("url", ["broker", "ftp://broker", "http://broker?x=1"])
def test_what_is_no_base_url_is_refused(url):
    with pytest.raises(AddressUnfit):
        fit(url)
