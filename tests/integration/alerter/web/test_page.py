from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from services.alerter.database import silence
from services.alerter.database.suppressions import suppress
from services.alerter.links import Links
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.pages.unsubscribe import Unsubscribing
from services.common.clock import SystemClock
from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import ChannelConfig
from services.common.ids import ChannelId, EventId, SubscriptionId
from tests.support.channels import a_delivery
from tests.support.chromium import Tab, a_browser_window, a_tab, needs_chromium, served
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.sample_world import fill, late_event
from tests.support.web import World, a_web, a_world

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.asyncio(loop_scope="module"),  # as the browser, which serves all tests here
]

OpenTab = Callable[..., AbstractAsyncContextManager[Tab]]


PATHS = (
    "/",
    "/deliveries",
    "/deliveries?id=dl_archive",
    "/subscriptions",
    "/companies",
    "/feeds",
    "/nowhere",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with a_browser_window() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as world:
        now = SystemClock().now()
        world.clock.move(now - world.clock.now())
        await fill(world, now=now)
        yield world


@pytest.fixture
def web(world: World, tmp_path: Path) -> Web:
    return a_web(world, tmp_path)


@pytest_asyncio.fixture(loop_scope="module")
async def open_tab(chromium: Browser, web: Web) -> AsyncIterator[OpenTab]:
    """Give what opens a tab on the page, served on loopback."""
    async with served(web) as base:
        yield partial(a_tab, chromium, base)


async def open_live(tab: Tab) -> None:
    """Open the live page; return when it follows what happens."""
    await tab.open("/")
    await expect(tab.page.locator("#pulse")).to_contain_text("live")


async def test_a_new_event_appears_by_itself_and_nobody_else_is_asked(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await tab.open("/")
        await expect(tab.page.locator(".card")).to_have_count(7)
        await expect(tab.page.locator("#pulse")).to_contain_text("live")

        await world.tell(late_event(SystemClock().now()))
        web.live.wake()

        first = tab.page.locator(".card").first
        await expect(first).to_contain_text("Pathao")
        await expect(first.locator("mark")).to_have_text("akan menghentikan layanan")
        await expect(first.locator("time")).to_have_text("just now")
        await expect(tab.page.locator("#announce")).to_contain_text("Pathao")

    assert {f"http://{host}" for host in tab.hosts} == {tab.base}
    assert tab.complaints == []


async def test_what_happened_is_past_whatever_the_readers_clock_says(
    world: World, open_tab: OpenTab
) -> None:
    event = late_event(SystemClock().now() + timedelta(minutes=5))
    await world.tell(event)
    async with open_tab() as tab:
        await tab.open("/")

        await expect(tab.page.locator(f"#{event.id} time")).to_have_text("just now")


async def test_a_mute_says_when_it_ends_by_the_readers_clock(
    world: World, open_tab: OpenTab
) -> None:
    event = late_event(SystemClock().now())
    await world.tell(event)
    async with open_tab(timezone_id="Asia/Kolkata", locale="en-GB") as tab:
        await tab.open(f"/events/{event.id}")
        await tab.page.get_by_role("button", name="Mute for a day").click()

        [mute] = await world.database.read(silence.mutes_at, now=world.clock.now())
        ends = mute.ends_at.astimezone(ZoneInfo("Asia/Kolkata"))
        said = re.compile(f"Muted until {ends.day} .* {ends.year}, {ends:%H:%M} by somebody")
        await expect(tab.page.get_by_text("Muted until")).to_contain_text(said)


async def test_a_change_replaces_the_card_where_it_stands(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    event = late_event(SystemClock().now())
    await world.tell(event)
    async with open_tab() as tab:
        await open_live(tab)

        settled = an_event("late", id=event.id, type="shutdown", stage=Stage.REVERSED)
        await world.tell(settled, kind=ChangeKind.CORRECTION)
        web.live.wake()

        await expect(tab.page.locator(f"#{event.id} .stage")).to_have_text("reversed")
        await expect(tab.page.locator(".card")).to_have_count(8)


async def test_what_comes_while_somebody_reads_waits_behind_a_button(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await open_live(tab)
        await tab.page.get_by_role("button", name="Pause").click()

        await world.tell(late_event(SystemClock().now()))
        web.live.wake()

        waiting = tab.page.get_by_role("button", name="1 new event")
        await expect(waiting).to_be_visible()
        await expect(tab.page.locator(".card")).to_have_count(7)
        await waiting.click()
        await expect(tab.page.locator(".card").first).to_contain_text("Pathao")
        await expect(waiting).to_be_hidden()


async def test_a_tab_that_nobody_looks_at_holds_no_connection_and_catches_up_when_seen(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await open_live(tab)

        await tab.page.evaluate(_LOOK, {"hidden": True})
        async with asyncio.timeout(10):
            while web.live.open_pages:  # noqa: ASYNC110  the stream only counts
                await asyncio.sleep(0.001)
        await world.tell(late_event(SystemClock().now()))
        web.live.wake()
        await tab.page.evaluate(_LOOK, {"hidden": False})

        await expect(tab.page.locator(".card").first).to_contain_text("Pathao")
        await expect(tab.page.locator(".card")).to_have_count(8)


async def test_older_begins_with_what_a_page_that_stays_open_no_longer_shows(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await open_live(tab)
        first = [await each.get_attribute("id") for each in await tab.page.locator(".card").all()]
        older = tab.page.get_by_role("link", name="Older")
        await expect(older).to_be_hidden()

        late = late_event(SystemClock().now())
        for number in range(205):
            await world.tell(replace(late, id=EventId(f"ev_late{number}")))
        web.live.wake()
        await expect(tab.page.locator("#ev_late204")).to_have_count(1)
        await expect(tab.page.locator(".card")).to_have_count(200)
        await expect(tab.page.locator("#ev_late4")).to_have_count(0)

        await older.click()
        shown = [await each.get_attribute("id") for each in await tab.page.locator(".card").all()]
        assert shown == [*(f"ev_late{number}" for number in range(4, -1, -1)), *first]


_LOOK = """({ hidden }) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_page_for_one_selection_gets_only_what_belongs_there(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await tab.open("/?company=bytedance&type=ban")
        await expect(tab.page.locator(".card")).to_have_count(1)
        await expect(tab.page.locator("#pulse")).to_contain_text("live")

        await world.tell(an_event("other", target="adobe"))
        await world.tell(an_event("wanted", target="tiktok"))
        web.live.wake()

        await expect(tab.page.locator(".card")).to_have_count(2)


async def test_no_story_runs_anything_in_the_page(
    world: World, web: Web, open_tab: OpenTab
) -> None:
    attack = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"
    story = an_event_story(title=attack, outlet=attack, quote=attack, url="javascript:pwned=1")
    async with open_tab() as tab:
        await open_live(tab)

        await world.tell(an_event("attack", stories=(story,), authority=attack))
        web.live.wake()
        await expect(tab.page.locator(".card").first).to_contain_text("window.pwned=1")
        await tab.open(f"/events/{an_event('attack').id}")

        assert await tab.page.evaluate("window.pwned") is None
        assert await tab.page.locator('a[href^="javascript"]').count() == 0
    assert tab.complaints == []


async def test_everything_can_be_read_without_script(open_tab: OpenTab) -> None:
    async with open_tab(java_script_enabled=False) as tab:
        await tab.open("/")
        await expect(tab.page.locator(".card")).to_have_count(7)
        await expect(tab.page.locator("#pulse")).to_be_hidden()

        await tab.page.locator(".card h2 a").first.click()

        await expect(tab.page.locator("h1")).to_contain_text("TikTok Music")
        await tab.page.get_by_text("Evidence for every field").click()
        await expect(tab.page.locator(".fields")).to_contain_text("28 November")


async def test_the_page_is_usable_by_keyboard(open_tab: OpenTab) -> None:
    async with open_tab() as tab:
        await tab.open("/")
        await tab.page.keyboard.press("Tab")
        await expect(tab.page.get_by_text("Skip to the content")).to_be_focused()
        await tab.page.keyboard.press("Enter")
        await expect(tab.page.locator("main")).to_be_focused()

        links = tab.page.locator(".card h2 a")
        await links.first.focus()
        await tab.page.keyboard.press("j")
        await expect(links.nth(1)).to_be_focused()
        await tab.page.keyboard.press("k")
        await tab.page.keyboard.press("Enter")

        await expect(tab.page).to_have_title(
            "ByteDance shuts down TikTok Music in Indonesia and Brazil on 28 Nov 2026 · kabar"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_320_pixels_and_can_be_read(open_tab: OpenTab, scheme: str) -> None:
    async with open_tab(viewport={"width": 320, "height": 700}, color_scheme=scheme) as tab:
        await tab.open("/")
        event = await tab.page.locator(".card h2 a").first.get_attribute("href")
        for path in (*PATHS, str(event)):
            await tab.open(path)

            assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert await tab.page.evaluate(_FAINT_TEXTS) == [], path
            assert await tab.page.evaluate(_SHORTCOMINGS) == [], path


async def test_a_headline_without_end_leaves_room_for_other_events(
    world: World, open_tab: OpenTab
) -> None:
    story = an_event_story(
        title="India bans TikTok, " + "and goes on about it, " * 90, quote="bans"
    )
    await world.tell(an_event("endless", stories=(story,)))
    async with open_tab(viewport={"width": 390, "height": 800}) as tab:
        await tab.open("/")

        card = tab.page.locator(f"#{an_event('endless').id}")
        assert (await card.evaluate("card => card.offsetHeight")) < 500
        assert await card.locator("mark").is_visible()


async def test_all_pages_stand_in_one_line_on_a_phone(open_tab: OpenTab) -> None:
    async with open_tab(viewport={"width": 390, "height": 800}) as tab:
        await tab.open("/")

        links = tab.page.locator("nav a")
        tops = await links.evaluate_all("links => links.map(link => link.offsetTop)")
        assert len(tops) == 5
        assert len(set(tops)) == 1


# Texts with a contrast below WCAG's 4.5 (3 for large ones) against the nearest ground behind them.
_FAINT_TEXTS = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => channels(color).slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, style = getComputedStyle(element);
    if (!texts.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (["SCRIPT", "OPTION", "DATALIST"].includes(element.tagName)) continue;
    const [light, dark] = [luminance(style.color), luminance(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) faint.push(`${contrast.toFixed(2)} ${texts.currentNode.textContent.trim()}`);
  }
  return faint;
}"""

# What a screen reader stumbles over, as far as a script can tell.
_SHORTCOMINGS = """() => {
  const found = [], all = (selector) => [...document.querySelectorAll(selector)];
  const need = (isTrue, what) => isTrue || found.push(what);
  need(document.documentElement.lang, "the page has no language");
  need(document.title, "the page has no title");
  for (const landmark of ["header", "nav", "main", "footer"])
    need(all(landmark).length === 1, `${landmark}: ${all(landmark).length}`);
  need(all("h1").length === 1, "no one heading");
  const ids = all("[id]").map((element) => element.id);
  need(new Set(ids).size === ids.length, "an id is used twice");
  for (const control of all("input:not([type=hidden]), select"))
    need(control.labels?.length, `${control.name} has no label`);
  for (const control of all("button, a"))
    need(control.textContent.trim() || control.hidden || control.closest("[hidden]"), `${control.outerHTML} has no name`);
  for (const image of all("svg")) need(image.getAttribute("aria-hidden") === "true", "an image is not hidden");
  for (const original of all(".original")) need(original.lang && original.dir, "a text has no language");
  for (const labelled of all("[aria-labelledby]"))
    need(document.getElementById(labelled.getAttribute("aria-labelledby")), "a label is missing");
  return found;
}"""


async def test_what_comes_of_the_form_is_where_the_keyboard_is(open_tab: OpenTab) -> None:
    async with open_tab() as tab:
        await tab.open("/subscriptions")
        await tab.page.get_by_label("Id", exact=True).focus()
        await tab.page.keyboard.type("by-keys")
        make = tab.page.get_by_role("button", name="Make it")
        await make.press("Enter")
        await expect(tab.page.get_by_role("alert")).to_be_focused()

        await tab.page.locator("input[name=channels]").first.press("Space")
        await make.press("Enter")
        await expect(tab.page.get_by_role("status")).to_be_focused()
        await tab.page.keyboard.press("Tab")
        await expect(tab.page.get_by_role("link", name="by-keys")).to_be_focused()

        await tab.page.locator("#subscription_by-keys summary").press("Enter")
        await tab.page.get_by_role("button", name="Remove by-keys").press("Enter")
        await expect(tab.page.get_by_text("Removed: by-keys")).to_be_focused()


async def test_a_subscription_is_made_and_removed_without_loading_the_page_again(
    world: World, open_tab: OpenTab
) -> None:
    async with open_tab() as tab:
        await tab.open("/subscriptions")
        await tab.page.evaluate("window.isTheSamePage = true")
        await tab.page.get_by_label("Id", exact=True).fill("from-page")
        await tab.page.get_by_label("Countries", exact=True).fill("Norway")
        make = tab.page.get_by_role("button", name="Make it")
        await make.click()
        await expect(tab.page.get_by_role("alert")).to_contain_text("Nothing was saved")
        await expect(tab.page.locator("#wrong-countries")).to_contain_text("Norway")

        await tab.page.get_by_label("Countries", exact=True).fill("NO")
        await tab.page.locator("input[name=channels]").first.check()
        await make.click()
        await expect(tab.page.locator("#subscription_from-page")).to_contain_text("NO")
        await expect(tab.page.locator("#editor")).to_contain_text("Saved: from-page")

        await tab.page.locator("#subscription_from-page summary").click()
        await tab.page.get_by_role("button", name="Remove from-page").click()
        await expect(tab.page.locator("#subscription_from-page")).to_have_count(0)
        assert await tab.page.evaluate("window.isTheSamePage") is True

    # A browser notes every answer that is no 2xx; the form was refused once.
    assert [said for said in tab.complaints if "status of 422" not in said] == []
    assert world.book.body_of(SubscriptionId("from-page")) is None


@pytest.mark.parametrize("width", [1100, 390])
async def test_a_form_that_is_being_filled_in_shows_what_it_would_have_sent(
    world: World, open_tab: OpenTab, width: int
) -> None:
    async with open_tab(viewport={"width": width, "height": 900}) as tab:
        await tab.open("/subscriptions")
        previewed = tab.page.locator("#previewed")
        await expect(previewed).to_contain_text("Shown here while you fill in the form")

        await tab.page.get_by_label("Companies", exact=True).fill("telegram")
        await expect(previewed.get_by_role("link", name="Send to")).to_be_visible()
        await tab.page.get_by_label("archive (webhook)").check()
        await expect(previewed).to_contain_text("2 messages with 2 alerts in the last 30 days")
        await expect(previewed).to_contain_text("Correction: Ban on Telegram")

        countries = tab.page.get_by_label("Countries", exact=True)
        await countries.press_sequentially("Norway")
        await expect(previewed).to_contain_text('"Norway" is not an ISO 3166-1 country code')
        await expect(countries).to_be_focused()  # nothing under the writer's hands is replaced
        await previewed.get_by_role("link", name="Countries").click()
        await expect(countries).to_be_in_viewport()

        await countries.fill("NO")
        await expect(previewed).to_contain_text("No message in the last 30 days")
        await countries.fill("")
        await tab.page.get_by_label("Over how long").select_option("7")
        await expect(previewed).to_contain_text("2 messages with 2 alerts in the last 7 days")
        assert await tab.page.evaluate("document.documentElement.scrollWidth") <= width
        assert await tab.page.evaluate(_FAINT_TEXTS) == []
        assert await tab.page.evaluate(_SHORTCOMINGS) == []

    assert tab.complaints == []
    assert world.book.now.configuration.subscriptions == world.configuration.subscriptions


async def test_a_preview_needs_no_script_and_one_that_is_edited_has_it_at_once(
    world: World, open_tab: OpenTab
) -> None:
    await world.book.add(
        {"id": "mine", "when": {"companies": ["telegram"]}, "send": [{"to": "archive"}]}
    )
    async with open_tab(java_script_enabled=False) as tab:
        await tab.open("/subscriptions?edit=mine")
        await tab.page.get_by_role("button", name="Preview").click()
        await expect(tab.page.locator("#previewed")).to_contain_text("2 messages with 2 alerts")
        await expect(tab.page.get_by_label("Companies", exact=True)).to_have_value("telegram")
    async with open_tab() as tab:
        await tab.open("/subscriptions?edit=mine")
        await expect(tab.page.locator("#previewed")).to_contain_text("2 messages with 2 alerts")


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_two_ends_of_the_quiet_hours_stand_side_by_side(
    open_tab: OpenTab, width: int
) -> None:
    async with open_tab(viewport={"width": width, "height": 900}) as tab:
        await tab.open("/subscriptions")

        begin = await tab.page.locator("#input-quiet_from").bounding_box()
        end = await tab.page.locator("#input-quiet_to").bounding_box()

    assert begin is not None
    assert end is not None
    assert begin["y"] == end["y"]
    assert begin["x"] + begin["width"] < end["x"]
    assert end["x"] + end["width"] < width


async def test_who_has_no_access_sees_the_page_s_look(
    chromium: Browser, world: World, tmp_path: Path
) -> None:
    rules = AccessRules.of(bound_host="192.0.2.1", public_url=None)
    async with served(a_web(world, tmp_path, rules=rules)) as base, a_tab(chromium, base) as tab:
        await tab.open("/")

        await expect(tab.page.locator("h1")).to_have_text("Log in first")
        box = tab.page.locator(".empty")
        assert await box.evaluate("box => getComputedStyle(box).borderTopStyle") == "dashed"
    assert [said for said in tab.complaints if "status of 401" not in said] == []


async def test_a_long_name_of_a_channel_leaves_room_for_who_was_told(
    world: World, open_tab: OpenTab
) -> None:
    event, alert = an_event("told"), an_alert("policy-team", an_event("told").id)
    await world.tell(event)
    await world.decide(alert)
    await world.plan(a_delivery(alert.id, channel="y" * 64))
    async with open_tab() as tab:
        await tab.open(f"/events/{event.id}")

        name = tab.page.locator("section .row-main strong", has_text="policy-team")
        assert (await name.evaluate("name => name.offsetHeight")) < 40, "one line"


async def test_an_address_that_gets_no_mail_stands_in_one_line(
    world: World, open_tab: OpenTab
) -> None:
    now = SystemClock().now()
    await world.database.write(
        suppress, "somebody@mail.example.org", ChannelId("legal-mail"), why="asked for it", now=now
    )
    async with open_tab() as tab:
        await tab.open("/subscriptions")

        address = tab.page.get_by_text("somebody@mail.example.org")
        assert (await address.evaluate("address => address.offsetHeight")) < 40


async def test_who_is_mailed_sees_the_page_s_look_where_the_mails_are_ended(
    chromium: Browser, world: World, tmp_path: Path
) -> None:
    legal = ChannelConfig(
        id=ChannelId("legal-mail"), type="email", options=(("to", ("legal@example.org",)),)
    )
    world.configuration = replace(world.configuration, channels=(legal,))
    links = Links(key=b"k" * 32, public_url="https://kabar.example.org")
    route = Unsubscribing(
        world.database, links, configuration=lambda: world.configuration, clock=world.clock
    ).route
    path = f"/u/{links.unsubscribe_token('legal@example.org', legal.id)}"
    web = a_web(world, tmp_path, routes=[route], links=links)
    async with served(web) as base, a_tab(chromium, base, color_scheme="dark") as tab:
        await tab.open(path)

        box = tab.page.locator(".empty")
        assert await box.evaluate("box => getComputedStyle(box).borderTopStyle") == "dashed"
        assert await tab.page.evaluate(_FAINT_TEXTS) == []
        await tab.page.get_by_role("button", name="Send no more of them").click()
        await expect(box).to_contain_text("No more mails go to legal@example.org.")
    assert tab.complaints == []
