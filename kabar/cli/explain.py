"""kabar explain: why a subscription was told of an event, or not."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from kabar.cli.api import complete
from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import config_option, data_option, json_option, settings_with
from services.alerter.control.explain import PATH
from services.alerter.database.connections import open_read_only
from services.alerter.explain import UnknownSubjectError, account_of
from services.alerter.unknown import no_such
from services.common.config.configuration import read_configuration
from services.common.contracts.codec import encode
from services.common.errors import ConfigurationError
from services.common.settings import Settings


@click.command()
@click.argument("of", metavar="STORY-URL|EVENT")
@click.argument("subscription")
@config_option
@data_option
@json_option
def explain(
    of: str, subscription: str, config: Path | None, data: Path | None, *, as_json: bool
) -> None:
    """Say why a subscription was told of an event, or of what a story says, or why not.

    Exits 0 when it was sent, waits to be or would be, else 1.
    """
    settings = settings_with(config=config, data=data)
    try:
        account = _account(of, subscription, settings)
    except (UnknownSubjectError, RefusedByProcessError, FileNotFoundError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    if as_json:
        click.echo(json.dumps(account, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(account)))
    raise SystemExit(0 if account["is_told"] else 1)


def _account(of: str, subscription: str, settings: Settings) -> dict[str, Any]:
    """Return the account from whoever runs on the data directory, else from the database itself."""
    query = urlencode({"of": of, "subscription": subscription})
    answered = ask_process(settings.data, "GET", f"{PATH}?{query}")
    if answered is not None:
        return answered
    of_files = read_configuration(settings.config, allow_networks=settings.allow_networks).require()
    configuration = complete(of_files, settings.data)
    found = [one for one in configuration.subscriptions if one.id == subscription]
    if not found:
        names = [one.id for one in configuration.subscriptions]
        raise UnknownSubjectError(no_such("subscription", subscription, names))
    with closing(open_read_only(settings.data)) as connection:
        account = account_of(
            connection, of, subscription=found[0], watchlist=configuration.watchlist
        )
    body: dict[str, Any] = json.loads(encode(account))
    return body


def _lines(account: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if (story := account["story"]) is not None:
        lines += [f"{story['outlet']}: {story['title']} ({story['language']})"]
        lines += [_mention(mention) for mention in story["mentions"]]
        lines += [_report(report) for report in story["reports"]]
    for event in account["events"]:
        lines += [f"{event['event']}  {event['sentence']}"]
        lines += [_condition(condition) for condition in event["conditions"]]
    return [*lines, account["outcome"]]


def _mention(mention: dict[str, Any]) -> str:
    seen = mention["unreported"] or "in a report"
    return f"  {mention['name']}: {seen}"


def _report(report: dict[str, Any]) -> str:
    who = ", ".join(report["companies"])
    sure = f"confidence {report['confidence']:.2f}"
    return f"  {report['type']}, {report['stage']}, {report['focus']}: {who}; {sure}"


def _condition(condition: dict[str, Any]) -> str:
    mark = "yes" if condition["holds"] else "no "
    return (
        f"  {mark}  {condition['name']}: {condition['found']} (asked for: {condition['expected']})"
    )
