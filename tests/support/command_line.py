"""
`brokkr` in this process, at the real app.
"""

import io
from dataclasses import dataclass

import httpx

from cli.__main__ import main
from cli.session import Session


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Keyboard(io.StringIO):
    """
    Somebody is there, and types this.
    """

    def isatty(self):
        return True


class CommandLine:
    """
    With a PAK in the environment, unless `env` says otherwise. `asked` are the requests that went out, `naps` the
    seconds that were waited between them.
    """

    def __init__(self, transport, capsys, home, pak):
        self.home, self.pak = home, pak
        self.asked, self.naps = [], []
        self._transport, self._capsys = transport, capsys
        self.now = 0.0

    def __call__(self, *arguments, stdin="", env=None, hidden="", transport=None):
        session = Session(
            {"BROKKR_BROKER_URL": "http://broker", "BROKKR_PAK": self.pak} | (env or {}),
            home=self.home,
            stdin=stdin if isinstance(stdin, Keyboard) else io.StringIO(stdin),
            transport=Watched(transport or self._transport, self.asked),
            sleep=self.sleep,
            clock=lambda: self.now,
            ask_hidden=lambda question: hidden,
        )
        if isinstance(stdin, Keyboard):
            session.screen.err.isatty = lambda: True
        code = main([str(one) for one in arguments], session)
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


class Watched(httpx.BaseTransport):
    def __init__(self, transport, asked):
        self._transport, self._asked = transport, asked

    def handle_request(self, request):
        self._asked.append(request)
        return self._transport.handle_request(request)


class Troubled(httpx.BaseTransport):
    """
    Troubles first, one for each request of that method: answers, or exceptions. `after` means that the request got
    through.
    """

    def __init__(self, transport, *troubles, to="GET", path="", after=False):
        self._transport, self._troubles, self._after = transport, list(troubles), after
        self._method, self._path = to, path

    def handle_request(self, request):
        if not self._troubles or request.method != self._method or not request.url.path.endswith(self._path):
            return self._transport.handle_request(request)
        trouble = self._troubles.pop(0)
        if self._after:
            self._transport.handle_request(request)
        if isinstance(trouble, BaseException):
            raise trouble
        return trouble
