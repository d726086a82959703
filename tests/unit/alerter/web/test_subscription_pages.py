from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from services.alerter.rehearsal import RehearsalFailedError
from services.alerter.web.subscription_form import SubscriptionForm
from services.common.config.configuration import Configuration
from services.common.contracts.subscription import ChannelConfig, Send, Subscription
from services.common.ids import ChannelId, SubscriptionId
from tests.support.builders import a_watchlist
from tests.support.events import an_alert, an_event
from tests.support.web import World

FORM = {"content-type": "application/x-www-form-urlencoded"}
OF_FILE = Subscription(
    id=SubscriptionId("of-file"),
    name="Of the file",
    sends=(Send(to=ChannelId("ops"), burst=timedelta(minutes=1), max_per_hour=30),),
    origin="config/subscriptions.yml:12",
)


@pytest.fixture(autouse=True)
def configured(world: World) -> None:
    world.configuration = Configuration(
        watchlist=a_watchlist(),
        channels=(
            ChannelConfig(id=ChannelId("ops"), type="slack"),
            ChannelConfig(id=ChannelId("legal"), type="email"),
        ),
        subscriptions=(OF_FILE,),
    )


def read(answer: httpx.Response) -> Any:
    return html.document_fromstring(answer.text)


async def send(browser: httpx.AsyncClient, path: str = "", **fields: Any) -> httpx.Response:
    content = urlencode(fields, doseq=True)
    return await browser.post(f"/subscriptions{path}", content=content, headers=FORM)


async def test_those_of_files_are_read_only_and_say_where_they_stand(
    browser: httpx.AsyncClient,
) -> None:
    page = read(await browser.get("/subscriptions"))

    tile = page.get_element_by_id("subscription_of-file")
    assert "of-file · config/subscriptions.yml:12" in tile.text_content()
    assert not tile.xpath(".//form | .//a[text()='Change']")


async def test_the_form_makes_one_that_is_in_use_and_shown(
    world: World, browser: httpx.AsyncClient
) -> None:
    made = await send(
        browser,
        id="bans",
        name="Bans",
        companies="tiktok, tag:social",
        types=["ban", "shutdown"],
        channels=["ops", "legal"],
        digest_at="08:00",
        zone="Asia/Kolkata",
    )
    await world.decide(an_alert("bans"))
    page = read(await browser.get(made.headers["location"]))

    assert made.status_code == 303
    _, bans = world.book.now.configuration.subscriptions
    assert bans.when.companies == ("tiktok", "tag:social")
    assert [send.to for send in bans.sends] == ["ops", "legal"]
    assert all(send.digest and send.digest.zone == "Asia/Kolkata" for send in bans.sends)
    tile = page.get_element_by_id("subscription_bans").text_content()
    assert "digest at 08:00 Asia/Kolkata" in tile
    assert "1 time in 30 days, last 5 Jan 2026" in tile
    assert 'no company has the tag "social"' in tile
    assert "Saved: bans" in page.get_element_by_id("editor").text_content()


async def test_a_mistake_is_shown_at_its_input_and_what_was_typed_stays(
    world: World, browser: httpx.AsyncClient
) -> None:
    answer = await send(
        browser, id="bans", countries="Norway, IN", outlets="many", channels="ops", types="ban"
    )

    page = read(answer)
    assert answer.status_code == 422
    assert "Nothing was saved" in page.xpath("//*[@role='alert']")[0].text_content()
    for name, said in [("countries", "Norway"), ("outlets", "whole number")]:
        [wrong] = page.xpath(f"//input[@name='{name}' and @aria-invalid='true']")
        assert said in page.get_element_by_id(wrong.get("aria-describedby")).text_content()
    assert page.xpath("//input[@name='countries']/@value") == ["Norway, IN"]
    assert page.xpath("//input[@type='checkbox' and @checked]/@value") == ["ban", "ops"]
    assert world.book.body_of(SubscriptionId("bans")) is None


async def test_an_id_of_a_file_is_taken(browser: httpx.AsyncClient) -> None:
    answer = await send(browser, id="of-file", channels="ops")

    assert answer.status_code == 422
    assert "config/subscriptions.yml:12: change it there" in answer.text


async def preview(browser: httpx.AsyncClient, **fields: Any) -> Any:
    return read(await send(browser, "/preview", **fields)).get_element_by_id("previewed")


async def test_beside_the_form_stands_what_it_would_have_sent_and_nothing_is_kept(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event())
    world.clock.move(timedelta(minutes=5))

    seen = await preview(browser, companies="tiktok", channels=["ops", "legal"], days="7")
    unseen = await preview(browser, companies="tiktok", types="shutdown", channels="ops")
    held = await preview(
        browser, id="x", channels="legal", quiet_from="10:00", quiet_to="14:00", zone="UTC"
    )

    assert "2 messages with 2 alerts in the last 7 days" in seen.text_content()
    assert seen.xpath(".//ol/li/p[contains(., 'to ops')]")
    [link, _] = seen.xpath(".//ol//a")
    assert link.text_content() == "TikTok banned (confirmed; 1 outlet)"
    assert link.get("href") == f"/events/{an_event().id}"
    assert "No message in the last 30 days" in unseen.text_content()
    assert "held by quiet hours until 5 Jan 2026, 14:00 UTC" in held.text_content()
    assert world.book.now.configuration.subscriptions == (OF_FILE,)


async def test_what_keeps_a_preview_from_being_worked_out_is_named_by_its_field(
    browser: httpx.AsyncClient,
) -> None:
    fields = {"countries": "Norway", "digest_at": "08:00", "channels": ["ops", "legal"]}

    page = read(await send(browser, "/preview", id="of-file", **fields))
    unnamed = await preview(browser, countries="NO")
    taken = await preview(browser, id="of-file", channels="ops")

    said = [one.text_content() for one in page.xpath("//*[@id='previewed']//li")]
    assert said == [
        'Countries: "Norway" is not an ISO 3166-1 country code, nor EU',
        'Time zone: "digest" needs "zone"',
    ]
    assert page.xpath("//*[@id='previewed']//a/@href") == ["#input-countries", "#input-zone"]
    assert all(
        page.get_element_by_id(name) is not None for name in ("input-countries", "input-zone")
    )
    assert page.xpath("//input[@name='countries']/@value") == ["Norway"]
    assert unnamed.xpath(".//li")[0].text_content() == 'Send to: a subscription needs "send"'
    assert "change it there" in taken.text_content()


async def test_what_is_written_as_yaml_is_previewed_too_and_its_mistakes_name_their_keys(
    world: World, browser: httpx.AsyncClient
) -> None:
    await world.tell(an_event())
    world.clock.move(timedelta(minutes=5))
    await world.book.add(
        {"id": "bans", "send": [{"to": "ops", "urgent": {"stages": ["confirmed"]}}]}
    )
    text = "when: {types: [ban]}\nsend: [{to: ops, urgent: {stages: [confirmed]}}]"

    seen = await preview(browser, editing="bans", yaml=text)
    broken = await preview(browser, editing="bans", yaml="send: [")
    wrong = await preview(browser, editing="bans", yaml=text.replace("confirmed", "done"))
    saved = await send(browser, editing="bans", yaml=text.replace("confirmed", "done"))

    assert "1 message with 1 alert" in seen.text_content()
    assert broken.xpath(".//li")[0].text_content().startswith("line 1: ")
    assert wrong.xpath(".//li")[0].text_content().startswith('send[0].urgent.stages[0]: "done" is')
    assert 'send[0].urgent.stages[0]: "done" is' in read(saved).text_content()


async def test_a_preview_that_takes_too_long_says_so(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.preview_error = TimeoutError()
    slow = await preview(browser, channels="ops", days="90")
    world.preview_error = RehearsalFailedError("The preview ended with 1.")
    failed = await preview(browser, channels="ops")

    assert "choose fewer days" in slow.text_content()
    assert "its log says why" in failed.text_content()


async def test_it_is_changed_and_removed(world: World, browser: httpx.AsyncClient) -> None:
    await send(browser, id="bans", channels="ops", outlets="2")

    editor = read(await browser.get("/subscriptions?edit=bans"))
    changed = await send(browser, editing="bans", name="All", channels="legal")
    removed = await send(browser, "/remove", id="bans")

    assert editor.xpath("//input[@name='outlets']/@value") == ["2"]
    assert editor.xpath("//input[@name='editing']/@value") == ["bans"]
    assert changed.headers["location"] == "/subscriptions?saved=bans"
    assert removed.headers["location"] == "/subscriptions?removed=bans"
    assert world.book.now.configuration.subscriptions == (OF_FILE,)


async def test_who_saves_what_somebody_else_changed_meanwhile_is_told_first(
    world: World, browser: httpx.AsyncClient
) -> None:
    await send(browser, id="bans", channels="ops", outlets="2")
    seen = version_of(await browser.get("/subscriptions?edit=bans"))
    await send(browser, editing="bans", version=seen, name="Theirs", channels="legal")

    late = await send(browser, editing="bans", version=seen, name="Mine", channels="ops")
    name_then = made_name(world)
    again = await send(
        browser, editing="bans", version=version_of(late), name="Mine", channels="ops"
    )

    assert late.status_code == 409
    [alert] = read(late).xpath("//*[@role='alert']")
    assert "Somebody else changed bans meanwhile" in alert.text_content()
    assert read(late).xpath("//input[@name='name']/@value") == ["Mine"]
    assert name_then == "Theirs"
    assert (again.status_code, made_name(world)) == (303, "Mine")


async def test_who_saves_what_somebody_else_removed_meanwhile_keeps_what_was_typed(
    world: World, browser: httpx.AsyncClient
) -> None:
    await send(browser, id="bans", channels="ops")
    seen = version_of(await browser.get("/subscriptions?edit=bans"))
    await send(browser, "/remove", id="bans")

    late = await send(browser, editing="bans", version=seen, name="Mine", channels="ops")
    typed = dict(read(late).get_element_by_id("subscription-form").form_values())
    again = await send(browser, **{name: value for name, value in typed.items() if value})

    assert late.status_code == 409
    assert (typed["id"], typed["name"], typed["channels"]) == ("bans", "Mine", "ops")
    assert (again.status_code, made_name(world)) == (303, "Mine")


def version_of(page: httpx.Response) -> str:
    [version] = read(page).xpath("//input[@name='version']/@value")
    return str(version)


def made_name(world: World) -> str:
    body = world.book.body_of(SubscriptionId("bans"))
    assert body is not None
    return str(body["name"])


async def test_what_the_form_would_lose_is_edited_as_yaml(
    world: World, browser: httpx.AsyncClient
) -> None:
    urgent = {"to": "ops", "urgent": {"stages": ["confirmed"]}}
    await world.book.add({"id": "bans", "send": [urgent]})

    page = read(await browser.get("/subscriptions?edit=bans"))
    [area] = page.xpath("//textarea[@name='yaml']")
    refused = await send(browser, editing="bans", yaml=area.text.replace("confirmed", "done"))
    saved = await send(browser, editing="bans", yaml=area.text.replace("confirmed", "rejected"))
    broken = await send(browser, editing="bans", yaml="id: [")

    assert refused.status_code == broken.status_code == 422
    assert '"done" is no value of "stages"' in read(refused).text_content()
    assert saved.status_code == 303
    assert "rejected" in str(world.book.body_of(SubscriptionId("bans")))


@pytest.mark.parametrize("path", ["?edit=nobody", "?edit=of-file"])
async def test_what_was_not_made_here_cannot_be_edited(
    browser: httpx.AsyncClient, path: str
) -> None:
    assert (await browser.get(f"/subscriptions{path}")).status_code == 404


async def test_without_a_channel_the_page_says_what_is_missing(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.configuration = Configuration(watchlist=a_watchlist())

    page = read(await browser.get("/subscriptions"))
    refused = read(await send(browser, id="bans"))

    for shown in (page, refused):
        editor = shown.get_element_by_id("editor").text_content()
        assert "There is no channel yet" in editor
    assert refused.xpath("//*[@id='wrong-channels']")


async def test_a_subscription_may_be_called_as_a_part_of_the_page(
    browser: httpx.AsyncClient,
) -> None:
    for name in ("editor", "listed", "main", "preview", "input-id"):
        await send(browser, id=name, channels="ops")

    page = read(await browser.get("/subscriptions?saved=editor"))

    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    [saved] = page.get_element_by_id("editor").xpath(".//*[@role='status']//a/@href")
    assert "made here" in page.get_element_by_id(saved.removeprefix("#")).text_content()


async def test_removing_what_is_not_here_changes_nothing(browser: httpx.AsyncClient) -> None:
    assert (await send(browser, "/remove", id="of-file")).status_code == 409
    assert (await send(browser, "/remove", id="nobody")).status_code == 404
    assert (await send(browser, editing="nobody", channels="ops")).status_code == 409


async def test_another_site_cannot_send_the_form(browser: httpx.AsyncClient) -> None:
    headers = {**FORM, "origin": "https://evil.example"}

    answer = await browser.post("/subscriptions", content="id=x&channels=ops", headers=headers)

    assert answer.status_code == 403


async def test_hostile_text_is_shown_as_text(browser: httpx.AsyncClient) -> None:
    hostile = "\"><script>alert(1)</script>{{ 7*7 }}' onfocus=alert(1) autofocus '"

    refused = read(await send(browser, id=hostile, name=hostile, countries=hostile))
    made = read(
        await browser.get(
            (await send(browser, id="x", name=hostile, channels="ops")).headers["location"]
        )
    )

    for page in (refused, made):
        assert not page.xpath("//script[not(@src)] | //@onfocus | //input/@autofocus")
        assert hostile in page.text_content() or hostile in page.xpath("//input/@value")


async def test_the_script_that_saves_without_reloading_is_loaded_here_alone(
    browser: httpx.AsyncClient,
) -> None:
    def scripts(page: Any) -> list[str]:
        return [source.partition("?")[0] for source in page.xpath("//script/@src")]

    assert scripts(read(await browser.get("/"))) == ["/static/kabar.js"]
    here = read(await browser.get("/subscriptions"))
    assert scripts(here) == ["/static/kabar.js", "/static/htmx.min.js"]
    assert (await browser.get("/static/htmx.min.js")).status_code == 200


WORDS = st.lists(st.sampled_from(["tiktok", "tag:social", "字节跳动"]), max_size=3, unique=True)


@settings(max_examples=60, deadline=None)
@given(
    companies=WORDS,
    types=st.lists(st.sampled_from(["ban", "shutdown"]), unique=True),
    channels=st.lists(st.sampled_from(["ops", "legal"]), min_size=1, unique=True),
    digest_at=st.sampled_from(["", "08:00"]),
    quiet=st.sampled_from([("", ""), ("22:00", "07:00")]),
)
def test_a_form_shows_what_it_made(
    companies: list[str],
    types: list[str],
    channels: list[str],
    digest_at: str,
    quiet: tuple[str, str],
) -> None:
    form = SubscriptionForm(
        id="x",
        companies=", ".join(companies),
        types=tuple(types),
        channels=tuple(channels),
        digest_at=digest_at,
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        zone="Europe/Oslo" if digest_at or quiet[0] else "",
    )

    assert SubscriptionForm.of_body(form.body()) == form


async def test_of_ten_thousand_the_page_shows_some_and_finds_the_others_and_what_was_just_made(
    world: World, browser: httpx.AsyncClient
) -> None:
    many = tuple(replace(OF_FILE, id=SubscriptionId(f"team-{n}")) for n in range(10_000))
    world.configuration = replace(world.configuration, subscriptions=many)

    whole = read(await browser.get("/subscriptions"))
    found = read(await browser.get("/subscriptions?q=team-9999"))
    saved = read(await browser.get("/subscriptions?saved=team-9999"))

    assert len(whole.find_class("tile")) == 120
    assert "120 of 10000: search to see others." in whole.text_content()
    assert [tile.get("id") for tile in found.find_class("tile")] == ["subscription_team-9999"]
    assert saved.find_class("tile")[0].get("id") == "subscription_team-9999"


async def test_a_digest_and_quiet_hours_say_on_which_days(
    world: World, browser: httpx.AsyncClient
) -> None:
    digest = {"at": "08:00", "days": "mon-fri", "zone": "UTC"}
    quiet = {"from": "22:00", "to": "07:00", "days": ["mon", "sun"], "zone": "UTC"}
    daily = {"at": "09:00", "zone": "UTC"}
    await world.book.add(
        {
            "id": "mine",
            "send": [
                {"to": "ops", "digest": digest, "quiet": quiet},
                {"to": "legal", "digest": daily},
            ],
        }
    )

    page = read(await browser.get("/subscriptions")).text_content()

    assert "ops; digest mon-fri at 08:00 UTC; quiet mon, sun 22:00 to 07:00 UTC" in page
    assert "legal; digest at 09:00 UTC" in page
