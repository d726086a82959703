"""Happenings as many outlets tell them, read as well as the classifier reads: badly now and then.

A generator of what tracking has to put together again: events with their truth, the reports of their
stories in three languages, and what the classifier makes of those.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

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
from services.common.ids import CompanyId, ReportId, StoryId, report_id
from services.common.watchlist import Watchlist
from tests.support.builders import NOON, a_company, a_reading, a_story, a_watchlist

LANGUAGES = ("en", "id", "de")
OUTLETS = 10
_ARRIVES_WITHIN = timedelta(minutes=50)
"""How late the bus may bring a story: order is shuffled within the hour in which stages still vote."""
CONFUSION: Mapping[Stage, Mapping[Stage, float]] = {
    # Shares in which the classifier reads a labelled stage as each, as `kabar evaluate --part scored --json`
    # has them in `stages read` (2026-11-26, tests/quality/stories and unseen). Measure again after a change to
    # the lexicons' stages, and put the rows here.
    Stage.RUMOURED: {Stage.RUMOURED: 0.676, Stage.CONFIRMED: 0.189, Stage.PROPOSED: 0.135},
    Stage.PROPOSED: {Stage.PROPOSED: 0.812, Stage.RUMOURED: 0.104, Stage.CONFIRMED: 0.062, Stage.REJECTED: 0.021},
    Stage.CONFIRMED: {Stage.CONFIRMED: 0.916, Stage.PROPOSED: 0.039, Stage.REJECTED: 0.034, Stage.REVERSED: 0.011},
    Stage.REJECTED: {Stage.REJECTED: 0.841, Stage.CONFIRMED: 0.068, Stage.PROPOSED: 0.045, Stage.RUMOURED: 0.045},
    Stage.REVERSED: {Stage.REVERSED: 0.783, Stage.REJECTED: 0.13, Stage.CONFIRMED: 0.087},
}  # fmt: skip

Type = Literal["ban", "acquisition", "shutdown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What really happened: one event, its companies, and the stages that it went through."""

    number: int
    type: Type
    target: CompanyId
    at: datetime
    stages: tuple[tuple[timedelta, Stage], ...]
    actor: CompanyId | None = None
    stranger: str | None = None
    owner: CompanyId | None = None
    country: str | None = None
    amount: Amount | None = None
    scope: str | None = None

    def stage_at(self, at: datetime) -> Stage:
        """Return the newest stage that is known at a time."""
        return [stage for after, stage in self.stages if self.at + after <= at][-1]


@dataclass(frozen=True, slots=True)
class Told:
    """A reading, and which happening its story tells."""

    reading: Reading
    happening: int
    is_corrupted: bool


@dataclass(slots=True)
class World:
    """Companies, happenings, and their stories in the order in which the bus brings them."""

    watchlist: Watchlist
    happenings: list[Happening]
    told: list[Told] = field(default_factory=list)


def a_world(seed: int, *, singles: int = 50, pairs: int = 50, is_read_well: bool = False) -> World:
    """Return `singles` happenings of a company each, and `pairs` of different ones of one company."""
    draw = random.Random(seed)
    companies = [f"firm{number}" for number in range(singles + pairs)]
    watchlist = a_watchlist(
        *(a_company(name) for name in companies),
        *(a_company(f"{name}-app", owner=CompanyId(name)) for name in companies),
        *(a_company(f"buyer{number}") for number in range(40)),
    )
    happenings = [_happening(draw, number, name) for number, name in enumerate(companies[:singles])]
    for place, name in enumerate(companies[singles:]):
        happenings.extend(_pair(draw, singles + 2 * place, name))
    world = World(watchlist, happenings)
    for happening in happenings:
        world.told.extend(_told(draw, happening, is_read_well=is_read_well))
    world.told.sort(key=lambda told: told.reading.story.told_at + draw.random() * _ARRIVES_WITHIN)
    return world


def _happening(draw: random.Random, number: int, company: str) -> Happening:
    kind: Type = draw.choice(("ban", "ban", "acquisition", "acquisition", "shutdown"))
    ends = draw.choice((None, None, None, Stage.REVERSED, Stage.REJECTED))
    stages = [(timedelta(0), draw.choice((Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)))]
    if stages[0][1] is not Stage.CONFIRMED and ends is not Stage.REJECTED:
        stages.append((timedelta(hours=20), Stage.CONFIRMED))
    if ends is Stage.REJECTED and stages[0][1] is not Stage.CONFIRMED:
        stages.append((timedelta(hours=20), Stage.REJECTED))
    if ends is Stage.REVERSED and stages[-1][1] is Stage.CONFIRMED:
        stages.append((timedelta(hours=40), Stage.REVERSED))
    is_deal = kind == "acquisition"
    tracked_buyer = CompanyId(f"buyer{draw.randrange(40)}") if draw.random() < 0.6 else None
    return Happening(
        number=number,
        type=kind,
        target=CompanyId(f"{company}-app"),
        owner=CompanyId(company),
        at=NOON + timedelta(days=draw.randrange(20)),
        stages=tuple(stages),
        actor=tracked_buyer if is_deal else None,
        stranger=f"Fund {number} Capital" if is_deal and tracked_buyer is None else None,
        country=None if is_deal else draw.choice(("IN", "ID", "US", "DE", "BR")),
        amount=Amount(currency="USD", value=draw.randrange(10, 900) * 10_000_000) if is_deal else None,
    )  # fmt: skip


def _pair(draw: random.Random, number: int, company: str) -> Iterator[Happening]:
    """Yield two happenings of one company within the window: rival bids, or two plants."""
    first = Happening(
        number=number,
        type="acquisition",
        target=CompanyId(company),
        at=NOON + timedelta(days=draw.randrange(10)),
        stages=((timedelta(0), Stage.PROPOSED),),
    )
    if draw.random() < 0.5:
        for place, buyer in enumerate(draw.sample(range(40), 2)):
            yield replace(
                first,
                number=number + place,
                actor=CompanyId(f"buyer{buyer}"),
                at=first.at + timedelta(days=3 * place),
                amount=Amount(currency="USD", value=(place + 1) * 1_000_000_000),
            )
        return
    for place, (scope, country) in enumerate((("Pune plant", "IN"), ("Leipzig plant", "DE"))):
        yield replace(
            first,
            number=number + place,
            type="shutdown",
            stages=((timedelta(0), Stage.CONFIRMED),),
            at=first.at + timedelta(days=4 * place),
            scope=scope,
            country=country,
        )


def _told(draw: random.Random, happening: Happening, *, is_read_well: bool) -> Iterator[Told]:
    last = happening.stages[-1][0]
    for language in LANGUAGES:
        for outlet in range(OUTLETS):
            name = f"{language} outlet {outlet}"
            after = (
                draw.random() * (last + timedelta(hours=20))
                if last
                else draw.random() * timedelta(hours=30)
            )
            at = happening.at + after
            copied = draw.random() < 0.2
            words = (
                f"agency {happening.number} {language}" if copied else f"{name} {happening.number}"
            )
            text = _decorated(draw, _words(words)) if copied else _words(words)
            story = a_story(
                f"{language} {happening.number}",
                text,
                key=f"{happening.number}-{language}-{outlet}",
                outlet=name,
                language=language,
                published=at,
                seen_at=at,
                revised_at=at,
            )  # fmt: skip
            corrupted = not is_read_well and draw.random() < 0.5
            report = _report(draw, story.story_id, happening, at, corrupted=corrupted)
            yield Told(a_reading(story, report), happening.number, corrupted)


def _report(
    draw: random.Random, story: StoryId, happening: Happening, at: datetime, *, corrupted: bool
) -> Report:
    stage = happening.stage_at(at)
    target, actor, country, amount = (
        happening.target, happening.actor, happening.country, happening.amount,
    )  # fmt: skip
    if corrupted:
        row = CONFUSION[stage]
        stage = draw.choices(list(row), weights=list(row.values()))[0]
        if happening.owner is not None and draw.random() < 0.25:
            target = happening.owner
        if actor is not None and draw.random() < 0.10:
            target, actor = actor, target
        if draw.random() < 0.30:
            country = None
        if amount is not None and draw.random() < 0.40:
            amount = draw.choice((None, Amount(currency="EUR", value=amount.value * 0.9)))
    companies = [Involvement(id=target, role=Role.TARGET)]
    if actor is not None:
        companies.append(Involvement(id=actor, role=Role.ACTOR))
    others: tuple[OtherParty, ...] = ()
    if happening.stranger is not None:
        others = (OtherParty(name=happening.stranger, role=Role.ACTOR),)
    return Report(
        report_id=ReportId(report_id(story, happening.type, target, 0)),
        type=happening.type,
        stage=stage,
        focus=Focus.MAIN,
        companies=tuple(companies),
        others=others,
        countries=(country,) if country else (),
        scope=happening.scope,
        amount=amount,
        confidence=0.9 if not corrupted else draw.choice((0.6, 0.8, 0.9)),
    )


def _words(seed: str) -> str:
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(4000)}" for _ in range(160))


def _decorated(draw: random.Random, text: str) -> str:
    """Return a copy as feeds carry it: cut, with lines of their own around it."""
    words = text.split()
    cut = words[: draw.choice((160, 120, 80))]
    return f"Read also x{draw.randrange(999)} {' '.join(cut)} follow us y{draw.randrange(999)}"


def b_cubed(homes: Mapping[str, str], truth: Mapping[str, int]) -> tuple[float, float]:
    """Return B³ precision and recall of putting the keys of `truth` together as `homes` has them.

    Source: Bagga and Baldwin 1998; the mean over stories of how pure, and how complete, its event is.
    """
    events: dict[str, list[str]] = {}
    happenings: dict[int, list[str]] = {}
    for key, happening in truth.items():
        events.setdefault(homes[key], []).append(key)
        happenings.setdefault(happening, []).append(key)
    precision = recall = 0.0
    for key, happening in truth.items():
        same = sum(truth[other] == happening for other in events[homes[key]])
        precision += same / len(events[homes[key]])
        recall += same / len(happenings[happening])
    return precision / len(truth), recall / len(truth)
