"""Many slightly different reports about one company within a week, as news that everybody tells brings them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from services.common.contracts.reading import (
    Amount,
    Focus,
    Involvement,
    OtherParty,
    Reading,
    Report,
    Role,
    Stage,
)
from services.common.ids import CompanyId, FeedId, StoryId, story_id
from tests.support.alerting import told_by
from tests.support.builders import NOON, a_report

SAME, SEPARATE, MIXED = KINDS = ("same", "separate", "mixed")

_WEEK = timedelta(days=7)
_MISREAD = (Stage.PROPOSED, Stage.RUMOURED, Stage.REJECTED, Stage.REVERSED)
_COUNTRIES = ("IN", "ID", "US", "BR", "DE", "PK", "BD", "VN")
_CURRENCIES = ("USD", "EUR", "INR")
_STRANGERS = ("Oracle", "Walmart", "Project Liberty", "Blackstone", "Meituan", "Lotus Capital")
_WORDS = (
    "the",
    "a",
    "court",
    "minister",
    "said",
    "on",
    "app",
    "users",
    "company",
    "law",
    "data",
    "was",
    "over",
    "as",
    "in",
)


def reports_about_one(
    count: int, kind: str, *, seed: int = 1, since: datetime = NOON
) -> Iterator[Reading]:
    """Yield `count` readings of stories about one company, in the order in which the bus brings them.

    `SAME` tells one event, `SEPARATE` as many as there are stories, `MIXED` a few of several types, by
    copies, revisions and late stories too.
    """
    chance = random.Random(seed)
    told: list[tuple[str, str]] = []
    for number in range(count):
        at = since + _WEEK * (number / count)
        outlet, title = f"outlet {chance.randrange(count)}", _title(chance, number)
        if kind == MIXED:
            at -= timedelta(minutes=chance.choice((0, 0, 0, 5, 50, 600)))
            if told and chance.random() < 0.1:
                again = chance.choice(told[-200:])
                outlet, title = again if chance.random() < 0.5 else (outlet, again[1])
        told.append((outlet, title))
        story = story_id(FeedId(f"fd_{outlet}"), f"{title} - {outlet}")
        yield told_by(outlet, title, *_reports(story, kind, number, chance), since=at, text=f"{at}")


def _title(chance: random.Random, number: int) -> str:
    return " ".join((*(chance.choice(_WORDS) for _ in range(14)), str(number)))


def _reports(story: StoryId, kind: str, number: int, chance: random.Random) -> list[Report]:
    if kind == SAME:
        return [a_report(story, stage=_stage(chance), countries=("IN",), confidence=_sure(chance))]
    if kind == SEPARATE:
        scope = f"plant {number:05}"
        return [a_report(story, type="shutdown", scope=scope, confidence=_sure(chance))]
    return [_mixed(story, ordinal, chance) for ordinal in range(chance.choice((1, 1, 1, 1, 2)))]


def _mixed(story: StoryId, ordinal: int, chance: random.Random) -> Report:
    def sometimes(share: float, value: object) -> Any:
        return value if chance.random() < share else None

    kind = chance.choice(("ban", "ban", "acquisition", "shutdown"))
    target, owner = CompanyId("tiktok"), CompanyId("bytedance")
    companies = [Involvement(id=target, role=Role.TARGET)]
    if chance.random() < 0.2:
        role = Role.SELLER if kind == "acquisition" else Role.ACTOR
        companies.append(Involvement(id=owner, role=role))
    buyer = OtherParty(name=chance.choice(_STRANGERS), role=Role.ACTOR)
    amount = Amount(currency=chance.choice(_CURRENCIES), value=round(10 ** chance.uniform(8, 11)))
    return a_report(
        story,
        type=kind,
        ordinal=ordinal,
        stage=_stage(chance),
        focus=Focus.BACKGROUND if chance.random() < 0.1 else Focus.MAIN,
        companies=tuple(companies),
        others=(buyer,) if kind == "acquisition" and chance.random() < 0.7 else (),
        countries=tuple(sorted(chance.sample(_COUNTRIES, chance.choice((0, 0, 1, 1, 1, 2))))),
        scope=sometimes(0.05, f"Plant {chance.randrange(20)}"),
        date=sometimes(0.3, f"2026-{chance.randrange(1, 13):02}"),
        amount=sometimes(0.5, amount) if kind == "acquisition" else None,
        authority=sometimes(0.1, chance.choice(("court", "ministry"))),
        confidence=_sure(chance),
    )


def _stage(chance: random.Random) -> Stage:
    return Stage.CONFIRMED if chance.random() < 0.85 else chance.choice(_MISREAD)


def _sure(chance: random.Random) -> float:
    return round(chance.uniform(0.4, 1), 3)
