"""Words: what the forms of a lexicon mean, found in a text with one automaton for a language."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.rules import (
    MAX_PAIR_GAP,
    Form,
    Meaning,
    Piece,
    Rule,
    Stem,
    entries_by_stem,
    entries_of,
    stem_of,
)
from services.classifier.lexicon.scripts import (
    DENSE,
    SCRIPTS,
    SPACE,
    is_word_end,
)

_CLAUSE_END = re.compile(r"[\"')\]]*(?:\s*(?:[.,;:!?()/|\n।॥۔،؛؟。、]|\Z)|\s+-)")
MAX_DENSE_PAIR_GAP = 40
"""`MAX_PAIR_GAP` before a part in Chinese, Japanese or Korean characters, of which a clause takes half as many."""


class Hit(NamedTuple):
    """A meaning found at a place of the folded text. A tuple, since a story has a hundred of them."""

    start: int
    end: int
    meaning: Meaning
    gap: tuple[int, int] | None = None
    """What stands between the first and the last part of a pair: no words of its own."""

    def owns(self, start: int, end: int) -> bool:
        """Return whether what stands between two offsets is part of its own words."""
        if not self.start <= start < end <= self.end:
            return False
        return self.gap is None or end <= self.gap[0] or start >= self.gap[1]


_Found = tuple[int, int, tuple[str, str], Meaning, tuple[int, int] | None]
"""A meaning at a place, as it is put in order: where it starts, where it ends, with a minus, its rank; its gap."""
_Half = tuple[int, int, Form, tuple[Piece, ...]]
"""A form of several pieces whose first stands from here to there, with a row that may follow."""
_BY_PLACE = itemgetter(0, 1, 2)


class Words:
    """All forms of one language with what they mean.

    The automaton knows how forms begin. How they go on is read when such a stem is met first:
    `{a,b} ... {c,d}` give forty thousand forms a language, of which most texts need a few hundred.
    """

    def __init__(
        self,
        entries: Iterable[tuple[str, Meaning]],
        *,
        endings: frozenset[str] = frozenset(),
        parting: re.Pattern[str] | None = None,
    ) -> None:
        self._endings = endings
        self._parting = parting
        self._ending_starts = frozenset(ending[0] for ending in endings)
        self._longest_ending = max(map(len, endings), default=0)
        by_stem = entries_by_stem(
            entry for text, meaning in entries for entry in entries_of(text, meaning)
        )
        self._entries = list(by_stem.values())
        self._stems: list[Stem | None] = [None] * len(by_stem)
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_stem), store_patterns=False)

    def _stem(self, index: int, text: str) -> Stem:
        """Return what begins with a text of the automaton, read when that is met first."""
        forms = (form for entry in self._entries[index] for form in entry.forms(text))
        self._stems[index] = stem = stem_of(text, forms)
        return stem

    def find(self, text: str, sentence_starts: Sequence[int] = ()) -> list[Hit]:
        """Return every hit in a folded text, by place, the longest of each layer and type only.

        The parts of a pair must stand in one sentence.
        """
        hits: list[_Found] = []
        inflected: list[_Found] = []
        halves: list[_Half] = []
        scripts, length = SCRIPTS, len(text)
        ending_starts = self._ending_starts
        for start, end, starts, rule in self._begun(text):
            meanings, alone, half, behind, is_open_left, is_open_right, _, reach, _ = rule
            if not (starts or is_open_left):
                continue
            is_whole = end == length or scripts[text[end]] not in behind
            ends = is_whole or (text[end] in ending_starts and self._has_ending(text, end))
            if not (ends or is_open_right):
                continue
            found = hits if is_whole else inflected
            for meaning in meanings:
                found.append((start, -end, meaning.rank, meaning, None))
            fit = starts and ends
            for form in alone:
                if (fit or _fits(form, starts, ends)) and not (
                    form.piece.ends_clause and _CLAUSE_END.match(text, end) is None
                ):
                    found.append((start, -end, form.meaning.rank, form.meaning, None))
            if half and (ways := rule.ways_in(text[end : end + reach])):
                halves += [
                    (start, end, form, row)
                    for form, row in ways
                    if fit or _fits(form, starts, ends)
                ]
        if inflected:
            # "купили" is a form of its own, not one more ending of "купил".
            whole = {(start, end, layer) for start, end, (layer, _), _, _ in hits}
            hits += [one for one in inflected if (one[0], one[1], one[3].layer) not in whole]
        if halves:
            hits += self._completed(text, halves, sentence_starts)
        return _longest(hits)

    def _begun(self, text: str) -> Iterator[tuple[int, int, bool, Rule]]:
        """Yield where a text stands that forms begin with, whether a word starts there, and their rule."""
        stems, scripts = self._stems, SCRIPTS
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            before, is_open_left, own, longer = stems[index] or self._stem(index, text[start:end])
            starts = not start or scripts[text[start - 1]] not in before
            if starts or is_open_left:
                if own:
                    yield start, end, starts, own
                for letters, rules in longer:
                    rule = rules.get(text[start : start + letters])
                    if rule is not None:
                        yield start, start + letters, starts, rule

    def _completed(
        self, text: str, halves: list[_Half], sentence_starts: Sequence[int]
    ) -> Iterator[_Found]:
        """Yield what is found of each form whose parts follow each other closely, all of them.

        Where a form begins anew before it is complete, the newer beginning counts. A semicolon ends
        what belongs together, as a sentence does, and so does a clause that no comma closes: "sells X while Y
        closes its shops" sells no shops.
        """
        halves.sort(key=itemgetter(0))
        newer: dict[tuple[int, int], int] = {}
        found: list[_Found] = []
        for start, end, form, row in reversed(halves):
            key = (id(form), id(row))
            limit = newer.get(key, len(text) + 1)
            newer[key] = start
            last = end
            for piece in row:
                most = limit if len(piece.text) >= end - start else limit + 1
                before = last
                last = self._next(
                    text, last, piece, min(most, _sentence_end(sentence_starts, last))
                )
                if last < 0 or (
                    form.meaning.weight and self._parts(text, before, last - len(piece.text))
                ):
                    break
            else:
                if ";" not in text[end:last]:
                    gap = (end, last - len(row[-1].text))
                    found.append((start, -last, form.meaning.rank, form.meaning, gap))
        return reversed(found)

    def _parts(self, text: str, start: int, end: int) -> bool:
        """Return whether another clause begins there."""
        return self._parting is not None and self._parting.search(text, start, end) is not None

    def _next(self, text: str, end: int, piece: Piece, limit: int) -> int:
        """Return where a piece ends that begins close behind `end` and before `limit`, -1 if none."""
        gap = MAX_DENSE_PAIR_GAP if SCRIPTS[piece.text[0]] in DENSE else MAX_PAIR_GAP
        limit = min(limit, end + gap + 1)
        if piece.is_tight:
            at = text.find(" ", end, limit) + 1
            is_next = at > 0 and (at == end + 1 or _is_in_word(text[end : at - 1]))
            if not is_next or not text.startswith(piece.text, at):
                return -1
            limit = min(limit, at + 1)
        else:
            at = text.find(piece.text, end, limit + len(piece.text) - 1)
        while 0 <= at < limit:
            if self._stands(text, at, piece):
                return at + len(piece.text)
            at = text.find(piece.text, at + 1, limit + len(piece.text) - 1)
        return -1

    def _stands(self, text: str, start: int, piece: Piece) -> bool:
        """Return whether a piece, whose text begins at `start`, is no part of a longer word there."""
        if start and not piece.is_open_left and SCRIPTS[text[start - 1]] in piece.before:
            return False
        end = start + len(piece.text)
        ends = end == len(text) or SCRIPTS[text[end]] not in piece.behind
        if not (
            ends
            or piece.is_open_right
            or (text[end] in self._ending_starts and self._has_ending(text, end))
        ):
            return False
        return not piece.ends_clause or _CLAUSE_END.match(text, end) is not None

    def _has_ending(self, text: str, end: int) -> bool:
        """Return whether one of the language's endings stands between `end` and its word's end."""
        stop = end + 1
        limit = min(len(text), end + self._longest_ending + 1)
        while stop < limit and not is_word_end(text, stop):
            stop += 1
        return text[end:stop] in self._endings


def _fits(form: Form, starts: bool, ends: bool) -> bool:  # noqa: FBT001  asked a hundred times a story
    """Return whether a form may stand where a word does or does not start and end."""
    piece = form.piece
    return (starts or piece.is_open_left) and (ends or piece.is_open_right)


def _is_in_word(letters: str) -> bool:
    """Return whether there is no space or sign among `letters`; vowel signs are letters here."""
    return all(SCRIPTS[letter] != SPACE for letter in letters)


def _sentence_end(sentence_starts: Sequence[int], offset: int) -> int:
    """Return where the sentence after that of `offset` begins."""
    following = bisect_right(sentence_starts, offset)
    return sentence_starts[following] if following < len(sentence_starts) else sys.maxsize


def _longest(found: list[_Found]) -> list[Hit]:
    """Return what was found, by place, without what lies inside of something longer of its layer.

    A cue of one type does not hide a cue of another: "ban on mergers" says both. One that begins with a
    surer cue of its kind is as sure: "sells the business to" is no mere "sells … to".
    """
    found.sort(key=_BY_PLACE)
    reached: dict[int, int] = {}
    places: dict[int, int] = {}
    kept: list[Hit] = []
    for start, minus_end, _, meaning, gap in found:
        end = -minus_end
        key = meaning.kind
        if key not in reached or end > reached[key]:
            places[key] = len(kept)
            kept.append(Hit(start, end, meaning, gap))
            reached[key] = end
        elif meaning.layer == "cue":
            longer = kept[places[key]]
            if start == longer.start and _is_surer(meaning, longer.meaning):
                surer = replace(longer.meaning, weight=meaning.weight)
                kept[places[key]] = longer._replace(meaning=surer)
        elif meaning.layer == "country" and (start, end) == kept[places[key]][:2]:
            kept.append(Hit(start, end, meaning))
    return kept


def _is_surer(cue: Meaning, longer: Meaning) -> bool:
    """Return whether a cue weighs more than a longer one of its kind."""
    is_of_its_kind = (cue.frame, cue.stage) == (longer.frame, longer.stage)
    return is_of_its_kind and cue.weight > longer.weight > 0
