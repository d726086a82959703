"""Words: what the forms of a lexicon mean, compiled into one automaton for a language."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.scripts import (
    HAN,
    HANGUL,
    HIRAGANA,
    KATAKANA,
    SCRIPTS,
    SPACE,
    is_word_end,
    joins_before,
    joins_behind,
)

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
_PAIR = " ... "
_MAYBE_NOTHING = re.compile(r"\{(?:[^{}]*,)?[\s*$]*(?:,[^{}]*)?\}")
"""Alternatives of which one is empty."""
_CLAUSE_END = re.compile(r"[\"')\]]*(?:\s*(?:[.,;:!?()/|\n]|\Z)|\s+-)")
MAX_PAIR_GAP = 70
"""How many characters may stand between the parts of `stellt ... ein`; one clause in most texts."""

MAX_DENSE_PAIR_GAP = 40
"""The same before a part in Chinese, Japanese or Korean characters, of which a clause takes half as many."""
_DENSE = frozenset((HAN, HIRAGANA, KATAKANA, HANGUL))


_KINDS: dict[tuple[str, frozenset[str]], int] = {}


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
    kind: int = field(init=False, compare=False, repr=False)
    """A number for layer and types: of those that are equal in both the longest hit stands."""
    rank: tuple[str, str] = field(init=False, compare=False, repr=False)
    """What puts hits at one place in order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _KINDS.setdefault((self.layer, self.types), len(_KINDS)))
        object.__setattr__(self, "rank", (self.layer, self.name))


class Hit(NamedTuple):
    """A meaning found at a place of the folded text. A tuple, since a story has a hundred of them."""

    start: int
    end: int
    meaning: Meaning


_Found = tuple[int, int, tuple[str, str], Meaning]
"""A meaning at a place, as it is put in order: where it starts, where it ends, with a minus, its rank."""
_BY_PLACE = itemgetter(0, 1, 2)


class _Piece(NamedTuple):
    """A text that must stand somewhere: a form, or a part of a form like `stellt ... ein`."""

    text: str
    is_open_left: bool
    is_open_right: bool
    ends_clause: bool
    before: frozenset[str]
    behind: frozenset[str]
    """Scripts that, beside it, make it the middle of a longer word; see `scripts`."""
    is_tight: bool
    """It must be the word right behind the one that the part before it begins ("cierr* su")."""


class _Form(NamedTuple):
    """What a text in the automaton begins: a form by its first piece, with what must follow."""

    piece: _Piece
    rest: tuple[_Piece, ...]
    meaning: Meaning


class _Rule(NamedTuple):
    """The forms that a text in the automaton begins, and what is known of all of them."""

    meanings: tuple[Meaning, ...]
    """Those of forms that need no more than the text itself, and are open where the rule is."""
    alone: tuple[_Form, ...]
    """Others that need no further piece."""
    halves: tuple[tuple[str, tuple[_Form, ...]], ...]
    """Those that need more than the text itself, by the text of the piece that must come next."""
    before: frozenset[str]
    behind: frozenset[str]
    is_open_left: bool
    is_open_right: bool
    """Whether any form may begin, or end, within a word."""
    reach: int
    """How many characters behind the text the next piece of any half may take."""


def split_forms(text: str) -> list[str]:
    """Return the forms of an entry: they are separated by `|`, `{a,b}` within one are alternatives."""
    return [
        form
        for piece in text.split("|")
        for spelled in _alternatives(piece)
        if (form := _tidy(spelled))
    ]


def _tidy(form: str) -> str:
    return " ".join(form.split())


def _alternatives(form: str) -> list[str]:
    """Return every spelling of a form: `ban{s,ned}` is "bans" and "banned"."""
    braces = _ALTERNATIVES.search(form)
    if braces is None:
        return [form]
    head, tail = form[: braces.start()], form[braces.end() :]
    return [
        spelled for one in braces[1].split(",") for spelled in _alternatives(f"{head}{one}{tail}")
    ]


class _Source(NamedTuple):
    """Forms as a lexicon has them: the spelling of their first part, and all that may follow it."""

    first: str
    rest: str
    meaning: Meaning

    def forms(self) -> Iterator[_Form]:
        """Yield the form of every spelling of the rest."""
        begin, *tight = _pieces_of(self.first)
        for rest in _rests(self.rest) if self.rest else ((),):
            yield _Form(begin, (*tight, *rest), self.meaning)


class Words:
    """All forms of one language with what they mean.

    The automaton knows how forms begin. How one goes on is read when its beginning is met first:
    `{a,b} ... {c,d}` give forty thousand forms a language, of which most texts need a few hundred.
    """

    def __init__(
        self, entries: Iterable[tuple[str, Meaning]], *, endings: frozenset[str] = frozenset()
    ) -> None:
        self._endings = endings
        self._ending_starts = frozenset(ending[0] for ending in endings)
        self._longest_ending = max(map(len, endings), default=0)
        sources = [source for text, meaning in entries for source in _sources(text, meaning)]
        begun = _by_beginning(sources)
        self._sources = list(begun.values())
        self._rules: list[_Rule | None] = [None] * len(begun)
        self._automaton = ahocorasick_rs.AhoCorasick(list(begun), store_patterns=False)

    def _rule(self, index: int) -> _Rule:
        """Return what begins with a text of the automaton, read when that is met first."""
        forms = dict.fromkeys(form for source in self._sources[index] for form in source.forms())
        self._rules[index] = rule = _rule_of(tuple(forms))
        return rule

    def find(self, text: str, sentence_starts: Sequence[int] = ()) -> list[Hit]:
        """Return every hit in a folded text, by place, the longest of each layer and type only.

        The parts of a pair must stand in one sentence.
        """
        hits: list[_Found] = []
        inflected: list[_Found] = []
        halves: list[tuple[int, int, _Form]] = []
        rules, scripts, length = self._rules, SCRIPTS, len(text)
        ending_starts = self._ending_starts
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            rule = rules[index] or self._rule(index)
            meanings, alone, half, before, behind, is_open_left, is_open_right, reach = rule
            # Most of what the automaton finds lies within longer words, so that is asked first.
            starts = not start or scripts[text[start - 1]] not in before
            if not (starts or is_open_left):
                continue
            is_whole = end == length or scripts[text[end]] not in behind
            ends = is_whole or (text[end] in ending_starts and self._has_ending(text, end))
            if not (ends or is_open_right):
                continue
            found = hits if is_whole else inflected
            for meaning in meanings:
                found.append((start, -end, meaning.rank, meaning))
            fit = starts and ends
            for form in alone:
                if (fit or _fits(form, starts, ends)) and not (
                    form.piece.ends_clause and _CLAUSE_END.match(text, end) is None
                ):
                    found.append((start, -end, form.meaning.rank, form.meaning))
            if half:
                near = text[end : end + reach]
                halves += [
                    (start, end, form)
                    for following, forms in half
                    if following in near
                    for form in forms
                    if fit or _fits(form, starts, ends)
                ]
        if inflected:
            # "купили" is a form of its own, not one more ending of "купил".
            whole = {(start, end, layer) for start, end, (layer, _), _ in hits}
            hits += [one for one in inflected if (one[0], one[1], one[3].layer) not in whole]
        if halves:
            hits += self._completed(text, halves, sentence_starts)
        return _longest(hits)

    def _completed(
        self, text: str, halves: list[tuple[int, int, _Form]], sentence_starts: Sequence[int]
    ) -> Iterator[_Found]:
        """Yield what is found of each form whose parts follow each other closely, all of them.

        Where a form begins anew before it is complete, the newer beginning counts. A semicolon ends
        what belongs together, as a sentence does.
        """
        halves.sort(key=itemgetter(0))
        newer: dict[int, int] = {}
        found: list[_Found] = []
        for start, end, form in reversed(halves):
            key = id(form)
            limit = newer.get(key, len(text) + 1)
            newer[key] = start
            last = end
            for piece in form.rest:
                most = limit if len(piece.text) >= end - start else limit + 1
                last = self._next(
                    text, last, piece, min(most, _sentence_end(sentence_starts, last))
                )
                if last < 0:
                    break
            else:
                if ";" not in text[end:last]:
                    found.append((start, -last, form.meaning.rank, form.meaning))
        return reversed(found)

    def _next(self, text: str, end: int, piece: _Piece, limit: int) -> int:
        """Return where a piece ends that begins close behind `end` and before `limit`, -1 if none."""
        gap = MAX_DENSE_PAIR_GAP if SCRIPTS[piece.text[0]] in _DENSE else MAX_PAIR_GAP
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

    def _stands(self, text: str, start: int, piece: _Piece) -> bool:
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


def _fits(form: _Form, starts: bool, ends: bool) -> bool:  # noqa: FBT001  asked a hundred times a story
    """Return whether a form may stand where a word does or does not start and end."""
    piece = form.piece
    return (starts or piece.is_open_left) and (ends or piece.is_open_right)


def _is_in_word(letters: str) -> bool:
    """Return whether there is no space or sign among `letters`; vowel signs are letters here."""
    return all(SCRIPTS[letter] != SPACE for letter in letters)


def _sources(text: str, meaning: Meaning) -> Iterator[_Source]:
    """Yield the sources of an entry, one for each spelling of a form's first part."""
    for piece in text.split("|"):
        form = _tidy(piece)
        if "{" not in form:
            if form:
                first, _, rest = form.partition(_PAIR)
                yield _Source(first, rest, meaning)
            continue
        for whole in _alternatives(form) if _hides_its_pair(form) else (form,):
            first, _, rest = whole.partition(_PAIR)
            for spelled in _alternatives(first):
                if begin := _tidy(spelled):
                    yield _Source(begin, rest, meaning)


def _hides_its_pair(form: str) -> bool:
    """Return whether the first part ends within braces, or a space before the dots stands in them."""
    first = form.partition(_PAIR)[0]
    return "..." in first or first.count("{") != first.count("}")


def _by_beginning(sources: Sequence[_Source]) -> dict[str, list[_Source]]:
    """Return the sources of each folded text that their forms begin with.

    Raises:
        ValueError: a form has no letters.
    """
    bare = [_split(source.first)[0].removesuffix("$").strip("*") for source in sources]
    # Folded all at once: thirty thousand calls would take a second.
    folded = fold_text("\n".join(bare)).split("\n") if bare else ()
    begun: dict[str, list[_Source]] = {}
    for source, text in zip(sources, folded, strict=True):
        begin = text.strip()
        if not begin or _lacks_a_part(source.rest):
            raise ValueError(
                f'"{source.first}{source.rest and _PAIR}{source.rest}" of {source.meaning.layer} '
                f"{source.meaning.name} has no letters."
            )
        begun.setdefault(begin, []).append(source)
    return begun


@lru_cache(maxsize=4)
def _lacks_a_part(rest: str) -> bool:
    """Return whether a spelling of what follows a form's first part may leave one without letters.

    The spellings of the first part ask for the same rest, one after the other.
    """
    parts = rest.split(_PAIR) if rest else ()
    return any(not _MAYBE_NOTHING.sub("", part).strip("*$ ") for part in parts)


@lru_cache(maxsize=1024)
def _rests(rest: str) -> tuple[tuple[_Piece, ...], ...]:
    """Return the pieces of every spelling of a rest. Many beginnings share one: it is read once."""
    return tuple(
        tuple(piece for part in _tidy(spelled).split(_PAIR) for piece in _pieces_of(part))
        for spelled in _alternatives(rest)
    )


def _pieces_of(part: str) -> Iterator[_Piece]:
    """Yield the pieces of a part: of `stellt` it is one, of `cierr* su` two, the second tight."""
    for index, piece in enumerate(_split(part)):
        text = fold_text(piece.removesuffix("$").strip("*")).strip()
        yield _piece(piece, text, is_tight=index > 0)


def _split(part: str) -> tuple[str, ...]:
    if "* " not in part:
        return (part.strip(),)
    *opened, last = re.split(r"\* +", part.strip())
    return (*(f"{one}*" for one in opened), last)


def _piece(form: str, text: str, *, is_tight: bool) -> _Piece:
    ends_clause = form.endswith("$")
    form = form.removesuffix("$")
    return _Piece(
        text=text,
        is_open_left=form.startswith("*"),
        is_open_right=form.endswith("*"),
        ends_clause=ends_clause,
        before=joins_before(text[0]),
        behind=joins_behind(text[-1]),
        is_tight=is_tight,
    )


def _rule_of(forms: tuple[_Form, ...]) -> _Rule:
    halves = tuple(form for form in forms if form.rest)
    piece = forms[0].piece
    is_open_left = any(form.piece.is_open_left for form in forms)
    is_open_right = any(form.piece.is_open_right for form in forms)
    alone = [form for form in forms if not form.rest]
    plain = [
        form
        for form in alone
        if (form.piece.is_open_left, form.piece.is_open_right) == (is_open_left, is_open_right)
        and not form.piece.ends_clause
    ]
    by_next: dict[str, list[_Form]] = {}
    for form in halves:
        by_next.setdefault(form.rest[0].text, []).append(form)
    return _Rule(
        meanings=tuple(form.meaning for form in plain),
        alone=tuple(form for form in alone if form not in plain),
        halves=tuple((text, tuple(of_text)) for text, of_text in by_next.items()),
        before=piece.before,
        behind=piece.behind,
        is_open_left=is_open_left,
        is_open_right=is_open_right,
        reach=MAX_PAIR_GAP + max((len(form.rest[0].text) for form in halves), default=0),
    )


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
    for start, minus_end, _, meaning in found:
        end = -minus_end
        key = meaning.kind
        if key not in reached or end > reached[key]:
            places[key] = len(kept)
            kept.append(Hit(start, end, meaning))
            reached[key] = end
        elif meaning.layer == "cue":
            longer = kept[places[key]]
            if start == longer.start and _is_surer(meaning, longer.meaning):
                surer = replace(longer.meaning, weight=meaning.weight)
                kept[places[key]] = Hit(start, longer.end, surer)
        elif meaning.layer == "country" and (start, end) == kept[-1][:2]:
            kept.append(Hit(start, end, meaning))
    return kept


def _is_surer(cue: Meaning, longer: Meaning) -> bool:
    """Return whether a cue weighs more than a longer one of its kind."""
    is_of_its_kind = (cue.frame, cue.stage) == (longer.frame, longer.stage)
    return is_of_its_kind and cue.weight > longer.weight > 0
