"""Explain agrees with what was sent, for two hundred pairs of an event and a subscription."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from services.alerter.explain import account_of
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Focus, Involvement, Reading, Role, Stage
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import CompanyId
from tests.support.alerting import a_subscription, an_alerter, told_by
from tests.support.builders import a_company, a_report, a_watchlist

T = TypeVar("T")

COMPANIES = [f"company-{number}" for number in range(12)]
WATCHLIST = a_watchlist(
    a_company("owner", tags=("group",)),
    *(
        a_company(
            name,
            owner=CompanyId("owner") if number % 4 == 0 else None,
            tags=("social",) if number % 3 == 0 else (),
        )
        for number, name in enumerate(COMPANIES)
    ),
)
OUTLETS = ["One", "Two", "Three", "Four"]
LANGUAGES = ["en", "de", "id", "zh"]
COUNTRIES = ["IN", "DE", "US", "NO"]
TYPES = ["ban", "shutdown", "acquisition"]
WORDS = ["security", "court", "禁止", "privacy"]
PAIRS = 200


def some(draw: random.Random, values: Sequence[T]) -> tuple[T, ...] | None:
    """Return some of `values`, or no condition at all, which is as likely."""
    if draw.random() < 0.6:
        return None
    return tuple(draw.sample(values, draw.randint(1, max(1, len(values) - 1))))


def conditions(draw: random.Random) -> Conditions:
    followed = [*COMPANIES, "owner", "tag:social", "tag:group"]
    return Conditions(
        companies=some(draw, followed),
        types=some(draw, TYPES),
        stages=some(draw, list(Stage)),
        countries=some(draw, [*COUNTRIES, "EU"]),
        outlets=draw.choice([None, None, None, 1, 2, 3]),
        roles=some(draw, list(Role)),
        languages=some(draw, LANGUAGES),
        confidence=draw.choice([None, None, None, 0.5, 0.85, 0.95]),
        sources=some(draw, OUTLETS),
        not_sources=some(draw, OUTLETS),
        words=some(draw, WORDS),
    )


def subscriptions(draw: random.Random, count: int) -> list[Subscription]:
    return [a_subscription(f"sub-{number}", when=conditions(draw)) for number in range(count)]


def stories_of(draw: random.Random, company: str) -> list[Reading]:
    """Return what up to four outlets say of one happening, as it moves on."""
    kind, countries = draw.choice(TYPES), tuple(sorted(draw.sample(COUNTRIES, draw.randint(0, 2))))
    stories = []
    for minute, outlet in enumerate(draw.sample(OUTLETS, draw.randint(1, 4))):
        title = f"{company} {kind} {draw.choice(WORDS)} {draw.random()}"
        told = told_by(outlet, title, minute=minute, target=company)
        focus = Focus.BACKGROUND if minute and draw.random() < 0.15 else Focus.MAIN
        report = a_report(
            told.story.story_id,
            type=kind,
            stage=draw.choice(list(Stage)[:4]),
            target=company,
            countries=countries,
            confidence=draw.choice([0.4, 0.7, 0.9, 0.97]),
            focus=focus,
            companies=(Involvement(id=CompanyId(company), role=draw.choice(list(Role)[:2])),),
        )
        head = replace(told.story, language=draw.choice(LANGUAGES))
        stories.append(replace(told, story=head, reports=(report,)))
    return stories


@pytest.mark.parametrize("seed", [1, 2026])
async def test_explain_agrees_with_what_was_sent(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    subscribed = subscriptions(draw, 20)
    async with an_alerter(tmp_path, *subscribed, watchlist=WATCHLIST) as alerter:
        await alerter.tell(*(story for name in COMPANIES for story in stories_of(draw, name)))
        events = await alerter.events()
        sent = await alerter.deliveries(DeliveryState.SENT)
        rows = await alerter.database.read(
            lambda c: c.execute("SELECT alert_id, event_id, subscription_id FROM alerts").fetchall()
        )
        told = {
            (event, name) for alert, event, name in rows if any(alert in d.alerts for d in sent)
        }

        pairs = [(event, one) for event in events for one in subscribed]
        chosen = draw.sample(pairs, min(PAIRS, len(pairs)))
        for event, subscription in chosen:
            found = await alerter.database.read(
                account_of, event.id, subscription=subscription, watchlist=WATCHLIST
            )
            was_sent = any((one, subscription.id) in told for one in (event.id, *event.absorbed))

            [account] = found.events
            shown = f"{subscription.when} of {event}"
            assert found.is_told == account.is_told == was_sent, shown
            assert {one.name for one in account.conditions} == asked(subscription), shown
            unmet = [one.name for one in account.conditions if not one.holds]
            if not was_sent:
                assert unmet, shown
                assert all(name in account.outcome for name in unmet), shown
            elif unmet:
                assert account.told, shown

    assert len(chosen) == PAIRS
    assert 20 < len(told) < len(pairs) - 20, "the draw shows both answers"


def asked(subscription: Subscription) -> set[str]:
    """Return the conditions that the subscription sets, and the one that all share."""
    when = subscription.when
    return {"focus"} | {
        name for name in Conditions.__dataclass_fields__ if getattr(when, name) is not None
    }


def test_the_events_of_a_draw_are_of_every_kind() -> None:
    draw = random.Random(1)
    stories = [story for name in COMPANIES for story in stories_of(draw, name)]

    assert {story.reports[0].type for story in stories} == set(TYPES)
    assert len({story.story.language for story in stories}) == len(LANGUAGES)
