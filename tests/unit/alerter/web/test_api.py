from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.alerter.ways import hashes_of
from services.common.config.findings import Finding, Severity
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Stage
from services.common.ids import AlertId, ChannelId, DeliveryId, EventId
from tests.support.builders import NOON
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.sample_world import sample_configuration
from tests.support.web import World


async def body_of(browser: httpx.AsyncClient, path: str) -> Any:
    answer = await browser.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def a_delivery(key: str, alert: AlertId, **changes: Any) -> Delivery:
    fields: dict[str, Any] = {
        "id": DeliveryId(f"dl_{key}"),
        "channel": ChannelId("archive"),
        "kind": DeliveryKind.MESSAGE,
        "state": DeliveryState.SENT,
        "subscriptions": (),
        "alerts": (alert,),
        "planned_at": NOON,
        "next_at": NOON,
        "attempts": (Attempt(at=NOON, status=200, reason=""),),
    }
    return Delivery(**{**fields, **changes})


async def test_events_are_found_by_a_name_of_a_company_and_a_country_in_small_letters(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one", countries=("IN",)))

    for query in ("company=bytedance", "company=byteDANCE", "company=ByteDance&country=in"):
        assert [event["id"] for event in (await body_of(browser, f"events?{query}"))["events"]] == [
            an_event("one").id
        ], query


async def test_the_first_request_does_not_wait_until_routes_are_prepared(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[object] = []
    monkeypatch.setattr("fastapi.routing.get_dependant", lambda **asked: prepared.append(asked))

    answer = await browser.get("/api/v1/companies")

    assert answer.status_code == 200
    assert prepared == []


async def test_events_come_newest_first_and_withdrawn_ones_too(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one"))
    await world.tell(an_event("two", withdrawn=True, stories=()))

    body = await body_of(browser, "events")

    assert [event["id"] for event in body["events"]] == [an_event("two").id, an_event("one").id]
    assert [event["withdrawn"] for event in body["events"]] == [True, False]
    assert body["next"] is None
    assert body["events"][1]["companies"] == [{"id": "tiktok", "name": "TikTok", "role": "target"}]


async def test_no_event_is_an_empty_list(browser: httpx.AsyncClient) -> None:
    assert await body_of(browser, "events") == {"events": [], "next": None}


async def test_the_cursor_leads_through_all_events_once(
    world: World, browser: httpx.AsyncClient
) -> None:
    for number in range(7):
        await world.tell(an_event(str(number), type="ban" if number % 2 else "shutdown"))

    for query, expected in [("", range(7)), ("&type=ban", (1, 3, 5))]:
        seen, cursor = [], ""
        while True:
            body = await body_of(browser, f"events?limit=2{query}{cursor}")
            seen += [event["id"] for event in body["events"]]
            if body["next"] is None:
                break
            cursor = f"&cursor={body['next']}"
        assert seen == [an_event(str(number)).id for number in reversed(expected)]


async def test_one_event_is_the_same_body(world: World, browser: httpx.AsyncClient) -> None:
    await world.tell(an_event())

    [listed] = (await body_of(browser, "events"))["events"]

    assert await body_of(browser, f"events/{an_event().id}") == listed


async def test_an_event_that_was_the_same_as_another_is_that_one(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one", absorbed=(an_event("two").id,)))
    await world.tell(an_event("two", merged_into=an_event("one").id), kind=ChangeKind.MERGED)

    assert (await body_of(browser, f"events/{an_event('two').id}"))["id"] == an_event("one").id
    page = await browser.get(f"/events/{an_event('two').id}")
    assert page.headers["location"] == f"/events/{an_event('one').id}"


async def test_a_delivery_has_its_subscription_alerts_and_attempts(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event())
    alert = an_alert("everything")
    await world.decide(alert)
    await world.plan(
        a_delivery("one", alert.id),
        a_delivery("two", alert.id, state=DeliveryState.DEAD, channel=ChannelId("ops")),
    )

    body = await body_of(browser, "deliveries")

    assert [delivery["id"] for delivery in body["deliveries"]] == ["dl_two", "dl_one"]
    one = body["deliveries"][1]
    assert (
        one.items()
        >= {
            "subscription": "everything",
            "subscriptions": ["everything"],
            "channel": "archive",
            "state": "sent",
            "alerts": [alert.id],
            "planned_at": "2026-01-05T12:00:00Z",
            "attempts": [{"at": "2026-01-05T12:00:00Z", "status": 200, "reason": ""}],
            "note": "",
            "told": [
                {
                    "alert": alert.id,
                    "event": an_event().id,
                    "sentence": "TikTok banned (confirmed; 1 outlet)",
                }
            ],
        }.items()
    )
    assert await body_of(browser, "deliveries/dl_one") == one
    for query, expected in [
        ("state=dead", ["dl_two"]),
        ("channel=archive", ["dl_one"]),
    ]:
        some = await body_of(browser, f"deliveries?{query}")
        assert [delivery["id"] for delivery in some["deliveries"]] == expected
    refused = await browser.get("/api/v1/deliveries?state=gone")
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("state: there is no gone: write one of held, due")


async def test_what_is_configured_is_shown_without_secrets(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.configuration = sample_configuration()

    companies = await body_of(browser, "companies")
    subscriptions = await body_of(browser, "subscriptions")
    channels = await body_of(browser, "channels")

    assert companies["companies"][0]["id"] == "adobe"
    assert subscriptions["subscriptions"][0]["when"]["outlets"] == 2
    assert subscriptions["subscriptions"][0]["send"][0]["quiet"] == {
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "from": "22:00",
        "to": "07:00",
        "zone": "Europe/Oslo",
    }
    shown = {"id", "type", "origin", "state", "reason"}
    assert [set(channel) for channel in channels["channels"]] == [shown] * 2


async def test_a_channel_that_was_stopped_is_shown_with_its_answer(
    world: World, browser: httpx.AsyncClient
) -> None:
    """As long as it is configured as then: nothing is known of another one of that name."""
    world.configuration = sample_configuration()
    channels = world.configuration.channels
    stopped, other = (channel.id for channel in channels)
    hashes = {**hashes_of(channels), other: "as it was before"}

    await world.database.write(
        lambda connection: connection.executemany(
            "INSERT INTO channel_states VALUES (?, 'paused', '401 Unauthorized.', 1, ?)",
            hashes.items(),
        )
    )

    shown = (await body_of(browser, "channels"))["channels"]
    assert [(channel["id"], channel["state"], channel["reason"]) for channel in shown] == [
        (stopped, "paused", "401 Unauthorized."),
        (other, "open", None),
    ]


async def test_a_refused_configuration_is_told_with_its_places(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.findings = (Finding("feeds.yml", 3, 5, Severity.ERROR, "unknown key"),)

    body = await body_of(browser, "configuration")

    assert body == {
        "hash": "5f2c9a01",
        "is_refused": True,
        "findings": [
            {
                "file": "feeds.yml",
                "line": 3,
                "column": 5,
                "severity": "error",
                "message": "unknown key",
            }
        ],
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"events/{EventId('ev_none')}", 404),
        ("deliveries/dl_none", 404),
        ("nothing", 404),
        ("events?limit=0", 422),
        ("events?limit=1000", 422),
        ("events?cursor=x", 422),
        ("events?cursor=" + "9" * 30, 422),
        ("deliveries?limit=x", 422),
    ],
)
async def test_every_error_is_a_problem_of_one_shape(
    browser: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await browser.get(f"/api/v1/{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"]


async def test_another_method_is_a_problem_too(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/events")

    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"]


async def test_unknown_stages_of_a_newer_version_are_shown(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event(stage=Stage("appealed"), type="merger"))

    [event] = (await body_of(browser, "events"))["events"]
    page = await browser.get("/")

    assert (event["stage"], event["type"]) == ("appealed", "merger")
    assert "appealed" in page.text


async def test_the_api_describes_itself(browser: httpx.AsyncClient) -> None:
    description = await body_of(browser, "openapi.json")

    assert "/api/v1/events" in description["paths"]
    assert "EventBody" in description["components"]["schemas"]


async def test_events_are_searched_in_any_script(world: World, browser: httpx.AsyncClient) -> None:
    story = an_event_story("st_zh", title="印度禁止字节跳动", lang="zh", quote="", quote_start=0)
    await world.tell(an_event("one", stories=(story,)))
    await world.tell(an_event("two"))

    for query, keys in [
        ("禁止", ["one"]),
        ("tiktok", ["two", "one"]),
        ("tiktok bans", ["two"]),
        ("nothing", []),
        ("", ["two", "one"]),
    ]:
        body = await body_of(browser, f"events?q={query}")
        assert [event["id"] for event in body["events"]] == [an_event(key).id for key in keys]
    assert (await browser.get(f"/api/v1/events?q={'a' * 501}")).status_code == 422


async def test_the_page_searches_and_says_what_was_searched(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one"))

    found = (await browser.get("/?q=TIKTOK")).text
    missed = (await browser.get("/?q=figma")).text

    assert an_event("one").id in found
    assert 'value="TIKTOK"' in found
    assert "data-after" not in found  # the stream cannot search
    assert "No event is like that" in missed


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("type=bann", "bann"),
        ("stage=confirmd", "confirmd"),
        ("country=India", 'country: "India" is not an ISO 3166-1 country code, nor EU.'),
        ("company=tiktokk", 'There is no company "tiktokk"; did you mean "TikTok"?'),
        ("companies=tiktok", "There is no parameter companies: write one of limit, cursor, type, "),
    ],
)
async def test_a_slip_in_a_filter_is_refused_rather_than_answered_with_nothing(
    world: World, browser: httpx.AsyncClient, query: str, word: str
) -> None:
    await world.tell(an_event())

    answer = await browser.get(f"/api/v1/events?{query}")

    assert answer.status_code == 422
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("deliveries?subscription=nobody", 'There is no subscription "nobody".'),
        ("deliveries?channel=nowhere", 'There is no channel "nowhere".'),
        ("deliveries?sub=policy-team", "There is no parameter sub: write one of "),
        ("companies?q=tiktok", "There is no parameter q: there are none here."),
        ("deliveries?cursor=x", 'cursor: "x" is none: write what the page before has as `next`.'),
        ("deliveries?limit=0", "limit: "),
    ],
)
async def test_what_cannot_be_asked_for_is_said_with_what_can(
    world: World, browser: httpx.AsyncClient, path: str, said: str
) -> None:
    alert = an_alert("policy-team")
    await world.decide(alert)
    await world.plan(a_delivery("dl_one", alert.id))

    answer = await browser.get(f"/api/v1/{path}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(said)
