from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.alerter.database.made import made_subscriptions
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.subscription import ChannelConfig, Send, Subscription
from services.common.ids import ChannelId, EventId, SubscriptionId
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import an_alert
from tests.support.web import World

URL = "/api/v1/subscriptions"
OPS = ChannelConfig(id=ChannelId("ops"), type="slack")
OF_FILE = Subscription(
    id=SubscriptionId("of-file"),
    name="Of the file",
    sends=(Send(to=ChannelId("ops"), burst=timedelta(minutes=1), max_per_hour=30),),
    origin="config/subscriptions.yml:12",
)
BODY: dict[str, Any] = {
    "id": "bans",
    "name": "Bans",
    "when": {"types": ["ban"]},
    "send": [{"to": "ops"}],
}


@pytest.fixture(autouse=True)
def configured(world: World) -> None:
    world.configuration = Configuration(
        watchlist=a_watchlist(), channels=(OPS,), subscriptions=(OF_FILE,)
    )


async def test_one_that_was_made_is_shown_beside_those_of_files(
    world: World, browser: httpx.AsyncClient
) -> None:
    made = await browser.post(URL, json=BODY)

    listed = (await browser.get(URL)).json()["subscriptions"]

    assert made.status_code == 201
    assert made.headers["location"] == f"{URL}/bans"
    assert made.json() == (await browser.get(f"{URL}/bans")).json() == listed[1]
    assert [(one["id"], one["origin"]) for one in listed] == [
        ("of-file", "config/subscriptions.yml:12"),
        ("bans", "database"),
    ]
    assert listed[1]["when"]["types"] == ["ban"]
    assert listed[1]["send"][0]["burst"] == "1m"
    assert await world.database.read(made_subscriptions) == [BODY]


async def test_it_is_in_use_at_once_and_gone_at_once(
    world: World, browser: httpx.AsyncClient
) -> None:
    taken: list[list[str]] = []

    async def take() -> None:
        taken.append([one.id for one in world.book.now.configuration.subscriptions])

    world.book.on_change = take

    await browser.post(URL, json=BODY)
    changed = await browser.put(f"{URL}/bans", json={**BODY, "name": "All bans"})
    removed = await browser.delete(f"{URL}/bans")

    assert changed.json()["name"] == "All bans"
    assert removed.status_code == 204
    assert taken == [["of-file", "bans"], ["of-file", "bans"], ["of-file"]]
    assert (await browser.get(f"{URL}/bans")).status_code == 404


async def test_a_mistake_is_a_problem_that_names_the_field_and_changes_nothing(
    world: World, browser: httpx.AsyncClient
) -> None:
    refused = await browser.post(
        URL, json={**BODY, "when": {"typs": ["ban"]}, "send": [{"to": "opps"}]}
    )

    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert [one["field"] for one in problem["errors"]] == ["when.typs", "send[0].to"]
    assert 'send[0].to: the channel "opps" does not exist; did you mean "ops"?' in problem["detail"]
    assert await world.database.read(made_subscriptions) == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/of-file", {**BODY, "id": "of-file"}),
        ("DELETE", "/of-file", None),
        ("POST", "", {**BODY, "id": "of-file"}),
    ],
)
async def test_those_of_files_are_read_only_and_the_answer_says_where_they_stand(
    browser: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    answer = await browser.request(method, URL + path, json=body)

    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        '"of-file" stands in config/subscriptions.yml:12: change it there.'
    )


async def test_a_disk_without_room_is_answered_so(world: World, browser: httpx.AsyncClient) -> None:
    def leave_no_room(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    await world.database.write(leave_no_room)

    refused = await browser.post(URL, json={**BODY, "when": {"words": ["a" * 2_000] * 20}})

    assert refused.status_code == 503, refused.text
    assert "There is no room left" in refused.json()["detail"]
    assert (await browser.get(f"{URL}/bans")).status_code == 404


async def test_an_id_is_taken_once(browser: httpx.AsyncClient) -> None:
    await browser.post(URL, json=BODY)

    assert (await browser.post(URL, json=BODY)).status_code == 409


async def test_an_id_stays_as_it_is(browser: httpx.AsyncClient) -> None:
    await browser.post(URL, json=BODY)

    renamed = await browser.put(f"{URL}/bans", json={**BODY, "id": "others"})
    without = await browser.put(f"{URL}/bans", json={"send": BODY["send"]})

    assert renamed.status_code == 422
    assert renamed.json()["errors"][0]["field"] == "id"
    assert without.json()["name"] == "bans"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_one_is_404(browser: httpx.AsyncClient, method: str) -> None:
    answer = await browser.request(method, f"{URL}/nobody", json=BODY)

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith('There is no subscription "nobody".')


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[" * 9000, 400), (b"\xff", 400), (b" " * 70_000, 413), (b"[]", 422)],
)
async def test_what_is_no_json_is_refused(
    browser: httpx.AsyncClient, content: bytes, status: int
) -> None:
    answer = await browser.post(URL, content=content)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_it_says_when_it_was_told_last_and_how_often(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post(URL, json=BODY)
    for days in (0, 29, 31):
        await world.decide(an_alert("bans", EventId(f"ev_{days}"), at=NOON - timedelta(days=days)))

    shown = (await browser.get(f"{URL}/bans")).json()

    assert shown["last_alert_at"] == "2026-01-05T12:00:00Z"
    assert shown["alerts_in_30_days"] == 2


async def test_a_channel_that_went_away_is_said_and_the_others_are_told(
    world: World, browser: httpx.AsyncClient
) -> None:
    archive = ChannelConfig(id=ChannelId("archive"), type="webhook")
    world.configuration = replace(world.configuration, channels=(OPS, archive))
    await browser.post(URL, json={**BODY, "send": [{"to": "ops"}, {"to": "archive"}]})

    world.configuration = replace(world.configuration, channels=(archive,))
    shown = (await browser.get(f"{URL}/bans")).json()

    assert [send["to"] for send in shown["send"]] == ["archive"]
    assert shown["findings"] == [
        {"field": "send[0].to", "message": 'the channel "ops" does not exist'}
    ]


async def test_a_file_with_the_same_id_holds_and_the_other_can_be_removed(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post(URL, json=BODY)
    in_file = replace(OF_FILE, id=SubscriptionId("bans"))
    world.configuration = replace(world.configuration, subscriptions=(in_file,))

    both = (await browser.get(URL)).json()["subscriptions"]
    removed = await browser.delete(f"{URL}/bans")

    assert [(one["origin"], one["is_overridden"]) for one in both] == [
        ("config/subscriptions.yml:12", False),
        ("database", True),
    ]
    assert removed.status_code == 204
    assert len((await browser.get(URL)).json()["subscriptions"]) == 1


async def test_what_was_muted_or_paused_does_not_count_as_told(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post(URL, json=BODY)
    notes = {
        "ev_sent": "",
        "ev_seen": "acknowledged at confirmed by ann",
        "ev_muted": "muted until",
    }
    for minutes, (event, note) in enumerate(notes.items()):
        alert = an_alert("bans", EventId(event), at=NOON + timedelta(minutes=minutes))
        state = DeliveryState.SUPPRESSED if note else DeliveryState.SENT
        await world.decide(alert)
        await world.plan(a_delivery(alert.id, state=state, note=note, planned_at=alert.at))

    shown = (await browser.get(f"{URL}/bans")).json()

    assert shown["alerts_in_30_days"] == 2
    assert shown["last_alert_at"] == "2026-01-05T12:01:00Z"
