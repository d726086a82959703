"""Loading: from the files of a language's folder to its Lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import structlog

from services.classifier.lexicon.date_words import DateWords
from services.classifier.lexicon.forms import NOTHING, any_of, bare_forms, folded_forms
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money_words import MoneyWords
from services.classifier.lexicon.name_words import NameWords
from services.classifier.lexicon.narrowing import narrowed
from services.classifier.lexicon.price_words import PriceWords
from services.classifier.lexicon.rules import Meaning
from services.classifier.lexicon.scripts import (
    HANGUL,
    SPACED,
    UNSPACED,
    WORD_BEGINS,
    WORD_ENDS,
    script_of,
)
from services.classifier.lexicon.shared_words import (
    LANGUAGE_FILES,
    blocked_types,
    parsed_file,
    shared_file,
    text_of,
)
from services.classifier.lexicon.spellings import split_forms
from services.classifier.lexicon.words import Words
from services.common.errors import ConfigurationError
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

_SHORTEST = 4
"""A shorter conjunction is other words too: "as", "da", "si"."""
_SUBJECT = 8
"""So many characters a clause takes that has a subject: "mentre Zelmo chiude i negozi", but not "dopo la fusione"."""

log = structlog.get_logger()

_LAYERS = (
    *("hearsay", "avowed", "announced", "negation"),
    *("background", "product", "worldwide", "asks"),
)
"""Entries of a language's files whose words make a layer of the same name."""
_PLACES = {
    "authorities": "authority",
    "countries": "country",
    "demonyms": "country",
    "cities": "city",
}
"""Entries that have words by country, with the layer of each."""
_SHARED_LAYERS = (
    "advisers",
    "alike",
    "also",
    "answers",
    "bidders",
    "folded",
    "meant",
    "members",
    "pacts",
    "rivals",
    "stays",
    "ties",
)
"""Files of words that say which sentences tell more of an event, each by language."""

_FILES_OF_KINDS = {
    "sides": None,
    "old_bids": "old_bids",
    "kept": "kept",
    "firms": "firms",
    "makers": "makers",
    "history": None,
    "lookbacks": "lookback",
}
"""Files of several kinds of words, each by language, with their layer; without one each kind is a layer."""

_ONLOOKED = {
    "": frozenset[str](),
    "deals": frozenset({"acquisition"}),
    "outdone": frozenset({"acquisition"}),
    "ban": frozenset({"ban"}),
    "ends": frozenset({"ban", "shutdown"}),
    "instead": frozenset({"ban", "shutdown"}),
}
"""For which event types the words of a key of `onlookers.yml` hold; without one for all."""

_CHECKED = "checked.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything that the steps know about one language."""

    language: str
    words: Words
    grammar: Grammar
    hash: str


class BrokenLexiconError(ConfigurationError):
    """A language's files cannot be read: no story in it can be, those in others can."""


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language, compiled once; one without a folder has no words.

    Raises:
        BrokenLexiconError: a file says something that cannot be; the message names file, line and entry.
    """
    try:
        return _compiled(language)
    except (AttributeError, TypeError, ValueError) as error:
        # A list where forms are wanted raises all of them. Asking each entry what it is would slow
        # every start; so that is asked where one did not do.
        raise BrokenLexiconError(_why_broken(language, error)) from error


def _why_broken(language: str, error: Exception) -> str:
    """Return the first mistake of a language's files, with its place."""
    # Not above: it reads files with their places, which a start does not need.
    from services.classifier.lexicon.mistakes import mistakes  # noqa: PLC0415

    first = next(iter(mistakes(language)), None)
    return f"{first or f'lexicon/{language}: {error}'} (kabar check --lexicon tells all)"


def _compiled(language: str) -> Lexicon:
    folder = files("services.classifier.lexicon").joinpath(language)
    parsed: dict[str, Any] = {}
    texts: list[str] = []
    for name in LANGUAGE_FILES:
        text = text_of(folder.joinpath(name))
        texts.append(text)
        parsed = _merged(parsed, parsed_file(text, f"{language}/{name}"))
    digest = fingerprint("lexicon", *texts)
    if language in LANGUAGES and checked_digests().get(language) != digest:
        log.warning("lexicon_not_checked", language=language, do="run kabar check --lexicon --note")
    return lexicon_of(language, parsed, digest=digest)


def lexicon_of(language: str, parsed: Mapping[str, Any], *, digest: str) -> Lexicon:
    """Return the lexicon that the entries of a language's files make; `layout` says which there may be."""
    grammar = _grammar(language, parsed)
    return Lexicon(
        language=language,
        words=Words(
            _spelled(parsed, (*_meanings(parsed), *_shared_meanings(language))),
            endings=frozenset(folded_forms(parsed.get("endings", ""))),
            parting=_parting(language, grammar),
        ),
        grammar=grammar,
        hash=digest,
    )


def _parting(language: str, grammar: Grammar) -> re.Pattern[str] | None:
    """Return what begins a clause that no comma closes, None in languages without words for that.

    Not "after" and "since", which stand before nouns as well; where verbs may come last a comma is before it.
    """
    history = shared_file("history.yml")
    others = {
        *grammar.relative,
        *bare_forms(history["after"].get(language, "")),
        *bare_forms(history["since"].get(language, "")),
    }
    words = any_of(
        word
        for word in set(grammar.breaks).difference(others)
        if len(word) >= _SHORTEST and script_of(word[-1]) in SPACED and not word.startswith("*")
    )
    comma = r"[,،]\s*" if grammar.is_verb_last else ""
    return (
        None
        if words == NOTHING
        else re.compile(rf"{comma}{WORD_BEGINS}(?:{words}){WORD_ENDS}[^,،、]{{{_SUBJECT},}}\Z")
    )


def checked_digests() -> dict[str, str]:
    """Return the hash that each language's files had when all their examples were last right.

    Running two thousand examples at every start would take seconds; comparing a digest takes none.
    """
    lines = text_of(files("services.classifier.lexicon").joinpath(_CHECKED)).splitlines()
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
    """Return what changes whenever a lexicon or the catalogue changes, by which strangers are known."""
    folder = files("services.classifier.lexicon")
    texts = [
        text_of(folder.joinpath(language).joinpath(name))
        for language in LANGUAGES
        for name in LANGUAGE_FILES
    ]
    shared = sorted(
        (file.name, text_of(file))
        for file in folder.joinpath("shared").iterdir()
        if file.name.endswith(".yml")
    )
    known = text_of(files("services.common.config").joinpath("catalogue.yml"))
    return fingerprint("rules", *texts, *(text for _, text in shared), known)


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
    for layer in _LAYERS:
        yield parsed.get(layer, ""), Meaning(layer=layer, name=layer)
    for key, layer in _PLACES.items():
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
    for layer, name, by_language in _shared_kinds():
        yield _unbound(by_language.get(language, "")), Meaning(layer=layer, name=name)
    for key, forms in shared_file("onlookers.yml").get(language, {}).items():
        place, _, events = key.partition(".")
        if events not in _ONLOOKED:
            raise ValueError(f"shared/onlookers.yml: {language}: {key} names no kind of events.")
        meaning = Meaning(layer="onlooker", name=place, frame=events, types=_ONLOOKED[events])
        yield _unbound(forms), meaning


def _shared_kinds() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield each kind of words that shared files have by language, with its layer and its name there."""
    for layer in _SHARED_LAYERS:
        yield layer, layer, shared_file(f"{layer}.yml")
    for file, layer_of_all in _FILES_OF_KINDS.items():
        for kind, by_language in shared_file(f"{file}.yml").items():
            yield layer_of_all or kind, kind, by_language
    yield "order", "order", shared_file("orders.yml")["order"]


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
    money, shared_money = parsed.get("money", {}), shared_file("money.yml")
    return Grammar.of(
        parsed,
        dates=DateWords.of(
            parsed,
            shared_file("days.yml").get(language, {}),
            shared_file("day_spans.yml").get(language, {}),
        ),
        money=MoneyWords.of(money, shared_money, shared_file("currencies.yml").get(language, {})),
        prices=PriceWords.of(money, shared_money, shared_file("prices.yml").get(language, {})),
        names=NameWords.of(parsed.get("parties", {}), shared_file("parties.yml")),
    )
