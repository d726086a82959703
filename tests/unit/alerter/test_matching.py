"""Who is told of what."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.matching import explain, match
from services.alerter.news import stage_told
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Focus, Involvement, Reading, Role, Stage
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import CompanyId, SubscriptionId
from tests.support.builders import a_company, a_watchlist
from tests.support.events import a_change, an_event
from tests.support.tracker import Tracker, alerts_for, followed_countries, revised, told

WATCHLIST = a_watchlist(
    a_company("bytedance", tags=("parent",)),
    a_company("tiktok", owner=CompanyId("bytedance"), tags=("social",)),
    a_company("telegram", tags=("social",)),
    a_company("signal", tags=("social",)),
)
R, P, C = Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED
UNDONE = Stage.REVERSED


def a_subscription(name: str = "team", **when: Any) -> Subscription:
    return Subscription(id=SubscriptionId(name), name=name, when=Conditions(**when))


def reasons_for(subscription: Subscription, *readings: Reading) -> list[tuple[Reason, Stage]]:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*readings)
    return [(one.reason, one.stage) for one in alerts_for(subscription, tracker.changes, WATCHLIST)]


def one_outlet(*stages: Stage) -> list[Reading]:
    return [told("A", minute=minute, stage=stage) for minute, stage in enumerate(stages)]


def test_a_subscription_without_conditions_is_told_of_everything_once_a_stage() -> None:
    assert reasons_for(a_subscription(), *one_outlet(R, R, P, C, C)) == [
        (Reason.NEW, R),
        (Reason.STAGE, P),
        (Reason.STAGE, C),
    ]


def test_a_reader_of_confirmed_hears_it_confirmed_and_taken_back() -> None:
    confirmed_only = a_subscription(stages=(C,))

    assert reasons_for(confirmed_only, *one_outlet(R, P, C, UNDONE)) == [
        (Reason.NEW, C),
        (Reason.CORRECTION, UNDONE),
    ]


def test_who_was_told_nothing_gets_no_correction() -> None:
    assert reasons_for(a_subscription(stages=(P,)), *one_outlet(C, UNDONE)) == []


def test_every_turn_is_told_with_an_id_of_its_own() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*one_outlet(C, UNDONE, C, UNDONE))

    alerts = alerts_for(a_subscription(stages=(C,)), tracker.changes, WATCHLIST)

    assert [one.stage for one in alerts] == [C, UNDONE, C, UNDONE]
    assert [one.round for one in alerts] == [0, 0, 1, 2]
    assert len({one.id for one in alerts}) == 4


def test_a_disputed_event_corrects_nobody() -> None:
    readings = [told("A"), told("B", minute=1), told("C", minute=2, stage=UNDONE)]

    assert reasons_for(a_subscription(), *readings) == [(Reason.NEW, C)]


def test_a_withdrawn_event_is_told_to_who_was_told_and_so_is_its_return() -> None:
    first = told("A")

    reasons = reasons_for(
        a_subscription(), first, revised(first), revised(first, *first.reports, minutes=2)
    )

    assert [reason for reason, _ in reasons] == [Reason.NEW, Reason.WITHDRAWN, Reason.CORRECTION]


def test_the_nth_outlet_makes_it_new() -> None:
    readings = [told("A"), told("A", minute=1), told("B", minute=2)]

    assert reasons_for(a_subscription(outlets=2), *readings) == [(Reason.NEW, C)]


def test_a_fact_that_becomes_known_later_makes_it_late() -> None:
    readings = [
        told("A", countries=("IN",)),
        told("B", minute=1, countries=("IN", "NP")),
    ]

    assert reasons_for(a_subscription(countries=("NP",)), *readings) == [(Reason.LATE, C)]


def of_targets(*targets: str, role: Role = Role.TARGET) -> dict[str, Any]:
    """Return the fields of a report on `targets`; `role` is that of all but the first."""
    first, *others = (CompanyId(target) for target in targets)
    return {
        "companies": (
            Involvement(id=first, role=Role.TARGET),
            *(Involvement(id=other, role=role) for other in others),
        )
    }


@pytest.mark.parametrize("followed", [("telegram",), ("tag:social",), ("tiktok", "telegram"), None])
def test_one_more_target_is_told_to_all_who_follow_it(followed: tuple[str, ...] | None) -> None:
    readings = [
        told("A", **of_targets("tiktok")),
        told("B", minute=1, **of_targets("tiktok", "telegram")),
        told("C", minute=2, **of_targets("telegram", "tiktok")),
    ]

    reasons = reasons_for(a_subscription(companies=followed), *readings)

    follows_the_first = followed != ("telegram",)
    assert reasons == [(Reason.NEW, C)] * follows_the_first + [(Reason.LATE, C)]


def test_each_more_target_is_told_by_an_alert_of_its_own() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(
        told("A", **of_targets("tiktok")),
        told("B", minute=1, **of_targets("tiktok", "telegram")),
        told("C", minute=2, **of_targets("tiktok", "signal")),
    )

    alerts = alerts_for(a_subscription(), tracker.changes, WATCHLIST)

    assert [one.reason for one in alerts] == [Reason.NEW, Reason.LATE, Reason.LATE]
    assert len({one.id for one in alerts}) == 3


def test_a_target_that_comes_with_a_new_stage_is_told_with_it() -> None:
    readings = [
        told("A", stage=P, **of_targets("tiktok")),
        told("B", minute=1, **of_targets("tiktok", "telegram")),
    ]

    assert reasons_for(a_subscription(), *readings) == [(Reason.NEW, P), (Reason.STAGE, C)]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (of_targets("tiktok"), of_targets("tiktok", "bytedance")),
        (of_targets("bytedance"), of_targets("bytedance", "tiktok")),
        (of_targets("tiktok"), of_targets("tiktok", "telegram", role=Role.PARTY)),
        (of_targets("tiktok", "telegram", role=Role.PARTY), of_targets("tiktok", "telegram")),
    ],
    ids=["its owner", "its product", "no target", "named before"],
)
def test_other_companies_that_join_are_no_news(first: dict[str, Any], then: dict[str, Any]) -> None:
    readings = [told("A", **first), told("B", minute=1, **then), told("C", minute=2, **then)]

    assert reasons_for(a_subscription(), *readings) == [(Reason.NEW, C)]


def test_a_second_company_is_not_told_twice_to_who_was_told_before_companies_were_kept() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    [first] = tracker.read(told("A", **of_targets("tiktok")))
    [second] = tracker.read(told("B", minute=1, **of_targets("tiktok", "telegram")))
    everything = a_subscription()
    [alert] = alerts_for(everything, [first], WATCHLIST)

    found = match(
        second,
        subscriptions=[everything],
        told={everything.id: [replace(alert, companies=None)]},
        watchlist=WATCHLIST,
    )

    assert found == []


@pytest.mark.parametrize(
    ("asked", "found", "is_told"),
    [
        (("DE",), ("EU",), True),
        (("EU",), ("DE",), True),
        (("EU",), ("GB",), False),
        (("DE",), ("FR",), False),
        (("DE",), (), True),
    ],
)
def test_the_union_and_its_members_match_both_ways(
    asked: tuple[str, ...], found: tuple[str, ...], *, is_told: bool
) -> None:
    reasons = reasons_for(a_subscription(countries=asked), told("A", countries=found))

    assert bool(reasons) is is_told


def test_who_follows_a_country_is_told_of_what_may_concern_it_and_of_nothing_once_it_does_not() -> (
    None
):
    readings = [
        told("A", stage=P),
        told("B", minute=1, stage=P, countries=("IN",)),
        told("C", minute=2, countries=("IN",)),
    ]

    assert reasons_for(a_subscription(countries=("NO",)), *readings) == [(Reason.NEW, P)]
    assert reasons_for(a_subscription(countries=("NO",)), *readings[1:]) == []


@pytest.mark.parametrize("followed", ["tiktok", "bytedance", "tag:social", "tag:parent"])
def test_an_event_reaches_followers_of_the_company_its_owner_and_their_tags(followed: str) -> None:
    assert reasons_for(a_subscription(companies=(followed,)), told("A"))


def test_an_event_on_the_owner_does_not_reach_followers_of_the_product() -> None:
    assert not reasons_for(a_subscription(companies=("tiktok",)), told("A", target="bytedance"))


def test_a_story_that_tells_it_as_history_alerts_nobody() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A"))
    [coverage] = tracker.read(told("B", minute=1, focus=Focus.BACKGROUND))

    assert alerts_for(a_subscription(), [coverage], WATCHLIST) == []


def test_an_explanation_names_every_condition_with_its_value() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    [change] = tracker.read(told("A", stage=R, countries=("IN",)))
    subscription = a_subscription(companies=("tag:social",), stages=(P, C), outlets=2)

    found = explain(change, subscription=subscription, told=(), watchlist=WATCHLIST)

    assert found.reason is None
    assert [(one.name, one.holds, one.expected, one.found) for one in found.conditions] == [
        ("companies", True, "tag:social", "tiktok"),
        ("stages", False, "proposed, confirmed", "rumoured"),
        ("outlets", False, "at least 2", "1"),
        ("focus", True, "main", "main"),
    ]
    assert found.sentence == "Not told: stages, outlets did not match."


@pytest.mark.parametrize("when", [{}, {"stages": (R, P, C)}])
def test_a_step_back_is_told_though_one_that_turned_out_to_be_the_same_was_told_last(
    when: dict[str, Any],
) -> None:
    one, other = an_event("one", stage=P), an_event("other", stage=R)
    both = replace(one, round=1, absorbed=(other.id,))
    changes = [
        a_change(one),
        a_change(replace(one, stage=C), seq=2, kind=ChangeKind.STAGE),
        a_change(other, seq=3),
        a_change(both, seq=4, kind=ChangeKind.CORRECTION),
    ]

    alerts = alerts_for(a_subscription(**when), changes, WATCHLIST)

    assert [(alert.reason, alert.stage) for alert in alerts] == [
        (Reason.NEW, P),
        (Reason.STAGE, C),
        (Reason.NEW, R),
        (Reason.CORRECTION, P),
    ]
    assert len({alert.id for alert in alerts}) == len(alerts)


def test_a_step_back_is_owed_to_who_does_not_ask_for_its_stage() -> None:
    one, other = an_event("one", stage=C), an_event("other", stage=R)
    both = replace(one, stage=P, round=1, absorbed=(other.id,))
    changes = [
        a_change(one),
        a_change(other, seq=2),
        a_change(both, seq=3, kind=ChangeKind.CORRECTION),
    ]

    alerts = alerts_for(a_subscription(stages=(R, C)), changes, WATCHLIST)

    assert alerts[-1].reason is Reason.CORRECTION


def test_a_correction_makes_what_was_told_of_one_that_it_absorbed_news_again() -> None:
    one, other = an_event("one", stage=UNDONE), an_event("other", stage=C)
    both = replace(one, round=1, absorbed=(other.id,))
    changes = [
        a_change(one),
        a_change(other, seq=2),
        a_change(both, seq=3, kind=ChangeKind.CORRECTION),
        a_change(replace(both, stage=R, round=2), seq=4, kind=ChangeKind.CORRECTION),
        a_change(replace(both, stage=C, round=2), seq=5, kind=ChangeKind.STAGE),
    ]

    alerts = alerts_for(a_subscription(), changes, WATCHLIST)

    assert [(alert.reason, alert.stage) for alert in alerts[2:]] == [
        (Reason.CORRECTION, UNDONE),
        (Reason.CORRECTION, R),
        (Reason.STAGE, C),
    ]


stages = st.sampled_from([R, P, C, Stage.REJECTED, UNDONE])
readings_of_one_event = st.lists(
    st.tuples(st.sampled_from("ABC"), stages, st.sampled_from([(), ("IN",), ("IN", "DE")])),
    min_size=1,
    max_size=8,
).map(
    lambda votes: [
        told(outlet, minute=minute, stage=stage, countries=countries)
        for minute, (outlet, stage, countries) in enumerate(votes)
    ]
)
narrow_conditions = st.fixed_dictionaries(
    {
        "companies": st.sampled_from([None, ("tiktok",), ("tag:parent",), ("bytedance", "tiktok")]),
        "types": st.sampled_from([None, ("ban",), ("ban", "shutdown")]),
        "stages": st.sampled_from([None, (C,), (R, P), (UNDONE,), (P, C, UNDONE)]),
        "countries": st.sampled_from([None, ("IN",), ("EU",), ("US",), ("IN", "US")]),
        "outlets": st.sampled_from([None, 1, 2, 3]),
    }
)
widenings = {
    "companies": ("tiktok", "bytedance", "tag:parent"),
    "types": ("ban", "shutdown", "acquisition"),
    "stages": (R, P, C, UNDONE, Stage.REJECTED),
    "countries": ("IN", "EU", "US", "CN"),
    "outlets": 1,
}


@given(
    readings_of_one_event,
    narrow_conditions,
    st.dictionaries(st.sampled_from(sorted(widenings)), st.booleans()),
)
@settings(max_examples=100, deadline=None)
def test_a_wider_filter_never_tells_less_and_nothing_twice(
    readings: Sequence[Reading], narrow: dict[str, Any], widened: dict[str, bool]
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*readings)
    wide = {
        **narrow,
        **{
            key: None if to_nothing or narrow[key] is None else widenings[key]
            for key, to_nothing in widened.items()
        },
    }

    told_narrowly = alerts_for(a_subscription(**narrow), tracker.changes, WATCHLIST)
    told_widely = alerts_for(a_subscription(**wide), tracker.changes, WATCHLIST)

    events = {change.seq: change.event for change in tracker.changes}
    assert len({alert.id for alert in told_widely}) == len(told_widely)
    for before, alert in pairwise(told_widely):
        followed = followed_countries(events[alert.change_seq], wide["countries"])
        assert any(stage_told(before, code) != stage_told(alert, code) for code in followed)
    for alert in told_narrowly:
        known = [one for one in told_widely if one.change_seq <= alert.change_seq]
        assert known
        for country in followed_countries(events[alert.change_seq], narrow["countries"]):
            assert stage_told(known[-1], country) == stage_told(alert, country)


@given(readings_of_one_event, narrow_conditions)
@settings(max_examples=60, deadline=None)
def test_explanations_agree_with_what_was_sent(
    readings: Sequence[Reading], conditions: dict[str, Any]
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*readings)
    subscription = a_subscription(**conditions)
    told_so_far: list[Alert] = []
    for change in tracker.changes:
        explained = explain(
            change, subscription=subscription, told=told_so_far, watchlist=WATCHLIST
        )

        sent = match(
            change,
            subscriptions=[subscription],
            told={subscription.id: told_so_far},
            watchlist=WATCHLIST,
        )

        assert [one.reason for one in sent] == ([explained.reason] if explained.reason else [])
        told_so_far = [*told_so_far, *sent]


@pytest.mark.parametrize(
    ("when", "is_told"),
    [
        ({"roles": (Role.TARGET,)}, True),
        ({"roles": (Role.ACTOR,)}, False),
        ({"roles": (Role.ACTOR, Role.TARGET), "companies": ("bytedance",)}, True),
        ({"roles": (Role.TARGET,), "companies": ("tag:nothing",)}, False),
        ({"languages": ("en",)}, True),
        ({"languages": ("de", "fr")}, False),
        ({"confidence": 0.5}, True),
        ({"confidence": 1.0}, False),
        ({"sources": ("a",)}, True),
        ({"sources": ("B",)}, False),
        ({"not_sources": ("A",)}, False),
        ({"not_sources": ("B",)}, True),
        ({"words": ("india",)}, True),
        ({"words": ("brazil", "chile")}, False),
        # "ｉndia" of a Chinese keyboard, and "é" as a letter and an accent.
        ({"words": ("\uff49ndia",)}, True),
        ({"sources": ("\uff21",)}, True),
    ],
    ids=str,
)
def test_each_condition_is_asked_and_explained(when: dict[str, Any], *, is_told: bool) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    [change] = tracker.read(told("A"))
    subscription = a_subscription(**when)

    explained = explain(change, subscription=subscription, told=(), watchlist=WATCHLIST)

    assert bool(alerts_for(subscription, [change], WATCHLIST)) is is_told
    assert (explained.reason is not None) is is_told
    assert {one.name for one in explained.conditions} == {*when, "focus"}
    assert all(one.expected and one.found for one in explained.conditions)


def test_what_one_outlet_tells_alone_is_told_once_another_joins_it() -> None:
    without_a = a_subscription(not_sources=("A",))

    assert reasons_for(without_a, told("A"), told("B", minute=1)) == [(Reason.NEW, C)]


def test_words_are_found_however_their_accents_are_written() -> None:
    title = "India bans TikTok after the Übernahme"
    of_two_signs = unicodedata.normalize("NFD", title)
    asks = a_subscription(words=("übernahme",))

    assert reasons_for(asks, told("A", title=of_two_signs)) == [(Reason.NEW, C)]
