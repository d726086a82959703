"""Which reports tell of one event (design decision 21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.alerter.render.sentence import sentence
from services.common.contracts.alert import Reason
from services.common.contracts.reading import (
    Amount,
    Evidence,
    Focus,
    Involvement,
    OtherParty,
    Role,
    Stage,
)
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import CompanyId, SubscriptionId
from tests.support.builders import a_company, a_report, a_watchlist
from tests.support.tracker import Tracker, alerts_for, revised, told

WATCHLIST = a_watchlist(
    a_company("bytedance"),
    a_company("tiktok", "ТикТок", owner=CompanyId("bytedance")),
    a_company("capcut", owner=CompanyId("bytedance")),
    a_company("oracle"),
    a_company("walmart"),
)


def a_deal(target: str = "tiktok", *buyers: str, **changes: Any) -> dict[str, Any]:
    """Return the fields of a report on an acquisition; a buyer that is no id is an untracked name."""
    tracked = [buyer for buyer in buyers if buyer.islower()]
    return {
        "type": "acquisition",
        "companies": (
            Involvement(id=CompanyId(target), role=Role.TARGET),
            *(Involvement(id=CompanyId(buyer), role=Role.ACTOR) for buyer in tracked),
        ),
        "others": tuple(
            OtherParty(name=buyer, role=Role.ACTOR) for buyer in buyers if buyer not in tracked
        ),
        **changes,
    }


def a_merger(*partners: str, **changes: Any) -> dict[str, Any]:
    """Return the fields of a report on a merger of equals."""
    targets = tuple(Involvement(id=CompanyId(partner), role=Role.TARGET) for partner in partners)
    return a_deal(**changes) | {"companies": targets}


def a_sale(buyer: str, target: str, *, by: str) -> dict[str, Any]:
    """Return the fields of a report on what one tracked company sells to another."""
    deal = a_deal(target, buyer)
    seller = Involvement(id=CompanyId(by), role=Role.SELLER)
    return deal | {"companies": (*deal["companies"], seller)}


def a_purchase_of_all(buyer: str, *targets: str) -> dict[str, Any]:
    """Return the fields of a report on one company's purchase of several."""
    deal = a_merger(*targets)
    actor = Involvement(id=CompanyId(buyer), role=Role.ACTOR)
    return deal | {"companies": (*deal["companies"], actor)}


def a_mention(*roles: tuple[str, Role], **changes: Any) -> dict[str, Any]:
    """Return the fields of a report on a deal in which companies have whatever roles it was read with."""
    companies = tuple(Involvement(id=CompanyId(company), role=role) for company, role in roles)
    return {"type": "acquisition", "companies": companies, **changes}


def a_bid(amount: Amount) -> dict[str, Any]:
    """Return the fields of a report on one company's offer for another."""
    return a_deal("tiktok", "oracle", amount=amount, stage=Stage.PROPOSED)


def an_other(name: str, role: Role) -> dict[str, Any]:
    """Return the field of a report that names one untracked party."""
    return {"others": (OtherParty(name=name, role=role),)}


def a_purchase_from(seller: str, **changes: Any) -> dict[str, Any]:
    """Return the fields of a report on one company's purchase of another's shares from `seller`."""
    others = (OtherParty(name=seller, role=Role.SELLER),)
    return a_deal("tiktok", "oracle", others=others, **changes)


def an_end(event_type: str, role: Role, *ended: str) -> dict[str, Any]:
    """Return the fields of a report on a ban or a closing of what TikTok has; nobody tracks what is `ended`."""
    return a_mention(("tiktok", role), type=event_type) | {
        "others": tuple(OtherParty(name=name, role=Role.TARGET) for name in ended)
    }


def dollars(value: int) -> Amount:
    return Amount(currency="USD", value=value)


def count_events(*reports: dict[str, Any], apart: timedelta = timedelta(minutes=1)) -> int:
    tracker = Tracker(watchlist=WATCHLIST)
    for number, fields in enumerate(reports):
        minute = number * apart.total_seconds() / 60
        tracker.read(told(f"outlet-{number}", minute=minute, **fields))
    return len(tracker.events())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"countries": ("US",)}, {}),
        ({"countries": ("US",)}, {"countries": ("GB", "US")}),
        ({"countries": ("EU",)}, {"countries": ("FR",)}),
        ({"target": "bytedance", "countries": ("US",)}, {"countries": ("US",)}),
        ({"date": "2026-01-05"}, {"date": "2026-01"}),
        ({"date": "2026-01-05", "stage": Stage.PROPOSED}, {"date": "2026-06-05"}),
        ({"date": "2026-02-31"}, {"date": "2026-01-05"}),
        ({"scope": "Chennai plant"}, {"scope": "pabrik Chennai"}),
        (a_deal("tiktok", "oracle"), a_deal("tiktok")),
        (a_deal("tiktok", "oracle"), a_deal("oracle", "tiktok")),
        (
            a_deal("tiktok", "oracle", date="2026-01-05"),
            a_deal("tiktok", "oracle", date="2026-05-08"),
        ),
        (
            a_deal("tiktok", "Blue Owl", date="2026-01"),
            a_deal("tiktok", "Blue Owl", date="2026-05"),
        ),
        (
            a_deal("tiktok", "oracle", date="2026-01-05"),
            a_deal("oracle", "tiktok", date="2026-05-08"),
        ),
        (a_merger("tiktok", "oracle"), a_deal("tiktok", "oracle")),
        (a_merger("tiktok", "oracle"), a_deal("oracle", "tiktok", date="2026-05-08")),
        (a_sale("oracle", "tiktok", by="bytedance"), a_deal("bytedance", "oracle")),
        (a_sale("oracle", "tiktok", by="walmart"), a_deal("walmart", "oracle")),
        (a_deal("tiktok", "Blue Owl Capital Inc"), a_deal("tiktok", "Blue Owl Capital")),
        (a_deal("tiktok", "Голубая сова"), a_deal("tiktok", "Blue Owl")),
        (a_bid(dollars(840)), a_bid(dollars(1200))),
        (a_bid(dollars(840)), a_deal("tiktok", "oracle", amount=dollars(1200))),
        (a_deal("tiktok", "Blue Owl"), a_deal("tiktok") | an_other("Blue Owl", Role.TARGET)),
        (
            {"countries": ("IN",), "date": "2026-01-05"},
            {"countries": ("IN",), "date": "2026-03-05"},
        ),
        (a_deal(amount=dollars(840)), a_deal(amount=dollars(900))),
        (a_deal(amount=dollars(840)), a_deal(amount=Amount(currency="EUR", value=400))),
    ],
    ids=str,
)
def test_one_event(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert count_events(one, other) == 1
    assert count_events(other, one) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "ban"}, {"type": "shutdown"}),
        ({"target": "tiktok"}, {"target": "capcut"}),
        ({"countries": ("US",)}, {"countries": ("IN",)}),
        ({"target": "bytedance"}, {"target": "tiktok"}),
        ({"target": "capcut", "countries": ("US",)}, {"countries": ("US",)}),
        ({"date": "2026-01-05"}, {"date": "2026-03-05"}),
        ({"scope": "Chennai plant"}, {"scope": "Pune plant"}),
        ({"scope": "苏州工厂"}, {"scope": "上海工厂"}),
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "walmart")),
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "Blue Owl")),
        (a_deal("tiktok", "Red Fox"), a_deal("tiktok", "Blue Owl")),
        (a_deal("tiktok", "oracle", "walmart"), a_deal("capcut", "oracle", "walmart")),
        (a_deal("tiktok", "oracle", "Blue Owl"), a_deal("capcut", "oracle", "Blue Owl")),
        (a_deal("tiktok", "oracle"), a_deal("capcut", "oracle", "tiktok")),
        (a_deal("tiktok", "oracle"), a_purchase_of_all("walmart", "oracle", "tiktok")),
        (
            a_purchase_of_all("oracle", "bytedance", "tiktok"),
            a_purchase_of_all("walmart", "bytedance", "tiktok"),
        ),
        (
            a_deal("tiktok", "oracle", amount=dollars(10)),
            a_deal("bytedance", "oracle", amount=dollars(840), stage=Stage.PROPOSED),
        ),
        (a_sale("oracle", "tiktok", by="walmart"), a_deal("walmart", "bytedance")),
        (a_sale("oracle", "tiktok", by="walmart"), a_sale("oracle", "capcut", by="walmart")),
        (
            a_deal("tiktok", "oracle", amount=dollars(840)),
            a_deal("tiktok", "oracle", amount=dollars(1200)),
        ),
        (a_deal(amount=dollars(840)), a_deal(amount=dollars(1200))),
        (a_purchase_from("Red Fox", date="2026-01-05"), a_purchase_from("Kiwi", date="2026-05-08")),
    ],
    ids=str,
)
def test_two_events(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert count_events(one, other) == 2
    assert count_events(other, one) == 2


BOUGHT_BY_ORACLE = a_sale("oracle", "tiktok", by="walmart")
MISREAD = {
    "the buyer as a seller": a_mention(
        ("tiktok", Role.TARGET), ("oracle", Role.SELLER), ("walmart", Role.SELLER)
    ),
    "the buyer as the bought and the bought as a seller": a_mention(
        ("oracle", Role.TARGET), ("tiktok", Role.SELLER)
    ),
    "the bought alone, as the buyer": a_mention(("tiktok", Role.ACTOR)),
    "the seller alone, as the bought": a_mention(("walmart", Role.TARGET)),
}


@pytest.mark.parametrize("misread", MISREAD.values(), ids=MISREAD)
def test_the_deal_of_the_day_is_one_in_whatever_roles_its_companies_are_read(
    misread: dict[str, Any],
) -> None:
    assert count_events(BOUGHT_BY_ORACLE, misread, apart=timedelta(days=3)) == 1
    assert count_events(misread, BOUGHT_BY_ORACLE, apart=timedelta(days=3)) == 1


def test_who_alone_is_named_days_later_in_another_role_has_another_deal() -> None:
    alone = MISREAD["the bought alone, as the buyer"]

    assert count_events(BOUGHT_BY_ORACLE, alone, apart=timedelta(days=4)) == 2


@pytest.mark.parametrize(
    "other",
    [
        a_mention(("oracle", Role.ACTOR), **an_other("Kiwi", Role.TARGET)),
        a_mention(("tiktok", Role.TARGET), **an_other("Kiwi", Role.ACTOR)),
        a_mention(("oracle", Role.TARGET), ("bytedance", Role.SELLER)),
        a_sale("oracle", "capcut", by="walmart"),
    ],
    ids=str,
)
def test_another_deal_of_the_day_is_another(other: dict[str, Any]) -> None:
    assert count_events(BOUGHT_BY_ORACLE, other) == 2
    assert count_events(other, BOUGHT_BY_ORACLE) == 2


def test_two_units_that_one_buys_from_their_owner_on_one_day_are_two_deals() -> None:
    units = [a_sale("oracle", unit, by="bytedance") for unit in ("tiktok", "capcut")]

    assert count_events(*units) == 2


def test_the_same_sum_on_one_day_is_one_deal_though_strangers_are_named_otherwise() -> None:
    one = a_deal("tiktok", "Red Fox", amount=dollars(840))
    other = a_mention(("tiktok", Role.SELLER), amount=dollars(840), **an_other("Kiwi", Role.ACTOR))
    later = timedelta(days=4)

    assert count_events(one, other) == 1
    assert count_events(one, other, apart=later) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "Kiwi")),
        (
            a_mention(("oracle", Role.ACTOR), **an_other("Red Fox", Role.TARGET)),
            a_mention(("oracle", Role.ACTOR), **an_other("Kiwi", Role.TARGET)),
        ),
    ],
    ids=["a rival bids more", "the next purchase of the week"],
)
def test_a_sum_near_to_that_of_the_day_makes_strangers_no_deal_of_it(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    one |= {"amount": dollars(840)}
    other |= {"amount": dollars(900)}

    assert count_events(one, other) == 2
    assert count_events(other, one) == 2


def test_who_else_bids_for_the_same_company_is_a_rival_though_the_sum_is_the_same() -> None:
    bids = [a_deal("tiktok", buyer, amount=dollars(840)) for buyer in ("oracle", "Kiwi")]

    assert count_events(*bids) == 2
    assert count_events(*bids[::-1]) == 2


@pytest.mark.parametrize(
    "beside",
    [
        a_mention(
            ("oracle", Role.ACTOR), ("walmart", Role.SELLER), **an_other("Kiwi", Role.TARGET)
        ),
        a_mention(
            ("tiktok", Role.TARGET), ("walmart", Role.SELLER), **an_other("Kiwi", Role.ACTOR)
        ),
    ],
    ids=["another unit", "a rival"],
)
def test_what_two_call_off_is_the_deal_that_names_the_same_stranger(beside: dict[str, Any]) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", **beside), told("A", minute=1, **BOUGHT_BY_ORACLE))

    off = beside | {"stage": Stage.REJECTED}
    tracker.read(*(told(outlet, minute=DAYS_LATER, **off) for outlet in "BC"))

    assert [(event.stage, event.outlets) for event in tracker.events()] == [
        (Stage.REJECTED, 3),
        (Stage.CONFIRMED, 1),
    ]


def test_what_is_told_of_one_company_is_rather_the_deal_in_which_it_has_that_role() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    buys = a_deal("walmart", "tiktok")
    tracker.read(told("A", **a_deal("tiktok", "oracle")), told("A", minute=1, **buys))

    off = a_deal("tiktok", stage=Stage.REJECTED)
    tracker.read(*(told(outlet, minute=DAYS_LATER, **off) for outlet in "BC"))

    assert [event.stage for event in tracker.events()] == [Stage.REJECTED, Stage.CONFIRMED]


@pytest.mark.parametrize(
    "other",
    [
        a_mention(("bytedance", Role.TARGET), scope="Chennai plant"),
        a_mention(("bytedance", Role.ACTOR), **an_other("Bytedance Music", Role.TARGET)),
    ],
    ids=["a plant", "a product that nobody tracks"],
)
def test_what_an_owner_closes_on_the_day_of_its_product_is_something_else(
    other: dict[str, Any],
) -> None:
    product = a_mention(("tiktok", Role.TARGET), ("bytedance", Role.ACTOR))
    closings = [report | {"type": "shutdown"} for report in (product, other)]

    assert count_events(*closings) == 2
    assert count_events(*closings[::-1]) == 2


@pytest.mark.parametrize("strangers", [{}, an_other("Kiwi", Role.ACTOR)], ids=["none", "a buyer"])
def test_an_end_told_of_two_is_that_of_their_deal(strangers: dict[str, Any]) -> None:
    off = a_mention(
        ("walmart", Role.ACTOR), ("tiktok", Role.TARGET), stage=Stage.REJECTED, **strangers
    )

    assert count_events(BOUGHT_BY_ORACLE, off, apart=timedelta(days=60)) == 1


@pytest.mark.parametrize(
    ("told_on_day", "stage", "events"),
    [
        (265, Stage.CONFIRMED, 1),
        (298, Stage.CONFIRMED, 1),
        (265, Stage.RUMOURED, 2),
        (200, Stage.CONFIRMED, 2),
        (310, Stage.CONFIRMED, 2),
    ],
)
def test_what_was_told_for_a_day_is_told_again_about_that_day(
    told_on_day: int, stage: Stage, events: int
) -> None:
    planned: dict[str, Any] = {"type": "shutdown", "date": "2026-10-01"}
    done = {"type": "shutdown", "stage": stage}

    # The first is told on 5 January, 269 days before.
    assert count_events(planned, done, apart=timedelta(days=told_on_day)) == events


def test_what_was_called_off_is_not_what_is_struck_on_its_day() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", **a_deal("tiktok", "oracle", date="2026-10-01")))
    tracker.read(*(told(outlet, minute=40 * DAYS_LATER, **OFF) for outlet in "BC"))

    tracker.read(told("A", minute=265 * DAYS_LATER, **a_deal("tiktok")))

    assert [event.stage for event in tracker.events()] == [Stage.REJECTED, Stage.CONFIRMED]


@pytest.mark.parametrize(("told_on_day", "events"), [(250, 1), (252, 2)])
def test_what_is_told_of_the_bought_a_month_after_the_deal_was_to_close_is_another(
    told_on_day: int, events: int
) -> None:
    planned = a_deal("tiktok", "oracle", date="2026-08-13")

    # The first is told on 5 January, 220 days before.
    assert count_events(planned, a_deal("tiktok"), apart=timedelta(days=told_on_day)) == events


@pytest.mark.parametrize(("name", "days"), [("ban", 30), ("shutdown", 30), ("acquisition", 180)])
def test_an_event_stays_open_for_the_window_after_its_newest_story(name: str, days: int) -> None:
    within, beyond = timedelta(days=days), timedelta(days=days, minutes=1)

    assert count_events({"type": name}, {"type": name}, {"type": name}, apart=within) == 1
    assert count_events({"type": name}, {"type": name}, apart=beyond) == 2


DAYS_LATER = 24 * 60


@pytest.mark.parametrize("name", ["ban", "shutdown", "acquisition"])
@pytest.mark.parametrize("end", [Stage.REJECTED, Stage.REVERSED])
def test_whoever_was_told_of_an_event_is_told_its_end_of_a_year_later(
    name: str, end: Stage
) -> None:
    fields = a_deal("tiktok", "oracle") if name == "acquisition" else {"countries": ("IN",)}
    confirmed = Conditions(stages=(Stage.CONFIRMED,))
    subscription = Subscription(id=SubscriptionId("s"), name="s", when=confirmed)
    tracker = Tracker(watchlist=WATCHLIST, horizon=timedelta(days=500))
    begin = [told(outlet, minute=n, **(fields | {"type": name})) for n, outlet in enumerate("ABC")]
    late = told("D", minute=390 * DAYS_LATER, stage=end, **(fields | {"type": name}))
    tracker.read(*begin, late)

    alerts = alerts_for(subscription, tracker.changes, WATCHLIST)

    assert [(one.reason, one.stage) for one in alerts] == [
        (Reason.NEW, Stage.CONFIRMED),
        (Reason.CORRECTION, end),
    ]


@pytest.mark.parametrize(
    ("fields", "days"), [({}, 60), ({"countries": ("PK",)}, 60), ({"countries": ("IN",)}, 402)]
)
def test_an_end_that_may_be_of_something_else_ends_nothing_of_long_ago(
    fields: dict[str, Any], days: int
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", countries=("IN",)))

    tracker.read(told("B", minute=days * DAYS_LATER, stage=Stage.REVERSED, **fields))

    assert sorted(event.stage for event in tracker.events()) == [Stage.CONFIRMED, Stage.REVERSED]


def test_an_end_of_long_ago_is_that_of_the_newest_of_several() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    for number, stage in enumerate((Stage.CONFIRMED, Stage.CONFIRMED, Stage.REVERSED)):
        tracker.read(told("A", minute=number * 90 * DAYS_LATER, stage=stage, countries=("IN",)))

    assert [event.stage for event in tracker.events()] == [Stage.CONFIRMED, Stage.REVERSED]


@pytest.mark.parametrize("newer", [{}, {"countries": ("IN",)}], ids=str)
def test_an_end_is_that_of_what_is_open_rather_than_of_long_ago(newer: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"countries": ("IN",), "authority": "High Court"}
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", **fields), told("B", minute=100 * DAYS_LATER, **newer))

    tracker.read(told("B", minute=101 * DAYS_LATER, stage=Stage.REVERSED, **fields))

    assert [event.stage for event in tracker.events()] == [Stage.CONFIRMED, Stage.REVERSED]


@pytest.mark.parametrize(
    ("fields", "events"),
    [
        ({}, 2),
        ({"countries": ("US",)}, 2),
        ({"amount": dollars(840)}, 1),
        (a_deal("x", "oracle"), 1),
    ],
    ids=str,
)
def test_the_end_of_a_deal_of_long_ago_names_its_buyer_or_sum(
    fields: dict[str, Any], events: int
) -> None:
    deal = a_deal("tiktok", "oracle", countries=("US",), amount=dollars(840))
    end = {**a_deal(), **fields, "stage": Stage.REJECTED}
    if "companies" in fields:
        end["companies"] = deal["companies"]

    assert count_events(deal, end, apart=timedelta(days=300)) == events


def test_a_deal_that_follows_on_one_that_came_to_nothing_is_another() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    for number, outlet in enumerate("AB"):
        tracker.read(told(outlet, minute=number, **a_deal("tiktok", "oracle", date="2026-01-05")))
    for number, outlet in enumerate("AB"):
        off = a_deal("tiktok", "oracle", stage=Stage.REJECTED)
        tracker.read(told(outlet, minute=10 * DAYS_LATER + number, **off))

    tracker.read(
        told("C", minute=120 * DAYS_LATER, **a_deal("tiktok", "oracle", date="2026-05-08"))
    )

    assert [event.stage for event in tracker.events()] == [Stage.REJECTED, Stage.CONFIRMED]


OFF = a_deal("tiktok", "oracle", stage=Stage.REJECTED)


@pytest.mark.parametrize(
    "reports",
    [
        [
            (0, a_deal("tiktok", "oracle", amount=dollars(840))),
            (60, a_deal("tiktok", "oracle", amount=dollars(1200), stage=Stage.RUMOURED)),
            (80, a_deal("tiktok", "oracle", amount=dollars(1200))),
        ],
        [
            (0, a_deal("tiktok", "oracle", amount=dollars(840))),
            (1, a_deal("tiktok", "oracle", amount=dollars(1200), stage=Stage.PROPOSED)),
            (9, a_deal("tiktok", "oracle", amount=dollars(1200))),
        ],
        [(0, a_bid(dollars(840))), (10, OFF), (10, OFF), (15, a_bid(dollars(1200)))],
        [(0, a_purchase_from("Red Fox")), (300, a_purchase_from("Kiwi"))],
        [
            (0, a_sale("oracle", "tiktok", by="walmart")),
            (1, a_deal("walmart", "oracle")),
            (2, a_sale("oracle", "capcut", by="walmart")),
        ],
        [
            (0, a_deal("walmart", "oracle")),
            (1, a_sale("oracle", "tiktok", by="walmart")),
            (2, a_sale("oracle", "capcut", by="walmart")),
        ],
    ],
    ids=[
        "a rumour of the next stake",
        "a late bid for another sum",
        "a bid withdrawn and raised",
        "another seller a year later",
        "two units with the seller between them",
        "two units after the seller",
    ],
)
def test_another_deal_of_the_same_two_is_another(reports: list[tuple[int, dict[str, Any]]]) -> None:
    tracker = Tracker(watchlist=WATCHLIST)

    for number, (day, fields) in enumerate(reports):
        tracker.read(told(f"outlet-{number}", minute=day * DAYS_LATER, **fields))

    assert len(tracker.events()) == 2


def test_a_deal_that_was_struck_again_is_what_is_called_off_on_another_day() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    in_us: dict[str, Any] = {"countries": ("US",)}
    tracker.read(told("A", **a_deal("tiktok", "oracle", amount=dollars(840), **in_us)))
    tracker.read(*(told(o, minute=5 * DAYS_LATER, **OFF, date="2026-01-10") for o in "AB"))
    again = a_deal("tiktok", "oracle", amount=dollars(1200))
    tracker.read(told("A", minute=120 * DAYS_LATER, **again))

    off = OFF | in_us | {"date": "2026-06-04"}
    tracker.read(*(told(outlet, minute=150 * DAYS_LATER, **off) for outlet in "AB"))

    assert [event.stage for event in tracker.events()] == [Stage.REJECTED, Stage.REJECTED]


def test_what_is_closed_is_the_deal_that_was_not_called_off() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", **a_deal("tiktok", "oracle")))
    tracker.read(told("A", minute=DAYS_LATER, **a_deal("tiktok", "walmart")))
    off = a_deal("tiktok", "walmart", stage=Stage.REJECTED)
    tracker.read(*(told(outlet, minute=9 * DAYS_LATER, **off) for outlet in "AB"))

    tracker.read(*(told(o, minute=20 * DAYS_LATER, **a_deal("tiktok")) for o in "AB"))

    assert [event.stage for event in tracker.events()] == [Stage.CONFIRMED, Stage.REJECTED]


def test_a_deal_that_both_sides_call_off_on_two_days_is_one() -> None:
    ends = [
        a_deal("tiktok", "oracle", stage=Stage.REJECTED, date=date)
        for date in ("2026-01-05", "2026-05-08")
    ]

    assert count_events(a_deal("tiktok", "oracle"), *ends, apart=timedelta(days=100)) == 1


@pytest.mark.parametrize(
    ("signed", "closed", "days", "events"),
    [
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "oracle"), 390, 1),
        (a_merger("tiktok", "oracle"), a_deal("tiktok", "oracle"), 390, 1),
        (a_deal("tiktok", "Blue Owl"), a_deal("tiktok", "Blue Owl"), 390, 1),
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "oracle", stage=Stage.RUMOURED), 200, 2),
        (a_deal("tiktok"), a_deal("tiktok"), 200, 2),
        (a_deal("tiktok", "oracle"), a_deal("tiktok"), 200, 2),
        (a_deal("tiktok", "oracle"), a_deal("tiktok", "oracle"), 402, 2),
        (
            a_deal("tiktok", "oracle", stage=Stage.REJECTED),
            a_deal("tiktok", "oracle"),
            200,
            2,
        ),
    ],
    ids=str,
)
def test_a_deal_of_the_same_two_may_take_a_year_to_close(
    signed: dict[str, Any], closed: dict[str, Any], days: int, events: int
) -> None:
    assert count_events(signed, closed, apart=timedelta(days=days)) == events


@pytest.mark.parametrize("name", ["ban", "shutdown"])
@pytest.mark.parametrize("opening", [Stage.RUMOURED, Stage.PROPOSED])
def test_what_was_planned_may_take_a_year_to_come_true(name: str, opening: Stage) -> None:
    fields: dict[str, Any] = {"type": name, "countries": ("IN",)}
    planned, true = fields | {"stage": opening}, fields

    assert count_events(planned, true, apart=timedelta(days=390)) == 1
    assert count_events(planned, true, true, apart=timedelta(days=60)) == 2
    assert count_events(planned, planned, apart=timedelta(days=60)) == 2
    assert count_events(planned, true | {"countries": ()}, apart=timedelta(days=60)) == 2


def test_what_comes_true_in_one_of_its_countries_has_not_in_the_others() -> None:
    planned = {"countries": ("EU",), "stage": Stage.PROPOSED}

    assert count_events(planned, {"countries": ("FR",)}, apart=timedelta(days=200)) == 2
    assert count_events(planned, {"countries": ("EU",)}, apart=timedelta(days=200)) == 1


@pytest.mark.parametrize("between", [Stage.CONFIRMED, Stage.REVERSED])
def test_another_day_told_weeks_later_is_another_ban_whatever_was_told_between(
    between: Stage,
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    fields: dict[str, Any] = {"countries": ("IN",)}
    tracker.read(told("A", date="2026-01-05", **fields))
    for day, outlet in ((25, "B"), (47, "C"), (48, "D")):
        tracker.read(told(outlet, minute=day * DAYS_LATER, stage=between, **fields))

    tracker.read(told("A", minute=49 * DAYS_LATER, date="2026-02-23", **fields))

    assert len(tracker.events()) == 2


def test_another_day_is_another_ban_of_a_country_unless_both_are_told_at_once() -> None:
    days = [{"countries": ("IN",), "date": date} for date in ("2026-01-05", "2026-03-05")]

    assert count_events(*days, apart=timedelta(days=3)) == 1
    assert count_events(*days, apart=timedelta(days=4)) == 2


def test_two_bids_between_which_a_vague_story_stands_stay_two() -> None:
    bids = [a_deal("tiktok", "oracle"), a_deal("tiktok"), a_deal("tiktok", "walmart")]

    assert count_events(*bids) == 2


def test_a_report_that_tells_no_country_goes_to_the_event_told_last() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(told("A", countries=("IN",)), told("B", minute=1, countries=("US",)))

    tracker.read(told("C", minute=2))

    outlets = {event.countries: event.outlets for event in tracker.events()}
    assert outlets == {("IN",): 1, ("US",): 2}


def test_an_event_on_an_owner_takes_up_its_products_in_the_same_country() -> None:
    reports = [{"target": name, "countries": ("US",)} for name in ("bytedance", "tiktok", "capcut")]

    assert count_events(*reports) == 1


def test_a_background_report_opens_nothing_and_joins_what_opens_later() -> None:
    tracker = Tracker()

    assert tracker.read(told("A", focus=Focus.BACKGROUND)) == []
    tracker.read(told("B", minute=1))

    event = tracker.only_event()
    assert [story.outlet for story in event.stories] == ["A", "B"]
    assert event.outlets == 1


def test_a_story_that_shows_two_events_to_be_one_leaves_a_tombstone() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    first = tracker.read(told("A", minute=10, target="bytedance"))[0].event
    second = tracker.read(told("B", minute=20, target="tiktok"))[0].event
    both = tuple(
        Involvement(id=CompanyId(one), role=Role.TARGET) for one in ("bytedance", "tiktok")
    )

    tracker.read(told("C", minute=0, companies=both))

    event = tracker.only_event()
    tombstones = [one.event for one in tracker.changes if one.event.merged_into is not None]
    assert (event.id, event.absorbed) == (first.id, (second.id,))
    assert [(one.id, one.merged_into) for one in tombstones] == [(second.id, first.id)]


def test_an_event_that_comes_apart_again_is_a_new_one() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    both = tuple(
        Involvement(id=CompanyId(one), role=Role.TARGET) for one in ("bytedance", "tiktok")
    )
    first = tracker.read(told("A", minute=10, target="bytedance"))[0].event
    second = tracker.read(told("B", minute=20, target="tiktok"))[0].event
    link = told("C", minute=0, companies=both)
    tracker.read(link)

    tracker.read(revised(link, a_report(link.story.story_id, target="bytedance")))

    ids = {event.id for event in tracker.events()}
    assert first.id in ids
    assert second.id not in ids
    assert len(ids) == 2


def test_an_event_takes_up_those_who_were_told_otherwise_of_one_that_moves_into_it() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    both = tuple(
        Involvement(id=CompanyId(one), role=Role.TARGET) for one in ("bytedance", "tiktok")
    )
    tracker.read(told("A", minute=10, target="bytedance"))
    tracker.read(told("B", minute=20, target="tiktok", stage=Stage.REVERSED))

    tracker.read(told("C", minute=0, companies=both))

    everything = Subscription(id=SubscriptionId("all"), name="all", when=Conditions())
    alerts = alerts_for(everything, tracker.changes, WATCHLIST)
    assert [(one.reason, one.stage) for one in alerts] == [
        (Reason.NEW, Stage.CONFIRMED),
        (Reason.NEW, Stage.REVERSED),
        (Reason.CORRECTION, Stage.CONFIRMED),
    ]


def test_the_snapshot_merges_what_the_stories_tell() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(
        told("A", **a_deal("tiktok", amount=dollars(800), confidence=0.7)),
        told("B", minute=1, **a_deal("tiktok", "oracle", amount=dollars(840), countries=("US",))),
        told("C", minute=2, **a_deal("tiktok", scope="US business", date="2026-01-05")),
    )

    event = tracker.only_event()

    assert [(one.id, one.role) for one in event.companies] == [
        ("tiktok", "target"),
        ("oracle", "actor"),
    ]
    assert (event.countries, event.scope, event.date) == (("US",), "US business", "2026-01-05")
    assert event.amount == dollars(840)
    assert (event.confidence, event.outlets) == (0.9, 3)


def test_an_event_shows_its_newest_hundred_stories_and_counts_all_outlets() -> None:
    tracker = Tracker()
    tracker.read(*(told(f"outlet-{number}", minute=number) for number in range(120)))

    event = tracker.only_event()

    assert (len(event.stories), event.stories[-1].outlet, event.outlets) == (100, "outlet-119", 120)


def test_a_name_that_another_story_knows_as_a_tracked_company_is_no_second_party() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    named = Evidence(field="company:oracle", part="title", start=0, end=6, quote="Oracle")

    tracker.read(
        told("A", minute=0, **a_deal("tiktok", "Oracle", "Acme")),
        told("B", minute=1, **a_deal("tiktok", "oracle", evidence=(named,))),
    )

    event = tracker.only_event()
    assert [other.name for other in event.others] == ["Acme"]
    assert [company.id for company in event.companies] == ["tiktok", "oracle"]


def test_the_words_of_the_headline_are_quoted_before_stronger_ones_of_the_text() -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    text = Evidence(field="type", part="text", start=8, end=18, quote="has bought")
    title = Evidence(field="type", part="title", start=7, end=11, quote="buys")

    tracker.read(told("A", minute=0, **a_deal("tiktok", "oracle", evidence=(text, title))))

    [story] = tracker.only_event().stories
    assert (story.quote, story.quote_part, story.quote_start) == ("buys", "title", 7)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("shutdown", Role.ACTOR, "Tiktok shuts down Lemonade (confirmed; 2 outlets)"),
        ("ban", Role.PARTY, "Lemonade banned (confirmed; 2 outlets)"),
    ],
)
def test_whose_app_ends_does_not_end_though_some_leave_out_the_app(
    name: str, role: Role, said: str, first: int
) -> None:
    reports = [an_end(name, Role.TARGET), an_end(name, role, "Lemonade")]
    tracker = Tracker(watchlist=WATCHLIST)

    for day, fields in enumerate((reports[first], reports[1 - first])):
        tracker.read(told(f"outlet-{day}", minute=day * 3 * 1440, **fields))

    assert sentence(tracker.only_event(), watchlist=WATCHLIST) == said


@pytest.mark.parametrize(("name", "role"), [("shutdown", Role.ACTOR), ("ban", Role.PARTY)])
def test_two_apps_of_one_that_end_are_two_events(name: str, role: Role) -> None:
    reports = [an_end(name, role, "Lemonade"), an_end(name, role, "Resso")]

    assert count_events(*reports, apart=timedelta(days=3)) == 2


def test_who_bans_an_app_is_not_who_is_banned() -> None:
    reports = [an_end("ban", Role.TARGET), an_end("ban", Role.ACTOR, "Lemonade")]

    assert count_events(*reports) == 2
