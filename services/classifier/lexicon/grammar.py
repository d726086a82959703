"""Grammar: how a language orders and marks things. Every text here is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.classifier.lexicon.date_words import DateWords
from services.classifier.lexicon.forms import folded_forms
from services.classifier.lexicon.money_words import MoneyWords
from services.classifier.lexicon.name_words import NameWords
from services.classifier.lexicon.price_words import PriceWords
from services.classifier.lexicon.thing_words import ThingWords


class Trait(StrEnum):
    """What a language does that no word of it tells: entries of `traits` in its grammar."""

    AFTER_BEHIND = "after behind"
    """It says "after" and "since" behind what was, though its verbs do not come last."""
    BARE_VERBS = "bare verbs"
    """No form of its verbs says that the subject behind a comma does it."""
    COMPOUNDS = "compounds"
    """The noun behind a noun says what it is: "a customer platform"."""
    DENSE = "dense"
    """Its clauses take half as many characters."""
    DROPS_A = "drops a"
    """Its cases put an ending in place of a Latin name's last a: "Biedronki"."""
    MARKED_SUBJECTS = "marked subjects"
    """A subject's mark is nobody else's; a Turkish genitive is also that of an owner."""
    OBJECTS_BEHIND = "objects behind"
    """Its verbs come last, but headlines put what is bought or closed behind them."""
    OWNERS_BEHIND = "owners behind"
    """A name right behind somebody says whose they are: "nhân viên X"."""
    PARTICIPLES = "participles"
    """Participles between commas describe who stands before them."""
    PLACES_FIRST = "places first"
    """A town's name stands before its office: "Hull council"; elsewhere a word there is a preposition."""
    RELATIVES_FIRST = "relatives first"
    """What says who somebody is stands before the name."""
    TOPICS_FIRST = "topics first"
    """Its verbs stand behind what closes too, without a mark: "口红停产"."""


class HalfSign(StrEnum):
    """What may part a headline in two: entries of `halves` in a grammar."""

    DOTS = "dots"
    SPACE = "space"
    COMMA = "comma"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grammar:
    """How a language orders and marks things.

    There is one of each language, equal to itself only, so that steps can keep what they compile of it.
    """

    order: str = "svo"
    """svo or sov."""
    traits: frozenset[Trait] = frozenset()
    is_verb_first: bool = False
    """Its verbs often come first."""
    has_turned_denials: bool = False
    """Its verbs come last, but one that is denied between who does it and what it is done to."""
    is_verb_last: bool = False
    """Its verbs end the clauses that others hold: "dass X Y übernimmt"."""
    has_nouns_first: bool = False
    """Verb last, but what a noun is about stands right behind it (Persian)."""
    infinitive: frozenset[str] = frozenset()
    """The words before an infinitive: "Y zu kaufen"."""
    sale: tuple[str, ...] = ()
    """Words within a deal's cue by which it is a sale, from the seller's side: "blocks sale of"."""
    has_spaces: bool = True
    has_prefixes: bool = True
    """One of Arabic script glues words to names."""
    breaks: tuple[str, ...] = ()
    """They begin a clause."""
    halves: frozenset[HalfSign] = frozenset()
    """What parts a headline in two that are told for themselves; elsewhere that has another use."""
    abbreviations: frozenset[str] = frozenset()
    """They do not end a sentence."""
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a role, the words right before and right behind a name that has it; the role `none` takes a
    name out of the event."""
    boilerplate_lines: tuple[str, ...] = ()
    boilerplate_parts: tuple[str, ...] = ()
    country: str | None = None
    """Where most that is written in the language comes from, if there is one such country."""
    scope: tuple[str, ...] = ()
    """They go before the place where something applies."""
    home: tuple[str, ...] = ()
    """They stand beside a country that is only a company's home."""
    home_glued: tuple[str, ...] = ()
    """They are glued to it."""
    common: frozenset[str] = frozenset()
    """Everyday words that are names too: in lower case they are the word."""
    phrases: tuple[str, ...] = ()
    """They hold names that are none."""
    articles: frozenset[str] = frozenset()
    """They may stand between a marker and the name."""
    unit: tuple[str, ...] = ()
    """Words for a part of a company."""
    relative: tuple[str, ...] = ()
    pronouns: frozenset[str] = frozenset()
    """They begin a clause about what was just named."""
    group: tuple[str, ...] = ()
    """They begin words for an alliance."""
    dates: DateWords = field(default_factory=DateWords)
    money: MoneyWords = field(default_factory=MoneyWords)
    prices: PriceWords = field(default_factory=PriceWords)
    names: NameWords = field(default_factory=NameWords)
    things: ThingWords = field(default_factory=ThingWords)

    @classmethod
    def of(
        cls,
        parsed: Mapping[str, Any],
        *,
        dates: DateWords,
        money: MoneyWords,
        prices: PriceWords,
        names: NameWords,
    ) -> Grammar:
        """Return what a language's files say, with the words that have a noun of their own."""
        roles = parsed.get("roles", {})
        boilerplate = parsed.get("boilerplate", {})
        home = folded_forms(parsed.get("home", ""))
        return cls(
            order=parsed.get("order", "svo"),
            traits=frozenset(map(Trait, parsed.get("traits", ()))),
            is_verb_first=parsed.get("verb") == "first",
            has_turned_denials=parsed.get("verb") == "middle",
            is_verb_last=parsed.get("verb") == "last",
            has_nouns_first=parsed.get("nouns") == "first",
            infinitive=frozenset(folded_forms(parsed.get("infinitive", ""))),
            sale=folded_forms(parsed.get("sale", "")),
            has_spaces=parsed.get("spaces", "yes") != "no",
            has_prefixes=parsed.get("prefixes", "yes") != "no",
            breaks=folded_forms(parsed.get("breaks", "")),
            halves=frozenset(map(HalfSign, parsed.get("halves", ()))),
            abbreviations=frozenset(folded_forms(parsed.get("abbreviations", ""))),
            before={role: folded_forms(sides.get("before", "")) for role, sides in roles.items()},
            after={role: folded_forms(sides.get("after", "")) for role, sides in roles.items()},
            boilerplate_lines=folded_forms(boilerplate.get("lines", "")),
            boilerplate_parts=folded_forms(boilerplate.get("parts", "")),
            country=parsed.get("country"),
            scope=folded_forms(parsed.get("scope", "")),
            home=tuple(form for form in home if not form.startswith("+")),
            home_glued=tuple(form[1:] for form in home if form.startswith("+")),
            common=frozenset(folded_forms(parsed.get("common", ""))),
            phrases=folded_forms(parsed.get("phrases", "")),
            articles=frozenset(folded_forms(parsed.get("articles", ""))),
            unit=folded_forms(parsed.get("unit", "")),
            relative=folded_forms(parsed.get("relative", "")),
            pronouns=frozenset(folded_forms(parsed.get("pronouns", ""))),
            group=folded_forms(parsed.get("group", "")),
            dates=dates,
            money=money,
            prices=prices,
            names=names,
            things=ThingWords.of(parsed.get("things", {})),
        )

    @property
    def says_after_behind(self) -> bool:
        """Return whether "after" stands behind what was."""
        is_behind = self.order == "sov" and not self.has_nouns_first
        return is_behind or Trait.AFTER_BEHIND in self.traits
