from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.matching import followed_by, match
from services.alerter.telling import Following
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import CompanyId, SubscriptionId
from tests.support.alerting import a_subscription
from tests.support.builders import a_company, a_watchlist
from tests.support.events import a_change, an_event

WATCHLIST = a_watchlist(
    a_company("bytedance", name="ByteDance", tags=("social",)),
    a_company("tiktok", name="TikTok", owner=CompanyId("bytedance")),
    a_company("zoom", name="Zoom"),
)
ASKED_FOR = st.none() | st.lists(
    st.sampled_from(["bytedance", "tiktok", "zoom", "tag:social", "tag:none", "gone"]), min_size=1
)


@settings(max_examples=40)
@given(asked_for=st.lists(ASKED_FOR, max_size=8))
def test_whoever_is_not_asked_would_not_have_been_told(
    asked_for: list[list[str] | None],
) -> None:
    every = [
        a_subscription(
            f"number-{number}",
            when=Conditions(companies=None if companies is None else tuple(companies)),
        )
        for number, companies in enumerate(asked_for)
    ]
    following = Following.of(WATCHLIST, every)
    change = a_change(an_event())

    def told(some: list[Subscription]) -> list[SubscriptionId]:
        alerts = match(change, subscriptions=some, told={}, watchlist=WATCHLIST)
        return [alert.subscription for alert in alerts]

    asked = following.asking.about(followed_by(change.event, WATCHLIST), ())

    assert told([following.subscriptions[name] for name in asked]) == told(every)


def test_who_was_told_before_is_asked_whatever_they_ask_for_now() -> None:
    other = a_subscription("other", when=Conditions(companies=("zoom",)))
    following = Following.of(WATCHLIST, [other])
    event = an_event()

    asked = following.asking.about(
        followed_by(event, WATCHLIST), [other.id, SubscriptionId("gone")]
    )

    assert asked == [other.id]
