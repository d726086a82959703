"""The command line: one module per command group, imported when its command is used."""

from __future__ import annotations

import errno
import importlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any

import click

from services.common.errors import DiskFailedError, MalformedRecordError
from services.common.telemetry.logging import configure_logging

_COMMANDS = {
    # command: (module, attribute, one line of help)
    "backup": ("backup", "backup", "Write everything to one file, while kabar runs."),
    "ack": ("operate", "ack", "Note that somebody has seen an event: its stage is told no more."),
    "calibrate": ("calibrate", "calibrate", "Fit the confidence of reports to labelled stories."),
    "channels": ("channels", "channels", "Show the channels, test one, print a payload."),
    "check": ("check", "check", "Read the configuration and name every mistake with its place."),
    "classify": ("classify", "classify", "Read stories as JSON lines and write what they report."),
    "companies": ("companies", "companies", "Show, add and remove watched companies."),
    "dead-letters": ("dead_letters", "dead_letters", "Show, replay or drop what failed."),
    "deliveries": ("deliveries", "deliveries", "Show what was sent, with every attempt."),
    "demo": ("demo", "demo", "Run everything on sample feeds, in a fresh directory."),
    "doctor": ("doctor", "doctor", "Say whether kabar can run here, and what to mend."),
    "evaluate": ("evaluate", "evaluate", "Score the classifier on labelled stories."),
    "events": ("events", "events", "Show the events, newest first."),
    "explain": ("explain", "explain", "Say why a subscription was told of an event, or not."),
    "export": ("export", "export", "Write the dossier of an event to a file."),
    "feeds": ("feeds", "feeds", "Show, add, import and remove feeds; read one document."),
    "healthcheck": ("healthcheck", "healthcheck", "Exit 0 when the service here is well."),
    "init": ("init", "init", "Write a configuration to start from."),
    "init-topics": ("init_topics", "init_topics", "Make the topics that are missing on Kafka."),
    "preview": ("preview", "preview", "List what a subscription would have been sent."),
    "rebuild": ("rebuild", "rebuild", "Fill an empty database from the bus; send nothing."),
    "replay": ("replay", "replay", "Read older stories again with the watchlist as it is now."),
    "restore": ("backup", "restore", "Put a backup into an empty data directory."),
    "mute": ("operate", "mute", "Tell nothing of a company, event, or to somebody, for a while."),
    "redeliver": ("operate", "redeliver", "Send deliveries again, under the same ids."),
    "run": ("run", "run", "Run the whole pipeline in this process."),
    "schema": ("schema", "schema", "Print the JSON Schema of a configuration file."),
    "serve": ("serve", "serve", "Run one service as a process of its own, on Kafka."),
    "subscriptions": (
        "subscriptions",
        "subscriptions",
        "Show, make and remove subscriptions.",
    ),
    "token": ("token", "token", "Print a fresh login link for the page."),
    "version": ("version", "version", "Print the version."),
}


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _LazyGroup(click.Group):
    """Imports a command's module when it is asked for: `kabar version` loads no classifier."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"kabar.cli.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"kabar.cli.{module}.{attribute} is no command.")
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words; that already prints where they ask for help."""
        with _in_sentences():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _in_sentences():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in sorted(_COMMANDS)])


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Say in a sentence, not a traceback, what no command can do anything about.

    A disk that takes no more of what is written, a word of the command line that is no text.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        with suppress(OSError):  # what is left of it would fail once more at the end
            sys.stdout.close()
        raise click.ClickException(f"Not all was written: {error.strerror}.") from error
    except sqlite3.DatabaseError as error:
        raise click.ClickException(
            f"The data directory does not serve: {error}. `kabar doctor` says which file is at fault."
        ) from error
    except DiskFailedError as error:
        raise click.ClickException(f"The data directory does not serve: {error}") from error
    except MalformedRecordError as error:
        raise click.ClickException(
            f"The data directory has a record that cannot be read: {error}. Restore a backup, or move "
            "kabar.db away and run `kabar rebuild`."
        ) from error
    except UnicodeEncodeError as error:
        if not any(map(_is_no_text, sys.argv)):
            raise
        words = ", ".join(ascii(word) for word in sys.argv if _is_no_text(word))
        raise click.UsageError(f"This is no text in UTF-8: {words}.") from error


def _is_no_text(word: str) -> bool:
    """Return whether `word` came as bytes that are no letters in the locale."""
    return any("\ud800" <= letter <= "\udfff" for letter in word)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Watch the world's news for what happens to companies: banned, bought or shut down."""
    # Results go to stdout, log lines never do; a command that runs a process says it in detail.
    configure_logging("warning", "kabar")
    _take_every_letter()


def _take_every_letter() -> None:
    """Have stdout and stderr take names in any script, whatever the locale.

    A terminal shows a question mark for what it has no letter for; files and pipes get UTF-8, and the
    bytes of a path as they came, which need be no UTF-8 anywhere. What goes to stderr never fails.
    """
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors=errors)
