import base64
import io
import json
from uuid import UUID

import pytest

from broker.gateway import BODY_LIMIT, Gateway

REQUEST_ID = UUID(int=7)


class App:
    """
    Answers what it is told to, and remembers the event.
    """

    def __init__(self, **answer):
        self.answer = {"statusCode": 200, "headers": {}, "multiValueHeaders": {}, "body": "{}", **answer}
        self.event = None

    def __call__(self, event, context):
        self.event = event
        return self.answer


class Response:
    def start(self, status, headers):
        self.status = status
        self.headers = dict(headers)


def request(app, target="/", method="GET", body=b"", **environ):
    environ = {
        "RAW_URI": target,
        "REQUEST_METHOD": method,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    response = Response()
    response.body = b"".join(Gateway(app, new_id=lambda: REQUEST_ID)(environ, response.start))
    return response


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/api/v1/stacks", "/api/v1/stacks"),
        ("/api/v1/agents/?name=a", "/api/v1/agents/"),
        ("//healthz", "//healthz"),
        ("/a%2Fb%00", "/a%2Fb%00"),
        ("http://broker:3000/healthz?x=1", "/healthz"),
        ("http://broker:3000", "/"),
        ("/go?to=http://elsewhere/", "/go"),
        ("//host/path?next=http://x", "//host/path"),
    ],
)
def test_the_path_arrives_as_it_was_sent(target, path):
    app = App()

    request(app, target)

    assert app.event["path"] == app.event["requestContext"]["resourcePath"] == path


def test_a_query_arrives_decoded_with_the_last_value_and_with_all():
    app = App()

    request(app, "/agents?name=a%20b&name=c&empty=")

    assert app.event["queryStringParameters"] == {"name": "c", "empty": ""}
    assert app.event["multiValueQueryStringParameters"] == {"name": ["a b", "c"], "empty": [""]}


def test_a_request_without_query_and_body_has_none():
    app = App()

    request(app)

    assert app.event["queryStringParameters"] is None
    assert app.event["body"] is None


def test_headers_keep_their_utf8():
    app = App()

    request(app, HTTP_X_NAME="Zoë".encode().decode("latin-1"), HTTP_X_OLD="\xeb", CONTENT_TYPE="text/plain")

    assert app.event["headers"] == {"X-Name": "Zoë", "X-Old": "ë", "Content-Type": "text/plain"}


def test_text_arrives_as_text():
    app = App()

    request(app, method="POST", body="käse".encode())

    assert (app.event["body"], app.event["isBase64Encoded"]) == ("käse", False)


def test_bytes_that_are_no_text_arrive_in_base64():
    app = App()

    request(app, method="POST", body=b"\xff\x00")

    assert app.event["isBase64Encoded"]
    assert base64.b64decode(app.event["body"]) == b"\xff\x00"


@pytest.mark.parametrize("declared", [{"CONTENT_LENGTH": str(BODY_LIMIT + 1)}, {}])
def test_a_body_over_the_limit_is_refused_and_read_to_its_end(declared):
    app, body = App(), io.BytesIO(b"x" * (BODY_LIMIT + 1))

    response = request(app, method="POST", **{"wsgi.input": body, **declared})

    assert response.status.startswith("413 ")
    assert json.loads(response.body)["code"] == "payload_too_large"
    assert app.event is None
    assert body.read() == b""


def test_a_body_that_ends_early_never_reaches_the_app():
    """
    Half a manifest may be valid YAML, and would delete the other half from the cluster.
    """
    app = App()

    response = request(app, method="POST", body=b"kind: A\n", CONTENT_LENGTH="20")

    assert json.loads(response.body)["code"] == "incomplete_body"
    assert app.event is None


def test_head_is_get_without_the_body():
    app = App(body='{"a":1}')

    response = request(app, method="HEAD")

    assert app.event["httpMethod"] == "GET"
    assert response.headers["Content-Length"] == "7"
    assert response.body == b""


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_content_says_nothing_about_its_length(status):
    response = request(App(statusCode=status, headers={"ETag": '"1"'}))

    assert response.headers == {"ETag": '"1"'}
    assert response.body == b""


def test_an_answers_headers_of_both_kinds_are_sent():
    app = App(headers={"A": "1", "content-length": "99"}, multiValueHeaders={"B": ["2"]})

    response = request(app)

    assert response.headers == {"A": "1", "B": "2", "Content-Length": "2"}


def test_a_header_beyond_latin1_is_sent_as_utf8():
    response = request(App(headers={"X-Name": "名"}))

    assert response.headers["X-Name"].encode("latin-1").decode() == "名"


def test_a_binary_answer_is_decoded():
    response = request(App(body=base64.b64encode(b"\xff").decode(), isBase64Encoded=True))

    assert response.body == b"\xff"


def test_an_unlisted_status_is_sent_without_a_phrase():
    assert request(App(statusCode=299)).status == "299"
