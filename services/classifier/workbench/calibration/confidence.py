"""Calibration: fits the weights of confidence on labelled stories, and measures how well they hold.

A report is right where a labelled event of its type shares a company with it. The fit is logistic
regression by gradient steps, with a penalty on large weights and the signs that `weigh` asks for;
the same stories give the same file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.steps.weigh import AT_LEAST_ZERO, AT_MOST_ZERO, TABLE, features
from services.classifier.workbench.labels import Labels
from services.common.contracts.reading import Focus

_STEPS = 600
_RATE = 1.0
_PENALTY = 2.0
"""How many labelled reports a weight of 1 must be worth; it keeps rare features small."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One report: what speaks for it, and whether a person agrees."""

    features: Mapping[str, float]
    is_right: bool


def outcomes(labels: Labels, document: Document) -> Iterator[Outcome]:
    """Yield one outcome for every report of a story that it tells as news."""
    for candidate in document.candidates:
        if candidate.roles and candidate.focus is Focus.MAIN:
            yield Outcome(features(document, candidate), _is_right(labels, candidate))


def _is_right(labels: Labels, candidate: Candidate) -> bool:
    return any(
        event.is_main
        and event.type == candidate.event_type
        and event.roles.keys() & candidate.roles.keys()
        for event in labels.events
    )


def fit(seen: Sequence[Outcome]) -> dict[str, float]:
    """Return the weights under which `seen` is likeliest, rounded to two decimals.

    Raises:
        ValueError: there are no outcomes, or all are alike.
    """
    right = sum(outcome.is_right for outcome in seen)
    if not 0 < right < len(seen):
        raise ValueError(f"{right} of {len(seen)} reports are right; some of each kind are needed.")
    weights = dict.fromkeys(TABLE, 0.0)
    slopes_seen = dict.fromkeys(TABLE, 1.0)
    alike = sorted(_alike(seen).items())
    for _ in range(_STEPS):
        slopes = {name: -_PENALTY * weight for name, weight in weights.items()}
        slopes["base"] = 0.0
        for found, (reports, rights) in alike:
            miss = rights - reports * probability(weights, dict(found))
            for name, value in found:
                slopes[name] += miss * value
        for name, slope in slopes.items():
            # Steps shrink with the slopes a weight has had, so that rare features learn as well.
            slopes_seen[name] += slope * slope
            step = _RATE * slope / math.sqrt(slopes_seen[name])
            weights[name] = _signed(name, weights[name] + step)
    return {name: round(weight, 2) for name, weight in weights.items()}


def _alike(seen: Sequence[Outcome]) -> dict[tuple[tuple[str, float], ...], tuple[int, int]]:
    """Return how many reports, and how many right ones, have the same features."""
    counts: dict[tuple[tuple[str, float], ...], tuple[int, int]] = {}
    for outcome in seen:
        key = tuple(sorted(outcome.features.items()))
        reports, rights = counts.get(key, (0, 0))
        counts[key] = (reports + 1, rights + outcome.is_right)
    return counts


def _signed(name: str, weight: float) -> float:
    if name in AT_LEAST_ZERO:
        return max(weight, 0.0)
    return min(weight, 0.0) if name in AT_MOST_ZERO else weight


def probability(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    """Return how likely a report with these features is right."""
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in found.items())))
