"""kabar events and kabar deliveries, where no process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.contracts.delivery import DeliveryKind, DeliveryState
from services.common.contracts.reading import Involvement, OtherParty, Role, Stage
from services.common.ids import CompanyId
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event
from tests.support.web import a_world

COMPANIES = "companies:\n  - {id: tiktok, name: TikTok}\n  - {id: adobe, name: Adobe}\n"
SUBSCRIPTIONS = """
channels:
  archive: {type: console}
  screen: {type: console}
subscriptions:
  - id: team
    send: [{to: screen}]
"""
REMOVED = (Involvement(id=CompanyId("removed"), role=Role.TARGET),)


Fill = Callable[[Path], Coroutine[Any, Any, None]]


def filled_by(fill: Fill, directory: Path) -> list[str]:
    """Return the options that name a configuration in `directory`, and data that `fill` wrote there."""
    (directory / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    (directory / "data").mkdir()
    asyncio.run(fill(directory / "data"))
    return ["--config", str(directory), "--data", str(directory / "data")]


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """Return the options that name a configuration, and data with things that it has no longer."""
    (tmp_path / "subscriptions.yml").write_text(SUBSCRIPTIONS, encoding="utf-8")
    return filled_by(filled, tmp_path)


async def filled(data: Path) -> None:
    events = [an_event(str(number), companies=REMOVED) for number in range(5)]
    alerts = [an_alert(event=event.id, change_seq=at) for at, event in enumerate(events, 1)]
    gone = an_alert("other", event=an_event("gone").id, change_seq=99)
    async with a_world(data) as world:
        for event in events:
            await world.tell(event)
        await world.decide(*alerts, gone)
        await world.plan(a_delivery(*(alert.id for alert in alerts)), a_delivery(gone.id))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_deliveries_say_what_they_told_and_of_which_event(here: list[str]) -> None:
    shown = run("deliveries", *here)

    gone_row, gone, row, *told = shown.stdout.splitlines()
    assert "1 alert" in gone_row
    assert "5 alerts" in row
    assert gone == f"    {an_event('gone').id}  the event is no longer kept"
    assert told == [
        *(
            f"    {an_event(str(number)).id}  removed banned (confirmed; 1 outlet)"
            for number in range(3)
        ),
        "    and 2 more: --json lists the first 20",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["events", "--company", "adobee"], 'no company "adobee"; did you mean "Adobe"?'),
        (["events", "--company", "nobody"], 'no company "nobody". `kabar companies list`'),
        (["deliveries", "--subscription", "tem"], 'no subscription "tem"; did you mean "team"?'),
        (["deliveries", "--planned", "--subscription", "tem"], 'did you mean "team"?'),
        (["deliveries", "--channel", "scren"], 'no channel "scren"; did you mean "screen"?'),
        (["events", "--type", "bann"], "there is no bann"),
        (["events", "--stage", "sure"], "there is no sure"),
    ],
)
def test_what_is_not_there_is_wrong_use_and_the_nearest_is_named(
    here: list[str], words: list[str], said: str
) -> None:
    for form in ([], ["--json"]):
        refused = run(*words, *form, *here)

        assert (refused.exit_code, refused.stdout) == (2, ""), refused.output
        assert said in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["events", "--company", "adobe"],
        ["events", "--company", "ADOBE"],
        ["events", "--company", "removed", "--type", "shutdown"],
        ["deliveries", "--subscription", "team"],
        ["deliveries", "--subscription", "everything", "--state", "dead"],
        ["deliveries", "--channel", "screen"],
        ["deliveries", "--channel", "archive", "--state", "dead"],
    ],
)
def test_what_is_there_or_once_was_has_nothing_and_that_is_no_mistake(
    here: list[str], words: list[str]
) -> None:
    shown = run(*words, *here)

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert shown.stderr in {"No event.\n", "No delivery.\n"}


def test_an_event_is_listed_with_who_is_not_watched_and_with_what_disputes_it(
    tmp_path: Path,
) -> None:
    options = filled_by(disputed, tmp_path)

    shown = run("events", *options)

    assert "  confirmed, disputed: rejected  -  TikTok (actor), Zumo (target)  " in shown.stdout


async def disputed(data: Path) -> None:
    event = an_event(
        type="acquisition",
        companies=(Involvement(id=CompanyId("tiktok"), role=Role.ACTOR),),
        others=(OtherParty(name="Zumo", role=Role.TARGET),),
        disputed=Stage.REJECTED,
    )
    async with a_world(data) as world:
        await world.tell(event)


def test_a_delivery_that_waits_says_when_it_is_tried_next(tmp_path: Path) -> None:
    options = filled_by(held, tmp_path)

    shown = run("deliveries", *options)

    paused, quiet = (line for line in shown.stdout.splitlines() if line.startswith("dl_"))
    assert quiet.endswith("not tried yet; next try 9999-01-02 07:00")
    assert paused.endswith("not tried yet")


def test_a_digest_is_called_one_beside_its_alerts(tmp_path: Path) -> None:
    options = filled_by(digested, tmp_path)

    shown = run("deliveries", *options)

    assert "  1 alert, digest  " in shown.stdout


async def digested(data: Path) -> None:
    event = an_event("1")
    alert = an_alert("one", event=event.id)
    async with a_world(data) as world:
        await world.tell(event)
        await world.decide(alert)
        await world.plan(a_delivery(alert.id, kind=DeliveryKind.DIGEST))


async def held(data: Path) -> None:
    event = an_event("1")
    alerts = [an_alert("one", event=event.id), an_alert("two", event=event.id)]
    quiet, paused = (a_delivery(alert.id, state=DeliveryState.HELD) for alert in alerts)
    async with a_world(data) as world:
        await world.tell(event)
        await world.decide(*alerts)
        await world.plan(replace(quiet, next_at=datetime(9999, 1, 2, 7, tzinfo=UTC)), paused)
