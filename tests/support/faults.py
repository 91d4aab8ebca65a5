"""
What can happen to a request on its way, for tests/support/faulty_proxy.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """
    A request waits, and is answered by `instead`, or is passed on. The answer to it may be rewritten, cut in the
    middle, or lost with the connection.
    """

    delay: float = 0.0
    instead: Answer | None = None
    is_passed_on: bool = True
    rewrite: Callable[[Answer], Answer] | None = None
    is_cut: bool = False
    is_lost: bool = False

    @property
    def leaves_the_answer_alone(self):
        return self.rewrite is None and not self.is_cut and not self.is_lost


NONE = Fault()


def answered(status, body=b"", **headers):
    return Fault(instead=Answer(status, body, {**JSON, **{name.replace("_", "-"): headers[name] for name in headers}}))


def html(status=200):
    page = b"<!doctype html><html><body><h1>Please log in</h1></body></html>"
    return Fault(instead=Answer(status, page, {"Content-Type": "text/html"}))


def rewritten(body):
    return Fault(rewrite=lambda _: Answer(200, body, JSON))


def slow(seconds):
    return Fault(delay=seconds)


def half_an_answer():
    return Fault(is_cut=True)


def no_answer():
    """
    The request never arrives.
    """
    return Fault(is_passed_on=False, is_lost=True)


def lost_answer():
    """
    The request is carried out, and nobody is told.
    """
    return Fault(is_lost=True)


@dataclass
class Rule:
    """
    For requests whose path, with its query, has the pattern in it; so many times, or always.
    """

    path: str
    fault: Fault
    method: str = ".*"
    times: int | None = None

    def applies_to(self, method, path):
        return self.times != 0 and re.fullmatch(self.method, method) and re.search(self.path, path)

    def use(self):
        if self.times is not None:
            self.times -= 1
        return self.fault
