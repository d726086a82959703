"""kabar mute, ack and redeliver, where no process runs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import Event
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event
from tests.support.web import a_world

COMPANIES = "companies:\n  - {id: tiktok, name: TikTok}\n"
SUBSCRIPTIONS = """
channels:
  archive: {type: console}
subscriptions:
  - id: team
    send: [{to: archive}]
"""


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """Return the options that name a configuration and a data directory in which kabar once ran."""
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    (tmp_path / "subscriptions.yml").write_text(SUBSCRIPTIONS, encoding="utf-8")
    (tmp_path / "data").mkdir()
    asyncio.run(once(tmp_path / "data"))
    return ["--config", str(tmp_path), "--data", str(tmp_path / "data")]


async def once(data: Path) -> None:
    async with a_world(data):
        pass


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def a_dead_delivery(data: Path) -> tuple[Event, Delivery]:
    """Write an event, its alert and the delivery that nobody took."""
    event, alert = an_event(), an_alert()
    dead = a_delivery(alert.id, state=DeliveryState.DEAD)

    async def write() -> None:
        async with a_world(data) as world:
            await world.tell(event)
            await world.decide(alert)
            await world.plan(dead)

    asyncio.run(write())
    return event, dead


def test_a_mute_is_made_listed_and_ended(here: list[str]) -> None:
    made = run("mute", "--subscription", "team", "--for", "2h", "--who", "ann", "--json", *here)

    assert made.exit_code == 0, made.output
    mute = json.loads(made.stdout)["mute"]
    assert (mute["subscription"], mute["who"]) == ("team", "ann")
    assert mute["id"] in run("mute", *here).stdout
    assert run("mute", "--end", mute["id"], *here).exit_code == 0
    assert json.loads(run("mute", "--json", *here).stdout) == {"mutes": []}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["--company", "tiktk", "--for", "2h"],
            2,
            'There is no company "tiktk"; did you mean "tiktok"? `kabar companies list` shows',
        ),
        (["--subscription", "tem", "--for", "2h"], 2, 'There is no subscription "tem"; did you'),
        (["--channel", "slak", "--for", "2h"], 2, 'There is no channel "slak"'),
        (["--event", "ev_none", "--for", "2h"], 2, "There is no event ev_none."),
        (["--company", "tiktok", "--until", "2020-01-01"], 2, "say a later time"),
        (["--company", "tiktok"], 2, "A mute has an end"),
        (["--for", "2h"], 2, "A mute names something"),
        (["--end", "mu_none"], 1, "There is no mute mu_none"),
    ],
)
def test_what_cannot_be_muted_is_told_and_nothing_is(
    here: list[str], words: list[str], code: int, said: str
) -> None:
    refused = run("mute", *words, *here)

    assert (refused.exit_code, said in refused.stderr) == (code, True), refused.output
    assert json.loads(run("mute", "--json", *here).stdout) == {"mutes": []}


def test_an_event_is_acknowledged_at_its_stage(here: list[str]) -> None:
    event, _ = a_dead_delivery(Path(here[-1]))

    seen = run("ack", event.id, "--who", "ann", *here)

    assert seen.stdout == f"{event.id} is acknowledged at {event.stage} by ann.\n"
    assert run("ack", "ev_none", *here).exit_code == 1
    no_stage = run("ack", event.id, "--stage", "done", *here)
    assert (no_stage.exit_code, "write one of rumoured" in no_stage.stderr) == (2, True)


def test_dead_deliveries_go_again_one_by_one_or_all_since(here: list[str]) -> None:
    _, dead = a_dead_delivery(Path(here[-1]))

    one = run("redeliver", dead.id, "--json", *here)
    late = run("redeliver", "--state", "dead", "--since", "2026-01-01T00:00:00Z", *here)
    neither = run("redeliver", *here)

    assert json.loads(one.stdout) == {"redelivered": [dead.id]}
    assert (late.exit_code, late.stderr) == (0, "No delivery.\n")
    assert neither.exit_code == 2


@pytest.mark.parametrize(
    "words",
    [("mute", "--subscription", "team", "--for", "2h"), ("ack", "ev_1"), ("redeliver", "dl_1")],
)
def test_where_nothing_ran_yet_nothing_is_made_and_the_directory_is_named(
    here: list[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    elsewhere = tmp_path / "mistyped"

    result = run(*words, *here, "--data", str(elsewhere))

    assert result.exit_code == 2
    assert f"There is no database in {elsewhere}" in result.stderr
    assert not elsewhere.exists()
