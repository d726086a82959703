"""Layout: which entries a language's files may have; what `load` and the words it makes ask them for.

`tests/unit/classifier/lexicon/test_layout.py` holds this against what they do ask for: a new entry is added here too.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.lexicon.grammar import HalfSign, Trait
from services.classifier.lexicon.shapes import Currency, Each, Forms, Keys, Number, Row, Text, Word
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

MAX_WEIGHT = 3
_MOST = 1e18
_FORMS = Forms()
_YES_NO = Word("answer, yes or no,", ("yes", "no"))
_BY_PLACE = Each(Word("ISO 3166-1 country", COUNTRIES | UNIONS | {"any"}), _FORMS)
_BY_NUMBER = Each(Number(0, _MOST), _FORMS)

EXAMPLES = Each(Text(), Each(Text(), Keys({"hits": Row(Text()), "misses": Row(Text())})))
"""What examples.yml holds; which types and groups it may name, cues.yml says."""


def layout(own_currencies: Iterable[str] = ()) -> Keys:
    """Return what the other files of a language hold: any entry may stand in any of them.

    `own_currencies` are the names that its `money.local` has beside those that all languages share.
    """
    types = Word("event type", event_types())
    of_any_type = Each(Word("event type", (*event_types(), "any")), _FORMS)
    words = (
        *("hearsay", "avowed", "announced", "negation", "denial", "background", "product"),
        *("worldwide", "asks", "here", "endings", "infinitive", "sale", "breaks", "abbreviations"),
        *("scope", "home", "common", "phrases", "articles", "unit", "relative", "pronouns"),
        *("group", "effect"),
    )
    return Keys(
        {
            **dict.fromkeys(words, _FORMS),
            "cues": Each(types, Each(Text(), _group())),
            "blockers": Each(Word("kind of blocker", blocked_types()), _FORMS),
            "stage": Each(Word("stage", (*Stage, "none")), of_any_type),
            "authorities": _BY_PLACE,
            "countries": _BY_PLACE,
            "demonyms": _BY_PLACE,
            "cities": _BY_PLACE,
            "applies": Each(
                types,
                Each(Text(), _FORMS),
                {kind: Keys(dict.fromkeys(names, _FORMS)) for kind, names in SCOPES.items()},
            ),
            "country": Word("ISO 3166-1 country", COUNTRIES | UNIONS),
            "order": Word("order", ("svo", "sov")),
            "traits": Row(Word("trait", tuple(Trait))),
            "halves": Row(Word("sign", tuple(HalfSign))),
            "verb": Word("place of verbs", ("first", "middle", "last")),
            "nouns": Word("place of nouns", ("first",)),
            "stems": Word("kind of stems", ("narrow",)),
            "spaces": _YES_NO,
            "prefixes": _YES_NO,
            "roles": Each(
                Word("role", role_keys()), Keys(dict.fromkeys(("before", "after"), _FORMS))
            ),
            "boilerplate": Keys(dict.fromkeys(("lines", "parts"), _FORMS)),
            "months": Row(_FORMS, 12),
            "weekdays": Row(_FORMS, 7),
            "dates": Keys(
                {
                    "months": Each(Number(1, 12, is_whole=True), _FORMS),
                    "calendars": Each(
                        Word("calendar", ("solar", "islamic", "bengali")), Row(_FORMS, 12)
                    ),
                    "day": _FORMS,
                    "relative": Each(Number(-366, 366, is_whole=True), _FORMS),
                }
            ),
            "money": _money({*shared_file("money.yml")["local"], *own_currencies}),
            "parties": Keys(
                {
                    "capitals": Word("kind of capitals", ("yes", "no", "nouns")),
                    "spaces": _YES_NO,
                    **dict.fromkeys(("forms", "ends", "titles", "not"), _FORMS),
                }
            ),
            "things": Keys(
                {
                    "particle": Word("letters of particles", tuple(Particle)),
                    **dict.fromkeys(("adverbs", "counters", "one of", "enders", "makers"), _FORMS),
                }
            ),
        }
    )


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
            "price": Keys(dict.fromkeys(("before", "behind"), _FORMS)),
            "range": Keys(dict.fromkeys(("to", "and", "between"), _FORMS)),
            **dict.fromkeys(("links", "halves", "not", "per share"), _FORMS),
        }
    )


def role_keys() -> set[str]:
    """Return the keys that `roles` may have: a role, also with a frame or a type before it."""
    narrow = {f"{scope}.{role}" for scope in (*FRAMES, *event_types()) for role in Role}
    return {*Role, *narrow, *(f"{name}.none" for name in event_types()), *LONE_ROLES}
