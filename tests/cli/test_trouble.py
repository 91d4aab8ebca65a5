"""
What goes wrong, and what the user is told to do about it.
"""

import httpx
import pytest

from app import app
from tests.support.command_line import Troubled
from tests.support.factories import new_stack
from tests.support.transport import BrokerTransport

NOTHING = {"BROKKR_BROKER_URL": "", "BROKKR_PAK": ""}


class Meanwhile(httpx.BaseTransport):
    """
    Something happens before the first request of that method is heard.
    """

    def __init__(self, transport, method, happens):
        self._transport, self._method, self._happens = transport, method, happens

    def handle_request(self, request):
        if request.method == self._method and request.url.path.endswith("/stacks") and self._happens:
            self._happens, happens = None, self._happens
            happens()
        return self._transport.handle_request(request)


def test_without_a_broker_or_a_pak_it_says_where_to_give_them(brokkr):
    nowhere = brokkr("stacks", env=NOTHING)
    nobody = brokkr("stacks", env={"BROKKR_PAK": ""})

    assert (nowhere.code, nobody.code) == (1, 1)
    assert nowhere.err.startswith("error: no broker is named\nhint: give --broker-url URL")
    assert nobody.err.startswith("error: no PAK is given\nhint: set BROKKR_PAK")


def test_a_broker_that_is_not_there_is_told_with_its_address(brokkr):
    away = [httpx.ConnectError("[Errno 111] Connection refused")] * 9

    ran = brokkr("stacks", transport=Troubled(None, *away))

    assert ran.code == 1
    assert "error: http://broker cannot be reached: connection refused\nhint: is the broker running there?" in ran.err


def test_manifests_and_pak_cannot_both_come_from_stdin(brokkr):
    refused = brokkr("apply", "-f", "-", "--pak", "-", "--stack", "web")

    assert refused.err == "error: the manifests and the PAK cannot both come from the standard input\n"


def test_another_run_that_creates_the_stack_first_is_no_reason_to_fail(brokkr, manifests, http, ci):
    def be_faster():
        new_stack(http, ci, name="web")

    transport = Meanwhile(BrokerTransport(app), "POST", be_faster)

    assert brokkr("apply", "-f", manifests, "--stack", "web", transport=transport).out.startswith('created stack "web"')


def test_a_deletion_whose_answer_is_lost_is_done(brokkr, http, ci):
    new_stack(http, ci, name="web")
    lost = Troubled(BrokerTransport(app), httpx.ReadError("reset"), to="DELETE", after=True)

    done = brokkr("delete", "web", "--yes", transport=lost)

    assert done.code == 0
    assert http.get("/stacks", pak=ci.pak).json() == []


def test_a_rotation_whose_answer_is_lost_is_not_done_twice(brokkr, tmp_path):
    lost = Troubled(BrokerTransport(app), httpx.ReadError("reset"), to="POST", path="/rotate-pak", after=True)

    ran = brokkr("pak", "rotate", "--to", tmp_path / "new", transport=lost)

    rotations = [request for request in brokkr.asked if request.url.path.endswith("/rotate-pak")]
    assert (ran.code, len(rotations)) == (1, 1)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("answer", [{"stacks": []}, [{"name": "web"}], "no", [1]])
def test_an_answer_of_another_shape_is_told_as_such(brokkr, answer):
    ran = brokkr("stacks", transport=Troubled(None, httpx.Response(200, json=answer)))

    assert (ran.code, ran.err.splitlines()[0]) == (1, "error: the broker's answer is not a list of stacks")


def test_a_text_that_is_too_large_says_to_split_it(brokkr, tmp_path):
    (tmp_path / "big.yaml").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nd: {'x' * 4_200_000}\n"
    )

    ran = brokkr("apply", "-f", tmp_path / "big.yaml", "--stack", "web")

    assert ran.err.startswith("error: 413 payload_too_large: ")
    assert ran.err.endswith("hint: split the manifests into several stacks\n")


def test_ctrl_c_is_one_line(brokkr):
    ran = brokkr("stacks", transport=Troubled(None, KeyboardInterrupt()))

    assert (ran.code, ran.err.strip()) == (1, "error: interrupted")


def test_a_config_that_cannot_be_read_is_told(brokkr, tmp_path):
    ran = brokkr("stacks", "--config", tmp_path)

    assert ran.err == f"error: {tmp_path} cannot be read: Is a directory\n"


@pytest.mark.parametrize("group", [[], ["pak"]])
def test_without_a_command_the_help_is_shown_and_nothing_else(brokkr, group):
    asked = brokkr(*group, env={"GITHUB_ACTIONS": "true"})

    assert (asked.code, asked.out) == (2, "")
    assert asked.err.startswith("Usage: brokkr ")
    assert "hint:" not in asked.err


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_broker_that_is_not_well_is_to_be_asked_later(brokkr, status):
    answers = [httpx.Response(status, json={"code": "any", "message": "not now"}) for _ in range(9)]

    asked = brokkr("stacks", transport=Troubled(None, *answers))

    assert asked.err.endswith(
        f"error: {status} any: not now\n"
        "hint: try again in a while; whoever runs the broker finds out more with brokkr-broker doctor\n"
    )
