"""kabar check."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from kabar.cli.options import config_option, settings_with
from services.common.config.catalogue import catalogue
from services.common.config.configuration import (
    Loaded,
    process_environment,
    read_configuration,
)
from services.common.config.coverage import coverage_findings


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
@click.option(
    "--secrets/--no-secrets",
    "with_secrets",
    default=True,
    help="Whether the secrets of channels must be there.  [default: secrets]",
)
def check(config: Path | None, *, as_json: bool, with_secrets: bool) -> None:
    """Read the configuration and name every mistake with its place.

    Exits with 1 when there are errors. Nothing is changed, and no service is asked.
    """
    settings = settings_with(config=config)
    loaded = read_configuration(
        settings.config,
        allow_networks=settings.allow_networks,
        environment=process_environment() if with_secrets else None,
    )
    if loaded.configuration is not None:
        unnamed = coverage_findings(settings.config, loaded.configuration, shipped=catalogue())
        loaded = replace(loaded, findings=(*loaded.findings, *unnamed))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in loaded.findings], ensure_ascii=False))
    else:
        for finding in loaded.findings:
            click.echo(str(finding))
    click.echo(_summary(loaded), err=True)
    if loaded.configuration is None:
        raise SystemExit(1)


def _summary(loaded: Loaded) -> str:
    errors = len(loaded.errors)
    counts = f"{_count(errors, 'error')}, {_count(len(loaded.findings) - errors, 'warning')}"
    configuration = loaded.configuration
    if configuration is None:
        return f"{counts}. A running kabar keeps the configuration that it has."
    languages = {feed.language for feed in configuration.feeds if feed.language}
    return (
        f"{counts}. {_count(len(configuration.watchlist.companies), 'company', 'companies')},"
        f" {_count(len(configuration.feeds), 'feed')} in {_count(len(languages), 'language')},"
        f" {_count(len(configuration.subscriptions), 'subscription')},"
        f" {_count(len(configuration.channels), 'channel')}; hash {configuration.hash}."
    )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
