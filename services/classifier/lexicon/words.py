"""Words: what the forms of a lexicon mean, compiled into one automaton for a language."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.scripts import (
    SCRIPTS,
    is_word_end,
    joins_before,
    joins_behind,
)

_CLAUSE_END = re.compile(r"[\"')\]]*(?:\s*(?:[.,;:!?()/|\n]|\Z)|\s+-)")
MAX_PAIR_GAP = 70
"""How many characters may stand between the parts of `stellt ... ein`; one clause in most texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a form stands for: an entry of a layer ("cue", "stage", "country", …).

    `name` is the cue's group, the stage, the country, the blocker's kind; `types` are the event types
    it is about, empty for all. `weight`, `frame` and `stage` are those of a cue.
    """

    layer: str
    name: str
    types: frozenset[str] = frozenset()
    weight: float = 0.0
    frame: str = ""
    stage: str | None = None


class Hit(NamedTuple):
    """A meaning found at a place of the folded text. A tuple, since a story has a hundred of them."""

    start: int
    end: int
    meaning: Meaning


class _Part(NamedTuple):
    meaning: Meaning
    is_open_left: bool
    is_open_right: bool
    ends_clause: bool
    pair: int
    """Which pair of forms it is a part of, -1 for a form that stands alone."""
    part: int
    is_last: bool
    is_tight: bool
    """It must be the word right behind the one that the part before it begins ("cierr* su")."""


class _Place(NamedTuple):
    """Where a part stands in its form; see `_Part`."""

    pair: int = -1
    part: int = 0
    is_last: bool = True
    is_tight: bool = False


def split_forms(text: str) -> list[str]:
    """Return the forms of an entry: they are separated by `|`."""
    return [form for piece in text.split("|") if (form := piece.strip())]


class Words:
    """All forms of one language with what they mean."""

    def __init__(
        self, forms: Iterator[tuple[str, Meaning]], *, endings: frozenset[str] = frozenset()
    ) -> None:
        self._endings = endings
        self._ending_starts = frozenset(ending[0] for ending in endings)
        self._longest_ending = max(map(len, endings), default=0)
        self._parts: dict[str, list[_Part]] = {}
        pairs = 0
        for form, meaning in forms:
            parts = _split_form(form)
            pair = -1 if len(parts) == 1 else pairs
            pairs += len(parts) > 1
            for index, (part, is_tight) in enumerate(parts):
                place = _Place(pair, index, index == len(parts) - 1, is_tight)
                self._add(part, meaning, place)
        patterns = list(self._parts)
        self._by_index = [
            (tuple(self._parts[pattern]), joins_before(pattern[0]), joins_behind(pattern[-1]))
            for pattern in patterns
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, store_patterns=False)

    def _add(self, form: str, meaning: Meaning, place: _Place) -> None:
        ends_clause = form.endswith("$")
        form = form.removesuffix("$")
        bare = fold_text(form.strip("*"))
        if not bare:
            raise ValueError(f'"{form}" of {meaning.layer} {meaning.name} has no letters.')
        entry = _Part(meaning, form.startswith("*"), form.endswith("*"), ends_clause, *place)
        entries = self._parts.setdefault(bare, [])
        if entry not in entries:
            entries.append(entry)

    def find(self, text: str, sentence_starts: Sequence[int] = ()) -> list[Hit]:
        """Return every hit in a folded text, by place, the longest of each layer and type only.

        The parts of a pair must stand in one sentence.
        """
        hits: list[Hit] = []
        halves: list[tuple[int, int, _Part]] = []
        length = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            parts, before, behind = self._by_index[index]
            starts = start == 0 or SCRIPTS[text[start - 1]] not in before
            ends = end == length or SCRIPTS[text[end]] not in behind
            has_ending: bool | None = ends or None
            for part in parts:
                if not (starts or part.is_open_left):
                    continue
                if not (ends or part.is_open_right):
                    if has_ending is None:
                        has_ending = self._has_ending(text, end)
                    if not has_ending:
                        continue
                if part.ends_clause and _CLAUSE_END.match(text, end) is None:
                    continue
                if part.pair < 0:
                    hits.append(Hit(start, end, part.meaning))
                else:
                    halves.append((start, end, part))
        hits.extend(_joined(text, halves, sentence_starts))
        return longest(hits)

    def _has_ending(self, text: str, end: int) -> bool:
        """Return whether one of the language's endings stands between `end` and its word's end."""
        if text[end] not in self._ending_starts:
            return False
        stop = end + 1
        limit = min(len(text), end + self._longest_ending + 1)
        while stop < limit and not is_word_end(text, stop):
            stop += 1
        return text[end:stop] in self._endings


def _split_form(form: str) -> list[tuple[str, bool]]:
    """Return the parts of a form, and of each whether it must be the next word.

    `stellt ... ein` has two parts; so has `cierr* su`, whose second is the next word.
    """
    return [
        (f"{piece}*" if index < last else piece, index > 0)
        for part in form.split(" ... ")
        for pieces in (re.split(r"\* +", part.strip()),)
        for last in (len(pieces) - 1,)
        for index, piece in enumerate(pieces)
    ]


def _is_next_word(gap: str) -> bool:
    """Return whether a gap is the end of a word and one space."""
    return gap[-1:] == " " and (len(gap) == 1 or gap[:-1].isalpha())


def _joined(
    text: str, halves: list[tuple[int, int, _Part]], sentence_starts: Sequence[int]
) -> Iterator[Hit]:
    """Yield a hit for each pair whose parts follow each other closely, all of them."""
    reached: dict[int, tuple[int, int, int]] = {}
    for start, end, part in sorted(halves, key=lambda half: half[0]):
        begun = reached.get(part.pair)
        if part.part == 0:
            reached[part.pair] = (start, end, 0)
        elif begun and part.part == begun[2] + 1 and 0 <= start - begun[1] <= MAX_PAIR_GAP:
            if bisect_right(sentence_starts, begun[1]) != bisect_right(sentence_starts, start):
                continue
            if part.is_tight and not _is_next_word(text[begun[1] : start]):
                continue
            reached[part.pair] = (begun[0], end, part.part)
            if part.is_last:
                yield Hit(begun[0], end, part.meaning)


def longest(hits: list[Hit]) -> list[Hit]:
    """Return `hits` by place without those that lie inside a longer one of their layer.

    A cue of one type does not hide a cue of another: "ban on mergers" says both.
    """
    hits.sort(key=lambda hit: (hit.start, -hit.end, hit.meaning.layer, hit.meaning.name))
    reached: dict[tuple[str, frozenset[str]], int] = {}
    kept: list[Hit] = []
    for hit in hits:
        key = (hit.meaning.layer, hit.meaning.types)
        if hit.end > reached.get(key, -1) or (
            kept and hit.meaning.layer == "country" and hit[:2] == kept[-1][:2]
        ):
            kept.append(hit)
            reached[key] = max(hit.end, reached.get(key, -1))
    return kept
