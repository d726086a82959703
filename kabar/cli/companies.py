"""kabar companies."""

from __future__ import annotations

import json
from pathlib import Path

import click

from services.common.config.companies import FILE
from services.common.config.configuration import read_watchlist
from services.common.config.views import companies_body
from services.common.errors import ConfigurationError
from services.common.settings import read_settings


@click.group()
def companies() -> None:
    """Show and edit the watched companies."""


@companies.command("list")
@click.option("--config", "directory", type=click.Path(path_type=Path), help="The directory.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/companies.")
def list_(directory: Path | None, *, as_json: bool) -> None:
    """Show who is watched: id, name, owner, tags and other names."""
    try:
        watchlist = read_watchlist((directory or read_settings().config) / FILE)
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    if as_json:
        click.echo(json.dumps(companies_body(watchlist), ensure_ascii=False))
        return
    for company in sorted(watchlist.companies.values(), key=lambda known: known.id):
        owners = "".join(f" ‹ {owner}" for owner in watchlist.owners(company.id))
        names = ", ".join(alias.text for alias in company.names)
        tags = "".join(f" #{tag}" for tag in company.tags)
        click.echo(f"{company.id}{owners}  {names}{tags}")
