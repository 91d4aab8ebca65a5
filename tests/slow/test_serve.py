"""
The real gunicorn around an app that is a few lines long.
"""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import json, time
from broker.gateway import Gateway
from broker.server import Server, listen, url_of

def app(event, context):
    if event["path"] == "/slow":
        time.sleep(1)
    if event["path"] == "/broken":
        raise ValueError("secret")
    answer = {"length": len(event["body"] or ""), "path": event["path"]}
    status = 304 if event["path"] == "/same" else 200
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}

listener = listen("127.0.0.1", 0)
print(url_of(listener), flush=True)
Server(lambda: Gateway(app), listener, workers=1, threads=4, keep_store=lambda: None).run()
"""


@pytest.fixture
def server():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        process.address = process.stdout.readline().strip().removeprefix("http://")
        yield process
        process.kill()


@pytest.fixture
def connection(server):
    connection = http.client.HTTPConnection(server.address, timeout=20)
    yield connection
    connection.close()


def answer_to(connection, *request, **more):
    connection.request(*request, **more)
    response = connection.getresponse()
    return response.status, response.read()


def test_a_connection_serves_many_requests(connection):
    answer_to(connection, "GET", "/same")
    kept = connection.sock

    status, _ = answer_to(connection, "GET", "/a%2Fb?c")

    assert status == 200
    assert connection.sock is kept


def test_a_chunked_body_arrives_whole(connection):
    status, body = answer_to(connection, "POST", "/", body=iter([b"a" * 70_000, b"b" * 5]), encode_chunked=True)

    assert (status, json.loads(body)["length"]) == (200, 70_005)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}])
def test_a_client_that_sends_too_much_sees_the_answer(connection, chunked, headers):
    body = iter([b"x" * 1024 * 1024] * 15) if chunked else b"x" * 15 * 1024 * 1024

    status, answer = answer_to(connection, "POST", "/", body=body, headers=headers, encode_chunked=chunked)

    assert status == 413
    assert json.loads(answer)["code"] == "payload_too_large"


def test_an_error_that_flies_is_a_500_that_tells_nothing(connection):
    status, answer = answer_to(connection, "GET", "/broken")

    assert status == 500
    assert json.loads(answer) == {"code": "internal_error", "message": "Internal Server Error"}


def test_what_is_not_http_gets_the_envelope_too(connection):
    status, answer = answer_to(connection, "GET", "/" + "x" * 9000)

    assert status == 414
    assert json.loads(answer)["code"] == "uri_too_long"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_answered_before_the_end(server, connection, stop):
    answers = []
    flight = threading.Thread(target=lambda: answers.append(answer_to(connection, "GET", "/slow")[0]))

    answer_to(connection, "GET", "/")
    flight.start()
    time.sleep(0.3)
    server.send_signal(stop)
    flight.join()

    assert answers == [200]
    assert server.wait(10) == 0
