"""
What is tried again, how often, and after how long.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from cli.calls import TRIES, Calls
from cli.errors import CliError, Refused, Unreachable
from cli.paks import Pak
from tests.support.command_line import Troubled

PAK = Pak("brokkr_BRshort_long", "BROKKR_PAK")


def good(request):
    return httpx.Response(200, json={"said": "yes"})


class Broker:
    """
    Calls at a broker that has troubles first.
    """

    def __init__(self, *troubles):
        self.naps, self.notes, self.answered, self.timeouts = [], [], 0, []
        transport = Troubled(httpx.MockTransport(self._answer), *troubles, to="POST")
        self.calls = Calls(
            "http://broker",
            lambda: PAK,
            transport=transport,
            sleep=self.naps.append,
            spread=lambda low, high: high,
            note=self.notes.append,
        )

    def _answer(self, request):
        self.answered += 1
        self.timeouts.append(request.extensions["timeout"])
        return good(request)

    def ask(self, **how):
        return self.calls.json("POST", "/things", **how)


def refusal(status, **headers):
    return httpx.Response(status, json={"code": "some_code", "message": "some words"}, headers=headers)


@pytest.mark.parametrize(
    "trouble",
    [
        *(refusal(status) for status in (408, 429, 502, 503, 504)),
        httpx.ConnectError("connection refused"),
        httpx.ReadError("connection reset"),
        httpx.ReadTimeout("timed out"),
        httpx.RemoteProtocolError("server disconnected"),
    ],
)
def test_what_passes_is_tried_again_after_a_while(trouble):
    broker = Broker(trouble, trouble)

    assert broker.ask() == {"said": "yes"}
    assert broker.naps == [0.4, 0.8]
    assert len(broker.notes) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500])
def test_what_will_not_pass_is_told_at_once(status):
    broker = Broker(refusal(status))

    with pytest.raises(Refused, match=f"{status} some_code: some words"):
        broker.ask()
    assert broker.naps == []


def test_it_is_told_when_it_does_not_pass():
    busy, away = Broker(*[refusal(503)] * TRIES), Broker(*[httpx.ConnectError("Connection refused")] * TRIES)

    with pytest.raises(Refused, match="503 some_code"):
        busy.ask()
    with pytest.raises(Unreachable, match="http://broker cannot be reached: connection refused"):
        away.ask()

    assert len(busy.naps) == len(away.naps) == TRIES - 1


def test_the_wait_that_is_asked_for_is_kept():
    soon = datetime.now(UTC) + timedelta(seconds=30)
    broker = Broker(refusal(429, **{"Retry-After": "7"}), refusal(503, **{"Retry-After": format_datetime(soon)}))

    broker.ask()

    assert broker.naps[0] == 7
    assert 25 < broker.naps[1] <= 30


@pytest.mark.parametrize(
    ("wait", "connect", "read"), [(600.0, 10, 30), (20.0, 10, 20.0), (3.0, 3.0, 3.0), (0.0, 1.0, 1.0)]
)
def test_an_answer_is_waited_for_no_longer_than_its_asker_waits(wait, connect, read):
    broker = Broker()

    broker.ask(longest_wait=wait)

    assert broker.timeouts == [{"connect": connect, "read": read, "write": read, "pool": read}]


def test_one_that_is_longer_than_anybody_waits_ends_it():
    broker = Broker(refusal(503, **{"Retry-After": "3600"}))

    with pytest.raises(Refused):
        broker.ask()
    assert broker.naps == []


@pytest.mark.parametrize(
    ("trouble", "again"),
    [
        (httpx.ConnectError("connection refused"), True),
        (refusal(429), True),
        (httpx.ReadError("connection reset"), False),
        (refusal(504), False),
    ],
)
def test_what_must_not_be_done_twice_is_tried_again_only_where_it_was_not_heard(trouble, again):
    broker = Broker(trouble)

    if again:
        broker.ask(repeatable=False)
    else:
        with pytest.raises(CliError):
            broker.ask(repeatable=False)

    assert broker.answered == (1 if again else 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(403, json={"message": "Forbidden"}), "403 forbidden: http://broker/api/v1/things answered 403"),
        (httpx.Response(404, text="<html>"), "404 not_found: http://broker/api/v1/things answered 404 Not Found, and"),
        (httpx.Response(200, text="<html>"), "what answers at http://broker is no broker: its answer is not JSON"),
    ],
)
def test_an_answer_that_is_no_brokers_is_told_as_what_it_is(answer, message):
    with pytest.raises(CliError, match=message):
        Broker(answer).ask()


def test_an_answer_that_repeats_the_pak_does_not_show_it():
    answer = httpx.Response(400, json={"code": "odd", "message": f"what is {PAK.secret}?"})

    with pytest.raises(Refused, match=r"400 odd: what is \*\*\*\?"):
        Broker(answer).ask()


def test_a_redirection_is_told_and_not_followed_so_that_no_pak_goes_elsewhere():
    with pytest.raises(Refused) as caught:
        Broker(httpx.Response(301, headers={"Location": "https://broker/api/v1/things"})).ask()

    assert caught.value.hints == ("it sends on to https://broker/api/v1/things: name that",)


def test_a_request_that_cannot_be_sent_is_not_tried_again():
    broker = Broker(httpx.LocalProtocolError("Illegal header value"))

    with pytest.raises(CliError, match="http://broker cannot be asked: Illegal header value"):
        broker.ask()
    assert broker.naps == []


@pytest.mark.parametrize(
    ("trouble", "hint"),
    [
        ("[Errno 111] Connection refused", "is the broker running there?"),
        ("[Errno -2] Name or service not known", "check the spelling of the host"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "SSL_CERT_FILE"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "is it https that is spoken there"),
    ],
)
def test_each_trouble_says_what_to_do(trouble, hint):
    with pytest.raises(Unreachable) as caught:
        Broker(*[httpx.ConnectError(trouble)] * TRIES).ask()

    assert hint in caught.value.hints[0]
