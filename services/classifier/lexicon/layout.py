"""Layout: which entries a language's files may have; what `load` and the words it makes ask them for.

`tests/unit/classifier/lexicon/test_layout.py` holds this against what they do ask for: a new entry is added here too.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.lexicon.grammar import HalfSign, Trait
from services.classifier.lexicon.shapes import (
    Currency,
    Each,
    Forms,
    Keys,
    Number,
    Row,
    Shape,
    Text,
    Word,
)
from services.classifier.lexicon.shared_words import blocked_types, shared_file
from services.classifier.lexicon.thing_words import Particle
from services.common.config.codes import COUNTRIES, CURRENCIES, UNIONS
from services.common.contracts.reading import Role, Stage
from services.common.event_types import event_types

FRAMES = frozenset(
    (
        *("active", "passive", "sold", "noun", "sell", "merge"),
        *("close", "refuse", "talks", "store", "lifted", "joins", "told", "must", "rivals"),
    )
)
"""Where who and what stand beside a cue: docs/languages.md."""

LONE_ROLES = frozenset(
    (
        *("none", "not", "owned", "besides", "ordered", "stake", "holder"),
        *("second.seller", "bid.actor", "bid.target"),
    )
)
"""Keys of `roles` that the steps ask for by name, beside those of a Role and of a frame or type."""

SCOPES = {
    "ban": (
        *("government devices", "minors", "schools", "app stores", "advertising", "imports"),
        *("exports", "new users", "mobile networks", "armed forces"),
    ),
    "shutdown": ("plant", "stores", "offices", "website", "print edition", "warehouse"),
}
"""What a ban or a closing may be limited to: records and pages show these names."""

_LISTS = (
    *("hearsay", "avowed", "announced", "negation", "background", "product"),
    *("worldwide", "asks", "here", "endings", "infinitive", "sale", "breaks", "abbreviations"),
    *("scope", "home", "common", "phrases", "articles", "unit", "relative", "pronouns"),
    *("group", "effect"),
)
"""Entries that list forms and nothing else."""

MAX_WEIGHT = 3
_MOST = 1e18
_FORMS = Forms()
_YES_NO = Word("answer, yes or no,", ("yes", "no"))
_BY_NUMBER = Each(Number(0, _MOST), _FORMS)

EXAMPLES = Each(Text(), Each(Text(), Keys({"hits": Row(Text()), "misses": Row(Text())})))
"""What examples.yml holds; which types and groups it may name, cues.yml says."""


def layout(own_currencies: Iterable[str] = ()) -> Keys:
    """Return what the other files of a language hold: any entry may stand in any of them.

    `own_currencies` are the names that its `money.local` has beside those that all languages share.
    """
    return Keys(
        {
            **_forms(*_LISTS),
            **_meanings(),
            **_places(),
            **_order(),
            "boilerplate": Keys(_forms("lines", "parts")),
            **_days(),
            "money": _money({*shared_file("money.yml")["local"], *own_currencies}),
            "parties": _parties(),
            "things": _things(),
        }
    )


def _forms(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, _FORMS)


def _meanings() -> dict[str, Shape]:
    """Return the entries that say what words mean for an event."""
    types = Word("event type", event_types())
    of_any_type = Each(Word("event type", (*event_types(), "any")), _FORMS)
    return {
        "cues": Each(types, Each(Text(), _group())),
        "blockers": Each(Word("kind of blocker", blocked_types()), _FORMS),
        "stage": Each(Word("stage", (*Stage, "none")), of_any_type),
        "applies": Each(
            types,
            Each(Text(), _FORMS),
            {kind: Keys(_forms(*names)) for kind, names in SCOPES.items()},
        ),
        "roles": Each(Word("role", role_keys()), Keys(_forms("before", "after"))),
    }


def _group() -> Keys:
    return Keys(
        {
            "forms": _FORMS,
            "frame": Word("frame", FRAMES),
            "weight": Number(0, MAX_WEIGHT),
            "stage": Word("stage", tuple(Stage)),
        },
        needed=("forms",),
    )


def _places() -> dict[str, Shape]:
    by_place = Each(Word("ISO 3166-1 country", COUNTRIES | UNIONS | {"any"}), _FORMS)
    return {
        **dict.fromkeys(("authorities", "countries", "demonyms", "cities"), by_place),
        "country": Word("ISO 3166-1 country", COUNTRIES | UNIONS),
    }


def _order() -> dict[str, Shape]:
    """Return the entries that say how a language orders and marks things."""
    return {
        "order": Word("order", ("svo", "sov")),
        "traits": Row(Word("trait", tuple(Trait))),
        "halves": Row(Word("sign", tuple(HalfSign))),
        "verb": Word("place of verbs", ("first", "middle", "last")),
        "nouns": Word("place of nouns", ("first",)),
        "stems": Word("kind of stems", ("narrow",)),
        "spaces": _YES_NO,
        "prefixes": _YES_NO,
    }


def _days() -> dict[str, Shape]:
    calendars = Word("calendar", ("solar", "islamic", "bengali"))
    return {
        "months": Row(_FORMS, 12),
        "weekdays": Row(_FORMS, 7),
        "dates": Keys(
            {
                "months": Each(Number(1, 12, is_whole=True), _FORMS),
                "calendars": Each(calendars, Row(_FORMS, 12)),
                "relative": Each(Number(-366, 366, is_whole=True), _FORMS),
                **_forms("day"),
            }
        ),
    }


def _money(names: set[str]) -> Keys:
    return Keys(
        {
            "point": Word("decimal sign", (".", ",", "/")),
            "currencies": Each(
                Currency(CURRENCIES, names, may_have_factor=True), Forms(are_signs=True)
            ),
            "local": Each(
                Text(),
                Each(
                    Word("ISO 3166-1 country", COUNTRIES | {"any"}),
                    Word("ISO 4217 currency", CURRENCIES),
                ),
            ),
            "usual": Currency(CURRENCIES, names),
            "scales": _BY_NUMBER,
            "sums": _BY_NUMBER,
            "numbers": _BY_NUMBER,
            "price": Keys(_forms("before", "behind")),
            "range": Keys(_forms("to", "and", "between")),
            **_forms("links", "halves", "not", "per share"),
        }
    )


def _parties() -> Keys:
    return Keys(
        {
            "capitals": Word("kind of capitals", ("yes", "no", "nouns")),
            "spaces": _YES_NO,
            **_forms("forms", "ends", "titles", "not"),
        }
    )


def _things() -> Keys:
    return Keys(
        {
            "particle": Word("letters of particles", tuple(Particle)),
            **_forms("adverbs", "counters", "one of", "enders", "makers"),
        }
    )


def role_keys() -> set[str]:
    """Return the keys that `roles` may have: a role, also with a frame or a type before it."""
    narrow = {f"{scope}.{role}" for scope in (*FRAMES, *event_types()) for role in Role}
    return {*Role, *narrow, *(f"{name}.none" for name in event_types()), *LONE_ROLES}
