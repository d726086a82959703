"""kabar export: what leaves kabar as a file for people."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import click

from kabar.cli.api import read_api
from kabar.cli.options import config_option, data_option, settings_with
from services.alerter.dossier import Dossier
from services.alerter.web.templating import Templates
from services.common.contracts.codec import decode


@click.group()
def export() -> None:
    """Write what is known to a file."""


@export.command()
@click.argument("event_id", metavar="ID")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="A page that stands by itself, or the same as JSON.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; stdout unless told."
)
@data_option
@config_option
def event(
    event_id: str, format_: str, out: Path | None, data: Path | None, config: Path | None
) -> None:
    """Write the dossier of an event.

    Every story with its address, words, time and hashes, how the event went, and who was told what
    and when.
    """
    settings = settings_with(data=data, config=config)
    body = read_api(settings, f"events/{quote(event_id, safe='')}/dossier", {})
    text = json.dumps(body, ensure_ascii=False, indent=1)
    if format_ == "html":
        dossier = decode(Dossier, json.dumps(body).encode())
        text = Templates().render("dossier.html", dossier=dossier)
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{out} is written.", err=True)
