"""Evaluation: how well readings agree with labelled stories, per language and in all.

docs/events.md defines what is labelled. Main events with a tracked company are scored; a reported
event is matched with a labelled one of the same type, the one that shares most companies first.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.classifier.lines import BrokenLineError
from services.common.contracts.reading import Focus, Reading, Report, Role, Stage
from services.common.event_types import event_types
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

FIELDS = (
    "type",
    "alert",
    "stage",
    "role",
    "focus",
    "countries",
    "amount",
    "date",
    "mentions",
    "false alarms",
)
_IN_ALL = "all"
_RESAMPLES = 400
_SHARE_TO_LOOK_AT = 0.6


PARTS = ("all", "look", "scored", "fitted", "held")
"""Parts of the labelled stories: `scored` is `fitted` and `held` together."""


def may_be_looked_at(story_id: str) -> bool:
    """Return whether a labelled story is one of the 60 % that cues may be mended by.

    The others are only scored: who reads them tunes to them, and the figures mean nothing more.
    """
    return _tenth(story_id) < 10 * _SHARE_TO_LOOK_AT


def is_in(part: str, story_id: str) -> bool:
    """Return whether a labelled story belongs to one of `PARTS`.

    Nobody reads what is scored. Confidence is fitted to one half of it, since what cues were mended
    by looks surer than news is, and judged by the other, `held`.
    """
    if part == "all":
        return True
    if part in {"look", "scored"}:
        return may_be_looked_at(story_id) == (part == "look")
    return not may_be_looked_at(story_id) and (_tenth(story_id) < 8) == (part == "fitted")


def _tenth(story_id: str) -> int:
    return int(hashlib.sha256(story_id.encode()).hexdigest(), 16) % 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledEvent:
    """An event as a person labelled it, with tracked companies only."""

    type: str
    stage: str
    is_main: bool
    roles: Mapping[CompanyId, str]
    countries: frozenset[str]
    date: str | None
    amount: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a person says of one story. `has_events` counts untracked events too."""

    story_id: str
    language: str
    events: tuple[LabelledEvent, ...]
    mentions: frozenset[CompanyId]
    has_events: bool


@dataclass(slots=True)
class Counts:
    """Hits, false and missed ones of a field; for an accuracy `found` and `wrong` alone."""

    found: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def n(self) -> int:
        """Return how many labels were there to be found."""
        return self.found + self.missed

    @property
    def precision(self) -> float | None:
        """Return which share of what was said is right; None when nothing was said."""
        said = self.found + self.wrong
        return self.found / said if said else None

    @property
    def recall(self) -> float | None:
        """Return which share of the labels was found; None without labels."""
        return self.found / self.n if self.n else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of both; None when there is nothing to compare."""
        all_ = 2 * self.found + self.wrong + self.missed
        return 2 * self.found / all_ if all_ else None


@dataclass(slots=True)
class Score:
    """The counts of every field over some stories, and a sentence for each error."""

    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    always_confirmed: Counts = field(default_factory=Counts)
    parts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    """The same for one value each: `type ban`, `stage rumoured` (as labelled), `role actor`."""
    types_by_story: list[Counts] = field(default_factory=list)
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a labelled stage was read as which: what tracking has to live with."""
    judged: list[tuple[float, bool]] = field(default_factory=list)
    """The confidence of every report told as news, and whether a labelled event bears it out."""

    errors: list[str] = field(default_factory=list)


def require_labels(fields: Mapping[str, Any]) -> None:
    """Return where a line's labels have the form of docs/events.md: a slip would look like a miss.

    Raises:
        BrokenLineError: they have not; the message has the key, and of which event.
    """
    events = fields.get("events")
    if not isinstance(events, list):
        raise BrokenLineError('"events" is no list: write [] where the story tells none')
    for number, event in enumerate(events, 1):
        if not isinstance(event, dict):
            raise BrokenLineError(f"event {number} is not a JSON object")
        for mistake in _mistakes(event):
            raise BrokenLineError(f"event {number}: {mistake}")
    mentions = fields.get("mentions") or []
    if not isinstance(mentions, list) or not all(isinstance(name, str) for name in mentions):
        raise BrokenLineError('"mentions" is no list of names')


def _mistakes(event: Mapping[str, Any]) -> Iterator[str]:
    known = {"type": event_types(), "stage": map(str, Stage), "focus": map(str, Focus)}
    for key, values in known.items():
        yield from _no_value(key, event.get(key), list(values))
    parties = event.get("companies")
    if not isinstance(parties, list):
        yield '"companies" is no list'
        return
    for party in parties:
        if not isinstance(party, dict) or not isinstance(party.get("name"), str):
            yield 'a company needs "name" and "role"'
        else:
            yield from _no_value("role", party.get("role"), [str(role) for role in Role])


def _no_value(key: str, given: object, known: Sequence[str]) -> Iterator[str]:
    if given is None:
        yield f'"{key}" is missing'
    elif given not in known:
        yield f"there is no {key} {json.dumps(given)}: write one of {', '.join(known)}"


def read_labels(fields: Mapping[str, Any], ids: Mapping[str, CompanyId]) -> Labels:
    """Return the labels of a story; `ids` maps casefolded names and aliases to companies."""
    events: list[LabelledEvent] = []
    for event in fields.get("events", ()):
        roles = {
            ids[party["name"].casefold()]: party["role"]
            for party in event["companies"]
            if party["name"].casefold() in ids
        }
        if roles:
            events.append(
                LabelledEvent(
                    type=event["type"],
                    stage=event["stage"],
                    is_main=event["focus"] == Focus.MAIN,
                    roles=roles,
                    countries=frozenset(event.get("countries") or ()),
                    date=event.get("date"),
                    amount=event.get("amount"),
                )
            )
    return Labels(
        story_id=fields["id"],
        language=fields.get("lang") or "und",
        events=tuple(events),
        mentions=frozenset(
            ids[name.casefold()] for name in fields.get("mentions", ()) if name.casefold() in ids
        ),
        has_events=bool(fields.get("events")),
    )


def named_in(fields: Mapping[str, Any]) -> set[str]:
    """Return the names of companies in the labels of a story, casefolded, tracked or not."""
    parties = [party["name"] for event in fields["events"] for party in event["companies"]]
    return {name.casefold() for name in (*parties, *(fields.get("mentions") or ()))}


def ids_by_name(watchlist: Watchlist) -> dict[str, CompanyId]:
    """Return the company of every name and alias, casefolded; a name of its own wins over an alias."""
    ids: dict[str, CompanyId] = {}
    for company in watchlist.companies.values():
        for alias in company.names:
            ids.setdefault(alias.text.casefold(), company.id)
    ids.update({c.name.casefold(): c.id for c in watchlist.companies.values()})
    return ids


def evaluate(pairs: Iterable[tuple[Labels, Reading]]) -> dict[str, Score]:
    """Return a score for every language, by code, and under "all" for all stories."""
    scores: dict[str, Score] = {_IN_ALL: Score()}
    for labels, reading in pairs:
        for key in (labels.language, _IN_ALL):
            _compare(scores.setdefault(key, Score()), labels, reading)
    return scores


def table(scores: Mapping[str, Score]) -> str:
    """Return the scores as lines of text: each cell is the figure and its n."""
    rows = [["lang", *FIELDS[:1], "95 % of F1", *FIELDS[1:], "calibration error"]]
    for language in [*sorted(key for key in scores if key != _IN_ALL), _IN_ALL]:
        score = scores[language]
        first, *others = (_cell(summary(score)[name]) for name in FIELDS)
        bounds = interval(score)
        within = "-" if bounds is None else f"{bounds[0]:.2f}-{bounds[1]:.2f}"
        sureness = f"{_number(expected_error(score.judged))} ({len(score.judged)})"
        rows.append([language, first, within, *others, sureness])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def summary(score: Score) -> dict[str, dict[str, float | int | None]]:
    """Return precision, recall and F1 or accuracy of every field, each with its n."""
    figures: dict[str, dict[str, float | int | None]] = {}
    for name in FIELDS:
        counts = score.counts[name]
        if name in {"type", "alert", "countries", "mentions"}:
            figures[name] = {
                "n": counts.n,
                "precision": counts.precision,
                "recall": counts.recall,
                "f1": counts.f1,
            }
        elif name == "false alarms":
            said = counts.found + counts.wrong
            figures[name] = {"n": said, "rate": counts.wrong / said if said else None}
        else:
            figures[name] = {"n": counts.found + counts.wrong, "accuracy": counts.precision}
    figures["stage"]["always_confirmed"] = score.always_confirmed.precision
    figures["confidence"] = {"n": len(score.judged), "error": expected_error(score.judged)}
    return figures


def interval(score: Score) -> tuple[float, float] | None:
    """Return the 95 % bootstrap interval of the F1 of types over stories; None without any type.

    Drawn with a fixed seed: the same stories give the same bounds.
    """
    stories = [counts for counts in score.types_by_story if counts.n or counts.wrong]
    if not stories:
        return None
    draw = random.Random(0)  # noqa: S311  no secret
    drawn: list[float] = []
    for _ in range(_RESAMPLES):
        found = mistaken = 0
        for counts in draw.choices(stories, k=len(stories)):
            found += counts.found
            mistaken += counts.wrong + counts.missed
        drawn.append(2 * found / (2 * found + mistaken))
    drawn.sort()
    return drawn[round(0.025 * _RESAMPLES)], drawn[round(0.975 * _RESAMPLES) - 1]


def expected_error(seen: Sequence[tuple[float, bool]], *, bins: int = 10) -> float | None:
    """Return the expected calibration error of confidences with their outcomes; None without any.

    The mean over equal bins of |share that was right - mean confidence|, each bin by its size.
    """
    by_bin: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, is_right in seen:
        by_bin[min(int(confidence * bins), bins - 1)].append((confidence, is_right))
    if not seen:
        return None
    return sum(
        abs(sum(right for _, right in found) - sum(confidence for confidence, _ in found))
        for found in by_bin.values()
    ) / len(seen)


def _cell(figures: Mapping[str, float | int | None]) -> str:
    if "f1" in figures:
        shown = "/".join(_number(figures[key]) for key in ("precision", "recall", "f1"))
    else:
        shown = _number(figures["rate"] if "rate" in figures else figures["accuracy"])
    return f"{shown} ({figures['n']})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _compare(score: Score, labels: Labels, reading: Reading) -> None:
    main = [event for event in labels.events if event.is_main]
    reported = [report for report in reading.reports if report.focus is Focus.MAIN]
    types, said = {event.type for event in main}, {report.type for report in reported}
    _count_sets(score, labels, "type", types, said)
    for name in types | said:
        part = score.parts[f"type {name}"]
        part.found += name in types & said
        part.wrong += name in said - types
        part.missed += name in types - said
    score.types_by_story.append(
        Counts(found=len(types & said), wrong=len(said - types), missed=len(types - said))
    )
    score.judged.extend((report.confidence, _is_borne_out(report, main)) for report in reported)
    _count_sets(
        score,
        labels,
        "alert",
        {(e.type, c) for e in main for c, role in e.roles.items() if role != Role.PARTY},
        {(r.type, p.id) for r in reported for p in r.companies if p.role is not Role.PARTY},
    )
    found = {mention.company_id for mention in reading.mentions}
    _count_sets(score, labels, "mentions", set(labels.mentions), found)
    if not labels.has_events:
        alarm = score.counts["false alarms"]
        alarm.wrong += bool(reported)
        alarm.found += not reported
    for event, report in _matched(labels.events, reading.reports):
        _compare_event(score, labels, event, report)


def _is_borne_out(report: Report, main: Sequence[LabelledEvent]) -> bool:
    companies = {party.id for party in report.companies}
    return any(event.type == report.type and event.roles.keys() & companies for event in main)


def _matched(
    events: Sequence[LabelledEvent], reports: Sequence[Report]
) -> Iterator[tuple[LabelledEvent, Report]]:
    """Yield labelled events with the report of the same type that shares most companies with each."""
    free = list(reports)
    for event in sorted(events, key=lambda event: not event.is_main):
        rank = {
            index: (len(event.roles.keys() & {p.id for p in report.companies}), -index)
            for index, report in enumerate(free)
            if report.type == event.type
        }
        best = max(rank, key=lambda index: rank[index], default=None)
        if best is not None and rank[best][0]:
            yield event, free.pop(best)


def _compare_event(score: Score, labels: Labels, event: LabelledEvent, report: Report) -> None:
    is_right = (report.focus is Focus.MAIN) == event.is_main
    _note(score, labels, "focus", event.is_main, report.focus is Focus.MAIN, is_right=is_right)
    if not event.is_main:
        return
    _note(score, labels, "stage", event.stage, str(report.stage))
    _count(score.parts[f"stage {event.stage}"], is_right=event.stage == str(report.stage))
    score.stages[event.stage, str(report.stage)] += 1
    score.always_confirmed.found += event.stage == "confirmed"
    score.always_confirmed.wrong += event.stage != "confirmed"
    given = {party.id: str(party.role) for party in report.companies}
    for company in event.roles.keys() & given.keys():
        wanted = (company, event.roles[company])
        _note(score, labels, "role", wanted, (company, given[company]))
        role = event.roles[company]
        _count(score.parts[f"role {role}"], is_right=role == given[company])
    _count_sets(score, labels, "countries", set(event.countries), set(report.countries))
    if event.date or report.date:
        _note(score, labels, "date", event.date, report.date)
    amount = f"{report.amount.currency} {report.amount.value}" if report.amount else None
    if event.amount or amount:
        is_right = event.amount == amount or _is_close(event.amount, amount)
        _note(score, labels, "amount", event.amount, amount, is_right=is_right)


def _count(counts: Counts, *, is_right: bool) -> None:
    counts.found += is_right
    counts.wrong += not is_right


def _is_close(wanted: str | None, given: str | None) -> bool:
    """Return whether two amounts are of one currency and equal but for rounding."""
    if wanted is None or given is None:
        return False
    (currency, value), (other, number) = wanted.split(), given.split()
    return currency == other and abs(float(value) - float(number)) <= 0.005 * float(value)


def _note(
    score: Score,
    labels: Labels,
    name: str,
    wanted: object,
    given: object,
    *,
    is_right: bool | None = None,
) -> None:
    counts = score.counts[name]
    if wanted == given if is_right is None else is_right:
        counts.found += 1
    else:
        counts.wrong += 1
        score.errors.append(f"{labels.story_id}: {name}: {_words(wanted)}, read as {_words(given)}")


def _count_sets(score: Score, labels: Labels, name: str, wanted: set[Any], given: set[Any]) -> None:
    counts = score.counts[name]
    counts.found += len(wanted & given)
    counts.wrong += len(given - wanted)
    counts.missed += len(wanted - given)
    for item in sorted(wanted - given, key=str):
        score.errors.append(f"{labels.story_id}: {name}: missed {_words(item)}")
    for item in sorted(given - wanted, key=str):
        score.errors.append(f"{labels.story_id}: {name}: wrong {_words(item)}")


def _words(item: object) -> str:
    return " ".join(map(str, item)) if isinstance(item, tuple) else str(item)
