"""
`brokkr`: parse, call, print.
"""

import os
import sys
import traceback
from collections.abc import Sequence

import click

from cli import VERSION
from cli.commands import apply, diff, history, identity, registrations, rollback, stacks, status, wait
from cli.errors import CliError, Exit
from cli.options import for_all
from cli.session import Session

EXAMPLES = """
\b
Examples:
  brokkr login
  brokkr apply -f k8s/ --stack web --wait
  brokkr status web
  brokkr rollback web
"""
COMMANDS = (
    *(apply.apply, wait.wait, status.status, diff.diff, rollback.rollback),
    *(history.history, history.show, stacks.stacks, stacks.delete),
    *(identity.login, identity.whoami, identity.pak),
    *(registrations.register, registrations.deregister, registrations.registrations),
)


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="brokkr")
@for_all
def cli(session: Session) -> None:
    """
    Push manifests to a deployment broker, and see them come up.
    """


for one in COMMANDS:
    cli.add_command(one)


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """
    The exit code. Every failure is told on stderr, with what to do next, and never with the PAK.
    """
    session = session or Session()
    try:
        return int(cli.main(arguments, prog_name="brokkr", standalone_mode=False, obj=session) or 0)
    except click.ClickException as error:
        return _misused(session, error)
    except CliError as error:
        return _fail(session, error)
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _fail(session, CliError("interrupted"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.ERROR
    except Exception as error:  # noqa: BLE001 - the last door: a traceback could show the PAK
        return _fail(session, _unforeseen(session, error))


def _fail(session: Session, error: CliError) -> int:
    session.advise(error)
    text = "\n".join([error.message, *(f"hint: {hint}" for hint in error.hints)])
    session.screen.failure(session.hide(text))
    return session.error_code if error.code is Exit.ERROR else error.code


def _misused(session: Session, error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        session.screen.note(error.format_message())
        return Exit.USAGE
    return _fail(session, _usage(error))


def _usage(error: click.ClickException) -> CliError:
    context = getattr(error, "ctx", None)
    failure = CliError(error.format_message(), *([f"{context.command_path} --help"] if context else []))
    failure.code = Exit(error.exit_code)
    return failure


def _unforeseen(session: Session, error: Exception) -> CliError:
    """
    A fault of ours, with the traceback where it is asked for: without values, it shows code alone.
    """
    if session.env.get("BROKKR_DEBUG"):
        return CliError("".join(traceback.format_exception(error)))
    return CliError(f"{type(error).__name__}: {error}", "this is a fault of brokkr's; BROKKR_DEBUG=1 shows where")


if __name__ == "__main__":
    sys.exit(main())
