"""Price words: what a language tells prices from other sums by. Every text here is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.classifier.lexicon.forms import folded_forms


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWords:
    """What a language tells prices from other sums by; from `told_of` to `then` a star stands for endings."""

    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    """They say that an amount is a price."""
    not_prices: tuple[str, ...] = ()
    """They say that it is none."""
    per_share: tuple[str, ...] = ()
    """They say that it is that of one share."""
    about: tuple[str, ...] = ()
    """They may part a figure from a word for a price."""
    told_of: tuple[str, ...] = ()
    """They name a price."""
    untold: tuple[str, ...] = ()
    """Beside such a name they say that it is not disclosed."""
    guessed: tuple[str, ...] = ()
    """They say what it is guessed to be all the same."""
    rises: tuple[str, ...] = ()
    """They stand beside the figure that a price may rise to."""
    differs: tuple[str, ...] = ()
    """Right behind a sum they say that it is only the difference to another one."""
    bid: tuple[str, ...] = ()
    """They name an offer or a deal."""
    worth: tuple[str, ...] = ()
    """What a company is worth is no price; what a `bid` is worth is one."""
    pays: tuple[str, ...] = ()
    """In the clause of a figure without a currency they say that it is money, if it counts nothing."""
    then: tuple[str, ...] = ()
    """What may go on behind such a figure."""

    @classmethod
    def of(
        cls, money: Mapping[str, Any], shared: Mapping[str, Any], phrases: Mapping[str, str]
    ) -> PriceWords:
        """Return what a language's own file says of money, the file that all share, and its phrases for prices."""
        beside = money.get("price", {})
        denied = (*folded_forms(money.get("not", "")), *folded_forms(phrases.get("not", "")))
        return cls(
            before=folded_forms(beside.get("before", "")),
            behind=folded_forms(beside.get("behind", "")),
            not_prices=tuple(form.strip("*") for form in denied),
            per_share=folded_forms(money.get("per share", "")),
            about=folded_forms(shared.get("about", "")),
            told_of=folded_forms(phrases.get("what", "")),
            untold=folded_forms(phrases.get("untold", "")),
            guessed=folded_forms(phrases.get("guessed", "")),
            rises=folded_forms(phrases.get("up", "")),
            differs=folded_forms(phrases.get("differs", "")),
            bid=folded_forms(phrases.get("bid", "")),
            worth=folded_forms(phrases.get("worth", "")),
            pays=folded_forms(phrases.get("pays", "")),
            then=folded_forms(phrases.get("then", "")),
        )
