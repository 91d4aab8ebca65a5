"""
A PAK is never printed, whatever goes wrong.
"""

import logging
import traceback

import httpx
import pytest

from cli.errors import CliError
from cli.paks import Pak, redacted

SECRET = "brokkr_BRshort_verysecret"


class Broken(httpx.BaseTransport):
    """
    Fails with what it was sent.
    """

    def handle_request(self, request):
        raise ValueError(f"cannot send {request.headers!r} {request.headers['authorization']}")


class Echo(httpx.BaseTransport):
    def handle_request(self, request):
        return httpx.Response(400, json={"code": "odd", "message": request.headers["authorization"]})


def test_it_shows_nothing_of_itself():
    pak = Pak(SECRET, "BROKKR_PAK")

    assert SECRET not in f"{pak} {pak!r} {[pak]}"


@pytest.mark.parametrize("secret", ["two words", "two\nlines", "ümlaut", "tab\tbed"])
def test_what_no_header_can_hold_is_refused_by_where_it_came_from_alone(secret):
    with pytest.raises(CliError) as caught:
        Pak(secret, "BROKKR_PAK")

    assert "the PAK from BROKKR_PAK holds a blank" in caught.value.message
    assert secret not in "".join(traceback.format_exception(caught.value, limit=0))


@pytest.mark.parametrize("transport", [Broken(), Echo()])
@pytest.mark.parametrize("env", [{}, {"BROKKR_DEBUG": "1"}, {"GITHUB_ACTIONS": "true"}])
@pytest.mark.parametrize("how", ["flag", "environment", "stdin"])
def test_no_error_and_no_traceback_shows_it(brokkr, caplog, transport, env, how):
    caplog.set_level(logging.DEBUG)
    flags, stdin = {"flag": (["--pak", SECRET], ""), "environment": ([], ""), "stdin": (["--pak", "-"], SECRET)}[how]

    ran = brokkr("stacks", *flags, stdin=stdin, env={**env, "BROKKR_PAK": SECRET}, transport=transport)

    assert ran.code == 1
    assert "***" in ran.err
    assert "verysecret" not in ran.out + ran.err + caplog.text


def test_an_unforeseen_error_is_one_line_and_says_how_to_see_more(brokkr):
    ran = brokkr("stacks", transport=Broken())

    assert ran.err.splitlines()[0].startswith("error: ValueError: cannot send")
    assert "BROKKR_DEBUG=1" in ran.err
    assert "Traceback" in brokkr("stacks", transport=Broken(), env={"BROKKR_DEBUG": "1"}).err


def test_the_name_of_a_variable_is_none():
    assert redacted("set BROKKR_BROKER_URL and BROKKR_PAK_FILE", None) == "set BROKKR_BROKER_URL and BROKKR_PAK_FILE"


@pytest.mark.parametrize("arguments", [["login", SECRET], [SECRET], ["stacks", "-o", SECRET], ["show", SECRET]])
def test_one_that_is_typed_in_the_wrong_place_is_not_repeated(brokkr, arguments):
    ran = brokkr(*arguments)

    assert ran.code > 0
    assert "verysecret" not in ran.out + ran.err
