"""kabar mute, ack and redeliver: what people do about messages."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from kabar.cli.api import change_api, read_api
from kabar.cli.control import RefusedByProcessError
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.cli.table import table
from kabar.cli.times import Moment, Since
from services.common.clock import SystemClock
from services.common.contracts.delivery import DeliveryState
from services.common.durations import parse_duration
from services.common.settings import Settings

who_option = click.option("--who", help="Who says so; your user name unless told.")


@click.command()
@click.option("--company", help="A company's id; what it owns is muted too.")
@click.option("--event", help="An event's id.")
@click.option("--subscription", help="A subscription's id.")
@click.option("--channel", help="A channel's name.")
@click.option("--for", "duration", help="How long: 2h, 3d.")
@click.option("--until", type=Moment(), help="Until when, instead of --for.")
@click.option("--why", default="", help="Why, for others.")
@click.option("--end", metavar="ID", help="End the mute with this id.")
@who_option
@json_option
@data_option
@config_option
def mute(  # noqa: PLR0913  one for each option
    *,
    company: str | None,
    event: str | None,
    subscription: str | None,
    channel: str | None,
    duration: str | None,
    until: datetime | None,
    why: str,
    end: str | None,
    who: str | None,
    as_json: bool,
    data: Path | None,
    config: Path | None,
) -> None:
    """Tell nothing for a while of what all the options name; without any, show the mutes.

    What is decided meanwhile stands among the deliveries as suppressed. A mute has an end.
    """
    settings = settings_with(data=data, config=config)
    named = {"company": company, "event": event, "subscription": subscription, "channel": channel}
    given = {key: value for key, value in named.items() if value is not None}
    if end is not None:
        _changed(settings, "DELETE", f"mutes/{quote(end)}")
        click.echo(f"{end} has ended.")
        return
    if not given:
        if duration is not None or until is not None or why:
            raise Refused("A mute names something: --company, --event, --subscription, --channel.")
        _show_mutes(read_api(settings, "mutes", {}), as_json=as_json)
        return
    ends_at = _end(duration, until)
    body = {**given, "until": ends_at.isoformat(), "who": who or _user(), "why": why}
    answer = _changed(settings, "POST", "mutes", body)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    one = answer["mute"]
    click.echo(f"{one['id']} mutes {_named(one)} until {_minute(one['ends_at'])}.")
    click.echo(f"End it with: kabar mute --end {one['id']}", err=True)
    _say_suppressed(answer)


@click.command()
@click.argument("event", metavar="EVENT")
@click.option("--note", default="", help="A word for others.")
@click.option("--stage", help="At which stage; the present one unless told.")
@who_option
@json_option
@data_option
@config_option
def ack(
    event: str,
    *,
    note: str,
    stage: str | None,
    who: str | None,
    as_json: bool,
    data: Path | None,
    config: Path | None,
) -> None:
    """Note that EVENT has been seen: at its stage it is told no more, at a new one it is."""
    settings = settings_with(data=data, config=config)
    body = {"who": who or _user(), "note": note, "stage": stage}
    answer = _changed(settings, "POST", f"events/{quote(event)}/ack", body)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    one = answer["acknowledgement"]
    click.echo(f"{one['event']} is acknowledged at {one['stage']} by {one['who']}.")
    _say_suppressed(answer)


@click.command()
@click.argument("names", metavar="[ID…]", nargs=-1)
@click.option(
    "--state",
    type=click.Choice(["dead", "unknown", "suppressed", "sent"]),
    help="Instead of ids: all in this state.",
)
@click.option(
    "--since", type=Since(), help="With --state: planned from then on; 2h is so long ago."
)
@json_option
@data_option
@config_option
def redeliver(
    names: Sequence[str],
    *,
    state: str | None,
    since: datetime | None,
    as_json: bool,
    data: Path | None,
    config: Path | None,
) -> None:
    """Send deliveries again under the same ids, with the schedule from its start."""
    if bool(names) == (state is not None) or (state is None) != (since is None):
        raise Refused("Name deliveries, or say --state and --since.")
    settings = settings_with(data=data, config=config)
    if state is not None and since is not None:
        query = urlencode({"state": DeliveryState(state).value, "since": since.isoformat()})
        done = _changed(settings, "POST", f"deliveries/redeliver?{query}")["redelivered"]
    else:
        done = [
            _changed(settings, "POST", f"deliveries/{quote(name)}/redeliver")["id"]
            for name in names
        ]
    if as_json:
        click.echo(json.dumps({"redelivered": done}))
        return
    for name in done:
        click.echo(f"{name} is due again.")
    if not done:
        click.echo("No delivery.", err=True)


def _user() -> str:
    """Return the user's name; in a container the number may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _end(duration: str | None, until: datetime | None) -> datetime:
    if (duration is None) == (until is None):
        raise Refused("A mute has an end: say --for or --until.")
    if until is not None:
        return until
    try:
        wait: timedelta = parse_duration(duration or "")
    except ValueError as error:
        raise Refused(str(error)) from error
    return SystemClock().now() + wait


def _changed(settings: Settings, method: str, name: str, body: object = None) -> dict[str, Any]:
    try:
        return change_api(settings, method, name, body)
    except RefusedByProcessError as error:
        if error.is_wrong_use:
            raise Refused(str(error)) from error
        raise click.ClickException(str(error)) from error


def _show_mutes(body: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    rows = [
        [one["id"], _named(one), f"until {_minute(one['ends_at'])}", one["who"], one["why"]]
        for one in body["mutes"]
    ]
    for line in table(rows):
        click.echo(line)
    if not rows:
        click.echo("Nothing is muted.", err=True)


def _minute(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"


def _named(one: Mapping[str, Any]) -> str:
    keys = ("company", "event", "subscription", "channel")
    return ", ".join(f"{key} {one[key]}" for key in keys if one.get(key))


def _say_suppressed(answer: Mapping[str, Any]) -> None:
    if (count := answer["suppressed"]) > 0:
        click.echo(f"{count} on their way will not be sent.", err=True)
    # An alerter of before does not say it.
    if (count := answer.get("leaving", 0)) > 0:
        click.echo(
            f"{count} being sent right now may still arrive; what does not is not tried again.",
            err=True,
        )
