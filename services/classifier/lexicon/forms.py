"""Forms: what an entry of a lexicon's file lists, parted and folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.scripts import (
    HANGUL,
    UNSPACED,
    WORD_BEGINS,
    WORD_ENDS,
    script_of,
)
from services.classifier.lexicon.spellings import PAIR, split_forms

NOTHING = "(?!)"
"""A pattern that is found nowhere."""
GAP = r"(?: .{1,40}?)? "
"""What `...` stands for in a pattern."""


def folded_forms(forms: str) -> tuple[str, ...]:
    """Return the forms of "one | two", folded."""
    return tuple(fold_text(form) for form in split_forms(forms))


def bare_forms(forms: str) -> tuple[str, ...]:
    """Return the forms without the star that stands for endings."""
    return tuple(form.removesuffix("*") for form in folded_forms(forms))


def by_form(entries: Mapping[str, str]) -> dict[str, str]:
    """Return, for every form, the key under which it stands."""
    return {form: key for key, forms in entries.items() for form in folded_forms(forms)}


def whole_by_form(entries: Mapping[str, str]) -> dict[str, int]:
    """Return, for every form, the whole number under which it stands."""
    return {form: int(key) for form, key in by_form(entries).items()}


def number_by_form(entries: Mapping[str, str]) -> dict[str, float]:
    """Return, for every form, the number under which it stands."""
    return {form: float(key) for form, key in by_form(entries).items()}


def place_by_form(entries: Iterable[str], *, first: int) -> dict[str, int]:
    """Return, for every form, the place of its entry in a list, counted from `first`."""
    return {
        form: place for place, forms in enumerate(entries, first) for form in folded_forms(forms)
    }


def any_of(forms: Iterable[str]) -> str:
    """Return what finds any of some forms as they stand, the longest first; nothing for none."""
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or NOTHING


def pattern_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some folded forms as words; a star stands for what ends one, dots for a gap."""
    ordered = sorted(forms, key=len, reverse=True)
    parts: list[str] = []
    for is_word, alike in groupby(ordered, key=_is_word):
        inner = "|".join(GAP.join(map(_open, form.split(PAIR))) for form in alike)
        parts.append(f"{WORD_BEGINS}(?:{inner}){WORD_ENDS}" if is_word else inner)
    return re.compile("|".join(parts) or NOTHING)


def _open(part: str) -> str:
    return r"\w*".join(map(re.escape, part.split("*")))


def _is_word(form: str) -> bool:
    return script_of(form[0]) not in UNSPACED | {HANGUL}
