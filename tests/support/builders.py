"""Contracts that are valid as they stand, with a keyword for each field that a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.common.contracts.company import Alias, Company
from services.common.contracts.feed import Feed
from services.common.contracts.reading import (
    Focus,
    Involvement,
    Reading,
    Report,
    Role,
    Stage,
    StoryHead,
)
from services.common.contracts.story import Story
from services.common.ids import CompanyId, FeedId, StoryId, feed_id, report_id, story_id
from services.common.sketch import sketch_of
from services.common.text import text_hash, words_of
from services.common.watchlist import Watchlist

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def a_feed(url: str = "https://example.org/rss.xml", **changes: Any) -> Feed:
    """Return a feed that is polled every ten minutes."""
    fields: dict[str, Any] = {
        "id": feed_id(url.partition("://")[2]),
        "url": url,
        "outlet": "Example Wire",
        "every": timedelta(minutes=10),
    }
    return Feed(**{**fields, **changes})


def a_story(
    title: str = "India bans TikTok", text: str = "", *, key: str | None = None, **changes: Any
) -> Story:
    """Return a story seen at noon; `key` is the entry's, the title unless told."""
    feed = changes.pop("feed_id", FeedId("fd_wire"))
    fields: dict[str, Any] = {
        "story_id": story_id(feed, key or title),
        "feed_id": feed,
        "outlet": "Example Wire",
        "title": title,
        "text": text,
        "url": f"https://example.org/{story_id(feed, key or title)}",
        "seen_at": NOON,
        "revised_at": NOON,
        "published": NOON,
    }
    return Story(**{**fields, **changes})


def a_company(company: str, *aliases: str, name: str | None = None, **changes: Any) -> Company:
    """Return a company with the id `company`, named like it unless told."""
    shown = name or company.title()
    names = (Alias(text=shown), *(Alias(text=alias) for alias in aliases))
    return Company(id=CompanyId(company), name=shown, names=names, **changes)


def a_watchlist(*companies: Company) -> Watchlist:
    """Return a watchlist of `companies`; of TikTok, owned by ByteDance, without any."""
    usual = (
        a_company("bytedance", name="ByteDance"),
        a_company("tiktok", name="TikTok", owner=CompanyId("bytedance")),
    )
    return Watchlist.of(companies or usual)


def a_family_watchlist(
    companies: Mapping[str, Sequence[str]], owners: Mapping[str, str]
) -> Watchlist:
    """Return a watchlist of ids with their names, the first of each its own, and of who owns whom."""
    return a_watchlist(
        *(
            a_company(
                key, *names, name=names[0], owner=CompanyId(owners[key]) if key in owners else None
            )
            for key, names in companies.items()
        )
    )


def a_report(
    story: StoryId,
    *,
    type: str = "ban",  # noqa: A002  the contract's own word
    stage: Stage = Stage.CONFIRMED,
    target: str = "tiktok",
    ordinal: int = 0,
    **changes: Any,
) -> Report:
    """Return a main report of `story` about one target."""
    fields: dict[str, Any] = {
        "report_id": report_id(story, type, target, ordinal),
        "type": type,
        "stage": stage,
        "focus": Focus.MAIN,
        "companies": (Involvement(id=CompanyId(target), role=Role.TARGET),),
        "confidence": 0.9,
    }
    return Report(**{**fields, **changes})


def a_reading(story: Story | None = None, *reports: Report, **changes: Any) -> Reading:
    """Return a reading of `story` with `reports`; with the usual one without any."""
    of = story or a_story()
    fields: dict[str, Any] = {
        "story": StoryHead.of(of, language="en"),
        "text_hash": text_hash(of.title + "\n" + of.text),
        "text_sketch": sketch_of(words_of(of.title + "\n" + of.text)),
        "reports": reports or (a_report(of.story_id),),
        "rules_hash": "rules",
        "watchlist_hash": "watchlist",
    }
    return Reading(**{**fields, **changes})
