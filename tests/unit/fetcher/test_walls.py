"""A page that a site puts before its articles (consent, login, captcha) is none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.fetcher.articles import WallError, article_in
from services.fetcher.walls import Walls
from tests.support.feed_documents import an_rss
from tests.support.feed_server import Reply
from tests.support.fetching import Ground

HEADLINE = "Ministry bans Norvik for good"
ARTICLE = "The ministry said on Monday that Norvik may sell nothing more in the country. " * 8
CONSENT = "We and our 842 partners store and use cookies on your device. Accept all to go on. " * 4
SCRIPTS = "<p>Enable JavaScript and cookies to continue</p>"


def a_page(text: str, *, title: str = HEADLINE) -> Reply:
    body = f"<html><head><title>{title}</title></head><body><article>{text}</article></body></html>"
    return Reply(body=body.encode(), headers={"Content-Type": "text/html"})


def an_item(link: str, *, title: str = HEADLINE, text: str = "A ban.", guid: str = "1") -> str:
    return (
        f"<guid>{guid}</guid><title>{title}</title><link>{link}</link>"
        f"<description>{text}</description>"
    )


PAGE = a_page(f"<p>{ARTICLE}</p>")
WALLS = {
    "consent": a_page(f"<p>{CONSENT}</p>", title="Before you continue"),
    "scripts": a_page(SCRIPTS, title="Just a moment..."),
    "login": a_page("<form><p>Password</p></form>", title="Sign in"),
    "refusal": Reply(status=403, body=b"<h1>Ministry bans Norvik for good</h1>"),
    "meter": a_page(f"<p>{ARTICLE[:250]}</p>"),
}


@pytest.mark.parametrize("wall", WALLS)
async def test_a_revision_loses_no_text_to_a_wall(ground: Ground, wall: str) -> None:
    link = ground.server.script("/page", PAGE, WALLS[wall], WALLS[wall], PAGE)
    items = [an_item(link), an_item(link, title=f"{HEADLINE}, edited")]
    feed = ground.feed("/f", *(Reply(body=an_rss(item)) for item in items), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.text for story in stories] == [ARTICLE.strip()] * 2
    assert len(ground.server.asked("/page")) == 4


async def test_what_is_shorter_but_no_teaser_is_told(ground: Ground) -> None:
    shorter = ARTICLE[:400].strip()
    link = ground.server.script("/page", PAGE, a_page(f"<p>{shorter}</p>"))
    items = [an_item(link), an_item(link, text="A ban, corrected.")]
    feed = ground.feed("/f", *(Reply(body=an_rss(item)) for item in items), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.text for story in stories] == [ARTICLE.strip(), shorter]


async def test_a_wall_is_no_story_and_nobody_waits_for_it_to_go(ground: Ground) -> None:
    link = ground.server.script("/page", WALLS["consent"])
    etag = {"ETag": '"1"'}
    feed = ground.feed("/f", Reply(body=an_rss(an_item(link)), headers=etag), full_text=True)

    async with ground.running(feed):
        await ground.polled("/f", 4)

    assert [story.text for story in await ground.stories(1)] == ["A ban."]
    assert len(ground.server.asked("/page")) == 1
    assert ground.server.asked("/f")[1].headers["if-none-match"] == '"1"'


async def test_what_never_had_a_page_is_corrected_at_once_though_a_wall_stands_there(
    ground: Ground,
) -> None:
    link = ground.server.script("/page", WALLS["consent"])
    items = [an_item(link), an_item(link, text="No ban at all.")]
    feed = ground.feed("/f", *(Reply(body=an_rss(item)) for item in items), full_text=True)

    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 8)
        stories = await ground.stories(2)

    assert [story.text for story in stories] == ["A ban.", "No ban at all."]


@pytest.mark.parametrize("wall", ["consent", "meter"])
@pytest.mark.parametrize(
    ("edit", "told"),
    [({"text": "A ban, in other words."}, 1), ({"title": f"{HEADLINE}: untrue"}, 2)],
)
async def test_a_revision_behind_a_wall_for_hours_is_given_up_if_its_headline_stands(
    ground: Ground, wall: str, edit: dict[str, str], told: int
) -> None:
    link = ground.server.script("/page", PAGE, WALLS[wall])
    edited = an_item(link, **edit)
    documents = [Reply(body=an_rss(item)) for item in (an_item(link), edited)]
    feed = ground.feed("/f", *documents, full_text=True)
    async with ground.running(feed):
        await ground.polled("/page", 3)
    [state] = (await ground.store.states()).values()
    for story, since in state.waiting.items():
        state.waiting[story] = since - timedelta(hours=6)

    async with ground.running(feed):
        asked = len(ground.server.asked("/page"))
        await ground.polled("/f", len(ground.server.asked("/f")) + 4)

    assert len(await ground.stories(told)) == told
    assert len(ground.server.asked("/page")) <= asked + 1
    assert (await ground.store.states())[feed.id].waiting == {}


async def test_a_story_whose_page_never_comes_is_told_once(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    link = ground.server.script("/page", Reply(status=500))
    feed = ground.feed("/f", Reply(body=an_rss(an_item(link))), full_text=True)
    async with ground.running(feed):
        await ground.polled("/page", 3)
    [state] = (await ground.store.states()).values()
    for story, since in state.waiting.items():
        state.waiting[story] = since - timedelta(hours=6)

    async with ground.running(feed):
        await ground.polled("/f", len(ground.server.asked("/f")) + 4)

    assert len(await ground.stories(1)) == 1
    assert (await ground.store.states())[feed.id].waiting == {}
    assert "revisions_given_up" not in capsys.readouterr().out


async def test_a_wall_that_bears_each_headline_is_the_text_of_none(ground: Ground) -> None:
    titles = [HEADLINE, "Zelmo buys Balto from its founders"]
    links = [
        ground.server.script(f"/{n}", a_page(f"<p>{CONSENT}</p>", title=title))
        for n, title in enumerate(titles)
    ]
    items = [
        an_item(link, title=title, guid=link) for link, title in zip(links, titles, strict=True)
    ]
    feed = ground.feed("/f", Reply(body=an_rss(*items)), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.text for story in stories] == ["A ban.", "A ban."]


async def test_a_wall_that_bears_each_headline_is_known_after_a_restart(ground: Ground) -> None:
    titles = [HEADLINE, "Zelmo buys Balto from its founders", "Pixeo closes its photo service"]
    items = [
        an_item(
            ground.server.script(f"/{n}", a_page(f"<p>{CONSENT}</p>", title=title)),
            title=title,
            guid=title,
        )
        for n, title in enumerate(titles)
    ]
    feed = ground.feed("/f", Reply(body=an_rss(*items[:2])), full_text=True)
    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 3)
    ground.server.script("/f", Reply(body=an_rss(*items)))

    async with ground.running(feed):
        stories = await ground.stories(3)

    assert [story.text for story in stories] == ["A ban."] * 3


async def test_pages_without_a_text_are_no_wall_to_know_again(ground: Ground) -> None:
    titles = [HEADLINE, "Zelmo buys Balto from its founders"]
    links = [
        ground.server.script(f"/{n}", a_page("<p>Soon.</p>", title=title))
        for n, title in enumerate(titles)
    ]
    items = [
        an_item(link, title=title, guid=link) for link, title in zip(links, titles, strict=True)
    ]
    feed = ground.feed("/f", Reply(body=an_rss(*items)), full_text=True)

    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 3)

    assert [state.wall for state in (await ground.store.states()).values()] == [""]


def test_two_addresses_of_one_article_are_no_wall() -> None:
    walls = Walls()
    links = [f"https://example.org/{place}/1" for place in ("news", "tech", "tech")]

    found = [
        walls.other_behind(ARTICLE, host="example.org", link=link, headline=HEADLINE)
        for link in links
    ]

    assert found == [None, None, None]


def test_a_wall_that_is_known_is_one_however_often_the_page_behind_it_is_asked_for() -> None:
    walls = Walls()
    one, other = (f"https://example.org/{n}" for n in (1, 2))

    found = [
        walls.other_behind(CONSENT, host="example.org", link=link, headline=HEADLINE)
        for link in (other, one, one, one)
    ]

    assert found == [None, other, other, other]


@pytest.mark.parametrize(
    "headline",
    ["Ministry bans Norvik for good", "Ministry to ban Norvik", "北京禁止诺维克", "", "A B"],
)
def test_a_page_that_has_some_of_the_headline_anywhere_is_the_articles(headline: str) -> None:
    page = (
        f"<html><head><meta property='og:title' content='{HEADLINE}'></head>"
        f"<body><p>{ARTICLE}</p><aside>北京禁止诺维克</aside></body></html>"
    )

    text = article_in(page.encode(), content_type="text/html; charset=utf-8", headline=headline)

    assert text == ARTICLE.strip()


@pytest.mark.parametrize(
    ("headline", "title"),
    [("印度 禁止 TikTok", "印度禁止TikTok"), ("¿Prohíben Norvik?", "Prohíben: Norvik")],
)
def test_a_page_that_sets_signs_and_spaces_otherwise_is_the_articles(
    headline: str, title: str
) -> None:
    page = f"<html><head><title>{title}</title></head><body><p>{CONSENT}</p></body></html>"

    assert article_in(page.encode(), content_type="text/html; charset=utf-8", headline=headline)


def test_a_page_that_has_a_short_headline_word_for_word_is_the_articles() -> None:
    page = f"<html><head><title>EU &amp; US \n ban AI | Wire</title></head><body><p>{CONSENT}</p></body></html>"
    headline = "EU & US ban AI\nWhat the editors made of it, in words that stand on no page at all."

    assert article_in(page.encode(), content_type="text/html", headline=headline)


@pytest.mark.parametrize(
    "headline",
    [HEADLINE, "北京禁止诺维克", "Суд заблокировал «Норвик»", "정부가 노르빅을 금지했다"],
)
def test_a_page_that_has_nothing_of_the_headline_is_a_wall(headline: str) -> None:
    script = f"<script>location = '/?next={HEADLINE}'</script>"

    with pytest.raises(WallError):
        article_in(
            f"<html><body>{script}<p>{CONSENT}</p></body></html>".encode(),
            content_type="text/html",
            headline=headline,
        )


async def test_a_page_that_names_its_article_and_has_no_text_any_more_is_waited_for_and_then_believed(
    ground: Ground,
) -> None:
    withdrawn = a_page("<p>This article was withdrawn.</p>")
    link = ground.server.script("/page", PAGE, withdrawn)
    items = [an_item(link), an_item(link, title=f"Withdrawn: {HEADLINE}")]
    feed = ground.feed("/f", *(Reply(body=an_rss(item)) for item in items), full_text=True)
    async with ground.running(feed):
        await ground.polled("/page", 4)
    told = len(await ground.stories(1))
    [state] = (await ground.store.states()).values()
    for story, since in state.waiting.items():
        state.waiting[story] = since - timedelta(hours=6)

    async with ground.running(feed):
        _, last = await ground.stories(2)

    assert told == 1
    assert (last.title, last.text) == (f"Withdrawn: {HEADLINE}", "A ban.")


def test_a_page_without_end_is_looked_through_at_the_pace_of_any_other() -> None:
    page = f"<html><body>{'<h1>x<i>y</i>' * 200_000}<p>{CONSENT}</p></body></html>"

    with pytest.raises(WallError):
        article_in(page.encode(), content_type="text/html", headline=HEADLINE)
