import pytest

from agent.apiserver import Refused
from agent.tails import LEFT_OUT, LONGEST_TAIL, READ_AT_MOST, log_path, tail_of
from tests.support.tiny_api import TinyApi

PATH = log_path("shop", "web", "app", tailLines=100)


def tail(*chunks, previous=False):
    api = TinyApi()
    path = log_path("shop", "web", "app", tailLines=100, previous="true") if previous else PATH
    api.logs[path] = list(chunks)
    return tail_of(api, "shop", "web", "app", previous=previous)


def test_what_a_container_said_last_is_read_whole():
    assert tail(b"one\ntw", b"o\n") == "one\ntwo\n"
    assert tail(b"dying\n", previous=True) == "dying\n"


def test_a_long_tail_begins_at_a_line_and_says_that_it_is_cut():
    lines = b"".join(b"%07d\n" % n for n in range(4096))

    told = tail(lines)

    assert told.startswith(f"{LEFT_OUT}0002049\n")
    assert told.endswith("0004095\n")
    assert len(told.encode()) <= LONGEST_TAIL + len(LEFT_OUT)


def test_lines_without_an_end_are_held_in_a_bounded_room():
    told = tail(*[b"x" * 2**16] * 32)

    assert len(told) == LONGEST_TAIL + len(LEFT_OUT)
    assert READ_AT_MOST < 2**18


def test_what_looks_like_a_credential_is_gone_before_anything_is_cut():
    filling = b"a" * (LONGEST_TAIL - 10)

    told = tail(b"password=" + b"h" * 100 + b" " + filling)

    assert "hhh" not in told


def test_words_that_are_no_text_are_told_as_far_as_they_are():
    assert tail(b"a\xff\xfeb\n") == "a��b\n"


def test_a_container_that_has_no_log_is_a_refusal():
    with pytest.raises(Refused):
        tail_of(TinyApi(), "shop", "web", "app", previous=False)
