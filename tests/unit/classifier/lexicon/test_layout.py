"""The table of what a language's files may hold says what the loader and the steps ask for, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from services.classifier.lexicon.layout import LONE_ROLES, layout, role_keys
from services.classifier.lexicon.load import LANGUAGES, lexicon_of
from services.classifier.lexicon.shapes import Currency, Each, Keys, Number, Row, Shape, Word
from services.classifier.lexicon.shared_words import LANGUAGE_FILES, parsed_file, text_of

CLASSIFIER = Path(__file__).parents[4] / "services/classifier"
LEXICONS = CLASSIFIER / "lexicon"
_ASKED_FOR = re.compile(r'(?:\.(?:before|after)\.get\(|marked_by\()"([a-z.]+)"')


class Asked(dict[str, Any]):
    """A mapping that knows which of its keys somebody has asked for."""

    def __init__(self, entries: dict[str, Any]) -> None:
        super().__init__(entries)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def items(self) -> Any:
        self.asked.update(self)
        return super().items()


def filled(shape: Shape) -> Any:
    """Return what a file says that has every key of a shape."""
    match shape:
        case Keys(of=of):
            return Asked({key: filled(of_key) for key, of_key in of.items()})
        case Each(key=key, value=value, others=others):
            named = {name: filled(of_name) for name, of_name in others.items()}
            return Asked(named or {filled(key): filled(value)})
        case Row(entry=entry, count=count):
            return [filled(entry)] * (count or 1)
        case _:
            return word_of(shape)


def word_of(shape: Shape) -> str:
    """Return a text that a shape allows."""
    match shape:
        case Word(known=known):
            return min(known)
        case Number(most=most):
            return f"{min(most, 7):g}"
        case Currency():
            return "USD"
        case _:
            return "word"


def unlike(entry: Any, shape: Shape, name: str = "") -> list[str]:
    """Return the keys that were asked for and are not in the table, and those in it that were not."""
    match shape:
        case Keys(of=of):
            here = [f"{name}.{key}" for key in sorted(entry.asked ^ of.keys())]
            below = [unlike(dict.get(entry, key), of[key], f"{name}.{key}") for key in of]
        case Each(value=value, others=others):
            here = []
            below = [
                unlike(under, others.get(key, value), f"{name}.{key}")
                for key, under in dict.items(entry)
            ]
        case _:
            return []
    return [*here, *(key for of_one in below for key in of_one)]


def test_the_table_has_the_keys_that_the_loader_asks_for_and_no_others() -> None:
    shape = layout()
    parsed = filled(shape)

    lexicon_of("none", parsed, digest="")

    assert unlike(parsed, shape) == []


def test_the_roles_that_steps_ask_for_by_name_are_known_and_no_others() -> None:
    sources = [file.read_text(encoding="utf-8") for file in CLASSIFIER.rglob("*.py")]

    asked = {key for source in sources for key in _ASKED_FOR.findall(source)}
    named = {
        key
        for key in LONE_ROLES
        if any(f'"{key}"' in source for source in sources if "LONE_ROLES = frozenset" not in source)
    }

    assert asked <= role_keys()
    assert named == LONE_ROLES


def test_every_entry_that_a_file_may_have_is_there_in_a_shipped_language() -> None:
    there = {
        entry
        for language in LANGUAGES
        for name in LANGUAGE_FILES
        for entry in parsed_file(text_of(LEXICONS / language / name), name)
    }

    assert there == layout().of.keys()
