"""The command `tongxi`: one table of commands, each in its own module and imported only when called."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, Protocol

from pydantic import ValidationError

from tongxi import __version__
from tongxi.kit.errors import AppError
from tongxi.settings import Settings

COMMANDS = {
    "serve": ("tongxi.commands.serve", "start the server"),
    "demo": ("tongxi.commands.demo", "start the server with the demo shop"),
    "play": ("tongxi.play", "play a file of utterances or transcripts as customers"),
    "import": ("tongxi.commands.import_articles", "make knowledge articles of files or folders"),
    "calibrate": ("tongxi.commands.calibrate", "say how many wrong answers can be promised, and what is missing"),
    "bakeoff": ("tongxi.commands.bakeoff", "compare language models, and none, on your own questions"),
    "migrate": ("tongxi.commands.migrate", "bring the database schema up to date"),
    "create-owner": ("tongxi.commands.create_owner", "make the first account, or a new owner when locked out"),
    "eval": ("tongxi.commands.eval", "predict files of rows with the product's own engines and score them"),
    "tune": ("tongxi.commands.tune", "teach the search the words of your own knowledge"),
    "restored": ("tongxi.commands.restored", "after a restore, have open widgets and apps start again"),
    "doctor": ("tongxi.commands.doctor", "check the installation and say what is wrong"),
}
"""Name → module with `add_arguments(parser)` and `run(args, settings)`, and what `tongxi --help` says of it."""


class Command(Protocol):
    """What a module in `COMMANDS` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options of this command."""
        ...

    def run(self, args: argparse.Namespace, settings: Settings) -> int:
        """Carry it out; give the exit status."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit status: 0 done, 1 failed, 2 wrong use."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="tongxi", description="Tongxi 同席: an AI first line and people at the same table."
    )
    parser.add_argument("--version", action="version", version=f"tongxi {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command: Command | None = None
    for name, (module, about) in COMMANDS.items():
        subparser = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name in words[:1]:
            command = import_module(module)
            command.add_arguments(subparser)
    args = parser.parse_args(words)
    assert command is not None, "argparse accepted a command that is not in the table"
    signal.signal(signal.SIGTERM, _exit)
    try:
        return command.run(args, Settings())
    except ValidationError as error:
        for problem in error.errors():
            print(f"TONGXI_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}", file=sys.stderr)
        return 2
    except AppError as error:
        print(f"tongxi: {error.detail} [{error.code}]", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None or error.strerror is None:
            raise
        print(f"tongxi: cannot use {os.fsdecode(error.filename)}: {error.strerror} [no_file]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _exit(number: int, _frame: object) -> NoReturn:
    """Leave through every `with` block: the embedded database is stopped in good order."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
