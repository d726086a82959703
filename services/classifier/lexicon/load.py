"""Loading: from the files of a language's folder to its Lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path
from typing import Any

import structlog
import yaml

from services.classifier.lexicon.date_words import DateWords
from services.classifier.lexicon.forms import folded_forms, pattern_of
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money_words import MoneyWords
from services.classifier.lexicon.name_words import NameWords
from services.classifier.lexicon.narrowing import narrowed
from services.classifier.lexicon.rules import Meaning, split_forms
from services.classifier.lexicon.scripts import HANGUL, UNSPACED, script_of
from services.classifier.lexicon.words import Words
from services.common.event_types import event_types
from services.common.ids import fingerprint

_SHIPPED = (
    *("id", "ms", "bn", "hi", "ta", "ur", "vi", "th"),
    *("en", "es", "pt", "fr", "de", "it", "nl", "pl"),
    *("zh", "ja", "ko", "ru", "uk", "ar", "tr", "fa"),
)


def _languages() -> tuple[str, ...]:
    """Return the shipped languages, and those for which somebody has added a folder."""
    folders = files("services.classifier.lexicon").iterdir()
    added = {folder.name for folder in folders if folder.joinpath("cues.yml").is_file()}
    return (*_SHIPPED, *sorted(added - set(_SHIPPED)))


LANGUAGES = _languages()
"""The languages that kabar reads, by ISO 639-1 code."""

log = structlog.get_logger()

_SHARED_LAYERS = (
    *("advisers", "also", "bidders", "makers", "meant"),
    *("members", "pacts", "producers", "stays", "ties"),
)
"""Files of words that say which sentences tell more of an event, each by language."""

_ONLOOKED = {
    "": frozenset[str](),
    "acquisition": frozenset({"acquisition"}),
    "deals": frozenset({"acquisition"}),
    "ban": frozenset({"ban"}),
    "shutdown": frozenset({"shutdown"}),
    "ends": frozenset({"ban", "shutdown"}),
}
"""For which event types the words of a key of `onlookers.yml` hold; without one for all."""

_GAP = r"(?: .{1,40}?)? "
"""What `...` stands for in a form of `harmless.yml`."""

_MARKS = re.compile(r" \.\.\. |[*#]")
_BESIDE_HARMLESS = frozenset({"adjectives", "heads", "numbers"})
"""Kinds of words in `harmless.yml` that only stand beside others."""

LETTER = r"[^\s.,;:!?()\"'|।،؛-]"
"""What words are made of, also in scripts that write vowels as marks."""

_CHECKED = "checked.txt"
_FILES = ("cues.yml", "grammar.yml", "stages.yml", "places.yml", "fields.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything that the steps know about one language."""

    language: str
    words: Words
    grammar: Grammar
    hash: str


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language, compiled once; one without a folder has no words.

    Raises:
        ValueError: a file says something that cannot be; the message names file and entry.
    """
    folder = files("services.classifier.lexicon").joinpath(language)
    parsed: dict[str, Any] = {}
    texts: list[str] = []
    for name in _FILES:
        text = _text_of(folder.joinpath(name))
        texts.append(text)
        parsed = _merged(parsed, _parsed(text, f"{language}/{name}"))
    digest = fingerprint("lexicon", *texts)
    if language in LANGUAGES and checked_digests().get(language) != digest:
        log.warning("lexicon_not_checked", language=language, do="run kabar check --lexicon --note")
    return Lexicon(
        language=language,
        words=Words(
            _spelled(parsed, (*_meanings(parsed), *_shared_meanings(language))),
            endings=frozenset(folded_forms(parsed.get("endings", ""))),
        ),
        grammar=_grammar(language, parsed),
        hash=digest,
    )


def checked_digests() -> dict[str, str]:
    """Return the hash that each language's files had when all their examples were last right.

    Running two thousand examples at every start would take seconds; comparing a digest takes none.
    """
    lines = _text_of(files("services.classifier.lexicon").joinpath(_CHECKED)).splitlines()
    return {language: digest for language, _, digest in (line.partition(" ") for line in lines)}


def note_checked(digests: Mapping[str, str]) -> None:
    """Write down that the examples of these files are right.

    Raises:
        OSError: the package's directory cannot be written.
    """
    lines = (f"{language} {digest}\n" for language, digest in sorted(digests.items()))
    file = Path(str(files("services.classifier.lexicon").joinpath(_CHECKED)))
    file.write_text("".join(lines), encoding="utf-8")


def rules_hash() -> str:
    """Return what changes whenever a lexicon changes."""
    folder = files("services.classifier.lexicon")
    texts = [
        _text_of(folder.joinpath(language).joinpath(name))
        for language in LANGUAGES
        for name in _FILES
    ]
    shared = sorted(
        (file.name, _text_of(file))
        for file in folder.joinpath("shared").iterdir()
        if file.name.endswith(".yml")
    )
    return fingerprint("rules", *texts, *(text for _, text in shared))


def parse_yaml(text: str) -> Any:
    """Return YAML with every scalar as text, so that NO stays Norway."""
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  the base loader builds text only


@cache
def blocked_types() -> Mapping[str, frozenset[str]]:
    """Return the event types that each kind of blocker takes back; another kind takes back all."""
    return {kind: frozenset(split_forms(types)) for kind, types in _shared("blockers.yml").items()}


@cache
def confidence_weights() -> Mapping[str, float]:
    """Return the fitted weight of every feature of confidence, empty without the file."""
    weights = _shared("confidence.yml").get("weights", {})
    return {name: float(weight) for name, weight in weights.items()}


@cache
def stage_weights() -> Mapping[str, Mapping[str, float]]:
    """Return the fitted weights of the signs of each stage, and of `every`; empty without the file."""
    return {
        stage: {sign: float(weight) for sign, weight in signs.items()}
        for stage, signs in _shared("stage.yml").get("weights", {}).items()
    }


@cache
def order_words(place: str, language: str) -> tuple[str, ...]:
    """Return the words by which a language says `before` or `behind` an authority that it has done it."""
    return folded_forms(_shared("orders.yml").get(place, {}).get(language, ""))


@cache
def particles(kind: str, language: str) -> tuple[str, ...]:
    """Return the small words or endings of a kind of `particles.yml`, none where a language has none there."""
    return tuple(_shared("particles.yml")[kind].get(language, ()))


@cache
def row_words(language: str) -> frozenset[str]:
    """Return the words of a language that may follow a row of names, none where nobody has told them."""
    return frozenset(folded_forms(_shared("rows.yml").get(language, "")))


@cache
def owning_pattern(language: str) -> re.Pattern[str]:
    """Return what finds the words of a language for who owns or holds whom."""
    return pattern_of(folded_forms(_shared("owning.yml").get(language, "")))


@cache
def ends_pattern(kind: str, language: str) -> re.Pattern[str]:
    """Return what finds a language's words of a kind of `ends.yml`, nothing where it has none."""
    return pattern_of(folded_forms(_shared("ends.yml")[kind].get(language, "")))


@cache
def end_words(kind: str, language: str) -> tuple[str, ...]:
    """Return a language's words of a kind of `ends.yml`."""
    return folded_forms(_shared("ends.yml")[kind].get(language, ""))


@cache
def winding_up() -> tuple[str, ...]:
    """Return the stems of words for the end of a company that a court pronounces without forbidding it."""
    return folded_forms(_shared("orders.yml")["winding_up"])


@cache
def harmless_pattern(kind: str, language: str) -> re.Pattern[str] | None:
    """Return what finds a language's words of a `kind` that makes a cue harmless, None without any."""
    entries = _shared("harmless.yml").get(language, {})
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
    for kind, forms in _shared("harmless.yml").get(language, {}).items():
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
    word = _GAP.join(re.escape(part) for part in inner.split(" ... "))
    return word.replace(r"\*", f"{LETTER}*").replace(r"\#", number)


@cache
def _shared(name: str) -> Mapping[str, Any]:
    folder = files("services.classifier.lexicon").joinpath("shared")
    return _parsed(_text_of(folder.joinpath(name)), f"shared/{name}")


def _text_of(file: Traversable) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        parsed = parse_yaml(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: {error}") from error
    if parsed is None or parsed == "":
        return {}
    if not isinstance(parsed, dict):
        raise ValueError(f"{name}: a mapping is wanted.")  # noqa: TRY004  a wrong file, no wrong call
    return parsed


def _merged(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return two files as one: forms of one entry are put together, mappings entry by entry."""
    merged = dict(one)
    for key, value in other.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merged(known, value)
        elif isinstance(known, str) and isinstance(value, str) and "point" not in key:
            merged[key] = f"{known} | {value}"
        else:
            merged[key] = value
    return merged


def _spelled(
    parsed: Mapping[str, Any], entries: Iterable[tuple[str, Meaning]]
) -> Iterable[tuple[str, Meaning]]:
    """Return entries with the other stems of their verbs, in a language whose verbs have several."""
    if parsed.get("stems") != "narrow":
        return entries
    return ((narrowed(forms), meaning) for forms, meaning in entries)


def _meanings(parsed: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Yield every entry with its meaning; `Words` takes its forms apart."""
    yield from _cues(parsed.get("cues", {}))
    yield from _blockers(parsed.get("blockers", {}))
    for stage, by_type in parsed.get("stage", {}).items():
        for event_type, forms in by_type.items():
            types = frozenset() if event_type == "any" else frozenset((event_type,))
            meaning = Meaning(layer="stage", name=stage, types=types)
            yield forms, meaning
    for layer in (
        "hearsay",
        "avowed",
        "announced",
        "negation",
        "denial",
        "background",
        "product",
        "worldwide",
        "asks",
    ):
        meaning = Meaning(layer=layer, name=layer)
        yield parsed.get(layer, ""), meaning
    for layer, key in (
        ("authority", "authorities"),
        ("country", "countries"),
        ("country", "demonyms"),
        ("city", "cities"),
    ):
        for name, forms in parsed.get(key, {}).items():
            meaning = Meaning(layer=layer, name="" if name == "any" else name, frame=key)
            yield forms, meaning
    for event_type, scopes in parsed.get("applies", {}).items():
        for name, forms in scopes.items():
            meaning = Meaning(layer="applies", name=name, types=frozenset((event_type,)))
            yield forms, meaning
    here = Meaning(layer="city", name=parsed.get("country", ""), frame="here")
    yield parsed.get("here", ""), here


def _shared_meanings(language: str) -> Iterator[tuple[str, Meaning]]:
    """Yield the words of a language that stand in files which all languages share."""
    for layer in _SHARED_LAYERS:
        yield _unbound(_shared(f"{layer}.yml").get(language, "")), Meaning(layer=layer, name=layer)
    for side, by_language in _shared("sides.yml").items():
        yield _unbound(by_language.get(language, "")), Meaning(layer=side, name=side)
    for key, forms in _shared("onlookers.yml").get(language, {}).items():
        place, _, types = key.partition(".")
        meaning = Meaning(layer="onlooker", name=place, frame=types, types=_ONLOOKED[types])
        yield _unbound(forms), meaning
    for kind, by_language in _shared("history.yml").items():
        yield _unbound(by_language.get(language, "")), Meaning(layer=kind, name=kind)
    orders = _shared("orders.yml")["order"].get(language, "")
    yield _unbound(orders), Meaning(layer="order", name="order")


def _unbound(forms: str) -> str:
    """Return forms, those in scripts without spaces as parts of longer words too."""
    return " | ".join(
        f"*{form.strip('*')}*" if script_of(form[0]) in UNSPACED | {HANGUL} else form
        for form in split_forms(forms)
    )


def _cues(cues: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for event_type, groups in cues.items():
        for group, body in groups.items():
            if not isinstance(body, dict) or "forms" not in body:
                raise ValueError(f"cues: {event_type}: {group} has no forms.")
            meaning = Meaning(
                layer="cue",
                name=f"{event_type}.{group}",
                types=frozenset((event_type,)),
                weight=float(body.get("weight", "3")),
                frame=body.get("frame", "noun"),
                stage=body.get("stage"),
            )
            yield body["forms"], meaning


def _blockers(blockers: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    blocked = blocked_types()
    for kind, forms in blockers.items():
        types = blocked.get(kind) or frozenset(event_types())
        meaning = Meaning(layer="blocker", name=kind, types=types)
        yield forms, meaning


def _grammar(language: str, parsed: Mapping[str, Any]) -> Grammar:
    return Grammar.of(
        parsed,
        dates=DateWords.of(
            parsed,
            _shared("days.yml").get(language, {}),
            _shared("day_spans.yml").get(language, {}),
        ),
        money=MoneyWords.of(
            parsed.get("money", {}),
            _shared("money.yml"),
            _shared("prices.yml").get(language, {}),
            _shared("currencies.yml").get(language, {}),
        ),
        names=NameWords.of(parsed.get("parties", {}), _shared("parties.yml")),
    )
