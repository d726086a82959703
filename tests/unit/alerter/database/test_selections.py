"""What page and API select is found without going through all that was ever kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from services.alerter.database import queries, search
from services.alerter.database.connections import open_alone
from services.alerter.database.queries import deliveries_page
from services.alerter.database.search import index_missing
from services.alerter.web.selection import Selection, selected_page
from services.common.contracts.event import ChangeKind
from services.common.ids import DeliveryId, EventId, SubscriptionId
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event
from tests.support.web import World, a_world

MANY = 3_000


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as world:
        yield world


def steps_of(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], object]) -> int:
    """Return the hundreds of instructions that SQLite takes for `work`."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    connection.set_progress_handler(count, 100)
    work(connection)
    connection.set_progress_handler(None, 100)
    return steps


def in_country(code: str) -> Callable[[sqlite3.Connection], list[EventId]]:
    def events(connection: sqlite3.Connection) -> list[EventId]:
        page = selected_page(
            connection,
            selection=Selection(country=code),
            watchlist=a_watchlist(),
            limit=20,
            before=None,
        )
        return [event.id for event in page.events]

    return events


def sent_to(subscription: str) -> Callable[[sqlite3.Connection], int]:
    def deliveries(connection: sqlite3.Connection) -> int:
        page = deliveries_page(connection, subscription=SubscriptionId(subscription))
        return len(page.deliveries)

    return deliveries


async def test_the_events_of_a_country_are_found_however_many_others_there_are(
    world: World,
) -> None:
    await world.tell(an_event("rare", countries=("FO",)))
    for number in range(200):
        await world.tell(an_event(f"other-{number}", countries=("US",)))

    assert await world.database.read(in_country("FO")) == [an_event("rare").id]
    assert len(await world.database.read(in_country("US"))) == 20
    assert await world.database.read(lambda c: steps_of(c, in_country("FO"))) < 10


def searching(words: str, *, pages: int = 1, limit: int = 20) -> Callable[..., list[EventId]]:
    def events(connection: sqlite3.Connection) -> list[EventId]:
        found: list[EventId] = []
        before = None
        for _ in range(pages):
            page = selected_page(
                connection,
                selection=Selection(words=words),
                watchlist=a_watchlist(),
                limit=limit,
                before=before,
            )
            found += [event.id for event in page.events]
            before = page.next
            if before is None:
                break
        return found

    return events


async def test_what_many_events_have_is_searched_without_going_through_all_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RARE", 50)
    for number in range(400):
        await world.tell(an_event(f"old-{number}", authority="Ministry", scope="Chennai plant"))

    took = await world.database.read(lambda c: steps_of(c, searching("ministry chennai")))
    none = await world.database.read(lambda c: steps_of(c, searching("ministry nowhere")))

    assert took < 60
    assert none < 20


@pytest.mark.parametrize("rare", [1, 3, 1_000])
@pytest.mark.parametrize("newest", [1, 4, 1_000])
async def test_a_search_finds_the_same_in_whichever_way_it_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch, rare: int, newest: int
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    monkeypatch.setattr(queries, "NEWEST_EVENTS", newest)
    for number in range(12):
        authority = "Ministry" if number % 2 else "Court"
        scope = "Chennai plant" if number % 3 == 0 else "Pune plant"
        await world.tell(an_event(f"n{number}", authority=authority, scope=scope))

    every = [an_event(f"n{number}").id for number in reversed(range(12))]
    for words, wanted in {
        "plant": every,
        "ministry": every[::2],
        "ministry chennai": [an_event("n9").id, an_event("n3").id],
        "tiktok court": every[1::2],
    }.items():
        assert await world.database.read(searching(words, pages=20, limit=2)) == wanted, words


async def test_a_country_that_no_story_names_any_longer_finds_the_event_no_more(
    world: World,
) -> None:
    await world.tell(an_event("one", countries=("FO",)))
    await world.tell(an_event("one", countries=("NO",)))

    assert await world.database.read(in_country("FO")) == []
    assert await world.database.read(in_country("NO")) == [an_event("one").id]


async def test_the_deliveries_of_a_subscription_are_found_whether_it_is_told_much_or_little(
    world: World,
) -> None:
    told = [an_alert("little", EventId("ev_little"))]
    told += [
        an_alert("much", EventId(f"ev_{number}"), at=NOON + timedelta(seconds=number))
        for number in range(MANY)
    ]
    await world.decide(*told)
    await world.plan(*(a_delivery(alert.id, planned_at=alert.at) for alert in told))

    assert await world.database.read(sent_to("much")) == 50
    assert await world.database.read(sent_to("little")) == 1
    assert await world.database.read(lambda c: steps_of(c, sent_to("much"))) < 400
    assert await world.database.read(lambda c: steps_of(c, sent_to("little"))) < 20


async def test_who_was_told_much_at_once_or_long_ago_is_found_without_asking_of_every_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_MANY_ALERTS", 20)
    monkeypatch.setattr(queries, "_NEWEST", 100)
    at_once = [an_alert("summary", EventId(f"ev_old_{number}")) for number in range(20)]
    others = [
        an_alert("other", EventId(f"ev_{number}"), at=NOON + timedelta(seconds=number))
        for number in range(MANY)
    ]
    await world.decide(*at_once, *others)
    await world.plan(
        a_delivery(*(alert.id for alert in at_once)),
        *(a_delivery(alert.id, planned_at=alert.at) for alert in others),
    )

    assert await world.database.read(sent_to("summary")) == 1
    assert await world.database.read(lambda c: steps_of(c, sent_to("summary"))) < 200


async def test_each_delivery_of_a_subscription_stands_on_one_page_however_it_is_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts = [
        an_alert(("one", "two", "three")[number % 3], EventId(f"ev_{number}"))
        for number in range(90)
    ]
    await world.decide(*alerts)
    shared = [a_delivery(one.id, two.id) for one, two in pairwise(alerts)]
    await world.plan(*shared)
    expected = [each.id for number, each in enumerate(shared) if number % 3 != 1][::-1]
    found: list[DeliveryId] = []
    before: int | None = None

    for many, newest in ((1, 50), (1_000, 50), (1, 7), (1, 1_000)) * 10:
        monkeypatch.setattr(queries, "_MANY_ALERTS", many)
        monkeypatch.setattr(queries, "_NEWEST", newest)
        page = await world.database.read(
            deliveries_page, subscription=SubscriptionId("one"), limit=4, before=before
        )
        found += [each.id for each in page.deliveries]
        before = page.next
        if before is None:
            break

    assert found == expected


async def test_the_countries_of_events_of_an_older_database_are_found(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.tell(an_event("one", countries=("FO", "NO")))
        await world.tell(an_event("unindexed", countries=("FO",)))
        await world.tell(an_event("same", countries=("FO",)))
        await world.tell(
            an_event("same", countries=("FO",), merged_into=an_event("one").id),
            kind=ChangeKind.MERGED,
        )
        await world.tell(
            an_event("withdrawn", countries=("FO",), withdrawn=True), kind=ChangeKind.WITHDRAWN
        )
    with closing(open_alone(tmp_path)) as connection:
        connection.executescript(
            "DELETE FROM event_terms WHERE term LIKE '#%' OR opened_seq = 2;"
            " DROP INDEX deliveries_of_subscription; DROP INDEX deliveries_suppressed;"
            " ALTER TABLE delivery_alerts DROP COLUMN silenced;"
            " DROP INDEX deliveries_partly_reached; ALTER TABLE deliveries DROP COLUMN is_partial;"
            " DROP TABLE reached;"
            " CREATE INDEX sightings_by_age ON sightings (told_at);"
            " PRAGMA user_version = 3"
        )

    with closing(open_alone(tmp_path)) as connection:
        assert in_country("FO")(connection) == [an_event("withdrawn").id, an_event("one").id]
        [(left,)] = connection.execute("SELECT count(*) FROM event_terms WHERE opened_seq = 2")
        merged = "SELECT count(*) FROM event_terms JOIN events USING (opened_seq) WHERE merged_into IS NOT NULL"
        assert connection.execute(merged).fetchone() == (0,)
    assert left == 0, "what has no term yet is still indexed as a whole"

    async with a_world(tmp_path) as world:
        await world.database.write(index_missing)
        await world.tell(an_event("one", countries=("FO", "NO", "IS")))
        assert await world.database.read(in_country("IS")) == [an_event("one").id]
        assert await world.database.read(in_country("FO")) == [
            an_event(name).id for name in ("withdrawn", "unindexed", "one")
        ]
