"""Aliases: the names of every tracked company in one automaton, with the boundary rules of scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.declension import declined
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.lexicon.scripts import (
    ALL_THAI,
    ARABIC,
    CYRILLIC,
    DIGIT,
    HAN,
    HANGUL,
    HIRAGANA,
    KATAKANA,
    LATIN,
    SCRIPTS,
    SPACE,
    SPACED,
    TAMIL,
    THAI_LEAD,
    THAI_SIGN,
    UNSPACED,
)
from services.classifier.lexicon.shared_words import parse_yaml
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId

_UNSPACED = UNSPACED | {HANGUL}
_CASED = frozenset({LATIN, CYRILLIC})
INNER_CAPITAL = re.compile(r"[^\W\d_A-ZА-ЯҐЄІЇ](?=[A-ZА-ЯҐЄІЇ])")
"""The letter before a capital within a name: "TikTok"."""
_PART = 3
"""Letters that each part of a name in two has at least: "share it" is no ShareIt."""
_SHORT = 4
"""Letters of a name that takes endings only in place of its last a: visas are no company."""


class AliasHit(NamedTuple):
    """An alias at a place of the folded text, its script's rules passed, its own conditions not yet."""

    start: int
    end: int
    company: CompanyId
    alias: Alias


class _Entry(NamedTuple):
    company: CompanyId
    alias: Alias
    is_stem: bool
    """The form lost its last letter to inflection, so that a suffix must follow."""
    length: int
    """Letters of the name as written; short ones take fewer suffixes."""


class _Suffixes(NamedTuple):
    by_script: Mapping[str, frozenset[str]]
    long_only: Mapping[str, frozenset[str]]
    prefixes: frozenset[str]
    bad_left: Mapping[str, tuple[str, ...]]


@cache
def _suffixes() -> _Suffixes:
    text = files("services.classifier.lexicon").joinpath("shared/suffixes.yml").read_text("utf-8")
    parsed = parse_yaml(text)

    def sets(key: str) -> dict[str, frozenset[str]]:
        return {
            script: frozenset(fold_text(suffix) for suffix in suffixes.split())
            for script, suffixes in parsed[key].items()
        }

    return _Suffixes(
        by_script=sets("suffixes"),
        long_only=sets("long"),
        prefixes=frozenset(fold_text(prefix) for prefix in parsed["arabic_prefixes"].split()),
        bad_left={
            fold_text(name): tuple(fold_text(left) for left in lefts.split())
            for name, lefts in parsed["not_after"].items()
        },
    )


class Aliases:
    """All names of a watchlist, compiled. Building 200,000 of them takes about two seconds.

    `changed` takes no time: names that came since stand in a small automaton beside the big one.
    """

    def __init__(self, companies: Iterable[Company]) -> None:
        names = [(company.id, alias) for company in companies for alias in company.names]
        entries: dict[str, list[_Entry]] = {}
        for (company, alias), folded in zip(names, _all_folded(names), strict=True):
            letters = len(folded.strip())
            for form, is_stem in _forms(alias.text, folded):
                entries.setdefault(form, []).append(_Entry(company, alias, is_stem, letters))
        self._by_index = [tuple(of_form) for of_form in entries.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(entries), store_patterns=False)
        self._newer: Aliases | None = None
        self._outdated: frozenset[CompanyId] = frozenset()

    def changed(self, companies: Iterable[Company], *, removed: frozenset[CompanyId]) -> Aliases:
        """Return the same names with others for `companies`, new or known, and none for `removed`."""
        companies = list(companies)
        changed = copy(self)
        changed._newer = Aliases(companies)  # noqa: SLF001  our own copy
        changed._outdated = removed.union(company.id for company in companies)  # noqa: SLF001  likewise
        return changed

    def find(self, text: str, *, has_prefixes: bool = True) -> list[AliasHit]:
        """Return every name that may stand at its place in the folded text, overlapping ones too.

        `has_prefixes` says that Arabic letters before a name may be words of their own.
        """
        found = self._find(text, has_prefixes=has_prefixes)
        if self._outdated:
            found = [hit for hit in found if hit.company not in self._outdated]
        if self._newer is not None:
            found += self._newer.find(text, has_prefixes=has_prefixes)
        return found

    def _find(self, text: str, *, has_prefixes: bool = True) -> list[AliasHit]:
        found: list[AliasHit] = []
        scripts, length = SCRIPTS, len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if (
                start
                and scripts[text[start - 1]] != SPACE
                and not _may_begin(text, start, end, has_prefixes=has_prefixes)
            ):
                continue
            is_apart = end == length or scripts[text[end]] == SPACE
            for entry in self._by_index[index]:
                if (not entry.is_stem) if is_apart else _may_end(text, end, entry):
                    found.append(AliasHit(start, end, entry.company, entry.alias))  # noqa: PERF401  a list of one, mostly
        return found


def without_accents(name: str) -> str:
    """Return a folded Latin name as those write it whose keyboard has no accents: "telefonica"."""
    bare = (char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    plain = "".join(bare)
    return plain if plain.isascii() else name


def _all_folded(names: Sequence[tuple[CompanyId, Alias]]) -> list[str]:
    """Return every name folded: all at once, which takes a fifth of the time."""
    folded = fold_text("\n".join(alias.text for _, alias in names)).split("\n")
    if len(folded) == len(names):
        return folded
    return [fold_text(alias.text) for _, alias in names]


def _forms(name: str, folded: str) -> Iterator[tuple[str, bool]]:
    """Yield the folded name, and the stems that its inflected forms begin with."""
    folded = folded.strip()
    if not folded:
        return
    yield folded, False
    if "\u200c" in name:
        yield folded.replace(" ", ""), False
    for parted in _in_two_parts(name, folded):
        yield parted, False
    last = SCRIPTS[folded[-1]]
    if last == TAMIL and folded[-1] == "\u0bcd":
        yield folded[:-1], True
    if last == CYRILLIC:
        yield from _cyrillic_forms(folded)
    if last == LATIN and folded[-1] == "a" and len(folded) >= _SHORT and folded.isalpha():
        yield folded[:-1], True
        if folded[-2] == "k":
            yield f"{folded[:-2]}c", True  # Biedronka, w Biedronce
    plain = folded if folded.isascii() else without_accents(folded)
    if len(plain) >= _SHORT and plain != folded:
        yield plain, False


def is_parted(name: str, written: str) -> bool:
    """Return whether a name that its company writes as one word stands there in two."""
    is_one = name.isalpha() and INNER_CAPITAL.search(name) is not None
    return is_one and (" " in written or "-" in written)


def _in_two_parts(name: str, folded: str) -> Iterator[str]:
    """Yield what newspapers make of a name in two parts: "Tik Tok" and "Tik-Tok" of TikTok, "X-Y" of "X Y"."""
    parts = folded.split(" ")
    if name.isalpha() and len(name) == len(folded) and (first := INNER_CAPITAL.search(name)):
        cut = first.end()
        if min(cut, len(name) - cut) >= _PART:
            yield f"{folded[:cut]} {folded[cut:]}"
            yield f"{folded[:cut]}-{folded[cut:]}"
    elif len(parts) == 2 and min(map(len, parts)) >= 2 and SCRIPTS[parts[0][0]] not in _CASED:
        yield "-".join(parts)


def _cyrillic_forms(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield the stem that a name's endings follow, and the name with its adjectives declined."""
    has_stem = folded[-1] in "аяьйоеіы" and len(folded) >= _SHORT
    if has_stem:
        yield folded[:-1], True
    for inflected in declined(folded):
        yield inflected, False
        if has_stem:
            yield inflected[:-1], True


def _may_begin(text: str, start: int, end: int, *, has_prefixes: bool) -> bool:
    """Return whether what stands before a name lets it begin there."""
    first = SCRIPTS[text[start]]
    before = SCRIPTS[text[start - 1]] if start else SPACE
    if SPACE in {before, first}:
        return True
    if first == ARABIC:
        return before != ARABIC or (has_prefixes and _has_arabic_prefix(text, start))
    if first in ALL_THAI:
        return before != THAI_LEAD and not text.endswith(
            _suffixes().bad_left.get(text[start:end], ("\0",)), 0, start
        )
    return before not in SPACED if first in SPACED else before != first or first in {HAN, HIRAGANA}


def _has_arabic_prefix(text: str, start: int) -> bool:
    begin = start
    while begin and SCRIPTS[text[begin - 1]] == ARABIC:
        begin -= 1
    return text[begin:start] in _suffixes().prefixes


def _may_end(text: str, end: int, entry: _Entry) -> bool:
    """Return whether what stands behind a name lets it end there, inflection included."""
    behind = SCRIPTS[text[end]] if end < len(text) else SPACE
    last = SCRIPTS[text[end - 1]]
    if SPACE in {behind, last}:
        return not entry.is_stem
    if last in ALL_THAI:
        # A vowel or tone sign belongs to the syllable before it: the name goes on.
        return behind != THAI_SIGN
    if DIGIT in {last, behind}:
        return last in _UNSPACED or (last == DIGIT and behind not in SPACED)
    if behind != last or last in {HAN, HIRAGANA}:
        return True
    return last != KATAKANA and _suffix_is_known(text, end, last, entry)


def _suffix_is_known(text: str, end: int, script: str, entry: _Entry) -> bool:
    stop = end
    while stop < len(text) and SCRIPTS[text[stop]] == script:
        stop += 1
    suffix = text[end:stop]
    if script == TAMIL:
        suffix = plain_ending(text[end - 2 : end], suffix)
    suffixes = _suffixes()
    if suffix in suffixes.by_script.get(script, ()):
        return script != CYRILLIC or entry.length >= _SHORT
    if suffix not in suffixes.long_only.get(script, ()):
        return False
    return entry.length > _SHORT or (entry.length == _SHORT and entry.is_stem)
