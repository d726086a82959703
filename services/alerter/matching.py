"""Matching: who is told of a change, why, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import EventChange
from services.common.contracts.subscription import Subscription
from services.common.ids import SubscriptionId
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a subscription as it met an event: what was asked for, what was found."""

    name: str
    holds: bool
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a subscription is told of a change (`reason`), or is not (None).

    `conditions` are all conditions of the subscription, those that hold too. `sentence` says the
    outcome for people.
    """

    reason: Reason | None
    conditions: tuple[Condition, ...]
    sentence: str


def match(
    change: EventChange,
    *,
    subscriptions: Iterable[Subscription],
    told: Mapping[SubscriptionId, Sequence[Alert]],
    watchlist: Watchlist,
) -> list[Alert]:
    """Return the alerts that `change` raises, at most one a subscription.

    `told` has per subscription the alerts of this event so far in order, and of every event in
    `change.event.absorbed`; a subscription without any may be left out.
    """
    raise NotImplementedError


def explain(
    change: EventChange,
    *,
    subscription: Subscription,
    told: Sequence[Alert],
    watchlist: Watchlist,
) -> Explanation:
    """Return why `match` tells `subscription` of `change`, or why it does not."""
    raise NotImplementedError
