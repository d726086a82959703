"""Declension: the cases of names in which adjectives stand before a noun, in Russian and Ukrainian.

"Московский кредитный банк" is "Московского кредитного банка" elsewhere: the noun's ending follows the
name (`shared/suffixes.yml`), those of its adjectives stand within it.
"""

from __future__ import annotations

from collections.abc import Iterator

_CASES = {
    "ый": ("ого", "ому", "ым", "ом"),
    "ой": ("ого", "ому", "ым", "ом"),
    "ий": ("ого", "ому", "им", "ом"),
    "ая": ("ой", "ой", "ую", "ою"),
    "яя": ("ей", "ей", "юю", "ею"),
    "ое": ("ого", "ому", "ым", "ом"),
    "ее": ("его", "ему", "им", "ем"),
    "ые": ("ых", "ым", "ыми", "ых"),
    "ие": ("их", "им", "ими", "их"),
    "а": ("ої", "ій", "у", "ою"),
    "е": ("ого", "ому", "им", "ому"),
    "і": ("их", "им", "ими", "их"),
}
"""Endings of adjectives, with those of four other cases; in each, all adjectives of a name agree."""
_LEAST = 4
"""Letters of a word that is taken for an adjective."""


def declined(name: str) -> Iterator[str]:
    """Yield a folded Cyrillic name of several words with its adjectives in the other cases."""
    *adjectives, noun = name.split(" ")
    endings = [_ending(word) for word in adjectives]
    if not adjectives or "" in endings:
        return
    forms: dict[str, None] = {}
    for case in range(4):
        words = [
            word[: len(word) - len(ending)] + _CASES[ending][case]
            for word, ending in zip(adjectives, endings, strict=True)
        ]
        forms[" ".join((*words, noun))] = None
    yield from forms


def _ending(word: str) -> str:
    """Return the ending that makes a word an adjective, "" if it has none."""
    if len(word) < _LEAST:
        return ""
    return next((ending for ending in _CASES if word.endswith(ending)), "")
