from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kabar.cli import main
from services.alerter.channels.payloads import PAYLOAD_TYPES
from services.alerter.channels.port import Sent, Thread
from services.alerter.render.bodies import event_body
from services.alerter.render.message import Message
from services.alerter.trial import send_test, trial_of
from services.alerter.ways import hashes_of
from services.common.clock import ManualClock
from services.common.config.channels import CHANNEL_TYPES
from services.common.contracts.codec import encode
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Amount, OtherParty, Role
from services.common.contracts.subscription import ChannelConfig
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)
from services.common.ids import ChannelId
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import RecordingChannel
from tests.support.events import an_event
from tests.support.json_receiver import a_json_receiver

OPS = ChannelId("ops")
COMPANIES = "companies:\n  - {id: tiktok, name: TikTok}\n"


def configured(directory: Path, channel: str) -> list[str]:
    (directory / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    text = f"channels:\n  ops: {channel}\n"
    (directory / "subscriptions.yml").write_text(text, encoding="utf-8")
    return ["--config", str(directory), "--data", str(directory / "data")]


def an_event_file(directory: Path) -> Path:
    file = directory / "event.json"
    file.write_bytes(encode(event_body(an_event(), watchlist=a_watchlist())))
    return file


def test_a_channel_is_tested_with_a_message_that_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    where = configured(tmp_path, "{type: console}")

    result = CliRunner().invoke(main, ["channels", "test", "ops", *where])

    # A console writes past the stream that the runner gives, to the descriptor itself.
    told = capfd.readouterr().out
    assert result.exit_code == 0
    assert told.startswith("TEST: Example Company shuts down in Indonesia")
    assert "(Indonesian)" in told
    assert result.stdout == "ops took the test.\n"


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    where = configured(tmp_path, "{type: console}")
    (tmp_path / "data").touch()

    result = CliRunner().invoke(main, ["channels", "test", "ops", *where])

    assert result.exit_code == 2
    assert "cannot be the data directory" in result.stderr


def test_a_channel_that_refuses_the_test_is_a_no(tmp_path: Path) -> None:
    with a_json_receiver() as receiver:
        receiver.status = 404
        url = f"http://127.0.0.1:{receiver.port}/"
        where = configured(tmp_path, f"{{type: webhook, url: '{url}'}}")

        result = CliRunner().invoke(
            main,
            ["channels", "test", "ops", "--json", *where],
            env={"KABAR_ALLOW_NETWORKS": "127.0.0.0/8"},
        )

    assert result.exit_code == 1
    body = json.loads(result.stdout)
    assert (body["taken"], body["status"]) == (False, 404)


def test_a_channel_that_is_not_there_is_a_no(tmp_path: Path) -> None:
    where = configured(tmp_path, "{type: console}")

    result = CliRunner().invoke(main, ["channels", "test", "nowhere", *where])

    assert result.exit_code == 1
    assert 'There is no channel "nowhere". `kabar channels list`' in result.stderr


async def test_a_test_is_never_tried_again() -> None:
    class Counting(RecordingChannel):
        tries = 0

        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            self.tries += 1
            return await super().send(message, thread=thread)

    away = Counting(ChannelUnavailableError("503 away", status=503))
    wrong = Counting(ChannelRefusedError("403 no", status=403))

    tests = [
        await send_test(it, name=ChannelId("ops"), clock=ManualClock(NOON)) for it in (away, wrong)
    ]

    assert [(it.taken, it.status, it.reason) for it in map(trial_of, tests)] == [
        (False, 503, "503 away"),
        (False, 403, "403 no"),
    ]
    assert {it.state for it in tests} == {DeliveryState.DEAD}
    assert (away.tries, wrong.tries) == (1, 1)


async def test_nobody_who_asked_for_no_more_mail_gets_a_test_of_it() -> None:
    nobody = RecordingChannel(ChannelUnwantedError("Everybody asked for no more mail."))

    test = await send_test(nobody, name=ChannelId("legal"), clock=ManualClock(NOON))

    assert test.state is DeliveryState.SUPPRESSED
    assert trial_of(test).reason == "Everybody asked for no more mail."


def test_a_test_stands_among_the_deliveries_and_carries_no_alert(tmp_path: Path) -> None:
    where = configured(tmp_path, "{type: console}")
    run = CliRunner().invoke

    told = [
        json.loads(run(main, ["channels", "test", "ops", "--json", *where]).stdout)
        for _ in range(2)
    ]

    shown = run(main, ["deliveries", "--json", *where])
    listed = run(main, ["deliveries", *where])
    again = run(main, ["redeliver", told[0]["delivery"], *where])
    every = run(main, ["redeliver", "--state", "sent", "--since", "2020-01-01", *where])

    rows = json.loads(shown.stdout)["deliveries"]
    assert [row["id"] for row in reversed(rows)] == [one["delivery"] for one in told]
    assert {(row["kind"], row["state"], row["channel"]) for row in rows} == {
        ("test", "sent", "ops")
    }
    assert [row["alerts"] for row in rows] == [[], []]
    assert "  test  1 attempt, last taken" in listed.stdout
    assert again.exit_code == 1
    assert "was a test" in again.stderr
    assert "No delivery" in every.stderr


def test_the_list_has_the_answer_of_a_channel_that_is_paused_until_it_is_another_one(
    tmp_path: Path,
) -> None:
    where = configured(tmp_path, "{type: console}")
    run = CliRunner().invoke
    run(main, ["channels", "test", "ops", *where])
    [(name, configured_as)] = hashes_of([ChannelConfig(id=OPS, type="console")]).items()
    with closing(sqlite3.connect(tmp_path / "data" / "kabar.db")) as database, database:
        row = (name, "paused", "401 Unauthorized.", 1, configured_as)
        database.execute("INSERT INTO channel_states VALUES (?, ?, ?, ?, ?)", row)

    paused = run(main, ["channels", "list", *where]).stdout
    configured(tmp_path, '{type: webhook, url: "https://hooks.example.org/kabar"}')
    another = run(main, ["channels", "list", *where]).stdout

    assert paused.rstrip().endswith("  paused: 401 Unauthorized.")
    assert another.rstrip().endswith("  open")


@pytest.mark.parametrize("kind", PAYLOAD_TYPES)
def test_what_a_type_would_be_handed_is_printed_as_json(tmp_path: Path, kind: str) -> None:
    file = an_event_file(tmp_path)

    result = CliRunner().invoke(main, ["channels", "render", kind, "--event", str(file), "--json"])

    assert result.exit_code == 0, result.output
    assert "TikTok banned" in json.dumps(json.loads(result.stdout))


def test_an_event_with_an_amount_and_untracked_parties_is_rendered(tmp_path: Path) -> None:
    event = an_event(
        type="acquisition",
        amount=Amount(currency="USD", value=840_000_000),
        others=(OtherParty(name="Norvexa", role=Role.ACTOR),),
    )
    file = tmp_path / "event.json"
    file.write_bytes(encode(event_body(event, watchlist=a_watchlist())))

    result = CliRunner().invoke(main, ["channels", "render", "ntfy", "--event", str(file)])

    assert result.exit_code == 0, result.output
    assert "Norvexa buys TikTok for USD 840 million" in json.loads(result.stdout)["title"]


def test_every_type_of_channel_can_be_rendered() -> None:
    assert set(PAYLOAD_TYPES) == set(CHANNEL_TYPES)


@pytest.mark.parametrize(
    "wrap",
    [lambda it: {"events": [it], "next": None}, lambda it: {"reason": "new", "event": it}],
    ids=["a page of events", "an alert"],
)
def test_an_event_is_taken_as_the_commands_and_the_webhook_give_it(
    tmp_path: Path, wrap: Any
) -> None:
    wrapped = wrap(json.loads(an_event_file(tmp_path).read_bytes()))

    result = CliRunner().invoke(
        main, ["channels", "render", "ntfy", "--event", "-"], input=json.dumps(wrapped)
    )

    assert json.loads(result.stdout)["title"] == "TikTok banned (confirmed; 1 outlet)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "id: Field required"),
        ('{"events": [], "next": null}', "its list of events is empty"),
        ("no json", "it is no JSON: Expecting value"),
    ],
)
def test_what_is_no_event_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "event.json"
    file.write_text(text, encoding="utf-8")

    result = CliRunner().invoke(main, ["channels", "render", "slack", "--event", str(file)])

    assert result.exit_code == 1
    told = f"{file} holds no event: {said}. `kabar events --json` prints events."
    assert result.stderr == f"Error: {told}\n"
