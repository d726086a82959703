"""What publishers say about polling, outside the entries: the hints that RSS and Atom share."""

from __future__ import annotations

from collections.abc import Iterable

from services.fetcher.parse.document import Hint
from services.fetcher.parse.elements import Element, Fields, absolute, first_word

_UPDATES = ("sy:updatePeriod", "sy:updateFrequency", "sy:updateBase")
_RELATIONS = {"hub", "self", "next"}


def update_hints(fields: Fields) -> dict[str, Hint]:
    """Return how often the feed says that it changes (RSS 1.0, syndication module)."""
    words = {name: first_word(fields, name.lower()) for name in _UPDATES}
    return {name: int(word) if word.isdecimal() else word for name, word in words.items() if word}


def link_hints(links: Iterable[Element], *, base: str | None) -> dict[str, Hint]:
    """Return the first hub, own address and next page among Atom links."""
    hints: dict[str, Hint] = {}
    for link in links:
        relation = link.get("rel", "")
        address = absolute(link.get("href"), link, base=base)
        if address and relation in _RELATIONS:
            hints.setdefault(relation, address)
    return hints
