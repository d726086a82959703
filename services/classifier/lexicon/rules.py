"""Rules: what the forms of a lexicon mean, and what must follow where one begins.

`stellt{,e} ... ein*` is two forms of two pieces; a rule is all that begins with one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from sys import intern
from typing import NamedTuple

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.scripts import joins_before, joins_behind
from services.classifier.lexicon.spellings import (
    PAIR,
    first_piece,
    spellings,
    spellings_of,
    stems_of,
    tidy,
    written_forms,
)

_MAYBE_NOTHING = re.compile(r"\{(?:[^{}]*,)?[\s*$]*(?:,[^{}]*)?\}")
"""Alternatives of which one is empty."""
_ROW = 16
"""How many plain forms stand in one entry; all of them are read when one is met."""
_BEGINNING = 5
"""So many letters of what may follow are looked for before the whole: two fifths of the looks, hardly more found."""
MAX_PAIR_GAP = 70
"""How many characters may stand between the parts of `stellt ... ein`; one clause in most texts."""


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


class Piece(NamedTuple):
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


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What must follow the first piece of a form, in any of its spellings.

    All forms that go on alike share one, so it is compared by identity.
    """

    rows: Mapping[str, tuple[tuple[Piece, ...], ...]]
    """Every row of pieces that may follow, by the text that it begins with; none if the first is all."""
    longest: int
    """How long the longest of those texts is."""


class Form(NamedTuple):
    """What a text in the automaton begins: a form by its first piece, with what must follow."""

    piece: Piece
    rest: Rest
    meaning: Meaning


Way = tuple[Form, tuple[Piece, ...]]
"""A form of several pieces, with a row that its first may go on with."""


class Rule(NamedTuple):
    """The forms that begin with one text, and what is known of all of them."""

    meanings: tuple[Meaning, ...]
    """Those of forms that need no more than the text itself, and are open where the rule is."""
    alone: tuple[Form, ...]
    """Others that need no further piece."""
    halves: tuple[Form, ...]
    """Those that need more than the text itself."""
    behind: frozenset[str]
    is_open_left: bool
    is_open_right: bool
    """Whether any form may begin, or end, within a word."""
    nexts: Mapping[str, tuple[str, ...]]
    """Every text that the next piece of a half may begin with, by its first letters; most texts have none near."""
    reach: int
    """How many characters behind the text the next piece of any half may take."""
    ways: dict[str, tuple[Way, ...]]
    """The halves by what they go on with, as far as texts had it."""

    def ways_in(self, near: str) -> list[Way]:
        """Return each half with a row that may stand in the text behind it."""
        found: list[Way] = []
        # A loop: fifty times a story, and `any` and `filter` take half as long again.
        for begin in self.nexts:
            if begin in near:
                for text in self.nexts[begin]:
                    if text in near:
                        found += self.ways.get(text) or self._ways_with(text)
        return found

    def _ways_with(self, text: str) -> tuple[Way, ...]:
        self.ways[text] = ways = tuple(
            (form, row) for form in self.halves for row in form.rest.rows.get(text, ())
        )
        return ways


class Stem(NamedTuple):
    """What a text of the automaton stands for: the rules of the texts that begin with it."""

    before: frozenset[str]
    is_open_left: bool
    """Whether any form may begin within a word."""
    own: Rule | None
    """The rule of the text of the automaton itself; that is all there is of most."""
    longer: tuple[tuple[int, Mapping[str, Rule]], ...]
    """The rules of texts that go on, by how long the text is."""


class Entry(NamedTuple):
    """Forms that a lexicon writes as one, `stellt{,e} ... ein`: their first part, and all that may follow.

    Or a row of plain ones, "ban | banned | bans", that nothing follows.
    """

    first: str
    rest: str
    meaning: Meaning

    def stems(self) -> Iterator[str]:
        """Yield the stem of every spelling of the first part."""
        for form in self.first.split("|"):
            yield from stems_of(form)

    def forms(self, stem: str) -> Iterator[Form]:
        """Yield the forms whose first piece has a stem."""
        may_have = [form for form in self.first.split("|") if stem in form or "{" in form]
        for spelled in (spelled for form in may_have for spelled in spellings_of(form, stem)):
            begin, *tight = _split(spelled)
            yield Form(_piece(begin), _rest(tuple(tight), self.rest), self.meaning)


def entries_of(text: str, meaning: Meaning) -> Iterator[Entry]:
    """Yield what `|` parts in a text of forms, folded."""
    forms = [form for piece in written_forms(tidy(fold_text(text))) if (form := piece.strip())]
    plain = [form for form in forms if "{" not in form and "..." not in form]
    # Nine in ten are, and an entry of each would take fifty megabytes.
    for start in range(0, len(plain), _ROW):
        yield Entry("|".join(plain[start : start + _ROW]), "", meaning)
    for form in forms:
        if "{" in form or "..." in form:
            for whole in spellings(form) if _hides_its_pair(form) else (form,):
                first, _, rest = whole.partition(PAIR)
                yield Entry(first, rest, meaning)


def _hides_its_pair(form: str) -> bool:
    """Return whether the first part ends within braces, or a space before the dots stands in them."""
    first = form.partition(PAIR)[0]
    return "..." in first or first.count("{") != first.count("}")


def entries_by_stem(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Return the entries of each stem that their forms begin with.

    Raises:
        ValueError: a form has no letters.
    """
    by_stem: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        only = (entry,)  # one for all its stems: there are half a million in all languages
        lacks_a_part = _lacks_a_part(entry.rest)
        for stem in entry.stems():
            if not stem or lacks_a_part:
                raise ValueError(
                    f'"{entry.first}{entry.rest and PAIR}{entry.rest}" of {entry.meaning.layer} '
                    f"{entry.meaning.name} has no letters."
                )
            known = by_stem.get(stem)
            if known is None:
                by_stem[stem] = only
            elif known[-1] is not entry:
                by_stem[stem] = (*known, entry)
    return by_stem


def _lacks_a_part(rest: str) -> bool:
    """Return whether a spelling of what follows a form's first part may leave one without letters."""
    parts = rest.split(PAIR) if rest else ()
    return any(not _MAYBE_NOTHING.sub("", part).strip("*$ ") for part in parts)


@cache
def _rest(tight: tuple[str, ...], rest: str) -> Rest:
    """Return what follows a form's first piece: the words right behind it, then its other parts.

    Ten times as many beginnings share one, so each is read once and kept.
    """
    if not (tight or rest):
        return Rest(rows={}, longest=0)
    behind = tuple(map(_tight_piece, tight))
    rows: dict[str, list[tuple[Piece, ...]]] = {}
    for spelled in spellings(rest):
        parts = tidy(spelled).split(PAIR) if spelled else ()
        row = (*behind, *(piece for part in parts for piece in _pieces_of(part)))
        rows.setdefault(row[0].text, []).append(row)
    return Rest(
        rows={text: tuple(dict.fromkeys(of_text)) for text, of_text in rows.items()},
        longest=max(map(len, rows)),
    )


@lru_cache(maxsize=4096)
def _pieces_of(part: str) -> tuple[Piece, ...]:
    """Return the pieces of a part: of `stellt` it is one, of `cierr* su` two, the second tight."""
    piece, *tight = _split(part)
    return _piece(piece), *map(_tight_piece, tight)


def _split(part: str) -> tuple[str, ...]:
    if "* " not in part:
        return (part.strip(),)
    *opened, last = re.split(r"\* +", part.strip())
    return (*(f"{one}*" for one in opened), last)


def _tight_piece(form: str) -> Piece:
    return _piece(form, is_tight=True)


@lru_cache(maxsize=4096)
def _piece(form: str, *, is_tight: bool = False) -> Piece:
    text = first_piece(form)
    ends_clause = form.endswith("$")
    form = form.removesuffix("$")
    return Piece(
        text=text,
        is_open_left=form.startswith("*"),
        is_open_right=form.endswith("*"),
        ends_clause=ends_clause,
        before=joins_before(text[0]),
        behind=joins_behind(text[-1]),
        is_tight=is_tight,
    )


def stem_of(stem: str, forms: Iterable[Form]) -> Stem:
    """Return what stands for forms with one stem, at least one of them."""
    by_text: dict[str, dict[Form, None]] = {}
    for form in forms:
        by_text.setdefault(form.piece.text, {})[form] = None
    rules = {text: _rule_of(tuple(by_text[text])) for text in sorted(by_text, key=len)}
    is_open_left = any(rule.is_open_left for rule in rules.values())
    own = rules.pop(stem, None)
    longer: dict[int, dict[str, Rule]] = {}
    for text, rule in rules.items():
        longer.setdefault(len(text), {})[text] = rule
    return Stem(joins_before(stem[0]), is_open_left, own, tuple(longer.items()))


def _rule_of(forms: tuple[Form, ...]) -> Rule:
    """Return the rule of forms that begin with one text, at least one of them."""
    halves = tuple(form for form in forms if form.rest.rows)
    nexts = tuple(dict.fromkeys(text for form in halves for text in form.rest.rows))
    piece = forms[0].piece
    is_open_left = any(form.piece.is_open_left for form in forms)
    is_open_right = any(form.piece.is_open_right for form in forms)
    alone = [form for form in forms if not form.rest.rows]
    plain = [
        form
        for form in alone
        if (form.piece.is_open_left, form.piece.is_open_right) == (is_open_left, is_open_right)
        and not form.piece.ends_clause
    ]
    return Rule(
        meanings=tuple(form.meaning for form in plain),
        alone=tuple(form for form in alone if form not in plain),
        halves=halves,
        behind=piece.behind,
        is_open_left=is_open_left,
        is_open_right=is_open_right,
        nexts=_by_beginning(nexts),
        reach=MAX_PAIR_GAP + max((form.rest.longest for form in halves), default=0),
        ways={},
    )


@cache
def _by_beginning(texts: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return texts by their first letters, by those of another where these hold them.

    Rules share them, since what is looked up so often must be near at hand.
    """
    found: dict[str, list[str]] = {}
    by_begin: dict[str, list[str]] = {}
    for text in sorted(texts):
        by_begin.setdefault(text[:_BEGINNING], []).append(text)
    for begin in sorted(by_begin, key=len):
        held = next((shorter for shorter in found if shorter in begin), intern(begin))
        found.setdefault(held, []).extend(by_begin[begin])
    return {begin: tuple(of_begin) for begin, of_begin in found.items()}
