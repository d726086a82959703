"""Evaluation: how well readings agree with labelled stories, per language and in all.

Main events with a tracked company are scored; a reported event is matched with a labelled one of the same
type, the one that shares most companies first.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.classifier.workbench.labels import LabelledEvent, Labels
from services.common.contracts.reading import Focus, Reading, Report, Role

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
