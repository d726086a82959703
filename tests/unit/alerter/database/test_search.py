from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.database.queries import events_page
from services.alerter.database.retention import HISTORY_KEPT, expire, limits_of
from services.alerter.database.search import index_missing, words_sought
from services.common.contracts.event import ChangeKind, Event
from services.common.contracts.reading import OtherParty, Role
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist
from tests.support.builders import NOON, a_company
from tests.support.events import an_event, an_event_story
from tests.support.web import World, a_world

WATCHLIST = Watchlist.of(
    [
        a_company("bytedance", "字节跳动", "Байтдэнс", name="ByteDance"),
        a_company("tiktok", "টিকটক", "تيك توك", name="TikTok", owner=CompanyId("bytedance")),
        a_company("figma", name="Figma"),
    ]
)
HEADLINES = {
    "en": "India bans TikTok over security",
    "de": "Indien verbietet die Übernahme",
    "ru": "Индия запретила приложение",
    "uk": "Індія заборонила застосунок",
    "ar": "الهند تحظر التطبيق",
    "fa": "هند برنامه را ممنوع می‌کند",
    "hi": "भारत ने ऐप पर प्रतिबंध लगाया",
    "bn": "ভারতে অ্যাপ নিষিদ্ধ",
    "ta": "இந்தியாவில் செயலிக்கு தடை",
    "zh": "印度禁止该应用程序",
    "ja": "インドがアプリを禁止",
    "ko": "인도가 앱을 금지했다",
    "th": "อินเดียแบนแอปพลิเคชัน",
    "tr": "Hindistan uygulamayı yasakladı",
}


async def found(world: World, question: str, watchlist: Watchlist = WATCHLIST) -> list[str]:
    page = await world.database.read(
        lambda c: events_page(c, sought=words_sought(question, watchlist))
    )
    return [event.id for event in page.events]


def told_in(language: str, key: str, **changes: object) -> Event:
    story = an_event_story(
        f"st_{key}", title=HEADLINES[language], lang=language, quote="", quote_start=0
    )
    return an_event(key, target="figma", stories=(story,), **changes)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "security bans"),
        ("de", "ubernahme"),
        ("ru", "запретил приложен"),
        ("uk", "заборон"),
        ("ar", "التطبيق"),
        ("fa", "میکند"),
        ("hi", "प्रतिबंध"),
        ("bn", "নিষিদ্ধ"),
        ("ta", "செயலி"),
        ("zh", "禁止 应用"),
        ("ja", "アプリ 禁止"),
        ("ko", "금지"),
        ("th", "แบนแอป"),
        ("tr", "yasakladi"),
    ],
)
async def test_an_event_is_found_by_words_of_its_headline(
    tmp_path: Path, language: str, question: str
) -> None:
    async with a_world(tmp_path) as world:
        for each in HEADLINES:
            await world.tell(told_in(each, each))

        assert told_in(language, language).id in await found(world, question)
        assert told_in("en", "en").id not in await found(world, question) or language == "en"


async def test_words_may_stand_in_different_stories_and_facts(tmp_path: Path) -> None:
    event = an_event(
        "one",
        target="figma",
        stories=(an_event_story("st_a", title="印度禁止"), an_event_story("st_b", outlet="Dawn")),
        countries=("IN",),
        authority="Ministry of Electronics",
        others=(OtherParty(name="Zoho", role=Role.PARTY),),
    )
    async with a_world(tmp_path) as world:
        await world.tell(event)

        for question in ("禁止 dawn", "electron india zoho", "ban in"):
            assert await found(world, question) == [event.id], question
        assert await found(world, "禁止 dusk") == []


async def test_a_company_is_found_by_every_name_of_it_and_of_its_owner(tmp_path: Path) -> None:
    event = an_event("one", target="tiktok", stories=(an_event_story(title="It is banned"),))
    async with a_world(tmp_path) as world:
        await world.tell(event)
        await world.tell(
            an_event("two", target="figma", stories=(an_event_story("st_x", title="x"),))
        )

        for question in ("টিকটক", "تيك توك", "字节跳动", "байтд", "bytedance banned"):
            assert await found(world, question) == [event.id], question
        assert await found(world, "字节跳动", Watchlist.of(())) == []


async def test_a_later_story_makes_the_event_found_by_its_words(tmp_path: Path) -> None:
    first = an_event_story("st_a", title="Rumour")
    async with a_world(tmp_path) as world:
        await world.tell(an_event("one", stories=(first,)))
        assert await found(world, "запрет") == []

        later = (first, an_event_story("st_b", title="Запрет"))
        await world.tell(an_event("one", stories=later), kind=ChangeKind.COVERAGE)
        revised = (an_event_story("st_a", title="Corrected headline"),)
        await world.tell(an_event("one", stories=revised), kind=ChangeKind.COVERAGE)

        assert await found(world, "запрет corrected") == [an_event("one").id]


async def test_what_was_merged_is_found_as_what_it_is_now(tmp_path: Path) -> None:
    lost = an_event_story("st_two", title="Überraschung")
    one, two = an_event("one"), an_event("two", stories=(lost,))
    async with a_world(tmp_path) as world:
        await world.tell(one)
        await world.tell(two)
        await world.tell(an_event("two", stories=(), merged_into=one.id), kind=ChangeKind.MERGED)
        both = (*one.stories, lost)
        await world.tell(
            an_event("one", stories=both, absorbed=(two.id,)), kind=ChangeKind.COVERAGE
        )

        assert await found(world, "uberraschung") == [one.id]


@pytest.mark.parametrize("question", ["", "!?", "% _ * ' \" --", "\x00", "\ud800"])
async def test_a_question_without_a_letter_finds_nothing(tmp_path: Path, question: str) -> None:
    async with a_world(tmp_path) as world:
        await world.tell(an_event())

        assert await found(world, question) == []


async def test_events_of_an_older_database_become_searchable(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        for number in range(60):
            await world.tell(an_event(str(number)))
        await world.database.write(lambda c: c.execute("DELETE FROM event_terms").rowcount)

        counts = [await world.database.write(index_missing) for _ in range(3)]

        assert counts == [50, 10, 0]
        assert len(await found(world, "bans tiktok")) == 50


async def test_what_expires_leaves_no_term(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.tell(an_event())
        later = NOON + HISTORY_KEPT + timedelta(days=1)
        limits = await world.database.read(limits_of, now=later)

        while await world.database.write(expire, limits):
            pass

        counts = await world.database.read(
            lambda c: c.execute(
                "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM event_terms)"
            ).fetchone()
        )
        assert counts == (0, 0)
