"""Stage calibration: fits the weights by which a stage is told from the others.

A choice among five: the likelihood of a stage is the exponential of its signs' sum, over that of all.
The same gradient steps as for confidence; the same stories give the same file.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.steps.stage import EVERY, SHARED, open_signs
from services.classifier.workbench.labels import LabelledEvent, Labels, may_be_looked_at
from services.common.contracts.reading import Stage

_STEPS = 300
_PENALTY = 4.0
"""How much labelled events must say for a weight of 1; swept 1-8, by language left out, 2026-11."""
_UNREAD = 3.0
"""How much more an event counts whose story nobody mended words by: there they fit less well."""
_LONG = 2.0
_LONG_CHARACTERS = 500
"""A story of that length reads like news, a shorter one like the cases that are written for a word."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The signs of every stage of one event, the one that a person says, and how much that counts."""

    signs: Mapping[Stage, Mapping[str, float]]
    stage: Stage
    weight: float


def choices(labels: Labels, document: Document) -> Iterator[Choice]:
    """Yield one choice for every main event of a story that is also reported."""
    free = [candidate for candidate in document.candidates if candidate.roles]
    for event in labels.events:
        match = max(free, key=lambda found: _shared(event, found), default=None)
        if not event.is_main or match is None or not _shared(event, match):
            continue
        free.remove(match)
        signs = open_signs(document, match)
        if signs is not None:
            weight = 1.0 if may_be_looked_at(labels.story_id) else _UNREAD
            weight *= _LONG if len(document.text) >= _LONG_CHARACTERS else 1.0
            yield Choice(signs.by_stage, Stage(event.stage), weight)


def _shared(event: LabelledEvent, candidate: Candidate) -> int:
    if event.type != candidate.event_type:
        return 0
    return len(event.roles.keys() & candidate.roles.keys())


def fit(seen: Sequence[Choice]) -> dict[str, dict[str, float]]:
    """Return the weights by stage and sign under which `seen` is likeliest, to two decimals.

    Raises:
        ValueError: there are no choices, or all are alike.
    """
    if len({choice.stage for choice in seen}) < 2:
        raise ValueError("events of two stages are needed.")
    weights: dict[tuple[str, str], float] = defaultdict(float)
    slopes_seen: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    keyed = [_keyed(choice) for choice in seen]
    for _ in range(_STEPS):
        slopes = {key: -_PENALTY * weight for key, weight in weights.items()}
        for terms, choice in zip(keyed, seen, strict=True):
            sums = {
                stage: math.exp(sum(weights[key] * value for key, value in found))
                for stage, found in terms.items()
            }
            total = sum(sums.values())
            for stage, found in terms.items():
                miss = choice.weight * ((stage is choice.stage) - sums[stage] / total)
                for key, value in found:
                    slopes[key] = slopes.get(key, 0.0) + miss * value
        for key, slope in slopes.items():
            slopes_seen[key] += slope * slope
            weights[key] += slope / math.sqrt(slopes_seen[key])
    by_stage: dict[str, dict[str, float]] = defaultdict(dict)
    for (name, sign), weight in sorted(weights.items()):
        by_stage[name][sign] = round(weight, 2)
    return dict(by_stage)


def _keyed(choice: Choice) -> dict[Stage, list[tuple[tuple[str, str], float]]]:
    """Return the signs of each stage by the weights that they have: their own and that of every stage."""
    return {
        stage: [
            (key, value)
            for sign, value in signs.items()
            for key in (
                (str(stage), sign),
                *(((EVERY, sign),) if sign.startswith(SHARED) and stage != "confirmed" else ()),
            )
        ]
        for stage, signs in choice.signs.items()
    }
