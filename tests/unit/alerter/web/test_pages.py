from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from lxml import html

from services.alerter.ways import hashes_of
from services.common.config.findings import Finding, Severity
from services.common.contracts.delivery import Attempt, DeliveryKind
from services.common.contracts.event import ChangeKind, Still
from services.common.contracts.feed import Feed, feeds_body
from services.common.contracts.reading import Involvement, Role, Stage
from services.common.ids import ChannelId, CompanyId, EventId, FeedId
from tests.support.builders import NOON
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.sample_world import sample_configuration
from tests.support.web import World

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "{{ 7 * 7 }}{% include 'x' %}",
    "<!--",
    "</article></main></body>",
    "&lt;b&gt;",
    "\u202eevil\u202c",
]

GONE = (Involvement(id=CompanyId("gone"), role=Role.TARGET),)
NO_WEB_ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "https:///nohost",
    "http://[::1",
    "/relative",
    "",
]


async def shown(browser: httpx.AsyncClient, path: str) -> Any:
    """Return the page as a tree of lxml, whose stubs know too little of what XPath gives."""
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


async def test_an_event_page_tells_how_it_went_on_where_it_still_stands(
    world: World, browser: httpx.AsyncClient
) -> None:
    both = an_event(stage=Stage.PROPOSED, countries=("IN", "PK"))
    ended = replace(
        both, stage=Stage.REJECTED, still=Still(stage=Stage.PROPOSED, countries=("PK",))
    )
    moved = replace(ended, still=Still(stage=Stage.CONFIRMED, countries=("PK",)))
    wider = replace(
        moved,
        countries=("DE", "IN", "PK"),
        still=Still(stage=Stage.CONFIRMED, countries=("DE", "PK")),
    )
    await world.tell(both)
    await world.tell(ended, kind=ChangeKind.CORRECTION)
    await world.tell(moved, kind=ChangeKind.FACT)
    await world.tell(wider, kind=ChangeKind.FACT)

    page = await shown(browser, f"/events/{both.id}")

    steps = [" ".join(step.text_content().split()) for step in page.xpath("//ol[@class='line']/li")]
    assert len(steps) == 3
    assert "moved on in Pakistan" in steps[-1]
    assert "confirmed" in steps[-1]


async def test_the_live_page_shows_the_newest_event_first(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one"))
    await world.tell(an_event("two", stage=Stage.RUMOURED))

    page = await shown(browser, "/")

    cards = page.find_class("card")
    assert [card.get("id") for card in cards] == [an_event("two").id, an_event("one").id]
    assert [card.find_class("stage")[0].text_content() for card in cards] == [
        "rumoured",
        "confirmed",
    ]
    assert cards[0].find_class("party")[0].text_content() == "TikTok (ByteDance) target"


async def test_the_words_that_count_are_marked_in_the_language_of_the_story(
    world: World, browser: httpx.AsyncClient
) -> None:
    story = an_event_story(
        title="حظر تيك توك في الهند", lang="ar", quote="حظر تيك توك", quote_start=0
    )
    await world.tell(an_event(stories=(story,)))

    page = await shown(browser, "/")

    [title] = page.find_class("evidence")[0].find_class("original")
    assert (title.get("lang"), title.get("dir")) == ("ar", "rtl")
    assert title.xpath(".//mark")[0].text_content() == "حظر تيك توك"
    assert title.text_content() == story.title


async def test_a_quote_from_the_text_stands_by_itself(
    world: World, browser: httpx.AsyncClient
) -> None:
    story = an_event_story(quote="akan menghentikan layanan", quote_part="text", lang="id")
    await world.tell(an_event(stories=(story,)))

    page = await shown(browser, "/")

    assert page.find_class("quote")[0].text_content() == "akan menghentikan layanan"
    assert not page.find_class("story-link")[0].xpath(".//mark")


async def test_old_news_says_when_it_was_published(
    world: World, browser: httpx.AsyncClient
) -> None:
    old = an_event_story(published=NOON - timedelta(days=400))
    await world.tell(an_event("fresh"))
    await world.tell(an_event("old", stories=(old,)))

    cards = (await shown(browser, "/")).find_class("card-foot")

    assert "published 1 Dec 2024, 12:00 UTC" in cards[0].text_content()
    assert "published" not in cards[1].text_content()


async def test_no_text_of_a_feed_becomes_markup(world: World, browser: httpx.AsyncClient) -> None:
    for number, text in enumerate(HOSTILE):
        story = an_event_story(
            title=text, outlet=text, quote=text, quote_start=0, url=f"https://example.org/{text}"
        )
        await world.tell(an_event(str(number), stories=(story,), scope=text, authority=text))

    events = [f"/events/{an_event(str(number)).id}" for number in range(len(HOSTILE))]
    for path, texts in [("/", HOSTILE), *zip(events, ([text] for text in HOSTILE), strict=True)]:
        page = await shown(browser, path)
        scripts = [script.get("src", "")[:18] for script in page.xpath("//script")]
        assert scripts == ["/static/kabar.js?v"], path
        assert not page.xpath("//img | //@onmouseover | //@onfocus | //@onerror"), path
        read = page.xpath("//main")[0].text_content()
        assert all(text in read for text in texts), path


async def test_only_web_addresses_become_links(world: World, browser: httpx.AsyncClient) -> None:
    for number, url in enumerate(NO_WEB_ADDRESSES):
        await world.tell(an_event(str(number), stories=(an_event_story(url=url),)))

    events = [f"/events/{an_event(str(number)).id}" for number in range(len(NO_WEB_ADDRESSES))]
    for path in ("/", *events):
        page = await shown(browser, path)
        assert not page.find_class("story-link"), path
        assert "India bans TikTok" in page.text_content()


async def test_a_link_to_a_story_tells_it_nothing(world: World, browser: httpx.AsyncClient) -> None:
    await world.tell(an_event())

    page = await shown(browser, "/")

    [link] = page.find_class("story-link")
    assert link.get("href") == "https://example.org/st_one"
    assert "noopener" in link.get("rel")


async def test_every_answer_tells_the_browser_to_load_from_us_alone(
    browser: httpx.AsyncClient,
) -> None:
    for path in ("/", "/api/v1/events", "/nowhere", "/static/kabar.css"):
        answer = await browser.get(path)

        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_page_names_another_host(world: World, browser: httpx.AsyncClient) -> None:
    await world.tell(an_event())

    for path in ("/", f"/events/{an_event().id}", "/deliveries", "/companies", "/feeds"):
        page = await shown(browser, path)
        loaded = page.xpath("//@src | //link/@href | //form/@action")
        assert all(address.startswith("/") for address in loaded), path


async def test_a_selection_is_the_address_of_the_page(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one", countries=("IN",)))
    await world.tell(an_event("two", stage=Stage.RUMOURED, type="shutdown"))
    await world.tell(an_event("three", type="acquisition", companies=GONE))

    for query, key in [
        ("type=ban", "one"),
        ("stage=rumoured", "two"),
        ("company=bytedance&type=ban", "one"),
        ("company=ByteDance&type=ban", "one"),
        ("country=IN&stage=", "one"),
        ("company=gone", "three"),
    ]:
        page = await shown(browser, f"/?{query}")
        assert [card.get("id") for card in page.find_class("card")] == [an_event(key).id], query


async def test_older_events_are_behind_a_link(world: World, browser: httpx.AsyncClient) -> None:
    for number in range(25):
        await world.tell(an_event(str(number)))

    first = await shown(browser, "/?type=ban")
    second = await shown(browser, first.xpath("//p[@class='older']/a/@href")[0])

    ids = [card.get("id") for page in (first, second) for card in page.find_class("card")]
    assert ids == [an_event(str(number)).id for number in reversed(range(25))]
    assert not second.find_class("older")


async def test_a_refused_configuration_is_said_on_every_page(
    world: World, browser: httpx.AsyncClient
) -> None:
    finding = Finding(
        "config/feeds.yml", 3, 5, Severity.ERROR, 'unknown key "ur"; did you mean "url"?'
    )
    world.findings = (finding, Finding("config/feeds.yml", 9, 1, Severity.WARNING, "odd"))

    for path in ("/", "/feeds"):
        banner = (await shown(browser, path)).find_class("refused")[0].text_content()
        assert 'config/feeds.yml:3:5: error: unknown key "ur"' in banner
        assert "odd" not in banner


async def test_warnings_alone_are_no_refusal(world: World, browser: httpx.AsyncClient) -> None:
    world.findings = (Finding("config/feeds.yml", 1, 1, Severity.WARNING, "this file is missing"),)

    assert not (await shown(browser, "/")).find_class("refused")


async def test_a_page_that_is_not_there_says_so(browser: httpx.AsyncClient) -> None:
    for path in ("/nowhere", f"/events/{EventId('ev_none')}"):
        answer = await browser.get(path)

        assert answer.status_code == 404
        assert "There is no such page" in answer.text


async def test_the_first_page_is_under_100_kb_with_all_that_it_loads(
    world: World, browser: httpx.AsyncClient
) -> None:
    for number in range(30):
        stories = tuple(
            an_event_story(f"st_{number}_{each}", outlet=f"Outlet {each}", title="An event " * 12)
            for each in range(12)
        )
        await world.tell(an_event(str(number), stories=stories))

    page = await browser.get("/")
    addresses = (await shown(browser, "/")).xpath("//@src | //link/@href")
    sizes = [len((await browser.get(address)).content) for address in addresses]

    assert len(page.content) + sum(sizes) < 100_000


async def test_an_event_is_acknowledged_and_muted_at_its_page(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)
    path = f"/events/{event.id}"
    forms = [form.get("action") for form in (await shown(browser, path)).xpath("//form")]

    answers = [await browser.post(action) for action in forms if action.startswith(path)]

    assert [answer.status_code for answer in answers] == [303, 303]
    page = await shown(browser, path)
    notes = " ".join(note.text_content() for note in page.find_class("note"))
    assert "Seen at confirmed by somebody at the page" in notes
    assert "Muted until" in notes
    assert (await browser.post("/events/ev_none/ack")).status_code == 404


async def test_a_delivery_says_what_was_told_and_links_the_event(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event("one", outlets=2))
    alert = an_alert(event=an_event("one").id)
    await world.decide(alert)
    await world.plan(a_delivery(alert.id))
    await world.tell(an_event("one", outlets=3), kind=ChangeKind.COVERAGE)

    page = await shown(browser, "/deliveries")

    [link] = page.find_class("told")[0].xpath(".//a")
    assert link.text_content() == "TikTok banned (confirmed; 2 outlets)"
    assert link.get("href") == f"/events/{an_event('one').id}"


async def test_a_delivery_with_many_alerts_folds_away_all_but_the_first(
    world: World, browser: httpx.AsyncClient
) -> None:
    alerts = []
    for number in range(22):
        event = an_event(str(number), scope="a plant " * 60)
        await world.tell(event)
        alerts.append(an_alert(event=event.id, change_seq=number + 1))
    await world.decide(*alerts)
    await world.plan(a_delivery(*(alert.id for alert in alerts)))

    page = await shown(browser, "/deliveries")

    first, more = page.find_class("told")
    assert [len(first.xpath(".//a")), len(more.xpath(".//a"))] == [3, 17]
    assert page.xpath("//details/summary")[0].text_content() == "and 19 more"
    assert "2 more alerts are not listed here" in more.text_content()
    assert all(len(link.text_content()) <= 200 for link in page.xpath("//ul[@class='told']//a"))


async def test_what_several_are_told_of_one_change_stands_in_a_delivery_once(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event())
    alerts = [an_alert("one"), an_alert("two")]
    await world.decide(*alerts)
    await world.plan(a_delivery(*(alert.id for alert in alerts)))

    page = await shown(browser, "/deliveries")

    assert len(page.xpath("//ul[@class='told']/li")) == 1


async def test_a_delivery_whose_event_is_no_longer_kept_says_so(
    world: World, browser: httpx.AsyncClient
) -> None:
    alert = an_alert(event=an_event("gone").id, change_seq=99)
    await world.decide(alert)
    await world.plan(a_delivery(alert.id))

    page = await shown(browser, "/deliveries")

    [told] = page.xpath("//ul[@class='told']/li")
    assert told.text_content() == f"The event {an_event('gone').id} is no longer kept."
    assert not told.xpath(".//a")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/?type=foo", "type: there is no foo: write one of ban, "),
        ("/?stage=foo", "stage: there is no foo: write one of rumoured, "),
        ("/?country=foo", "country: "),
        ("/?company=tiktko", 'There is no company "tiktko"; did you mean "TikTok"?'),
        ("/deliveries?state=foo", "state: there is no foo: write one of held, "),
        (
            "/deliveries?subscription=foo",
            'There is no subscription "foo". kabar subscriptions list shows what there is.',
        ),
        (
            "/deliveries?channel=foo",
            'There is no channel "foo". kabar channels list shows what there is.',
        ),
    ],
)
async def test_a_selection_that_nothing_can_have_is_told(
    browser: httpx.AsyncClient, path: str, said: str
) -> None:
    answer = await browser.get(path)

    page: Any = html.document_fromstring(answer.text)
    assert answer.status_code == 422
    assert said in page.text_content()


async def test_what_is_watched_or_once_was_has_nothing_and_that_is_no_mistake(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event(companies=GONE))
    alert = an_alert("removed")
    await world.decide(alert)
    await world.plan(a_delivery(alert.id))

    for path in (
        "/?company=tiktok",
        "/?company=gone&type=shutdown",
        "/deliveries?subscription=removed&state=dead",
        "/deliveries?channel=archive&state=dead",
    ):
        page = await shown(browser, path)
        assert page.find_class("empty"), path


async def test_a_page_that_is_not_there_says_so_in_the_layout_with_a_way_back(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/evnts")

    page: Any = html.document_fromstring(answer.text)
    assert answer.status_code == 404
    assert page.xpath("//header")
    assert page.xpath("//main//a[@href='/']")
    assert "Nothing stands at /evnts" in page.text_content()
    assert "Not Found" not in page.text_content()


async def test_a_test_of_a_channel_is_called_one_and_nothing_else(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.plan(a_delivery(kind=DeliveryKind.TEST, subscriptions=(), alerts=()))

    page = await shown(browser, "/deliveries")

    [row] = page.xpath("//li[@class='row']")
    assert row.xpath(".//*[@class='note']")[0].text_content() == "test"


async def test_a_poll_whose_time_has_come_is_marked_as_due(
    world: World, browser: httpx.AsyncClient
) -> None:
    feed = Feed(
        id=FeedId("wire"),
        url="https://example.org/rss.xml",
        outlet="Wire",
        every=timedelta(minutes=10),
    )
    at = NOON.isoformat().replace("+00:00", "Z")
    [body] = feeds_body([feed], [])["feeds"]
    world.feeds = [{**body, "last_polled_at": at, "next_poll_at": at}]

    page = await shown(browser, "/feeds")

    polled, coming = page.xpath("//li[@class='row']//time")
    assert "next poll 5 Jan 2026" in page.text_content()
    assert polled.get("data-due") is None
    assert coming.get("data-due") is not None


async def test_an_event_links_each_message_however_many_came_since(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    alert = an_alert(event=event.id)
    await world.tell(event)
    await world.decide(alert)
    first = a_delivery(alert.id)
    await world.plan(first, *(a_delivery(alert.id, channel=f"desk-{n}") for n in range(60)))

    link = f"/deliveries?id={first.id}"
    shown = await browser.get(link)

    assert link in (await browser.get(f"/events/{event.id}")).text
    assert shown.text.count('class="row"') == 1
    assert first.id in shown.text
    assert (await browser.get("/deliveries?id=dl_none")).status_code == 404


async def test_the_example_of_a_subscription_asks_for_something(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/subscriptions?as=yaml")

    assert "id: my-subscription" in page.text
    assert "[]" not in page.text


async def test_what_waits_for_a_paused_channel_is_not_said_to_be_tried_soon(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.configuration = sample_configuration()
    event, alert = an_event(), an_alert()
    await world.tell(event)
    await world.decide(alert)
    await world.plan(a_delivery(alert.id), a_delivery(alert.id, channel="desk"))
    paused = ChannelId("archive")
    await world.database.write(
        lambda connection: connection.execute(
            "INSERT INTO channel_states VALUES (?, 'paused', '401 no', 0, ?)",
            (paused, hashes_of(world.configuration.channels)[paused]),
        )
    )

    page = await browser.get("/deliveries")

    assert page.text.count("waits: the channel is paused") == 1
    assert page.text.count("next try") == 1


async def test_an_event_shows_what_was_told_of_the_one_that_turned_out_to_be_it(
    world: World, browser: httpx.AsyncClient
) -> None:
    other = an_event("one")
    event = an_event("two", absorbed=(other.id,))
    alert = an_alert("policy-team", event=other.id)
    await world.tell(other)
    await world.decide(alert)
    await world.plan(a_delivery(alert.id, subscriptions=(alert.subscription,)))
    await world.tell(event)

    page = (await browser.get(f"/events/{event.id}")).text

    assert "policy-team" in page
    assert "No subscription asked for it" not in page


async def test_one_delivery_stands_alone_unfolded_with_a_way_to_the_others(
    world: World, browser: httpx.AsyncClient
) -> None:
    alert = an_alert()
    await world.tell(an_event())
    await world.decide(alert)
    refused = Attempt(at=NOON, status=503, reason="503 Service Unavailable")
    delivery = a_delivery(alert.id, attempts=(refused,))
    await world.plan(delivery)

    page = await shown(browser, f"/deliveries?id={delivery.id}")

    assert page.xpath("//h1")[0].text == "One delivery"
    assert page.xpath("//main//a[@href='/deliveries']")
    assert page.xpath("//details[@open]//ol[@class='attempts']/li")
    assert not page.xpath("//form[@role='search']")


async def test_of_ten_thousand_feeds_the_page_shows_some_and_finds_the_others(
    world: World, browser: httpx.AsyncClient
) -> None:
    wires = [
        Feed(
            id=FeedId(f"wire-{n}"),
            url=f"https://wire-{n}.example.org/rss.xml",
            outlet=f"Wire {n}",
            every=timedelta(minutes=10),
        )
        for n in range(10_000)
    ]
    world.feeds = feeds_body(wires, [])["feeds"]

    whole = await shown(browser, "/feeds")
    found = await shown(browser, "/feeds?q=WIRE-9999.example")
    nothing = await shown(browser, "/feeds?q=nowhere")

    assert len(whole.xpath("//li[@class='row']")) == 200
    assert "10000 feeds" in whole.text_content()
    assert "200 of 10000: search to see others." in whole.text_content()
    assert [row.get("id") for row in found.xpath("//li[@class='row']")] == ["wire-9999"]
    assert nothing.find_class("empty")


async def test_an_event_that_thousands_were_told_of_shows_the_last_of_them(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)
    await world.decide(*(an_alert(f"team-{n}", event.id) for n in range(1_000)))

    page = await shown(browser, f"/events/{event.id}")

    assert len(page.xpath("//section[@aria-labelledby='told-title']//li[@class='row']")) == 100
    assert "The last 100 of 1000 alerts" in page.text_content()


async def test_who_has_seen_an_event_may_write_from_right_to_left(
    world: World, browser: httpx.AsyncClient
) -> None:
    event = an_event()
    await world.tell(event)
    said = {"who": "ליאת", "note": "נראה"}
    await browser.post(f"/api/v1/events/{event.id}/ack", json=said)

    page = await shown(browser, f"/events/{event.id}")

    [seen] = page.xpath("//p[contains(., 'Seen at')]")
    assert [name.text for name in seen.iter("bdi")] == ["ליאת", "נראה"], "each keeps its place"
