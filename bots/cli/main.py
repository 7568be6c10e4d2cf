"""`understudy`: the command line. Exits 0, 2 on what the owner must fix, 3 on what is worth trying
again, 1 on a fault of ours."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

import click

from bots.cli import admin, control, delegations, demo, digest, drafts, memory, run
from bots.cli.session import chosen_home
from bots.logs import file_unexpected, say_no_messages
from core import core_dumps
from core.errors import OwnerMustFix, Refused, TryAgain

GROUPS = {
    "Start": ("demo", "init", "run", "open", "doctor", "status", "pair"),
    "Messages and drafts": (
        *("hear", "inbox", "approve", "edit", "reject", "redraft", "snooze", "settle"),
        *("withheld", "share", "receipts"),
    ),
    "Authorization and presence": ("pause", "resume", "away", "back", "mode", "delegate", "delegations"),
    "Memory": (
        *("ask", "digest", "remind", "recall", "remember", "forget", "suggestions", "rules"),
        *("people", "circles"),
    ),
    "Admin": ("persona", "model", "backup", "restore"),
}


class Grouped(click.Group):
    """Lists the commands by what they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A section for each of GROUPS."""
        del ctx
        for title, names in GROUPS.items():
            with formatter.section(title):
                rows = [(name, self.commands[name].get_short_help_str(limit=70)) for name in names]
                formatter.write_dl(rows)


@click.group(cls=Grouped, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--home", metavar="FOLDER", help="The twin's home [$UNDERSTUDY_HOME, else ~/.understudy].")
@click.version_option(package_name="understudy", message="%(package)s %(version)s")
def cli(home: str | None) -> None:
    """A twin of you: it drafts the reply that you would write, and sends nothing you have not allowed."""
    del home  # the commands look it up


for module in (demo, run, admin, drafts, control, delegations, memory, digest):
    for command in module.COMMANDS:
        cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script. Never a traceback: every error is a line on stderr and an exit status."""
    core_dumps.forbid()
    say_no_messages()
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows `?`
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.exit(_run(given))
    except BrokenPipeError:  # `understudy receipts | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)


def _run(given: list[str]) -> int:
    try:
        _refuse_undecodable(given)
        answer = cli.main(given, prog_name="understudy", standalone_mode=False)
        sys.stdout.flush()
        return answer if isinstance(answer, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except (OwnerMustFix, Refused) as error:
        return _say(str(error), 2)
    except TryAgain as error:
        return _say(f"{error}; try again", 3)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None:
            return _say(f"{error.filename}: {error.strerror}", 2)
        return _unexpected(given, error)
    except Exception as error:  # the last boundary: one line for the owner, the frames in the log
        return _unexpected(given, error)


def _refuse_undecodable(given: list[str]) -> None:
    for at, argument in enumerate(given, 1):
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise OwnerMustFix(f"argument {at} is not UTF-8 text") from None


def _unexpected(given: list[str], error: Exception) -> int:
    named = next((after for option, after in pairwise(given) if option == "--home"), None)
    try:
        where = f"see {file_unexpected(chosen_home(named), error)}"
    except (OSError, OwnerMustFix) as problem:
        where = f"no log could be written: {problem}"
    return _say(f"something went wrong inside understudy ({type(error).__name__}); {where}", 1)


def _say(line: str, status: int) -> int:
    from bots.cli.terminal import clean

    click.echo(f"understudy: {clean(line)}", err=True)
    return status
