"""Matching: who is told of a change, why, and why not.

`match` and `explain` ask one function, so that an explanation cannot differ from what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from services.alerter.news import News, news_of, stage_told
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Focus, Role
from services.common.contracts.subscription import Conditions, Subscription
from services.common.countries import overlap
from services.common.ids import CompanyId, SubscriptionId, alert_id
from services.common.text import folded
from services.common.watchlist import Watchlist

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
        news = news_of(change.event, subscription.when, so_far)
        reason = _reason(change, subscription, so_far, followed, news)
        if reason is not None:
            is_joined = reason is Reason.LATE and so_far
            late = followed.joined(so_far, subscription.when.companies) if is_joined else ()
            alerts.append(_alert(change, subscription, reason, news, late, so_far))
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
    news = news_of(change.event, subscription.when, told)
    reason = _reason(change, subscription, told, followed, news)
    conditions = tuple(
        Condition(name=name, holds=holds, **_shown(name, change, subscription, news))
        for name, holds in _conditions(change, subscription, followed, news)
    )
    unmet = [condition.name for condition in conditions if not condition.holds]
    sentence = _why(reason, news, told) if reason else _why_not(change.event, news, told, unmet)
    return Explanation(reason=reason, conditions=conditions, sentence=sentence)


def followed_by(event: Event, watchlist: Watchlist) -> frozenset[str]:
    """Return every id and tag by which a subscription may follow a company of the event."""
    if len(event.companies) == 1:
        return watchlist.followed_by(event.companies[0].id)
    return frozenset().union(*(watchlist.followed_by(company.id) for company in event.companies))


def round_before(change: EventChange) -> int:
    """Return the corrections and withdrawals of the event before `change`."""
    return max(change.event.round - (change.kind in _ROUND_ENDS_WITH), 0)


def focus_of(change: EventChange) -> Focus:
    """Return whether the story that brought the change is about the event.

    What opens or moves an event is always main: a background report does neither, though one that takes
    the place of a main report may leave it to others.
    """
    if change.kind in _OF_MAIN_REPORTS:
        return Focus.MAIN
    told = (story.focus for story in change.event.stories if story.id == change.cause)
    return next(told, Focus.MAIN)


def _alert(
    change: EventChange,
    subscription: Subscription,
    reason: Reason,
    news: News,
    late: Sequence[CompanyId],
    told: Sequence[Alert],
) -> Alert:
    """Return the alert for `reason`; `late` are the companies that it is for.

    What was told before in all that makes an id, and turned since, is told under one that follows the last.
    """
    event, round_ = change.event, round_before(change)
    about = event if news.is_of_the_end else event.standing_first()
    other = about.still.stage if about.still and news.has_an_end else None
    still_in = event.still.countries if event.still else ()
    ended_in = event.ended_in if other else ()
    places = (other or "", *still_in, "", *ended_in) if still_in else ()
    more = (*sorted(late), *places)
    name = partial(alert_id, subscription.id, event.id, reason, about.stage, round_, *more)
    is_used = name() in {alert.id for alert in told}
    return Alert(
        id=name(told[-1].id) if is_used else name(),
        subscription=subscription.id,
        event=event.id,
        reason=reason,
        stage=about.stage,
        round=round_,
        change_seq=change.seq,
        at=change.at,
        companies=tuple(company.id for company in event.companies),
        still_in=still_in,
        ended_in=ended_in,
        other_stage=other,
    )


def _reason(
    change: EventChange,
    subscription: Subscription,
    told: Sequence[Alert],
    followed: _Followed,
    news: News,
) -> Reason | None:
    """Return why to tell of `change`; None for not at all."""
    event = change.event
    if event.merged_into is not None:
        return None
    if event.withdrawn:
        is_owed = bool(told) and told[-1].reason is not Reason.WITHDRAWN
        return Reason.WITHDRAWN if is_owed else None
    if news.turned:
        # Owed to who was told, whatever they ask for.
        return Reason.CORRECTION
    reason = _news_reason(change, subscription, told, followed, news)
    if reason is None:
        return None
    matches = all(holds for _, holds in _conditions(change, subscription, followed, news))
    return reason if matches else None


def _news_reason(
    change: EventChange,
    subscription: Subscription,
    told: Sequence[Alert],
    followed: _Followed,
    news: News,
) -> Reason | None:
    """Return what `change` has for `subscription` where its conditions hold; None for nothing new."""
    if not told:
        return Reason.LATE if change.kind is ChangeKind.FACT else Reason.NEW
    if news.fresh:
        return Reason.STAGE
    return Reason.LATE if followed.joined(told, subscription.when.companies) else None


def _why(reason: Reason, news: News, told: Sequence[Alert]) -> str:
    moved = next(iter((*news.turned, *news.fresh)), None)
    was = now = None
    if told and moved is not None:
        was, now = stage_told(told[-1], moved) or told[-1].stage, news.seen[moved]
    return {
        Reason.NEW: "Told: every condition matched, for the first time.",
        Reason.LATE: "Told: one more company that it concerns became known later."
        if told
        else "Told: a fact that became known later made it match.",
        Reason.STAGE: f"Told: it moved from {was} to {now}.",
        Reason.CORRECTION: f"Told: {was} was told and does not hold as told.",
        Reason.WITHDRAWN: "Told: no story says it any longer.",
    }[reason]


def _why_not(event: Event, news: News, told: Sequence[Alert], unmet: Sequence[str]) -> str:
    if event.merged_into is not None:
        return f"Not told: it was the same as {event.merged_into}, which is told instead."
    if event.withdrawn:
        was = "that was told already" if told else "nobody here was told of it"
        return f"Not told: no story says it any longer, and {was}."
    known = sorted({news.seen[country] for country in news.seen if country not in news.untold})
    if told and known and not (news.untold and unmet):
        return (
            f"Not told: {' and '.join(known)} {'was' if len(known) == 1 else 'were'} told already."
        )
    return f"Not told: {', '.join(unmet)} did not match."


def _conditions(
    change: EventChange, subscription: Subscription, followed: _Followed, news: News
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
        yield "stages", not news.stages.isdisjoint(when.stages)
    if when.countries is not None:
        yield "countries", overlap(when.countries, event.countries)
    if when.outlets is not None:
        yield "outlets", event.outlets >= when.outlets
    yield from _conditions_on_telling(event, when, followed)
    yield "focus", focus_of(change) is Focus.MAIN


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


def _shown(
    name: str, change: EventChange, subscription: Subscription, news: News
) -> dict[str, str]:
    """Return what was asked for and what was found, for people."""
    event, when = change.event, subscription.when
    companies = (company.id for company in event.companies)
    expected, found = {
        "companies": (_list(when.companies), _list(companies)),
        "types": (_list(when.types), event.type),
        "stages": (_list(when.stages), _list(sorted(news.stages)) or event.stage),
        "countries": (_list(when.countries), _list(event.countries) or "worldwide or not told"),
        "outlets": (f"at least {when.outlets}", str(event.outlets)),
        "roles": (_list(when.roles), _list(f"{c.id} {c.role}" for c in event.companies)),
        "languages": (_list(when.languages), _list(_languages(event))),
        "confidence": (f"at least {when.confidence}", f"{event.confidence:g}"),
        "sources": (_list(when.sources), _list(_outlets(event))),
        "not_sources": (f"not {_list(when.not_sources)} alone", _list(_outlets(event))),
        "words": (_list(when.words), _list(_words_in(event, when.words or ())) or "none of them"),
        "focus": (Focus.MAIN, focus_of(change)),
    }[name]
    return {"expected": str(expected), "found": str(found)}


def _list(values: Iterable[str] | None) -> str:
    return ", ".join(values or ())
