from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from lxml import html

from kabar.cli import main
from services.alerter.dossier import Dossier, dossier_of
from services.alerter.tellings import told_page
from services.common.contracts.alert import Reason
from services.common.contracts.delivery import Attempt
from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Conditions
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.tracker import told
from tests.support.web import World, a_browser, a_web, a_world

RUMOUR = told_by("One", stage=Stage.RUMOURED)
SURE = told_by("Two", stage=Stage.CONFIRMED, minute=5)
HOSTILE = '"><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>{{ 7 * 7 }}'


async def dossier_in(alerter: Alerter) -> Dossier:
    [event] = await alerter.events()
    return await alerter.database.read(
        lambda c: dossier_of(c, event, watchlist=a_watchlist(), now=NOON + timedelta(days=1))
    )


def withdrawn(reading: Reading) -> Reading:
    """Return a later content of the story, which reports nothing."""
    story = replace(
        reading.story,
        content_hash="other",
        revised_at=reading.story.revised_at + timedelta(minutes=30),
    )
    return replace(reading, story=story, reports=())


async def test_a_dossier_has_every_story_with_words_address_time_and_hashes(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(RUMOUR, SURE)

        dossier = await dossier_in(alerter)

    assert [story.outlet for story in dossier.stories] == ["One", "Two"]
    for story, reading in zip(dossier.stories, (RUMOUR, SURE), strict=True):
        assert story.url == reading.story.url
        assert story.seen_at == reading.story.seen_at
        assert story.content_hash == reading.story.content_hash
        assert story.text_hash == reading.text_hash
        assert story.evidence == reading.reports[0].evidence
        assert story.is_current
    assert dossier.sentence == "TikTok banned (confirmed; 2 outlets)"


async def test_who_follows_one_country_was_told_in_the_words_for_that_one(tmp_path: Path) -> None:
    in_pakistan = a_subscription(when=Conditions(countries=("PK",)))
    readings = [
        told("A", stage=Stage.PROPOSED, countries=("IN", "PK")),
        told("A", minute=1, stage=Stage.REJECTED, countries=("IN",)),
        told("A", minute=2, countries=("PK",)),
    ]
    async with an_alerter(tmp_path, in_pakistan) as alerter:
        await alerter.tell(*readings)

        dossier = await dossier_in(alerter)
        page = await alerter.database.read(lambda c: told_page(c, watchlist=a_watchlist()))
        said = alerter.said()

    listed = {one.sentence for tellings in page.tellings.values() for one in tellings}
    assert said[-1] == "TikTok banned in Pakistan (confirmed; 1 outlet)"
    assert [one.sentence for one in dossier.told] == said
    assert listed == set(said)


async def test_it_says_who_was_told_what_and_when_in_the_words_of_then(tmp_path: Path) -> None:
    both = (a_subscription("first"), a_subscription("second"))
    async with an_alerter(tmp_path, *both) as alerter:
        await alerter.tell(RUMOUR)
        alerter.clock.move(timedelta(minutes=10))
        await alerter.tell(SURE)

        dossier = await dossier_in(alerter)
        said = alerter.said()

    assert [(one.subscription, one.reason) for one in dossier.told] == [
        ("first", Reason.NEW),
        ("second", Reason.NEW),
        ("first", Reason.STAGE),
        ("second", Reason.STAGE),
    ]
    assert {one.sentence for one in dossier.told} == set(said)
    for one in dossier.told:
        [delivery] = one.deliveries
        assert delivery.state == "sent"
        assert delivery.attempts[0].at >= one.at
    assert [change.kind for change in dossier.changes] == [ChangeKind.OPENED, ChangeKind.STAGE]
    assert [change.outlet for change in dossier.changes] == ["One", "Two"]


async def test_a_story_that_tells_it_no_longer_stays_in_the_dossier(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(RUMOUR, SURE)
        await alerter.tell(withdrawn(RUMOUR))

        dossier = await dossier_in(alerter)

    assert [(story.outlet, story.is_current) for story in dossier.stories] == [
        ("One", False),
        ("Two", True),
    ]
    assert dossier.stories[0].content_hash == "other"


async def test_what_was_told_of_an_absorbed_event_is_in_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        two = an_event("two")
        await world.tell(two)
        await world.decide(an_alert("early", two.id))
        await world.tell(an_event("one", absorbed=(two.id,)))
        await world.tell(replace(two, merged_into=an_event("one").id), kind=ChangeKind.MERGED)
        async with a_browser(a_web(world, tmp_path)) as browser:
            body = (await browser.get(f"/api/v1/events/{two.id}/dossier")).json()

    assert body["event"]["id"] == an_event("one").id
    assert [alert["subscription"] for alert in body["told"]] == ["early"]
    assert [change["kind"] for change in body["changes"]] == ["opened", "opened", "merged"]


async def test_an_unknown_event_is_404(browser_of: httpx.AsyncClient) -> None:
    assert (await browser_of.get("/api/v1/events/ev_no/dossier")).status_code == 404
    assert (await browser_of.get("/events/ev_no/dossier")).status_code == 404


async def test_the_page_stands_by_itself_and_runs_nothing_of_a_feed(
    world_of: World, browser_of: httpx.AsyncClient
) -> None:
    story = an_event_story(
        title=HOSTILE, outlet=HOSTILE, quote=HOSTILE, quote_start=0, url="javascript:alert(1)"
    )
    event = an_event(stories=(story,), scope=HOSTILE, authority=HOSTILE)
    await world_of.tell(event)

    answer = await browser_of.get(f"/events/{event.id}/dossier")
    page: Any = html.document_fromstring(answer.text)

    assert answer.headers["content-disposition"] == f'attachment; filename="kabar-{event.id}.html"'
    assert not page.xpath("//script | //img | //link | //iframe | //form | //@src | //@onerror")
    assert page.xpath("//a/@href") == []
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")
    assert HOSTILE in page.text_content()


async def test_what_a_channel_took_without_a_status_is_no_missing_answer(
    world_of: World, browser_of: httpx.AsyncClient
) -> None:
    event = an_event()
    alert = an_alert(event=event.id)
    tries = (
        Attempt(at=NOON, status=503, reason="503 Service Unavailable"),
        Attempt(at=NOON, status=None, reason="timed out"),
        Attempt(at=NOON, status=None, reason=""),
    )
    await world_of.tell(event)
    await world_of.decide(alert)
    await world_of.plan(a_delivery(alert.id, attempts=tries))

    for path in (f"/events/{event.id}/dossier", "/deliveries"):
        page: Any = html.document_fromstring((await browser_of.get(path)).text)
        text = " ".join(page.text_content().split())

        assert "UTC 503 Service Unavailable" in text
        assert "UTC no answer: timed out" in text
        assert "UTC taken" in text


async def test_text_written_from_right_to_left_keeps_its_direction(
    world_of: World, browser_of: httpx.AsyncClient
) -> None:
    story = an_event_story(title="الهند تحظر", lang="ar", quote="تحظر", quote_start=6)
    await world_of.tell(an_event(stories=(story,)))

    page: Any = html.document_fromstring(
        (await browser_of.get(f"/events/{an_event().id}/dossier")).text
    )

    assert page.xpath("//p[@lang='ar']/@dir") == ["rtl"]


@pytest.fixture
async def world_of(tmp_path: Path) -> Any:
    async with a_world(tmp_path) as world:
        yield world


@pytest.fixture
async def browser_of(world_of: World, tmp_path: Path) -> Any:
    async with a_browser(a_web(world_of, tmp_path)) as browser:
        yield browser


def test_the_command_writes_the_same_as_a_page_and_as_json(tmp_path: Path) -> None:
    async def tell() -> str:
        async with an_alerter(tmp_path) as alerter:
            await alerter.tell(RUMOUR, SURE)
            [event] = await alerter.events()
            return event.id

    event_id = asyncio.run(tell())
    out = tmp_path / "dossier.html"
    options = ["--data", str(tmp_path), "--config", str(tmp_path)]

    def export(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["export", "event", *arguments, *options])

    as_json = export(event_id, "--format", "json")
    as_page = export(event_id, "--out", str(out))

    assert as_json.exit_code == as_page.exit_code == 0, as_json.output + as_page.output
    body = json.loads(as_json.stdout)
    page: Any = html.document_fromstring(out.read_text())
    text = page.text_content()
    for story in body["stories"]:
        for value in (story["outlet"], story["title"], story["url"], story["text_hash"]):
            assert value in text
    assert body["told"][0]["subscription"] in text
    assert export("ev_no").exit_code == 1
    assert export(event_id, "--out", str(tmp_path / "no" / "x.html")).exit_code == 1


async def test_a_dossier_asks_for_no_message_once_for_each_who_was_told(tmp_path: Path) -> None:
    async def statements(told: int) -> int:
        async with a_world(tmp_path / str(told)) as world:
            event = an_event()
            await world.tell(event)
            alerts = [an_alert(f"team-{number}") for number in range(told)]
            await world.decide(*alerts)
            await world.plan(a_delivery(*(alert.id for alert in alerts)))

            def asked(connection: sqlite3.Connection) -> int:
                said: list[str] = []
                connection.set_trace_callback(said.append)
                found = dossier_of(connection, event, watchlist=a_watchlist(), now=NOON)
                connection.set_trace_callback(None)
                assert len(found.told) == told
                return len(said)

            return await world.database.read(asked)

    (tmp_path / "9").mkdir()
    (tmp_path / "90").mkdir()

    assert await statements(9) == await statements(90)
