"""Shared words: what the files of `shared/`, which have words of all languages, say to the steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import Any

import yaml

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.forms import GAP, any_of, folded_forms, pattern_of
from services.classifier.lexicon.scripts import HANGUL, UNSPACED, script_of
from services.classifier.lexicon.spellings import PAIR, split_forms
from services.common.event_types import event_types

_MARKS = re.compile(r" \.\.\. |[*#]")
_BESIDE_HARMLESS = frozenset({"adjectives", "heads", "numbers"})
"""Kinds of words in `harmless.yml` that only stand beside others."""

LANGUAGE_FILES = ("cues.yml", "grammar.yml", "stages.yml", "places.yml", "fields.yml")
"""The files of a language's folder that are read at start."""

LETTER = r"[^\s.,;:!?()\"'|।،؛-]"
"""What words are made of, also in scripts that write vowels as marks."""


@cache
def shared_file(name: str) -> Mapping[str, Any]:
    """Return what a file of `shared/` says, parsed once."""
    folder = files("services.classifier.lexicon").joinpath("shared")
    return parsed_file(text_of(folder.joinpath(name)), f"shared/{name}")


@cache
def blocked_types() -> Mapping[str, frozenset[str]]:
    """Return the event types that each known kind of blocker takes back."""
    return {
        kind: frozenset(event_types() if types == "any" else split_forms(types))
        for kind, types in shared_file("blockers.yml").items()
    }


@cache
def confidence_weights() -> Mapping[str, float]:
    """Return the fitted weight of every feature of confidence, empty without the file."""
    weights = shared_file("confidence.yml").get("weights", {})
    return {name: float(weight) for name, weight in weights.items()}


@cache
def stage_weights() -> Mapping[str, Mapping[str, float]]:
    """Return the fitted weights of the signs of each stage, and of `every`; empty without the file."""
    return {
        stage: {sign: float(weight) for sign, weight in signs.items()}
        for stage, signs in shared_file("stage.yml").get("weights", {}).items()
    }


@cache
def order_words(place: str, language: str) -> tuple[str, ...]:
    """Return the words by which a language says `before` or `behind` an authority that it has done it."""
    return folded_forms(shared_file("orders.yml").get(place, {}).get(language, ""))


@cache
def particles(kind: str, language: str) -> tuple[str, ...]:
    """Return the small words or endings of a kind of `particles.yml`, none where a language has none there."""
    return tuple(shared_file("particles.yml")[kind].get(language, ()))


@cache
def folded_particles(kind: str, language: str) -> tuple[str, ...]:
    """Return the same folded, to be looked for in a story's folded text."""
    return tuple(map(fold_text, particles(kind, language)))


@cache
def row_words(language: str) -> frozenset[str]:
    """Return the words of a language that may follow a row of names, none where nobody has told them."""
    return frozenset(folded_forms(shared_file("rows.yml").get(language, "")))


@cache
def owning_pattern(language: str) -> re.Pattern[str]:
    """Return what finds the words of a language for who owns or holds whom."""
    return pattern_of(folded_forms(shared_file("owning.yml").get(language, "")))


@cache
def ends_pattern(kind: str, language: str) -> re.Pattern[str]:
    """Return what finds a language's words of a kind of `ends.yml`, nothing where it has none."""
    return pattern_of(folded_forms(shared_file("ends.yml")[kind].get(language, "")))


@cache
def holders_pattern(kind: str, language: str) -> re.Pattern[str]:
    """Return what finds a language's words of a kind of `holders.yml`, nothing where it has none."""
    return pattern_of(folded_forms(shared_file("holders.yml")[kind].get(language, "")))


@cache
def deeds_pattern(kind: str, language: str) -> re.Pattern[str]:
    """Return what finds a language's words of a kind of `deeds.yml`, nothing where it has none."""
    return pattern_of(folded_forms(shared_file("deeds.yml")[kind].get(language, "")))


@cache
def deeds_words(kind: str, language: str) -> frozenset[str]:
    """Return a language's words of a kind of `deeds.yml`."""
    return frozenset(folded_forms(shared_file("deeds.yml")[kind].get(language, "")))


@cache
def contents_pattern(kind: str, language: str) -> re.Pattern[str]:
    """Return what finds a language's words of a kind of `contents.yml`, nothing where it has none."""
    return pattern_of(folded_forms(shared_file("contents.yml")[kind].get(language, "")))


@cache
def products_pattern(language: str) -> re.Pattern[str]:
    """Return what finds a language's words for what a company has under a name of its own, "app"."""
    return pattern_of(folded_forms(shared_file("products.yml")["things"].get(language, "")))


@cache
def no_products() -> frozenset[str]:
    """Return the words of all languages that look like a product's name, "Android", "Premium"."""
    return frozenset(folded_forms(shared_file("products.yml")["none"]))


@cache
def is_described_behind(language: str) -> bool:
    """Return whether words may stand between such a word and the name: "application de photos Lemonade"."""
    return language in shared_file("products.yml")["described_behind"]


@cache
def end_words(kind: str, language: str) -> tuple[str, ...]:
    """Return a language's words of a kind of `ends.yml`."""
    return folded_forms(shared_file("ends.yml")[kind].get(language, ""))


@cache
def winding_up() -> tuple[str, ...]:
    """Return the stems of words for the end of a company that a court pronounces without forbidding it."""
    return folded_forms(shared_file("orders.yml")["winding_up"])


@cache
def numbers(language: str) -> frozenset[str]:
    """Return a language's words for small numbers."""
    return frozenset(folded_forms(shared_file("harmless.yml").get(language, {}).get("numbers", "")))


@cache
def harmless_pattern(kind: str, language: str) -> re.Pattern[str] | None:
    """Return what finds a language's words of a `kind` that makes a cue harmless, None without any."""
    entries = shared_file("harmless.yml").get(language, {})
    numbers = "|".join(re.escape(form) for form in folded_forms(entries.get("numbers", "")))
    number = rf"(?:\d+(?:[.,]\d+)?|{numbers})" if numbers else r"\d+"
    words = folded_forms(entries.get(kind, ""))
    return re.compile(_open_pattern(words, number)) if words else None


@cache
def harmless_stems(language: str) -> Mapping[str, frozenset[str]]:
    """Return the kinds of harmless words by what stands in a text wherever one of theirs does.

    That is the longest part of a form without a mark: a text without "month" has no "for # month*". Only of
    kinds that are looked for by themselves.

    Raises:
        ValueError: a form is all marks.
    """
    kinds: dict[str, set[str]] = {}
    for kind, forms in shared_file("harmless.yml").get(language, {}).items():
        for form in folded_forms(forms) if kind not in _BESIDE_HARMLESS else ():
            stem = max(_MARKS.split(form), key=len)
            if not stem.strip():
                raise ValueError(f"harmless.yml: {language}: {kind}: {form} has no word.")
            kinds.setdefault(stem, set()).add(kind)
    return {stem: frozenset(of_stem) for stem, of_stem in kinds.items()}


def _open_pattern(forms: Iterable[str], number: str) -> str:
    """Return what finds any of the forms, with `*` at either end of their words, and `#` for a number.

    Forms in a row that begin and end alike share what stands around them: that takes a third of the
    time to compile.
    """
    parts: list[str] = []
    for (begins, ends), alike in groupby(forms, key=_edges):
        inner = "|".join(_inner_pattern(form, number) for form in alike)
        parts.append(f"{begins}(?:{inner}){ends}")
    return "|".join(parts)


def _edges(form: str) -> tuple[str, str]:
    """Return what must stand before a form and behind it, empty in scripts that part no words."""
    scripts = {script_of(sign) for sign in form if sign.isalpha()}
    if scripts & UNSPACED:
        return "", ""
    begins = f"{LETTER}*" if form.startswith("*") else f"(?<!{LETTER})"
    if form.endswith("*"):
        return begins, f"{LETTER}*"
    return begins, "" if HANGUL in scripts else f"(?!{LETTER})"


def _inner_pattern(form: str, number: str) -> str:
    inner = form if _edges(form) == ("", "") else form.strip("*")
    word = GAP.join(re.escape(part) for part in inner.split(PAIR))
    return word.replace(r"\*", f"{LETTER}*").replace(r"\#", number)


def parse_yaml(text: str) -> Any:
    """Return YAML with every scalar as text, so that NO stays Norway."""
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  the base loader builds text only


def parsed_file(text: str, name: str) -> dict[str, Any]:
    """Return the mapping that a file holds, by its text; `name` is for the error.

    Raises:
        ValueError: it is no YAML, or no mapping.
    """
    try:
        parsed = parse_yaml(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: {error}") from error
    if parsed is None or parsed == "":
        return {}
    if not isinstance(parsed, dict):
        raise ValueError(f"{name}: a mapping is wanted.")  # noqa: TRY004  a wrong file, no wrong call
    return parsed


def text_of(file: Traversable) -> str:
    """Return what a file holds, nothing for one that is not there."""
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def legal_form() -> re.Pattern[str]:
    """Return what finds a company's legal form right behind its name: " inc.", ", ltd", " & co."."""
    forms = any_of(folded_forms(shared_file("parties.yml")["legal"]))
    return re.compile(rf",? (?:& )?(?P<form>{forms})(?![\w-])\.?")
