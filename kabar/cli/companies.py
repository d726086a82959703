"""kabar companies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kabar.cli.edits import add_entries, remove_entry
from kabar.cli.options import config_option, settings_with
from services.common.config import edit
from services.common.config.catalogue import catalogue, fold
from services.common.config.companies import FILE
from services.common.config.configuration import read_watchlist
from services.common.config.proposals import (
    Proposal,
    Wish,
    company_entry,
    propose,
    propose_products,
)
from services.common.config.views import companies_body
from services.common.contracts.company import Alias, Company
from services.common.errors import ConfigurationError
from services.common.watchlist import Watchlist

_FEW = 3
"""So many needs of a name are shown: what they are like, not all of them."""


@click.group()
def companies() -> None:
    """Show and edit the watched companies."""


@companies.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/companies.")
def list_(config: Path | None, *, as_json: bool) -> None:
    """Show who is watched: id, name, owner, tags and other names."""
    try:
        watchlist = read_watchlist(settings_with(config=config).config / FILE)
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
@click.argument("name")
@click.option("--id", "company_id", help="Its id, where the one from the name will not do.")
@click.option("--owner", help="The id of the company that owns it.")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
@click.option("--products", "with_products", is_flag=True, help="Add its products too.")
@config_option
def add(*, with_products: bool, config: Path | None, **wish: Any) -> None:
    """Watch one more company: add it to companies.yml; a running kabar takes it at once.

    NAME is any name in any script. What the catalogue knows comes with its owners and its names in
    other scripts; any other name is added as given. Prints what was added.
    """
    path = settings_with(config=config).config / FILE
    try:
        proposal = _proposal(path, Wish(**wish), with_products=with_products)
        entries = [company_entry(company) for company in proposal.companies]
    except (ConfigurationError, ValueError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    add_entries(path.parent, edit.COMPANIES, entries)
    for company in proposal.companies:
        click.echo(f'{path}: "{company.id}" is watched now.', err=True)
    if not proposal.is_known:
        click.echo(_unknown(proposal.companies[0], path), err=True)
    for alias in _in_company_alone(wish["name"], proposal.companies):
        needs = ", ".join(alias.needs[:_FEW])
        click.echo(
            f'"{alias.text}" alone may mean something else: it counts only where it does what companies do'
            f' or one of its "needs" stands near, such as {needs}.'
            " Add what else your stories say of it.",
            err=True,
        )
    if proposal.products:
        more = ", ".join(product.id for product in proposal.products)
        click.echo(f"--products would add {more} too.", err=True)


def _in_company_alone(name: str, companies: Iterable[Company]) -> list[Alias]:
    """Return the names of `companies` that are spelled as `name` and mean them in company only."""
    return [
        alias
        for company in companies
        for alias in company.names
        if alias.needs and fold(alias.text) == fold(name)
    ]


def _unknown(company: Company, path: Path) -> str:
    """Return what somebody has to know of a company of whom there are the given names only."""
    names = ", ".join(f'"{alias.text}"' for alias in company.names)
    return (
        f"The catalogue does not have it, so stories are searched for {names} alone: write what else"
        f' it is called, in other scripts too, under "aliases" of "{company.id}" in {path}.'
    )


def _proposal(path: Path, wish: Wish, *, with_products: bool) -> Proposal:
    watched = read_watchlist(path) if path.exists() else Watchlist.of(())
    if with_products:
        products = propose_products(wish.name, watched=watched, shipped=catalogue())
        if products.companies:
            return products
    proposal = propose(wish, watched=watched, shipped=catalogue())
    if not with_products:
        return proposal
    return replace(proposal, companies=(*proposal.companies, *proposal.products), products=())


@companies.command()
@click.argument("company_id", metavar="ID")
@config_option
def remove(company_id: str, *, config: Path | None) -> None:
    """Watch a company no longer: take it out of companies.yml."""
    where = settings_with(config=config).config
    remove_entry(where, edit.COMPANIES, company_id)
    click.echo(f'{where / FILE}: "{company_id}" is watched no longer.', err=True)
