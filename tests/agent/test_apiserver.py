"""
Against a server on loopback that answers by the book it is given.
"""

import json
import socket
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from agent.access import Access, Credentials
from agent.apiserver import ApiServer, ClusterUnreachable, Refused, Stopping
from agent.connections import Patience

NOWHERE = "http://127.0.0.1:1"
OK = {"kind": "ConfigMap", "metadata": {}}


@contextmanager
def serving(*answers):
    """
    Each request gets the next answer: a status and a body, and headers if need be. None drops the connection.
    """
    book, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append((self.command, self.headers.get("Authorization")))
            given = book.pop(0)
            if given is None:
                self.close_connection = True
                return
            status, body, *headers = given
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers[0] if headers else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_PATCH(self):
            self.do_GET()

        def do_DELETE(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def access(host, authorization=None, token_file=None):
    nothing = dict.fromkeys(("authority", "server_name", "certificate", "key", "proxy"))
    return Access(host=host, is_verified=True, authorization=authorization, token_file=token_file, **nothing)


def server_at(url, naps=None):
    naps = [] if naps is None else naps
    return ApiServer(Credentials(lambda: access(url)), sleep=naps.append, spread=lambda low, high: 1.0)


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ("GET", (429, {"message": "too many"})),
        ("GET", (503, {"message": "not ready"})),
        ("PATCH", (409, {"message": "the object has been modified"})),
        ("PATCH", (500, {"message": "etcdserver: request timed out"})),
        ("PATCH", (500, {"message": "slow", "details": {"retryAfterSeconds": 1}})),
    ],
)
def test_not_now_is_asked_again(method, refusal):
    naps = []
    with serving(refusal, refusal, (200, OK)) as (url, asked):
        answer = server_at(url, naps).ask(method, "/x")

    assert (answer.status, answer.body, len(asked)) == (200, OK, 3)
    assert naps == [0.2, 0.4]


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ("PATCH", (422, {"message": "invalid"})),
        ("PATCH", (500, {"message": "failed to create typed patch object"})),
        ("DELETE", (409, {"message": "the UID in the precondition does not match"})),
        ("GET", (404, {"kind": "Status", "message": "not found"})),
        ("GET", (404, b"404 page not found")),
    ],
)
def test_no_is_no(method, refusal):
    with serving(refusal) as (url, asked):
        answer = server_at(url).ask(method, "/x")

    assert (answer.status, answer.ok, len(asked)) == (refusal[0], False, 1)
    with pytest.raises(Refused, match=answer.message):
        answer.insist()


def test_a_refusal_repeats_no_value():
    message = "failed to create typed patch object (default/s; /v1, Kind=Secret): .stringData.pin: expected string"
    refusal = (500, {"message": f"{message}, got &value.valueUnstructured{{Value:12345}}"})

    with serving(refusal) as (url, _):
        answer = server_at(url).ask("PATCH", "/x")

    assert answer.message == message


def test_the_server_says_how_long_to_wait():
    naps = []
    with serving((429, {}, {"Retry-After": "3"}), (200, OK)) as (url, _):
        server_at(url, naps).ask("GET", "/x")

    assert naps == [3.0]


def test_what_stays_not_now_is_answered_as_it_is():
    with serving(*[(503, {"message": "not ready"})] * 5) as (url, asked):
        answer = server_at(url).ask("GET", "/x")

    assert (answer.message, len(asked)) == ("not ready", 5)


def test_a_connection_that_broke_is_tried_on_a_new_one():
    with serving(None, (200, OK)) as (url, asked):
        answer = server_at(url).ask("GET", "/x")

    assert (answer.status, len(asked)) == (200, 2)


@pytest.mark.parametrize("page", [(200, b"<html>"), (200, b""), (200, {}), (200, []), (404, b"<html>"), (404, {})])
def test_a_page_that_is_no_api_servers_is_as_good_as_no_answer(page):
    """
    A gateway that said 200 to an apply was believed: SUCCESS was reported of nothing, and what the revision no longer
    named was removed. One that says 404 would make the agent forget what it owns.
    """
    with serving(page) as (url, _), pytest.raises(ClusterUnreachable, match="what answers in its place is none"):
        server_at(url).ask("PATCH", "/x")


@pytest.mark.parametrize("body", [{"kind": "ConfigMap"}, {"kind": "Status"}, {"gitVersion": "v1.36.3"}])
def test_what_an_api_server_says_is_known_by_what_is_in_it(body):
    with serving((200, body)) as (url, _):
        assert server_at(url).ask("GET", "/x").body == body


def test_a_server_that_is_away_is_an_exception():
    with pytest.raises(ClusterUnreachable):
        server_at(NOWHERE).ask("GET", "/x")


def test_who_may_not_go_on_asks_nothing():
    server = server_at(NOWHERE)

    with pytest.raises(Stopping):
        server.fenced(lambda: False).ask("GET", "/x")


def test_a_token_that_has_expired_is_asked_for_anew():
    tokens = iter(["Bearer old", "Bearer new"])
    now = [0.0]
    with serving((401, {}), (200, OK)) as (url, asked):
        credentials = Credentials(lambda: access(url, next(tokens)), clock=lambda: now[0])
        now[0] = 60.0
        answer = ApiServer(credentials).ask("GET", "/x")

    assert (answer.status, asked) == (200, [("GET", "Bearer old"), ("GET", "Bearer new")])


def test_credentials_that_are_refused_at_once_are_not_asked_for_again_and_again():
    with serving((401, {"message": "Unauthorized"})) as (url, asked):
        answer = server_at(url).ask("GET", "/x")

    assert (answer.status, len(asked)) == (401, 1)


def test_a_pods_token_is_read_again_after_a_minute(tmp_path):
    file, now = tmp_path / "token", [0.0]
    file.write_text("one\n")
    credentials = Credentials(lambda: access("http://x", token_file=str(file)), clock=lambda: now[0])
    first = credentials.authorization()
    file.write_text("two\n")
    second = credentials.authorization()
    now[0] = 61.0

    assert (first, second, credentials.authorization()) == ("Bearer one", "Bearer one", "Bearer two")


def test_a_stream_is_read_line_by_line():
    with serving((200, b'{"a": 1}\n\n{"b": 2}\n')) as (url, _):
        lines = list(server_at(url).stream("/x"))

    assert lines == [b'{"a": 1}', b'{"b": 2}']


def test_a_log_is_read_as_it_arrives_and_may_be_no_object():
    with serving((200, b"hello\nworld")) as (url, _):
        assert b"".join(server_at(url).chunks("/x")) == b"hello\nworld"


def test_a_log_that_breaks_off_is_an_unreachable_cluster():
    with serving(None) as (url, _), pytest.raises(ClusterUnreachable):
        list(server_at(url).chunks("/x"))


def test_a_log_of_which_nothing_comes_ends_for_now():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"

        assert list(server_at(url).chunks("/x", timeout=Patience(connect=1, read=0.05))) == []


def test_a_stream_that_is_refused_says_why():
    with serving((403, {"message": "may not watch"})) as (url, _), pytest.raises(Refused, match="may not watch"):
        list(server_at(url).stream("/x"))
