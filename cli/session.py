"""
One invocation: its flags, its settings, its client, and whom it talks to.
"""

import getpass
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cli import advice, idempotency, pipelines, sign_in
from cli.errors import CliError, Exit, Refused
from cli.paks import redacted
from cli.screen import Screen
from cli.settings import Flags, Settings

if TYPE_CHECKING:
    from cli.bundle import Bundle
    from cli.calls import Calls
    from cli.client import Client
    from cli.jobs import Signer


class Session:
    """
    The keywords are the doors to all that is outside: a test passes its own. `error_code` is for errors that have no
    code of their own.
    """

    def __init__(
        self,
        env: Mapping[str, str] = os.environ,
        *,
        home: Path | None = None,
        stdin: TextIO | None = None,
        transport: Any = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        ask_hidden: Callable[[str], str] = getpass.getpass,
    ) -> None:
        self.env = env
        self.screen = Screen(env)
        self.flags = Flags()
        self.error_code = Exit.ERROR
        self.sleep, self.clock = sleep, clock
        self._home, self._stdin, self._transport = home, stdin or sys.stdin, transport
        self._ask_hidden = ask_hidden

    def use(self, flags: Flags) -> None:
        self.flags = flags.over(self.flags)
        self.screen.format = self.flags.output

    @cached_property
    def settings(self) -> Settings:
        return Settings.of(self.flags, self.env, self._home or Path.home(), self.read_stdin)

    @cached_property
    def client(self) -> "Client":
        return self.client_of(self.settings)

    def client_of(self, settings: Settings) -> "Client":
        url = settings.required_url()
        signer = sign_in.signer(settings.pak, self.env, url, self._calls, self.clock)
        from cli.client import Client  # noqa: PLC0415

        return Client(self._calls(url, signer))

    def _calls(self, url: str, signer: "Signer | None") -> "Calls":
        from cli.calls import Calls  # noqa: PLC0415 - httpx is half of what a start takes

        return Calls(url, signer, transport=self._transport, sleep=self.sleep, note=self.screen.note)

    def key_for(self, stack_id: str, checksum: str, after: int) -> str:
        return idempotency.key_for(self.env, stack_id, checksum, after)

    def read_stdin(self) -> str:
        return self._stdin.read()

    @property
    def can_ask(self) -> bool:
        """
        Whether somebody is there to answer.
        """
        is_terminal = self._stdin.isatty() and self.screen.err.isatty()
        return is_terminal and not pipelines.is_one(self.env)

    def ask(self, question: str) -> str:
        self.screen.err.write(question)
        self.screen.err.flush()
        return self._stdin.readline().strip()

    def ask_hidden(self, question: str) -> str:
        return self._ask_hidden(question).strip()

    def read(self, paths: tuple[str, ...], *, recursive: bool) -> "Bundle":
        from cli import bundle  # noqa: PLC0415 - most commands read no files

        if bundle.STDIN in paths and self.flags.reads_stdin:
            raise CliError("the manifests and the PAK cannot both come from the standard input")
        return bundle.read(paths, self.read_stdin, recursive=recursive)

    def hide(self, text: str) -> str:
        """
        Without the PAK, wherever it may have got in.
        """
        settings = self.__dict__.get("settings")
        return redacted(text, settings.pak if settings else None)

    def advise(self, error: CliError) -> None:
        if isinstance(error, Refused) and not error.hints:
            pak = self.settings.pak
            error.hints = advice.on_refusal(error.status, error.error_code, pak.source if pak else sign_in.SOURCE)
