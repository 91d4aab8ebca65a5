"""
An issuer's keys: asked for seldom, from it alone, and never believed for long.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from chalicelib.errors.protocol import IssuerUnavailable
from chalicelib.services.issuer_keys import MAX_BYTES, MAX_ISSUERS, IssuerKeys, NotHad, fetch
from tests.support.issuer import DISCOVERY

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_keys_are_asked_for_once_and_kept(issuer):
    keys = IssuerKeys()

    found = [keys.find(issuer.url, issuer.kid, NOON + seconds * SECOND) for seconds in (0, 1, 599)]

    assert [key["kid"] for key in found] == [issuer.kid] * 3
    assert issuer.asked == [DISCOVERY, "/keys"]


def test_a_new_key_is_found_and_the_old_one_is_gone_with_it(issuer):
    keys, old = IssuerKeys(), issuer.kid
    keys.find(issuer.url, old, NOON)

    issuer.rotate()

    assert keys.find(issuer.url, issuer.kid, NOON + 30 * SECOND)
    assert keys.find(issuer.url, old, NOON + 31 * SECOND) is None


def test_a_key_that_was_rotated_away_counts_for_ten_minutes_at_most(issuer):
    keys, old = IssuerKeys(), issuer.kid
    keys.find(issuer.url, old, NOON)

    issuer.rotate()

    assert keys.find(issuer.url, old, NOON + 600 * SECOND) is None


def test_unknown_keys_have_the_issuer_asked_once_in_thirty_seconds(issuer):
    """
    Else whoever sends tokens has the broker hammer the issuer.
    """
    keys = IssuerKeys()

    for tenth in range(300):
        assert keys.find(issuer.url, f"unknown-{tenth}", NOON + tenth * SECOND / 10) is None
    keys.find(issuer.url, "unknown", NOON + 30 * SECOND)

    assert issuer.asked == [DISCOVERY, "/keys"] * 2


def test_who_comes_with_a_known_key_does_not_wait_for_a_slow_issuer():
    """
    Anybody can have the issuer asked, with a token that names a key that is not there.
    """
    is_slow, asked, may_answer = Event(), Event(), Event()

    def ask(_):
        asked.set()
        if is_slow.is_set():
            may_answer.wait()
        return {"a": {"kid": "a"}}

    keys = IssuerKeys(ask)
    keys.find("https://ci.example", "a", NOON)
    is_slow.set()
    asked.clear()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(keys.find, "https://ci.example", "unknown", NOON + 31 * SECOND)
        asked.wait()
        try:
            found = pool.submit(keys.find, "https://ci.example", "a", NOON + 31 * SECOND).result(timeout=10)
        finally:
            may_answer.set()

    assert found == {"kid": "a"}


def test_threads_that_wait_for_one_issuer_share_an_answer(issuer):
    keys = IssuerKeys()

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: keys.find(issuer.url, issuer.kid, NOON), range(64)))

    assert all(found)
    assert issuer.asked == [DISCOVERY, "/keys"]


def test_an_issuer_that_is_away_is_not_a_refusal_and_is_not_asked_again_at_once(issuer):
    """
    The token may be good: 401 would send people looking for a fault of their own.
    """
    keys = IssuerKeys()
    issuer.fail()

    for seconds in (0, 1, 29):
        with pytest.raises(IssuerUnavailable):
            keys.find(issuer.url, issuer.kid, NOON + seconds * SECOND)

    assert issuer.asked == [DISCOVERY]


def test_an_issuer_that_is_away_for_a_while_keeps_the_keys_it_gave_but_no_longer_than_they_count(issuer):
    keys = IssuerKeys()
    keys.find(issuer.url, issuer.kid, NOON)
    issuer.fail()

    with pytest.raises(IssuerUnavailable):
        keys.find(issuer.url, "unknown", NOON + 60 * SECOND)

    assert keys.find(issuer.url, issuer.kid, NOON + 61 * SECOND)
    with pytest.raises(IssuerUnavailable):
        keys.find(issuer.url, issuer.kid, NOON + 601 * SECOND)


def test_an_issuer_that_is_back_is_believed_again(issuer):
    keys, answers = IssuerKeys(), issuer.answers
    issuer.fail()
    with pytest.raises(IssuerUnavailable):
        keys.find(issuer.url, issuer.kid, NOON)

    issuer.answers = answers

    assert keys.find(issuer.url, issuer.kid, NOON + 30 * SECOND)


def test_what_is_remembered_is_bounded():
    asked = []
    keys = IssuerKeys(lambda issuer: asked.append(issuer) or {"a": {}})

    for number in range(MAX_ISSUERS * 3):
        keys.find(f"https://{number}.example", "a", NOON)

    assert len(asked) == MAX_ISSUERS * 3
    assert len(vars(keys)["_known"]) <= MAX_ISSUERS


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"jwks_uri": "https://other.example/keys"},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"jwks_uri": ["/keys"]},
        {"jwks_uri": "http://[::1"},
    ],
)
def test_a_discovery_document_that_points_elsewhere_is_not_followed(issuer, said):
    issuer.publish([], **said)

    with pytest.raises(NotHad):
        fetch(issuer.url)
    assert issuer.asked == [DISCOVERY]


@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
def test_a_redirect_is_not_followed(issuer, path):
    issuer.answer("/elsewhere", {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys", "keys": []})
    issuer.answer(path, {}, 302, Location=f"{issuer.url}/elsewhere")

    with pytest.raises(NotHad, match="302"):
        fetch(issuer.url)
    assert "/elsewhere" not in issuer.asked


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[]", b"\xff", b"[" * 100_000, b'{"keys": {}}', b" " * (MAX_BYTES + 1)],
    ids=["empty", "no JSON", "a list", "no UTF-8", "deep", "no keys", "large"],
)
def test_an_answer_that_is_no_set_of_keys_is_not_had(issuer, body):
    issuer.answer("/keys", body)

    with pytest.raises(NotHad):
        fetch(issuer.url)


@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
@pytest.mark.parametrize("begin", [b"HTTP/1.0 200 OK\r\nX-Slow: ", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_an_issuer_that_sends_a_byte_now_and_then_is_not_waited_for(issuer, path, begin):
    """
    It would hold a thread for hours, and with it all who come with a token of this issuer.
    """
    _, _, body = issuer.answers[path]

    def drip(out):
        with suppress(OSError):
            out.write(begin)
            for _ in range(40):
                out.write(b" ")
                out.flush()
                time.sleep(0.05)
            out.write(body if begin.endswith(b"\r\n\r\n") else b"\r\n\r\n" + body)

    issuer.answers[path] = drip

    with pytest.raises(NotHad, match="too slow"):
        fetch(issuer.url, patience=0.2)


def test_keys_that_are_none_are_passed_over(issuer):
    issuer.publish([5, None, {}, {"kid": 5, "kty": "RSA"}, {"kid": "a", "kty": "oct"}, {"kid": "b", "kty": "EC"}])

    assert fetch(issuer.url).keys() == {"b"}


def test_nobody_at_home_is_not_had():
    with pytest.raises(NotHad):
        fetch("http://127.0.0.1:1")


def test_plain_http_goes_nowhere_but_to_this_machine():
    with pytest.raises(NotHad, match="https"):
        fetch("http://192.0.2.1")
