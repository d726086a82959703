"""Loading: from the files of a language's folder to its Lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import structlog
import yaml

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.scripts import HANGUL, UNSPACED, script_of
from services.classifier.lexicon.words import Meaning, Words, split_forms
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

_CHECKED = "checked.txt"
_FILES = ("cues.yml", "grammar.yml", "stages.yml", "places.yml", "fields.yml")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grammar:
    """How a language orders and marks things. Every text here is folded.

    `order` is svo or sov, `is_verb_first` that its verbs often come first; `has_prefixes` says that one of Arabic script glues words to names. `before` and `after` give, for a role, the words that stand right before and
    right behind a name that has it; the role `none` takes a name out of the event. `breaks` begin a
    clause, `abbreviations` do not end a sentence. `scope` goes before the place where something
    applies, `home` stands beside a country that is only a company's home (`home_glued` is
    glued to it). `common` are everyday
    words that are names too: in lower case they are the word. `phrases` hold names that are none.
    `articles` may stand between a marker and the name, `unit` are words for a part of a company,
    `relative` begin a clause about what was just named, `group` begin words for an alliance. `money_links` may stand between a
    number and its currency ("3 millones de euros"). `scales` are words behind a number, `sums` say number
    and scale in one ("مليارين", "mdd"), `numbers` are number words before a scale, `halves` add half of it.
    `price_before` and `price_behind` say that an amount is a price, `per_share` that it is that of one
    share. `range_to` joins two numbers, `range_and` two amounts behind a `range_between`.
    `local_currencies` has, for a name like peso, the currency by country; `any` is the usual one;
    `usual_currency` is what "per 325 milioni" are without a word for it, a code or such a name;
    `symbolic` are words for a token payment, `about` may part a figure from a word for a price.
    `calendars` has the months of other calendars (solar, islamic, bengali), `day_words` go before a day and
    month in figures ("ngày 1/9"), `relative_days` are "from today" and its like, in days from publishing,
    `spoken_days` today and yesterday alone, `since` goes before when something began; `day_numbers` are days of a month in words.
    `country` is the one where most that is written in the language comes from, if there is one.
    `has_capitals` says that names begin with one, `has_capital_nouns` that all nouns do. `company_forms` stand
    beside a name (inc, 公司), `name_ends` are glued to one in a script without capitals. `titles` go before a
    person, `not_parties` are words and names that are no party.
    There is one of each language, equal to itself only, so that steps can keep what they compile of it.
    """

    order: str = "svo"
    is_verb_first: bool = False
    has_spaces: bool = True
    has_prefixes: bool = True
    breaks: tuple[str, ...] = ()
    abbreviations: frozenset[str] = frozenset()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boilerplate_lines: tuple[str, ...] = ()
    boilerplate_parts: tuple[str, ...] = ()
    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    effect: tuple[str, ...] = ()
    scales: Mapping[str, float] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    number_point: str = "."
    money_links: tuple[str, ...] = ()
    not_prices: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    home_glued: tuple[str, ...] = ()
    common: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()
    unit: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    sums: Mapping[str, float] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    halves: tuple[str, ...] = ()
    price_before: tuple[str, ...] = ()
    price_behind: tuple[str, ...] = ()
    per_share: tuple[str, ...] = ()
    range_to: tuple[str, ...] = ()
    range_and: tuple[str, ...] = ()
    range_between: tuple[str, ...] = ()
    local_currencies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    usual_currency: str | None = None
    symbolic: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    calendars: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    day_words: tuple[str, ...] = ()
    relative_days: Mapping[str, int] = field(default_factory=dict)
    spoken_days: Mapping[str, int] = field(default_factory=dict)
    day_numbers: Mapping[str, int] = field(default_factory=dict)
    since: tuple[str, ...] = ()
    country: str | None = None
    has_capitals: bool = True
    has_capital_nouns: bool = False
    has_word_spaces: bool = True
    company_forms: tuple[str, ...] = ()
    name_ends: tuple[str, ...] = ()
    titles: frozenset[str] = frozenset()
    not_parties: frozenset[str] = frozenset()


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
    shared = _shared("money.yml")
    return Lexicon(
        language=language,
        words=Words(_meanings(parsed), endings=frozenset(_folded(parsed.get("endings", "")))),
        grammar=_grammar(parsed, shared, _shared("days.yml").get(language, {})),
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
def also_pattern(language: str) -> re.Pattern[str] | None:
    """Return what finds the words by which a language adds to what it told, None without any."""
    words = [_word_pattern(form) for form in _folded(_shared("also.yml").get(language, ""))]
    return re.compile("|".join(words)) if words else None


def _word_pattern(form: str) -> str:
    word = re.escape(form.removesuffix("*"))
    if script_of(form[0]) in UNSPACED | {HANGUL}:
        return word
    return rf"(?<!\w){word}" if form.endswith("*") else rf"(?<!\w){word}(?!\w)"


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


def _grammar(
    parsed: Mapping[str, Any], shared: Mapping[str, Any], days: Mapping[str, Any]
) -> Grammar:
    roles = parsed.get("roles", {})
    money = parsed.get("money", {})
    home = _folded(parsed.get("home", ""))
    dates = parsed.get("dates", {})
    parties = parsed.get("parties", {})
    known = _shared("parties.yml")
    boilerplate = parsed.get("boilerplate", {})
    return Grammar(
        order=parsed.get("order", "svo"),
        is_verb_first=parsed.get("verb") == "first",
        has_spaces=parsed.get("spaces", "yes") != "no",
        has_prefixes=parsed.get("prefixes", "yes") != "no",
        breaks=_folded(parsed.get("breaks", "")),
        abbreviations=frozenset(_folded(parsed.get("abbreviations", ""))),
        before={role: _folded(sides.get("before", "")) for role, sides in roles.items()},
        after={role: _folded(sides.get("after", "")) for role, sides in roles.items()},
        boilerplate_lines=_folded(boilerplate.get("lines", "")),
        boilerplate_parts=_folded(boilerplate.get("parts", "")),
        months={
            **_numbered(parsed.get("months", ()), first=1),
            **{
                form: int(month)
                for month, forms in dates.get("months", {}).items()
                for form in _folded(forms)
            },
        },
        calendars={
            name: _numbered(months, first=1) for name, months in dates.get("calendars", {}).items()
        },
        day_words=_folded(dates.get("day", "")),
        has_capitals=parties.get("capitals") != "no",
        has_capital_nouns=parties.get("capitals") == "nouns",
        has_word_spaces=parties.get("spaces") != "no",
        company_forms=(*_folded(known.get("forms", "")), *_folded(parties.get("forms", ""))),
        name_ends=tuple(split_forms(parties.get("ends", ""))),
        titles=frozenset(_folded(parties.get("titles", ""))),
        not_parties=frozenset((*_folded(known.get("not", "")), *_folded(parties.get("not", "")))),
        relative_days={
            form: int(days)
            for days, forms in dates.get("relative", {}).items()
            for form in _folded(forms)
        },
        weekdays={
            **_numbered(parsed.get("weekdays", ()), first=0),
            **{form: day - 1 for form, day in _counted(days.get("weekdays", {})).items()},
        },
        spoken_days={
            form: away
            for key, away in (("today", 0), ("yesterday", -1))
            for form in _folded(days.get(key, ""))
        },
        day_numbers=_counted(days.get("ordinals", {})),
        since=_folded(days.get("since", "")),
        country=parsed.get("country"),
        effect=_folded(parsed.get("effect", "")),
        scales={**_valued(shared.get("scales", {})), **_valued(money.get("scales", {}))},
        sums=_valued(money.get("sums", {})),
        numbers=_valued(money.get("numbers", {})),
        halves=_folded(money.get("halves", "")),
        price_before=_folded(money.get("price", {}).get("before", "")),
        price_behind=_folded(money.get("price", {}).get("behind", "")),
        usual_currency=money.get("usual"),
        about=_folded(shared.get("about", "")),
        symbolic=_bare(shared.get("symbolic", "")),
        per_share=_folded(money.get("per share", "")),
        range_to=_folded(money.get("range", {}).get("to", "")),
        range_and=_folded(money.get("range", {}).get("and", "")),
        range_between=_folded(money.get("range", {}).get("between", "")),
        local_currencies={
            **shared.get("local", {}),
            **{
                name: {**shared.get("local", {}).get(name, {}), **by_country}
                for name, by_country in money.get("local", {}).items()
            },
        },
        currencies={
            form: code
            for source in (shared.get("currencies", {}), money.get("currencies", {}))
            for code, forms in source.items()
            for form in _folded(forms)
        },
        number_point=money.get("point", "."),
        money_links=_folded(money.get("links", "")),
        not_prices=tuple(form.strip("*") for form in _folded(money.get("not", ""))),
        scope=_folded(parsed.get("scope", "")),
        home=tuple(form for form in home if not form.startswith("+")),
        home_glued=tuple(form[1:] for form in home if form.startswith("+")),
        common=frozenset(_folded(parsed.get("common", ""))),
        phrases=_folded(parsed.get("phrases", "")),
        articles=frozenset(_folded(parsed.get("articles", ""))),
        unit=_folded(parsed.get("unit", "")),
        percent=_bare(shared.get("percent", "")),
        relative=_folded(parsed.get("relative", "")),
        group=_folded(parsed.get("group", "")),
    )


def _folded(forms: str) -> tuple[str, ...]:
    return tuple(fold_text(form) for form in split_forms(forms))


def _valued(entries: Mapping[str, str]) -> dict[str, float]:
    """Return the number that every form stands for."""
    return {form: float(value) for value, forms in entries.items() for form in _folded(forms)}


def _counted(entries: Mapping[str, str]) -> dict[str, int]:
    return {form: int(number) for number, forms in entries.items() for form in _folded(forms)}


def _bare(forms: str) -> tuple[str, ...]:
    return tuple(form.removesuffix("*") for form in _folded(forms))


def _numbered(entries: Any, *, first: int) -> dict[str, int]:
    return {form: number for number, forms in enumerate(entries, first) for form in _folded(forms)}
