"""Matching: who is told of a change, why, and why not.

`match` and `explain` ask one function, so that an explanation cannot differ from what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Focus, Role, Stage
from services.common.contracts.subscription import Conditions, Subscription
from services.common.countries import overlap
from services.common.ids import CompanyId, SubscriptionId, alert_id
from services.common.text import folded
from services.common.watchlist import Watchlist

_ENDS = frozenset({Stage.REJECTED, Stage.REVERSED})
_FORWARD = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
_OF_MAIN_REPORTS = frozenset({ChangeKind.OPENED, ChangeKind.STAGE})
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


@dataclass(frozen=True, slots=True)
class _Followed:
    """The ids and tags by which an event's companies are followed, in all and by their role."""

    watchlist: Watchlist
    names: frozenset[str]
    by_role: Mapping[Role, frozenset[str]]
    targets: tuple[CompanyId, ...]

    @classmethod
    def of(cls, event: Event, watchlist: Watchlist) -> _Followed:
        by_role: dict[Role, frozenset[str]] = {}
        for company in event.companies:
            names = watchlist.followed_by(company.id)
            by_role[company.role] = by_role.get(company.role, frozenset()) | names
        names = frozenset().union(*by_role.values())
        targets = (company.id for company in event.companies if company.role is Role.TARGET)
        return cls(watchlist, names, by_role, tuple(targets))

    def has(self, roles: Iterable[Role], asked: Sequence[str] | None) -> bool:
        """Return whether a company that is `asked` for, or any, has one of `roles`."""
        return any(
            role in self.by_role and (asked is None or not self.by_role[role].isdisjoint(asked))
            for role in roles
        )

    def joined(self, told: Sequence[Alert], asked: Sequence[str] | None) -> list[CompanyId]:
        """Return the targets that are `asked` for, or any, and strangers to all who were named when
        something was `told`: neither one of those, nor their product or owner.
        """
        named: set[CompanyId] = set()
        for alert in told:
            if alert.companies is None:
                return []
            named.update(alert.companies)
        return [
            company
            for company in self.targets
            if company not in named
            and (asked is None or not self.watchlist.followed_by(company).isdisjoint(asked))
            and not any(self._are_related(company, one) for one in named)
        ]

    def _are_related(self, one: CompanyId, other: CompanyId) -> bool:
        return one in self.watchlist.owners(other) or other in self.watchlist.owners(one)


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
    followed = _Followed.of(change.event, watchlist)
    alerts = []
    for subscription in subscriptions:
        so_far = told.get(subscription.id, ())
        seen = _seen_by(subscription, change)
        reason = _reason(seen, subscription, so_far, followed)
        if reason is not None:
            alerts.append(_alert(seen, subscription, reason, so_far, followed))
    return alerts


def explain(
    change: EventChange,
    *,
    subscription: Subscription,
    told: Sequence[Alert],
    watchlist: Watchlist,
) -> Explanation:
    """Return why `match` tells `subscription` of `change`, or why it does not."""
    followed = _Followed.of(change.event, watchlist)
    change = _seen_by(subscription, change)
    reason = _reason(change, subscription, told, followed)
    conditions = tuple(
        Condition(name=name, holds=holds, **_shown(name, change, subscription))
        for name, holds in _conditions(change, subscription, followed)
    )
    unmet = [condition.name for condition in conditions if not condition.holds]
    sentence = _why(reason, change.event, told) if reason else _why_not(change.event, told, unmet)
    return Explanation(reason=reason, conditions=conditions, sentence=sentence)


def followed_by(event: Event, watchlist: Watchlist) -> frozenset[str]:
    """Return every id and tag by which a subscription may follow a company of the event."""
    if len(event.companies) == 1:
        return watchlist.followed_by(event.companies[0].id)
    return frozenset().union(*(watchlist.followed_by(company.id) for company in event.companies))


def round_before(change: EventChange) -> int:
    """Return the corrections and withdrawals of the event before `change`."""
    return max(change.event.round - (change.kind in _ROUND_ENDS_WITH), 0)


def _seen_by(subscription: Subscription, change: EventChange) -> EventChange:
    """Return `change` as it concerns the countries that `subscription` follows.

    Who follows only those in which an event still stands sees no end of it.
    """
    event, asked = change.event, subscription.when.countries
    if event.still is None or asked is None or overlap(asked, event.ended_in):
        return change
    return replace(change, event=replace(event.where_it_stands(), still=event.still))


def _alert(
    change: EventChange,
    subscription: Subscription,
    reason: Reason,
    told: Sequence[Alert],
    followed: _Followed,
) -> Alert:
    event, round_ = change.event, round_before(change)
    joined = followed.joined(told, subscription.when.companies) if told else ()
    late = sorted(joined) if reason is Reason.LATE else ()
    return Alert(
        id=alert_id(subscription.id, event.id, reason, event.stage, round_, *late),
        subscription=subscription.id,
        event=event.id,
        reason=reason,
        stage=event.stage,
        round=round_,
        change_seq=change.seq,
        at=change.at,
        companies=tuple(company.id for company in event.companies),
        still_in=event.still.countries if event.still else (),
    )


def _reason(
    change: EventChange,
    subscription: Subscription,
    told: Sequence[Alert],
    followed: _Followed,
) -> Reason | None:
    """Return why to tell of `change`; None for not at all."""
    event = change.event
    if event.merged_into is not None:
        return None
    if told and (owed := _duty(event, told[-1], subscription)) is not None:
        return owed
    if event.withdrawn:
        return None
    news = _news(change, subscription, told, followed)
    if news is None:
        return None
    matches = all(holds for _, holds in _conditions(change, subscription, followed))
    return news if matches else None


def _news(
    change: EventChange, subscription: Subscription, told: Sequence[Alert], followed: _Followed
) -> Reason | None:
    """Return what `change` has for `subscription` where its conditions hold; None for nothing new."""
    if not told:
        return Reason.LATE if change.kind is ChangeKind.FACT else Reason.NEW
    if not _is_known(change.event, told):
        return Reason.STAGE
    return Reason.LATE if followed.joined(told, subscription.when.companies) else None


def _duty(event: Event, last: Alert, subscription: Subscription) -> Reason | None:
    """Return what is owed to who was told `last`, whatever they asked for; None for nothing new."""
    was_withdrawn = last.reason is Reason.WITHDRAWN
    if event.withdrawn:
        return None if was_withdrawn else Reason.WITHDRAWN
    if was_withdrawn or _does_not_hold(event, last) or _ended_further(event, last, subscription):
        return Reason.CORRECTION
    return None


def _ended_further(event: Event, last: Alert, subscription: Subscription) -> bool:
    """Return whether a country that `subscription` follows, where it stood by `last`, is at its end now."""
    ended = set(event.ended_in) & set(last.still_in) if event.stage in _ENDS else set()
    asked = subscription.when.countries
    return bool(ended) and (asked is None or overlap(asked, ended))


def _does_not_hold(event: Event, last: Alert) -> bool:
    if event.stage == last.stage:
        return False
    return bool({event.stage, last.stage} & _ENDS) or _is_step_back(last.stage, event.stage)


def _is_known(event: Event, told: Sequence[Alert]) -> bool:
    """Return whether its stage was told last of it, or of one of the events that turned out to be it."""
    last = {alert.event: alert.stage for alert in told}
    return event.stage in last.values()


def _why(reason: Reason, event: Event, told: Sequence[Alert]) -> str:
    last = told[-1].stage if told else event.stage
    return {
        Reason.NEW: "Told: every condition matched, for the first time.",
        Reason.LATE: "Told: one more company that it concerns became known later."
        if told
        else "Told: a fact that became known later made it match.",
        Reason.STAGE: f"Told: it moved from {last} to {event.stage}.",
        Reason.CORRECTION: f"Told: {last} was told and does not hold as told.",
        Reason.WITHDRAWN: "Told: no story says it any longer.",
    }[reason]


def _why_not(event: Event, told: Sequence[Alert], unmet: Sequence[str]) -> str:
    if event.merged_into is not None:
        return f"Not told: it was the same as {event.merged_into}, which is told instead."
    if event.withdrawn:
        was = "that was told already" if told else "nobody here was told of it"
        return f"Not told: no story says it any longer, and {was}."
    if told and _is_known(event, told):
        return f"Not told: {event.stage} was told already."
    return f"Not told: {', '.join(unmet)} did not match."


def _is_step_back(told: Stage, now: Stage) -> bool:
    if told not in _FORWARD or now not in _FORWARD:
        return False
    return _FORWARD.index(now) < _FORWARD.index(told)


def _conditions(
    change: EventChange, subscription: Subscription, followed: _Followed
) -> Iterator[tuple[str, bool]]:
    """Yield every condition that the subscription sets and the one that all share: does it hold?

    A thousand subscriptions are asked at each change, so the words come only when people ask.
    """
    event, when = change.event, subscription.when
    if when.companies is not None:
        yield "companies", not followed.names.isdisjoint(when.companies)
    if when.types is not None:
        yield "types", event.type in when.types
    if when.stages is not None:
        yield "stages", event.stage in when.stages
    if when.countries is not None:
        yield "countries", overlap(when.countries, event.countries)
    if when.outlets is not None:
        yield "outlets", event.outlets >= when.outlets
    yield from _conditions_on_telling(event, when, followed)
    yield "focus", _focus(change) is Focus.MAIN


def _conditions_on_telling(
    event: Event, when: Conditions, followed: _Followed
) -> Iterator[tuple[str, bool]]:
    """Yield the conditions on who tells it, in which words, and how sure that is."""
    if when.roles is not None:
        yield "roles", followed.has(when.roles, when.companies)
    if when.languages is not None:
        yield "languages", not set(when.languages).isdisjoint(_languages(event))
    if when.confidence is not None:
        yield "confidence", event.confidence >= when.confidence
    if when.sources is not None:
        yield "sources", not _folded(when.sources).isdisjoint(_folded(_outlets(event)))
    if when.not_sources is not None:
        yield "not_sources", not _folded(_outlets(event)) <= _folded(when.not_sources)
    if when.words is not None:
        yield "words", bool(_words_in(event, when.words))


def _languages(event: Event) -> list[str]:
    return list(dict.fromkeys(story.lang for story in event.stories))


def _outlets(event: Event) -> list[str]:
    return list(dict.fromkeys(story.outlet for story in event.stories))


def _folded(texts: Iterable[str]) -> set[str]:
    return {folded(text) for text in texts}


def _words_in(event: Event, words: Iterable[str]) -> list[str]:
    """Return those of `words` that stand in a headline or a quote."""
    told = _folded_once("\n".join(f"{story.title}\n{story.quote}" for story in event.stories))
    return [word for word in words if folded(word) in told]


@lru_cache(maxsize=16)
def _folded_once(text: str) -> str:
    """Return what a change's stories say; a thousand subscriptions may look for words in it."""
    return folded(text)


def _focus(change: EventChange) -> Focus:
    """Return whether the story that brought the change is about the event.

    What opens or moves an event is always main: a background report does neither, though one that takes
    the place of a main report may leave it to others.
    """
    if change.kind in _OF_MAIN_REPORTS:
        return Focus.MAIN
    told = (story.focus for story in change.event.stories if story.id == change.cause)
    return next(told, Focus.MAIN)


def _shown(name: str, change: EventChange, subscription: Subscription) -> dict[str, str]:
    """Return what was asked for and what was found, for people."""
    event, when = change.event, subscription.when
    companies = (company.id for company in event.companies)
    expected, found = {
        "companies": (_list(when.companies), _list(companies)),
        "types": (_list(when.types), event.type),
        "stages": (_list(when.stages), event.stage),
        "countries": (_list(when.countries), _list(event.countries) or "worldwide or not told"),
        "outlets": (f"at least {when.outlets}", str(event.outlets)),
        "roles": (_list(when.roles), _list(f"{c.id} {c.role}" for c in event.companies)),
        "languages": (_list(when.languages), _list(_languages(event))),
        "confidence": (f"at least {when.confidence}", f"{event.confidence:g}"),
        "sources": (_list(when.sources), _list(_outlets(event))),
        "not_sources": (f"not {_list(when.not_sources)} alone", _list(_outlets(event))),
        "words": (_list(when.words), _list(_words_in(event, when.words or ())) or "none of them"),
        "focus": (Focus.MAIN, _focus(change)),
    }[name]
    return {"expected": str(expected), "found": str(found)}


def _list(values: Iterable[str] | None) -> str:
    return ", ".join(values or ())
