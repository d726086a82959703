"""kabar check."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from kabar.checked import checked
from kabar.cli.options import Refused, config_option, settings_with
from kabar.counted import counted
from services.classifier.lexicon.load import (
    LANGUAGES,
    checked_digests,
    lexicon,
    note_checked,
    rules_hash,
)
from services.classifier.workbench.lint import findings as lexicon_findings
from services.common.config.configuration import Loaded
from services.common.config.findings import Finding


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
@click.option(
    "--secrets/--no-secrets",
    "with_secrets",
    default=True,
    help="Whether the secrets of channels must be there.  [default: secrets]",
)
@click.option(
    "--lexicon",
    "of_lexicon",
    is_flag=True,
    help="Check the classifier's words and their examples instead of a configuration.",
)
@click.option(
    "--note",
    "is_noted",
    is_flag=True,
    help="With --lexicon: note that what is right was checked, so that loading does not warn.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    metavar="CODE",
    help="With --lexicon: only this language; may be said again.  [default: all]",
)
def check(
    config: Path | None,
    *,
    as_json: bool,
    with_secrets: bool,
    of_lexicon: bool,
    is_noted: bool,
    languages: Sequence[str],
) -> None:
    """Read the configuration and name every mistake with its place.

    Exits with 1 when there are errors. Nothing is changed, and no service is asked.
    """
    if of_lexicon:
        _check_lexicon(languages or LANGUAGES, as_json=as_json, is_noted=is_noted)
        return
    if languages or is_noted:
        raise Refused("--language and --note go with --lexicon.")
    settings = settings_with(config=config)
    loaded = checked(settings, with_secrets=with_secrets)
    _show(loaded.findings, as_json=as_json)
    click.echo(_summary(loaded), err=True)
    if loaded.configuration is None:
        raise SystemExit(1)


def _check_lexicon(languages: Sequence[str], *, as_json: bool, is_noted: bool) -> None:
    """Check languages; note the digests of those that are right: loading compares them."""
    found = {language: lexicon_findings(language) for language in languages}
    _show([finding for of_one in found.values() for finding in of_one], as_json=as_json)
    errors = sum(map(len, found.values()))
    right = {language: lexicon(language).hash for language, of_one in found.items() if not of_one}
    if is_noted:
        try:
            others = {key: it for key, it in checked_digests().items() if key not in found}
            note_checked({**others, **right})
        except OSError as error:
            click.echo(f"The digests could not be noted: {error}", err=True)
    counts = counted(errors, "error")
    click.echo(f"{counts} in {counted(len(found), 'language')}; hash {rules_hash()}.", err=True)
    if errors:
        raise SystemExit(1)


def _show(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
        return
    for finding in findings:
        click.echo(str(finding))


def _summary(loaded: Loaded) -> str:
    errors = len(loaded.errors)
    counts = f"{counted(errors, 'error')}, {counted(len(loaded.findings) - errors, 'warning')}"
    configuration = loaded.configuration
    if configuration is None:
        return f"{counts}. A running kabar keeps the configuration that it has."
    languages = {feed.language for feed in configuration.feeds if feed.language}
    return (
        f"{counts}. {counted(len(configuration.watchlist.companies), 'company', 'companies')},"
        f" {counted(len(configuration.feeds), 'feed')} in {counted(len(languages), 'language')},"
        f" {counted(len(configuration.subscriptions), 'subscription')},"
        f" {counted(len(configuration.channels), 'channel')}. This is configuration"
        f" {configuration.hash[:8]}: the foot of the page says which one a running kabar has."
    )
