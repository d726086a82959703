"""What happens in one of an event's countries is told of that one alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.alerter.render.message import as_told, message_of
from services.alerter.render.sentence import sentence
from services.alerter.tracking.snapshot import withdrawn
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Still
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import SubscriptionId
from tests.support.builders import a_company, a_report, a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import a_change, an_event
from tests.support.tracker import Tracker, alerts_for, revised, told

WATCHLIST = a_watchlist(a_company("tiktok"))
P, C, NO, UNDONE = Stage.PROPOSED, Stage.CONFIRMED, Stage.REJECTED, Stage.REVERSED
BOTH = [told(outlet, minute=minute, countries=("IN", "PK")) for minute, outlet in enumerate("AB")]
INDIA_LIFTS = [
    told(outlet, minute=10 + minute, stage=UNDONE, countries=("IN",))
    for minute, outlet in enumerate("AB")
]
PAKISTAN_LIFTS = [
    told(outlet, minute=20 + minute, stage=UNDONE, countries=("PK",))
    for minute, outlet in enumerate("AB")
]


def sentences_for(readings: Sequence[Reading], **when: Any) -> list[str]:
    """Return what a subscription with these conditions is told."""
    return [sentence for _, sentence in told_to(readings, **when)]


def told_to(readings: Sequence[Reading], **when: Any) -> list[tuple[Alert, str]]:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*readings)
    changes = {change.seq: change for change in tracker.changes}
    alerts = alerts_for(following(**when), tracker.changes, WATCHLIST)
    message = message_of(
        a_delivery(*(alert.id for alert in alerts)),
        [(alert, changes[alert.change_seq]) for alert in alerts],
        watchlist=WATCHLIST,
    )
    assert len({alert.id for alert in alerts}) == len(alerts)
    said = [section.alert.sentence for section in message.sections]
    return list(zip(alerts, said, strict=True))


def following(**when: Any) -> Subscription:
    return Subscription(id=SubscriptionId("team"), name="Team", when=Conditions(**when))


BANNED = "Tiktok banned in India and Pakistan (confirmed; 1 outlet)"
LIFTED_IN_INDIA = (
    "Correction: Ban on Tiktok in India lifted"
    " (confirmed → reversed; still confirmed in Pakistan; 2 outlets)"
)


@pytest.mark.parametrize("when", [{}, {"countries": ("IN",)}, {"countries": ("IN", "PK")}])
def test_a_ban_that_one_of_two_countries_lifts_is_told_as_lifted_there(
    when: dict[str, Any],
) -> None:
    assert sentences_for([*BOTH, *INDIA_LIFTS], **when) == [BANNED, LIFTED_IN_INDIA]


def test_who_follows_the_other_country_is_told_nothing_of_it() -> None:
    assert sentences_for([*BOTH, *INDIA_LIFTS], countries=("PK",)) == [BANNED]


@pytest.mark.parametrize("countries", [None, ("IN", "PK")])
def test_the_other_country_lifting_it_too_is_told(countries: tuple[str, ...] | None) -> None:
    told_all = told_to([*BOTH, *INDIA_LIFTS, *PAKISTAN_LIFTS], countries=countries)

    assert [(alert.reason, alert.stage) for alert, _ in told_all] == [
        (Reason.NEW, C),
        (Reason.CORRECTION, UNDONE),
        (Reason.CORRECTION, UNDONE),
    ]
    assert told_all[-1][1].startswith("Correction: Ban on Tiktok in India and Pakistan lifted")


@pytest.mark.parametrize("country", ["IN", "PK"])
def test_who_follows_one_country_is_told_once_that_it_is_lifted_there(country: str) -> None:
    readings = [*BOTH, *INDIA_LIFTS, *PAKISTAN_LIFTS]

    reasons = [alert.reason for alert, _ in told_to(readings, countries=(country,))]

    assert reasons == [Reason.NEW, Reason.CORRECTION]


def test_a_step_forward_in_one_country_is_told_there_though_another_one_rejected_it() -> None:
    readings = [
        told("A", stage=P, countries=("IN", "PK")),
        told("A", minute=1, stage=NO, countries=("IN",)),
        told("A", minute=2, countries=("PK",)),
    ]

    assert sentences_for(readings, countries=("PK",)) == [
        "Tiktok could be banned in India and Pakistan (proposed; 1 outlet)",
        "Tiktok banned in Pakistan (confirmed; 1 outlet)",
    ]


COULD_BE = "Tiktok could be banned in India and Pakistan (proposed; 1 outlet)"
NOT_IN_INDIA = (
    "Correction: Ban on Tiktok in India rejected"
    " (proposed → rejected; still proposed in Pakistan; 1 outlet)"
)
PAKISTAN_MOVES_ON = [
    told("A", stage=P, countries=("IN", "PK")),
    told("A", minute=1, stage=NO, countries=("IN",)),
    told("A", minute=2, countries=("PK",)),
]
INDIA_AFTER_ALL = [
    told("A", stage=NO, countries=("IN",)),
    told("A", minute=1, stage=NO, countries=("IN", "PK")),
    told("A", minute=2, countries=("IN",)),
]
BOTH_COUNTRIES = pytest.mark.parametrize("countries", [None, ("IN", "PK"), ("IN", "PK", "US")])


@BOTH_COUNTRIES
def test_who_follows_both_is_told_that_one_moves_on_beside_the_end_in_the_other(
    countries: tuple[str, ...] | None,
) -> None:
    assert sentences_for(PAKISTAN_MOVES_ON, countries=countries) == [
        COULD_BE,
        NOT_IN_INDIA,
        "Tiktok banned in Pakistan (confirmed; still rejected in India; 1 outlet)",
    ]


@BOTH_COUNTRIES
def test_who_was_told_of_an_end_in_both_is_told_that_it_stands_in_one_after_all(
    countries: tuple[str, ...] | None,
) -> None:
    assert sentences_for(INDIA_AFTER_ALL, countries=countries) == [
        "Ban on Tiktok in India rejected (rejected; 1 outlet)",
        "Correction: Tiktok banned in India (confirmed; still rejected in Pakistan; 1 outlet)",
    ]


@BOTH_COUNTRIES
def test_who_asks_for_confirmed_alone_is_told_of_it_beside_an_end(
    countries: tuple[str, ...] | None,
) -> None:
    assert sentences_for(PAKISTAN_MOVES_ON, countries=countries, stages=(C,)) == [
        "Tiktok banned in Pakistan (confirmed; still rejected in India; 1 outlet)"
    ]


def test_a_second_move_and_the_end_there_too_are_told_under_ids_of_their_own() -> None:
    readings = [
        told("A", stage=Stage.RUMOURED, countries=("IN", "PK")),
        told("A", minute=1, stage=NO, countries=("IN",)),
        told("A", minute=2, stage=P, countries=("PK",)),
        told("A", minute=3, countries=("PK",)),
        told("A", minute=4, countries=("PK",)),
        told("A", minute=5, stage=UNDONE, countries=("PK",)),
        told("B", minute=6, stage=UNDONE, countries=("PK",)),
    ]

    assert sentences_for(readings)[2:] == [
        "Tiktok could be banned in Pakistan (proposed; still rejected in India; 1 outlet)",
        "Tiktok banned in Pakistan (confirmed; still rejected in India; 1 outlet)",
        "Correction: Ban on Tiktok in India and Pakistan lifted (rejected → reversed; 1 outlet)",
    ]


def test_what_was_told_turned_and_is_told_again_has_an_id_of_its_own() -> None:
    ended = an_event("one", stage=NO, countries=("IN",))
    stands = replace(
        ended,
        countries=("IN", "PK"),
        still=Still(stage=P, countries=("PK",)),
    )
    other = an_event("other", stage=NO, countries=("PK",))
    both = replace(stands, round=1, absorbed=(other.id,))
    changes = [
        a_change(ended),
        a_change(stands, seq=2, kind=ChangeKind.FACT),
        a_change(other, seq=3),
        a_change(both, seq=4, kind=ChangeKind.CORRECTION),
    ]

    alerts = alerts_for(following(), changes, WATCHLIST)

    assert [(alert.reason, alert.stage) for alert in alerts[1:]] == [
        (Reason.CORRECTION, P),
        (Reason.NEW, NO),
        (Reason.CORRECTION, P),
    ]
    assert len({alert.id for alert in alerts}) == len(alerts)


GONE_IN_BOTH = (
    "Withdrawn: Ban on Tiktok in India rejected"
    " (was rejected, and confirmed in Pakistan; no story says so any longer)"
)
GONE_IN_PAKISTAN = (
    "Withdrawn: Tiktok banned in Pakistan (was confirmed; no story says so any longer)"
)


@pytest.mark.parametrize(("countries", "said"), [(None, GONE_IN_BOTH), (("PK",), GONE_IN_PAKISTAN)])
def test_what_is_withdrawn_is_told_by_country_as_it_was_told(
    countries: tuple[str, ...] | None, said: str
) -> None:
    both = an_event(stage=NO, countries=("IN", "PK"), still=Still(stage=C, countries=("PK",)))
    gone = a_change(withdrawn(both), seq=2, kind=ChangeKind.WITHDRAWN)

    alerts = alerts_for(following(countries=countries), [a_change(both), gone], WATCHLIST)
    told_of_it = as_told(alerts[-1], gone.event)

    assert sentence(told_of_it, watchlist=WATCHLIST, reason=alerts[-1].reason) == said


@pytest.mark.parametrize("countries", [None, ("IN",), ("IN", "PK")])
def test_an_end_told_of_a_country_that_no_story_names_any_longer_is_corrected(
    countries: tuple[str, ...] | None,
) -> None:
    readings = [
        told("A", stage=NO, countries=("IN",)),
        told("A", minute=1, stage=Stage.RUMOURED, countries=("IN", "PK")),
    ]
    elsewhere = a_report(readings[0].story.story_id, stage=P, countries=("DE",))

    said = sentences_for([*readings, revised(readings[0], elsewhere)], countries=countries)

    assert any("Germany" in sentence for sentence in said)


def test_what_one_channel_is_told_of_both_goes_before_what_it_is_told_of_one() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*PAKISTAN_MOVES_ON)
    last = tracker.changes[-1]
    alerts = [
        alert
        for countries in (("PK",), None)
        for alert in alerts_for(following(countries=countries), tracker.changes, WATCHLIST)
        if alert.change_seq == last.seq
    ]

    for told_in_order in (alerts, alerts[::-1]):
        message = message_of(
            a_delivery(*(alert.id for alert in alerts)),
            [(alert, last) for alert in told_in_order],
            watchlist=WATCHLIST,
        )

        assert [section.alert.sentence for section in message.sections] == [
            "Tiktok banned in Pakistan (confirmed; still rejected in India; 1 outlet)"
        ]


def test_one_outlet_that_tells_the_end_in_one_country_disputes_it() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*BOTH, INDIA_LIFTS[0])

    event = tracker.only_event()

    assert (event.stage, event.disputed, event.still) == (C, UNDONE, None)


def test_an_end_that_tells_no_country_or_all_of_them_is_that_of_all() -> None:
    for countries in ((), ("IN", "PK")):
        tracker = Tracker(watchlist=WATCHLIST)
        ends = [
            told(outlet, minute=10 + minute, stage=UNDONE, countries=countries)
            for minute, outlet in enumerate("AB")
        ]
        tracker.read(*BOTH, *ends)

        event = tracker.only_event()

        assert (event.stage, event.still) == (UNDONE, None)


def test_a_member_that_lifts_what_the_union_banned_ends_it_there_alone() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(
        *(told(outlet, minute=n, countries=("EU",)) for n, outlet in enumerate("AB")),
        *(
            told(outlet, minute=10 + n, stage=UNDONE, countries=("DE",))
            for n, outlet in enumerate("AB")
        ),
    )

    event = tracker.only_event()

    assert (event.stage, event.ended_in) == (UNDONE, ("DE",))
    assert event.still == Still(stage=C, countries=("EU",))


def test_a_new_rumour_is_coverage_as_long_as_it_stands_somewhere() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    fifteen_days = 15 * 24 * 60
    tracker.read(*BOTH, *INDIA_LIFTS)

    tracker.read(told("C", minute=fifteen_days, stage=Stage.RUMOURED, countries=("PK",)))

    assert len(tracker.events()) == 1
