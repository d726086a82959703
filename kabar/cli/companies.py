"""kabar companies."""

from __future__ import annotations

import json
from pathlib import Path

import click

from services.common.config import edit
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


@companies.command()
@click.argument("company_id", metavar="ID")
@click.argument("name")
@click.option("--owner", help="The id of the company that owns it.")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
@click.option("--config", "directory", type=click.Path(path_type=Path), help="The directory.")
def add(
    company_id: str,
    name: str,
    *,
    owner: str | None,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    directory: Path | None,
) -> None:
    """Watch one more company: add it to companies.yml; a running kabar takes it at once."""
    where = directory or read_settings().config
    entry: edit.Entry = {
        "id": company_id,
        "name": name,
        "owner": owner,
        "aliases": aliases,
        "tags": tags,
    }
    try:
        edit.add(where, edit.COMPANIES, entry)
    except edit.RefusedEditError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except OSError as error:
        click.echo(edit.entry_yaml(entry), nl=False)
        click.echo(
            f"{where / FILE} cannot be written ({error.strerror}): add this there.", err=True
        )
        raise SystemExit(1) from error
    click.echo(f'{where / FILE}: "{company_id}" is watched now.', err=True)


@companies.command()
@click.argument("company_id", metavar="ID")
@click.option("--config", "directory", type=click.Path(path_type=Path), help="The directory.")
def remove(company_id: str, *, directory: Path | None) -> None:
    """Watch a company no longer: take it out of companies.yml."""
    where = directory or read_settings().config
    try:
        edit.remove(where, edit.COMPANIES, company_id)
    except edit.RefusedEditError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except OSError as error:
        click.echo(f"{where / FILE} cannot be written ({error.strerror}).", err=True)
        raise SystemExit(1) from error
    click.echo(f'{where / FILE}: "{company_id}" is watched no longer.', err=True)
