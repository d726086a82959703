"""Edits of the configuration files, as commands make them and say so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from services.common.config import edit


def add_entries(directory: Path, edited: edit.EditedList, entries: Iterable[edit.Entry]) -> None:
    """Add the entries to the file and print them; where that cannot be, print them and exit 1."""
    entries = tuple(entries)
    shown = "".join(map(edit.entry_yaml, entries))
    try:
        edit.add(directory, edited, *entries)
    except edit.RefusedEditError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except OSError as error:
        click.echo(shown, nl=False)
        file = directory / edited.file
        click.echo(f"{file} cannot be written ({error.strerror}): add this there.", err=True)
        raise SystemExit(1) from error
    click.echo(shown, nl=False)


def remove_entry(directory: Path, edited: edit.EditedList, name: str) -> None:
    """Take the entry called `name` out of the file; where that cannot be, say why and exit 1."""
    try:
        edit.remove(directory, edited, name)
    except edit.RefusedEditError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except OSError as error:
        click.echo(f"{directory / edited.file} cannot be written ({error.strerror}).", err=True)
        raise SystemExit(1) from error
