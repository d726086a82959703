"""Sentence: what the cues of a sentence gain together from what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.gains.headlines import is_all_of_a_headline
from services.classifier.gains.neighbours import follows_a_row, governs_a_name, governs_a_stranger
from services.classifier.gains.sums import has_a_price, puts_money_into_a_name
from services.classifier.gains.weights import ENOUGH
from services.classifier.syntax.telling import Telling

DIRECT = 1.0
"""What a verb gains that stands right beside a tracked name: "sells Arm", not "sells lamps"."""


def gain_of(cues: Sequence[Telling], event_type: str, score: float) -> float:
    """Return what the cues of a sentence gain, whose weights without blockers come to `score`."""
    if not cues[0].names:
        return 0.0
    gain = DIRECT * any(
        governs_a_name(cue) or puts_money_into_a_name(cue) or is_all_of_a_headline(cue)
        for cue in cues
    )
    gain += DIRECT * any(map(follows_a_row, cues))
    if event_type == "acquisition" and ENOUGH - DIRECT <= score + gain < ENOUGH:
        gain += DIRECT * (governs_a_stranger(cues) or any(map(has_a_price, cues)))
    return gain
