"""kabar events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kabar.cli.api import read_api
from kabar.cli.options import config_option, data_option, settings_with
from kabar.cli.table import table
from services.common.event_types import event_types


@click.command()
@click.option("--type", "type_", help=f"Only events of this type: {', '.join(event_types())}.")
@click.option("--stage", help="Only events at this stage.")
@click.option("--company", help="Only events of this company and what it owns (an id or a name).")
@click.option("--country", help="Only events in this country (a code).")
@click.option("--search", help="Only events with all these words, in any script.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", help="Go on behind this cursor, `next` of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/events.")
@data_option
@config_option
def events(  # noqa: PLR0913  one for each option
    *,
    type_: str | None,
    stage: str | None,
    company: str | None,
    country: str | None,
    search: str | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
    data: Path | None,
    config: Path | None,
) -> None:
    """Show the events, newest first."""
    query = {
        "type": type_,
        "stage": stage,
        "company": company,
        "country": country,
        "q": search,
        "limit": limit,
        "cursor": cursor,
    }
    settings = settings_with(data=data, config=config)
    body = read_api(settings, "events", query)
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for line in table([_row(event) for event in body["events"]]):
        click.echo(line)
    if not body["events"]:
        click.echo("No event.", err=True)
    if body["next"]:
        click.echo(f"Older ones: --cursor {body['next']}", err=True)


def _row(event: Mapping[str, Any]) -> list[str]:
    stage = "withdrawn" if event["withdrawn"] else event["stage"]
    if event["disputed"]:
        stage += f", disputed: {event['disputed']}"
    parties = [*event["companies"], *event["others"]]
    who = ", ".join(f"{party['name']} ({party['role']})" for party in parties)
    outlets = {story["outlet"] for story in event["stories"]}
    languages = sorted({story["lang"] for story in event["stories"]})
    return [
        event["id"],
        event["first_seen"][:16].replace("T", " "),
        event["type"],
        stage,
        " ".join(event["countries"]) or "-",
        who,
        f"{len(outlets)} outlet{'s' if len(outlets) != 1 else ''} ({' '.join(languages)})",
    ]
