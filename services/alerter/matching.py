"""Matching: who is told of a change, why, and why not.

`match` and `explain` ask one function, so that an explanation cannot differ from what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Focus, Stage
from services.common.contracts.subscription import Subscription
from services.common.countries import overlap
from services.common.ids import SubscriptionId, alert_id
from services.common.watchlist import Watchlist

_ENDS = frozenset({Stage.REJECTED, Stage.REVERSED})
_FORWARD = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
_ROUND_ENDS_WITH = frozenset({ChangeKind.CORRECTION, ChangeKind.WITHDRAWN})


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
    followed = _followed(change.event, watchlist)
    alerts = []
    for subscription in subscriptions:
        before = told.get(subscription.id, ())
        reason, _ = _decide(change, subscription, before, followed)
        if reason is not None:
            alerts.append(_alert(change, subscription, reason))
    return alerts


def explain(
    change: EventChange,
    *,
    subscription: Subscription,
    told: Sequence[Alert],
    watchlist: Watchlist,
) -> Explanation:
    """Return why `match` tells `subscription` of `change`, or why it does not."""
    followed = _followed(change.event, watchlist)
    reason, sentence = _decide(change, subscription, told, followed)
    conditions = tuple(_conditions(change, subscription, followed))
    return Explanation(reason=reason, conditions=conditions, sentence=sentence)


def round_before(change: EventChange) -> int:
    """Return the corrections and withdrawals of the event before `change`."""
    return max(change.event.round - (change.kind in _ROUND_ENDS_WITH), 0)


def _alert(change: EventChange, subscription: Subscription, reason: Reason) -> Alert:
    event, round_ = change.event, round_before(change)
    return Alert(
        id=alert_id(subscription.id, event.id, reason, event.stage, round_),
        subscription=subscription.id,
        event=event.id,
        reason=reason,
        stage=event.stage,
        round=round_,
        change_seq=change.seq,
        at=change.at,
    )


def _decide(
    change: EventChange,
    subscription: Subscription,
    told: Sequence[Alert],
    followed: frozenset[str],
) -> tuple[Reason | None, str]:
    """Return the reason to tell, or None, and the sentence that says it."""
    event = change.event
    if event.merged_into is not None:
        return None, f"It was the same as {event.merged_into}, which is told instead."
    if told and (duty := _duty(event, told[-1])) is not None:
        return duty
    if event.withdrawn:
        return None, "No story says it any longer, and nobody here was told."
    if missing := [c.name for c in _conditions(change, subscription, followed) if not c.holds]:
        return None, f"Not told: {', '.join(missing)} did not match."
    return _wish(change, told)


def _wish(change: EventChange, told: Sequence[Alert]) -> tuple[Reason, str]:
    """Return why to tell of a change that meets every condition."""
    if told:
        return Reason.STAGE, f"Told: it moved from {told[-1].stage} to {change.event.stage}."
    if change.kind is ChangeKind.FACT:
        return Reason.LATE, "Told: a fact that became known later made it match."
    return Reason.NEW, "Told: every condition matched, for the first time."


def _duty(event: Event, last: Alert) -> tuple[Reason | None, str] | None:
    """Return what is owed to who was told `last`, whatever they asked for; None leaves it to that.

    Who was told something that does not hold is told so. A step forward is a matter of the
    conditions, the same stage again is nothing.
    """
    was_withdrawn = last.reason is Reason.WITHDRAWN
    if event.withdrawn:
        if was_withdrawn:
            return None, "Its withdrawal was told already."
        return Reason.WITHDRAWN, "Told: no story says it any longer."
    if was_withdrawn:
        return Reason.CORRECTION, "Told: it was withdrawn, and is reported again."
    if event.stage == last.stage:
        return None, f"{event.stage.capitalize()} was told already."
    if event.stage in _ENDS or last.stage in _ENDS or _is_step_back(last.stage, event.stage):
        return Reason.CORRECTION, f"Told: {last.stage} was told and does not hold."
    return None


def _is_step_back(told: Stage, now: Stage) -> bool:
    if told not in _FORWARD or now not in _FORWARD:
        return False
    return _FORWARD.index(now) < _FORWARD.index(told)


def _followed(event: Event, watchlist: Watchlist) -> frozenset[str]:
    """Return every id and tag by which a subscription may follow a company of the event."""
    return frozenset().union(*(watchlist.followed_by(company.id) for company in event.companies))


def _conditions(
    change: EventChange, subscription: Subscription, followed: frozenset[str]
) -> list[Condition]:
    """Return every condition that the subscription sets, and the one that all share."""
    event, when = change.event, subscription.when
    conditions = [_focus(change)]
    if when.companies is not None:
        named = [str(company.id) for company in event.companies]
        conditions.append(_one_of("companies", when.companies, followed, shown=named))
    if when.types is not None:
        conditions.append(_one_of("types", when.types, (event.type,)))
    if when.stages is not None:
        conditions.append(_one_of("stages", when.stages, (event.stage,)))
    if when.countries is not None:
        conditions.append(
            Condition(
                name="countries",
                holds=overlap(when.countries, event.countries),
                expected=", ".join(when.countries),
                found=", ".join(event.countries) or "worldwide or not told",
            )
        )
    if when.outlets is not None:
        conditions.append(
            Condition(
                name="outlets",
                holds=event.outlets >= when.outlets,
                expected=f"at least {when.outlets}",
                found=str(event.outlets),
            )
        )
    return conditions


def _one_of(
    name: str, expected: Iterable[str], found: Iterable[str], *, shown: Iterable[str] | None = None
) -> Condition:
    """Return the condition that one of `found`, which people see as `shown`, was asked for."""
    expected, found = tuple(expected), tuple(found)
    return Condition(
        name=name,
        holds=not frozenset(expected).isdisjoint(found),
        expected=", ".join(expected),
        found=", ".join(found if shown is None else shown),
    )


def _focus(change: EventChange) -> Condition:
    """Return whether the story that brought the change is about the event."""
    cause = [story for story in change.event.stories if story.id == change.cause]
    focus = cause[0].focus if cause else Focus.MAIN
    return Condition(name="focus", holds=focus is Focus.MAIN, expected=Focus.MAIN, found=focus)
