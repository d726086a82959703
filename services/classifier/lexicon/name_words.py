"""Name words: what a language writes names of companies that nobody listed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.classifier.lexicon.forms import folded_forms
from services.classifier.lexicon.spellings import split_forms


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """What a language writes names of companies that nobody listed with."""

    has_capitals: bool = True
    """Names begin with one."""
    has_capital_nouns: bool = False
    """All nouns do."""
    has_spaces: bool = True
    company_forms: tuple[str, ...] = ()
    """They stand beside a name: inc, 公司."""
    ends: tuple[str, ...] = ()
    """They are glued to one, in a script without capitals."""
    titles: frozenset[str] = frozenset()
    """They go before a person."""
    not_parties: frozenset[str] = frozenset()
    """Words and names that are no party."""

    @classmethod
    def of(cls, parties: Mapping[str, Any], shared: Mapping[str, Any]) -> NameWords:
        """Return what a language's file says of parties, and the file that all share."""
        nobody = (*folded_forms(shared.get("not", "")), *folded_forms(parties.get("not", "")))
        return cls(
            has_capitals=parties.get("capitals") != "no",
            has_capital_nouns=parties.get("capitals") == "nouns",
            has_spaces=parties.get("spaces") != "no",
            company_forms=(
                *folded_forms(shared.get("legal", "")),
                *folded_forms(shared.get("forms", "")),
                *folded_forms(parties.get("forms", "")),
            ),
            ends=tuple(split_forms(parties.get("ends", ""))),
            titles=frozenset(folded_forms(parties.get("titles", ""))),
            not_parties=frozenset(nobody),
        )
