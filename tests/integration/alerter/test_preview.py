"""What a preview lists is what was planned: one month of history, told live and told again."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.alerter.database import gathered, outbox
from services.alerter.reloading import following_of
from services.common.clock import ManualClock
from services.common.config.configuration import read_configuration
from services.common.contracts.reading import Reading, Stage
from tests.support.alerting import Alerter, an_alerter, told_by
from tests.support.channels import RecordingChannel

FIRST = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LAST = FIRST + timedelta(days=30)
SPAN = ["--from", FIRST.isoformat(), "--to", LAST.isoformat()]

COMPANIES = """
companies:
  - {id: acme, name: Acme, tags: [ours]}
  - {id: bytedance, name: ByteDance}
  - {id: grab, name: Grab}
  - {id: tiktok, name: TikTok, owner: bytedance, tags: [ours]}
"""
CHANNELS = """
channels:
  hook: {type: webhook, url: "https://hooks.example.org/kabar"}
  ops: {type: slack, webhook: "https://hooks.slack.com/services/T0/B0/x"}
subscriptions:
  - {id: beside, name: Beside, when: {companies: [grab]}, send: [{to: ops, burst: 60s}]}
"""
SUBSCRIPTIONS = (
    CHANNELS
    + """
  - id: watched
    name: Watched
    when: {companies: [%s], types: [ban, shutdown]}
    send:
      - to: hook
        digest: {at: "02:30", zone: Europe/Berlin}
      - to: ops
        burst: 5m
        max_per_hour: 3
        quiet: {from: "22:00", to: "07:00", zone: Europe/Berlin}
"""
)


def month() -> list[tuple[datetime, Reading]]:
    """Return what the outlets told in a month: single bans, a burst, a night, two reversals."""
    told: list[tuple[timedelta, str, str, Stage]] = [
        # a burst
        (timedelta(hours=1), "One", "tiktok", Stage.RUMOURED),
        (timedelta(hours=1, minutes=1), "Two", "tiktok", Stage.PROPOSED),
        (timedelta(hours=1, minutes=2), "Twice", "tiktok", Stage.CONFIRMED),
        (timedelta(days=2), "Else", "grab", Stage.CONFIRMED),
        # in the night of the clock change, within quiet hours
        (timedelta(days=18, hours=15), "Night", "acme", Stage.PROPOSED),
        (timedelta(days=18, hours=15, minutes=1), "Night2", "acme", Stage.CONFIRMED),
        # two corrections
        (timedelta(days=4), "Three", "tiktok", Stage.REVERSED),
        (timedelta(days=4, hours=1), "Four", "tiktok", Stage.REVERSED),
        (timedelta(days=4, hours=1, minutes=2), "Five", "tiktok", Stage.REVERSED),
        (timedelta(days=4, hours=2), "Six", "tiktok", Stage.REVERSED),
        (timedelta(days=20), "Seven", "acme", Stage.REJECTED),
        (timedelta(days=20, minutes=1), "Eight", "acme", Stage.REJECTED),
        (timedelta(days=20, minutes=2), "Nine", "acme", Stage.REJECTED),
        (timedelta(days=29, hours=20), "Ten", "grab", Stage.CONFIRMED),
    ]
    return [
        (
            FIRST + after,
            told_by(outlet, f"{company} {stage}", target=company, stage=stage, since=FIRST + after),
        )
        for after, outlet, company, stage in sorted(told)
    ]


def write(config: Path, *, follows: str) -> None:
    config.mkdir(exist_ok=True)
    (config / "companies.yml").write_text(COMPANIES)
    (config / "subscriptions.yml").write_text(SUBSCRIPTIONS % follows)


async def live(config: Path, data: Path, told: Sequence[tuple[datetime, Reading]]) -> None:
    """Track, plan and send as the running process does, at the hours at which it happened."""
    configuration = read_configuration(config).require()
    clock = ManualClock(FIRST - timedelta(days=1))
    ways = {"hook": RecordingChannel(), "ops": RecordingChannel()}
    async with an_alerter(data, clock=clock, channels=dict(ways)) as alerter:
        alerter.service.configure(following_of(configuration))
        for at, reading in told:
            await _send_until(alerter, at)
            await alerter.tell(reading)
        await _send_until(alerter, LAST)


async def _send_until(alerter: Alerter, at: datetime) -> None:
    """Send what falls due before `at`, each at its time."""
    while (due := await alerter.database.read(_next_due)) is not None and due <= at:
        alerter.clock.move(max(due - alerter.clock.now(), timedelta()))
        await alerter.send()
    alerter.clock.move(max(at - alerter.clock.now(), timedelta()))


def _next_due(connection: sqlite3.Connection) -> datetime | None:
    times = [gathered.first_closing(connection), *outbox.next_times(connection).values()]
    return min((time for time in times if time is not None), default=None)


def kabar(*arguments: str) -> Result:
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def month_of_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a configuration and the month that was recorded under it."""
    directory = tmp_path_factory.mktemp("month")
    config, data = directory / "config", directory / "data"
    data.mkdir()
    write(config, follows='"tag:ours"')
    asyncio.run(live(config, data, month()))
    return directory


@pytest.fixture
def recorded(month_of_data: Path, tmp_path: Path) -> list[str]:
    """Return the options that name the recorded month and a configuration to change."""
    config, data = tmp_path / "config", month_of_data / "data"
    write(config, follows='"tag:ours"')
    return ["--config", str(config), "--data", str(data)]


def messages(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(kabar(*arguments, "--json").stdout)["messages"]
    return found


def test_a_preview_is_what_was_planned(recorded: list[str]) -> None:
    previewed = kabar("preview", "watched", *SPAN, "--json", *recorded)
    planned = kabar(
        "deliveries", "--subscription", "watched", *SPAN, "--json", "--planned", *recorded
    )

    assert previewed.stdout == planned.stdout
    found = json.loads(planned.stdout)["messages"]
    alerts = [alert for message in found for alert in message["alerts"]]
    assert {message["kind"] for message in found} == {"message", "digest"}
    assert any(message["held_until"] for message in found)
    assert any(len(message["alerts"]) > 1 for message in found if message["channel"] == "ops")
    assert len({one["event"] for one in alerts if one["reason"] == "correction"}) == 2
    digests = [one["planned_at"] for one in found if one["channel"] == "hook"]
    assert {time[:16] for time in digests} == {
        "2026-03-11T01:30",  # 02:30 in winter
        "2026-03-15T01:30",
        "2026-03-29T01:00",  # there is no 02:30 in this night: at 03:00
        "2026-03-31T00:30",  # 02:30 in summer
    }


def test_a_preview_of_a_part_is_that_part(recorded: list[str]) -> None:
    middle = ["--from", "2026-03-13", "--to", "2026-03-30T00:00:00Z"]

    previewed = messages("preview", "watched", *middle, *recorded)

    assert previewed
    assert previewed == messages(
        "deliveries", "--subscription", "watched", *middle, "--planned", *recorded
    )


def test_a_wider_filter_only_adds_alerts(recorded: list[str], tmp_path: Path) -> None:
    def alerts() -> set[tuple[str, str, str]]:
        found = messages("preview", "watched", *SPAN, *recorded)
        return {
            (alert["event"], alert["reason"], alert["stage"])
            for message in found
            for alert in message["alerts"]
        }

    narrow = alerts()
    write(tmp_path / "config", follows='"tag:ours", grab')

    assert narrow < alerts()


def test_a_preview_for_people_says_when_and_what(recorded: list[str]) -> None:
    lines = kabar("preview", "watched", *SPAN, *recorded).stdout.splitlines()

    assert any("hook as digest" in line for line in lines)
    assert any("held by quiet hours until" in line for line in lines)
    assert any(line.startswith("    correction: ") for line in lines)


def test_a_subscription_that_nobody_knows_ends_with_1(recorded: list[str]) -> None:
    done = CliRunner().invoke(main, ["preview", "nobody", *recorded])

    assert done.exit_code == 1
    assert 'There is no subscription "nobody"' in done.output


def test_an_end_before_the_beginning_ends_with_2(recorded: list[str]) -> None:
    done = CliRunner().invoke(
        main, ["preview", "watched", "--from", "2026-02-01", "--to", "2026-01-01", *recorded]
    )

    assert done.exit_code == 2
    assert "is not before" in done.output
