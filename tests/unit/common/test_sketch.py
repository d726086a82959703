"""Copies as feeds carry them are known; other texts of the same subject are none."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from services.classifier.workbench.lines import read_story
from services.common.sketch import hashes_of, is_contained, sketch_of
from services.common.text import words_of

STORIES = Path(__file__).parents[2] / "quality" / "stories"
TEXTS = [
    f"{story.title}\n{story.text}"
    for file in sorted(STORIES.glob("*.jsonl"))
    for _, story in map(read_story, file.read_text(encoding="utf-8").splitlines())
    if len(story.text) > 250
]


def sketched(text: str) -> frozenset[int]:
    return hashes_of(sketch_of(words_of(text)))


def without(text: str, share: float) -> str:
    draw = random.Random(7)
    return " ".join(word for word in text.split() if draw.random() > share)


@pytest.mark.parametrize(
    "copied",
    [
        lambda text: text[: len(text) // 2],
        lambda text: f"Read also: five shops to see. {text} Follow us on every channel, please.",
        lambda text: without(text, 0.1),
        lambda text: f"By our desk. {without(text, 0.05)[: len(text) * 6 // 10]}",
        lambda text: text.upper().replace(" ", "  "),
    ],
    ids=["half", "decorated", "words gone", "cut and decorated", "other case"],
)
def test_copies_are_known(copied: object) -> None:
    known = [is_contained(sketched(text), sketched(copied(text))) for text in TEXTS]  # type: ignore[operator]  # a lambda above

    assert sum(known) >= 0.95 * len(TEXTS)


def test_other_stories_are_no_copies() -> None:
    sketches = [sketched(text) for text in TEXTS]

    assert not any(is_contained(one, other) for one, other in combinations(sketches, 2))


def test_a_text_of_a_few_words_has_no_sketch_and_copies_nothing() -> None:
    short = sketched("Two words")

    assert short == frozenset()
    assert not is_contained(short, sketched(TEXTS[0]))


@pytest.mark.parametrize("broken", ["abc", "ÄÖ", "a===", "ab\ncd"])
def test_a_broken_sketch_has_no_hashes(broken: str) -> None:
    assert hashes_of(broken) == frozenset()
