"""What people do about messages, over the API."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import httpx

from services.common.contracts.delivery import DeliveryState
from services.common.contracts.event import ChangeKind
from services.common.ids import DeliveryId
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event
from tests.support.web import World


async def test_a_mute_is_made_shown_and_ended(browser: httpx.AsyncClient) -> None:
    asked = {"company": "tiktok", "until": "2026-01-06T00:00:00Z", "who": "ann", "why": "known"}

    made = await browser.post("/api/v1/mutes", json=asked)

    assert made.status_code == 201, made.text
    mute = made.json()["mute"]
    assert (mute["company"], mute["who"], mute["why"]) == ("tiktok", "ann", "known")
    assert made.json()["suppressed"] == 0
    assert (await browser.get("/api/v1/mutes")).json() == {"mutes": [mute]}
    assert (await browser.delete(f"/api/v1/mutes/{mute['id']}")).status_code == 204
    assert (await browser.get("/api/v1/mutes")).json() == {"mutes": []}
    assert (await browser.delete(f"/api/v1/mutes/{mute['id']}")).status_code == 404


async def test_what_cannot_be_written_now_is_answered_so(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.database.write(lambda writer: writer.execute("PRAGMA busy_timeout = 20").fetchall())
    asked = {"company": "tiktok", "until": "2027-01-01T00:00:00Z"}
    with closing(sqlite3.connect(world.data / "kabar.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        refused = await browser.post("/api/v1/mutes", json=asked)

    assert refused.status_code == 503, refused.text
    assert "Nothing was changed" in refused.json()["detail"]
    assert (await browser.get("/api/v1/mutes")).json() == {"mutes": []}


async def test_a_mute_without_end_or_subject_is_refused(browser: httpx.AsyncClient) -> None:
    no_end = await browser.post("/api/v1/mutes", json={"company": "tiktok"})
    nothing = await browser.post("/api/v1/mutes", json={"until": "2027-01-01T00:00:00Z"})
    past = await browser.post(
        "/api/v1/mutes", json={"company": "tiktok", "until": "2020-01-01T00:00:00Z"}
    )

    assert [answer.status_code for answer in (no_end, nothing, past)] == [422, 422, 422]
    assert "future" in past.json()["detail"]


async def test_an_event_is_acknowledged_at_its_stage(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)

    answer = await browser.post(f"/api/v1/events/{event.id}/ack", json={"who": "ann"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledgement"]["stage"] == event.stage
    assert (await browser.post("/api/v1/events/ev_none/ack")).status_code == 404


async def test_deliveries_go_again_one_by_one_or_all_since(
    world: World, browser: httpx.AsyncClient
) -> None:
    event, alert = an_event(), an_alert()
    await world.tell(event)
    await world.decide(alert)
    dead = a_delivery(alert.id, state=DeliveryState.DEAD)
    await world.plan(dead)

    one = await browser.post(f"/api/v1/deliveries/{dead.id}/redeliver")

    assert (one.json()["id"], one.json()["state"]) == (dead.id, "due")
    assert (await browser.post(f"/api/v1/deliveries/{dead.id}/redeliver")).status_code == 409
    query = "state=dead&since=2026-01-01T00:00:00Z"
    every = await browser.post(f"/api/v1/deliveries/redeliver?{query}")
    assert every.json() == {"redelivered": []}


async def test_what_is_not_there_is_not_muted_nor_acknowledged(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)
    until = "2026-01-06T00:00:00Z"

    company = await browser.post("/api/v1/mutes", json={"company": "tiktk", "until": until})
    no_event = await browser.post("/api/v1/mutes", json={"event": "ev_none", "until": until})
    stage = await browser.post(f"/api/v1/events/{event.id}/ack", json={"stage": "confirmd"})
    nobody = await browser.post("/api/v1/mutes", json={"subscription": "tem", "until": until})
    nowhere = await browser.post("/api/v1/mutes", json={"channel": "slak", "until": until})

    answers = (company, no_event, stage, nobody, nowhere)
    assert [answer.status_code for answer in answers] == 5 * [422]
    asked = ["tiktk", "ev_none", "confirmd", "tem", "slak"]
    told = [answer.json()["detail"] for answer in answers]
    assert [name for name, said in zip(asked, told, strict=True) if name not in said] == []
    assert told[0].endswith("`kabar companies list` shows what there is.")
    assert (await browser.get("/api/v1/mutes")).json() == {"mutes": []}


async def test_words_that_no_text_may_hold_are_refused(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)

    answer = await browser.post(f"/api/v1/events/{event.id}/ack", json={"note": "seen\r\nby me"})

    assert answer.status_code == 422
    assert "note holds U+000D" in answer.json()["detail"]


async def test_who_acknowledges_an_event_that_was_merged_twice_has_seen_what_it_is_now(
    world: World, browser: httpx.AsyncClient
) -> None:
    first, second, third = an_event("one"), an_event("two"), an_event("three")
    await world.tell(replace(third, absorbed=(second.id, first.id)))
    await world.tell(replace(second, merged_into=third.id), kind=ChangeKind.MERGED)
    await world.tell(replace(first, merged_into=second.id), kind=ChangeKind.MERGED)

    answer = await browser.post(f"/api/v1/events/{first.id}/ack", json={"who": "ann"})

    assert answer.json()["acknowledgement"]["event"] == third.id


async def test_what_another_message_carried_is_not_sent_again_with_what_was_muted(
    world: World, browser: httpx.AsyncClient
) -> None:
    silent = DeliveryState.SUPPRESSED
    await world.tell(an_event())
    await world.decide(an_alert())
    await world.plan(
        a_delivery(id=DeliveryId("dl_muted"), state=silent, note="muted until tomorrow by ann"),
        a_delivery(id=DeliveryId("dl_old"), state=silent, note="superseded: dl_new carries it"),
    )

    answer = await browser.post(
        "/api/v1/deliveries/redeliver", params={"state": silent, "since": "2026-01-01T00:00:00Z"}
    )

    assert answer.json() == {"redelivered": ["dl_muted"]}
