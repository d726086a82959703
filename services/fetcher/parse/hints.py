"""What publishers say about polling, outside the entries: the hints that RSS and Atom share."""

from __future__ import annotations

from collections.abc import Iterable

from services.fetcher.parse.document import Hint
from services.fetcher.parse.elements import Element, Fields, absolute, first_word, whole_number

_UPDATES = ("sy:updatePeriod", "sy:updateFrequency", "sy:updateBase")
_RELATIONS = {"hub", "self", "next"}


def update_hints(fields: Fields) -> dict[str, Hint]:
    """Return how often the feed says that it changes (RSS 1.0, syndication module)."""
    words = {name: first_word(fields, name.lower()) for name in _UPDATES}
    hints: dict[str, Hint] = {}
    for name, word in words.items():
        if word:
            number = whole_number(word)
            hints[name] = word if number is None else number
    return hints


def link_hints(links: Iterable[Element], *, base: str | None) -> dict[str, Hint]:
    """Return the first hub, own address and next page among Atom links."""
    hints: dict[str, Hint] = {}
    for link in links:
        relation = link.get("rel", "")
        address = absolute(link.get("href"), link, base=base)
        if address and relation in _RELATIONS:
            hints.setdefault(relation, address)
    return hints
