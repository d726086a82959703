"""kabar preview: what a subscription would have been sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from kabar.cli.api import complete
from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.cli.times import Moment, Since
from services.alerter.control.preview import PLANNED_PATH, PREVIEW_PATH, WITHIN
from services.alerter.database.connections import open_read_only
from services.alerter.preview import PlannedMessages, Span, planned_messages
from services.alerter.preview import preview as preview_of
from services.alerter.reloading import following_of
from services.alerter.telling import Following
from services.alerter.unknown import no_such
from services.common.clock import SystemClock
from services.common.config.configuration import read_configuration
from services.common.contracts.codec import encode
from services.common.errors import ConfigurationError
from services.common.ids import SubscriptionId
from services.common.settings import Settings

DEFAULT_SPAN = timedelta(days=30)


@click.command()
@click.argument("subscription")
@click.option("--from", "since", type=Since(), help="The first moment; 30d ago unless told.")
@click.option("--to", "until", type=Moment(), help="The end; now unless told.")
@json_option
@config_option
@data_option
def preview(
    subscription: str,
    since: datetime | None,
    until: datetime | None,
    config: Path | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """List the messages that SUBSCRIPTION would have been sent, as it stands now.

    The stored history goes through the same matching and planning as live sending, with bursts, quiet
    hours and digests. Nothing is sent.
    """
    settings = settings_with(config=config, data=data)
    show(rehearsed(settings, subscription, span_of(since, until)), as_json=as_json)


def span_of(since: datetime | None, until: datetime | None) -> Span:
    """Return the time that the options ask for: 30 days up to now, as far as they say nothing.

    Raises:
        Refused: it ends before it begins.
    """
    until = until or SystemClock().now()
    since = since or until - DEFAULT_SPAN
    if since >= until:
        raise Refused(f"--from {since.isoformat()} is not before --to {until.isoformat()}.")
    return Span(since=since, until=until)


def rehearsed(settings: Settings, subscription: str, span: Span) -> Mapping[str, Any]:
    """Return what would have been sent, from the process that runs here or from its database."""
    return _answer(settings, PREVIEW_PATH, subscription, span)


def planned(settings: Settings, subscription: str, span: Span) -> Mapping[str, Any]:
    """Return what was planned, from the process that runs here or from its database."""
    return _answer(settings, PLANNED_PATH, subscription, span)


def show(body: Mapping[str, Any], *, as_json: bool) -> None:
    """Print planned messages."""
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    for message in body["messages"]:
        for line in _lines(message):
            click.echo(line)
    if not body["messages"]:
        click.echo("No message.", err=True)


def _answer(settings: Settings, path: str, subscription: str, span: Span) -> Mapping[str, Any]:
    query = urlencode(
        {
            "subscription": subscription,
            "from": span.since.isoformat(),
            "to": span.until.isoformat(),
        }
    )
    try:
        answered = ask_process(
            settings.data, "GET", f"{path}?{query}", within_seconds=WITHIN.total_seconds() + 5
        )
        if answered is not None:
            return answered
        messages = _answer_here(settings, path, SubscriptionId(subscription), span)
    except RefusedByProcessError as error:
        raise click.ClickException(str(error)) from error
    except (ConfigurationError, FileNotFoundError) as error:
        raise Refused(str(error)) from error
    body: Mapping[str, Any] = json.loads(encode(messages))
    return body


def _answer_here(
    settings: Settings, path: str, subscription: SubscriptionId, span: Span
) -> PlannedMessages:
    following = _following(settings)
    if subscription not in following.subscriptions:
        raise RefusedByProcessError(no_such("subscription", subscription, following.subscriptions))
    if path == PREVIEW_PATH:
        return preview_of(settings.data, subscription, span=span, following=following)
    with closing(open_read_only(settings.data)) as connection:
        return planned_messages(connection, subscription, span=span, watchlist=following.watchlist)


def _following(settings: Settings) -> Following:
    loaded = read_configuration(settings.config, allow_networks=settings.allow_networks)
    return following_of(complete(loaded.require(), settings.data))


def _lines(message: Mapping[str, Any]) -> list[str]:
    held = message["held_until"]
    kind = "" if message["kind"] == "message" else f" as {message['kind']}"
    quiet = "" if held is None else f", held by quiet hours until {_minute(held)}"
    head = f"{_minute(message['planned_at'])}  {message['channel']}{kind}{quiet}"
    return [head, *(f"    {one['reason']}: {one['sentence']}" for one in message["body"])]


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")
