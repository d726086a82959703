"""kabar deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kabar.cli.api import read_api
from kabar.cli.options import Refused, config_option, data_option, settings_with
from kabar.cli.preview import planned as planned_of
from kabar.cli.preview import show, span_of
from kabar.cli.table import table
from kabar.cli.times import Moment, Since
from kabar.counted import counted
from services.alerter.render.words import shortened
from services.alerter.tellings import MOST_TOLD, SHOWN_CODE_POINTS, TOLD_AT_ONCE
from services.common.clock import SystemClock
from services.common.contracts.delivery import DeliveryState


@click.command()
@click.option("--state", type=click.Choice([str(state) for state in DeliveryState]))
@click.option("--subscription", help="Only what this subscription was sent (an id).")
@click.option("--channel", help="Only what went to this channel (an id).")
@click.option("--planned", is_flag=True, help="Of --subscription: as planned, oldest first.")
@click.option("--from", "since", type=Since(), help="With --planned: 30d ago unless told.")
@click.option("--to", "until", type=Moment(), help="With --planned: now unless told.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", help="Go on behind this cursor, `next` of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/deliveries.")
@config_option
@data_option
def deliveries(  # noqa: PLR0913  one for each option
    *,
    state: str | None,
    subscription: str | None,
    channel: str | None,
    planned: bool,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
    config: Path | None,
    data: Path | None,
) -> None:
    """Show what was sent, newest first, with the last attempt of each and what it told.

    With --planned, the messages of one subscription as they were planned, in the form of `kabar
    preview`, so that the two can be compared.
    """
    if planned:
        if subscription is None:
            raise Refused("--planned needs --subscription.")
        if state is not None or cursor is not None:
            raise Refused(
                "--planned shows every state on one page: leave out --state and --cursor."
            )
        settings = settings_with(config=config, data=data)
        # Refuses one that is not there and was sent nothing while it was.
        read_api(settings, "deliveries", {"subscription": subscription, "limit": 1})
        show(planned_of(settings, subscription, span_of(since, until)), as_json=as_json)
        return
    if since is not None or until is not None:
        raise Refused("--from and --to go with --planned.")
    query = {
        "state": state,
        "subscription": subscription,
        "channel": channel,
        "limit": limit,
        "cursor": cursor,
    }
    settings = settings_with(data=data, config=config)
    body = read_api(settings, "deliveries", query)
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(body)


def _show(body: Mapping[str, Any]) -> None:
    rows = table([_row(delivery) for delivery in body["deliveries"]])
    for row, delivery in zip(rows, body["deliveries"], strict=True):
        click.echo(row)
        for line in _told(delivery):
            click.echo(f"    {line}")
    if not body["deliveries"]:
        click.echo("No delivery.", err=True)
    if body["next"]:
        click.echo(f"Older ones: --cursor {body['next']}", err=True)


def _row(delivery: Mapping[str, Any]) -> list[str]:
    return [
        delivery["id"],
        delivery["planned_at"][:16].replace("T", " "),
        delivery["state"],
        delivery["channel"],
        ", ".join(delivery["subscriptions"]) or "-",
        _carried(delivery),
        "; ".join(filter(None, [_attempts(delivery), _next_try(delivery), delivery["note"]])),
    ]


def _told(delivery: Mapping[str, Any]) -> list[str]:
    """Return the events that it told with their sentences, of very many the first."""
    lines = [f"{one['event']}  {_sentence(one['sentence'])}" for one in delivery["told"]]
    left_out = max(len(lines) - TOLD_AT_ONCE, 0) + max(len(delivery["alerts"]) - MOST_TOLD, 0)
    if not left_out:
        return lines
    return [*lines[:TOLD_AT_ONCE], f"and {left_out} more: --json lists the first {MOST_TOLD}"]


def _sentence(text: str | None) -> str:
    if text is None:
        return "the event is no longer kept"
    return shortened(text, code_points=SHOWN_CODE_POINTS)


def _carried(delivery: Mapping[str, Any]) -> str:
    """Return how many alerts it carries and what it is, unless a plain message: a digest, a notice."""
    alerts, kind = len(delivery["alerts"]), str(delivery["kind"])
    return ", ".join(
        filter(
            None, [counted(alerts, "alert") if alerts else "", kind if kind != "message" else ""]
        )
    )


def _attempts(delivery: Mapping[str, Any]) -> str:
    attempts = delivery["attempts"]
    if not attempts:
        return "" if delivery["state"] == "suppressed" else "not tried yet"
    last = attempts[-1]
    answer = last["status"] or ("no answer" if last["reason"] else "taken")
    reason = last["reason"].removeprefix(f"{answer} ")
    return f"{counted(len(attempts), 'attempt')}, last {': '.join(filter(None, [str(answer), reason]))}"


def _next_try(delivery: Mapping[str, Any]) -> str:
    """Return when it is tried next, where a time is known: one whose channel is paused has none."""
    if delivery["state"] not in (DeliveryState.DUE, DeliveryState.HELD):
        return ""
    at = datetime.fromisoformat(delivery["next_at"])
    return f"next try {at:%Y-%m-%d %H:%M}" if at > SystemClock().now() else ""
