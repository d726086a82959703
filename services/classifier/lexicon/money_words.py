"""Money words: what a language writes amounts with, and tells prices by. Every text here is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.classifier.lexicon.forms import bare_forms, by_form, folded_forms, number_by_form


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyWords:
    """What a language writes amounts of money with, and tells prices by."""

    point: str = "."
    """Parts a number from its fraction."""
    currencies: Mapping[str, str] = field(default_factory=dict)
    """A code, or a name like peso that several countries use."""
    local_currencies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For such a name the code by country; `any` is the usual one."""
    usual_currency: str | None = None
    """What "per 325 milioni" are without a word for it: a code or such a name."""
    links: tuple[str, ...] = ()
    """They may stand between a number and its currency: "3 millones de euros"."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """Words behind a number."""
    sums: Mapping[str, float] = field(default_factory=dict)
    """Number and scale in one: "مليارين", "mdd"."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Number words before a scale."""
    halves: tuple[str, ...] = ()
    """They add half of a scale."""
    percent: tuple[str, ...] = ()
    price_before: tuple[str, ...] = ()
    price_behind: tuple[str, ...] = ()
    """They say that an amount is a price."""
    not_prices: tuple[str, ...] = ()
    """They say that it is none."""
    per_share: tuple[str, ...] = ()
    """They say that it is that of one share."""
    range_to: tuple[str, ...] = ()
    """They join two numbers."""
    range_and: tuple[str, ...] = ()
    """They join two amounts behind a `range_between`."""
    range_between: tuple[str, ...] = ()
    symbolic: tuple[str, ...] = ()
    """Words for a token payment."""
    about: tuple[str, ...] = ()
    """They may part a figure from a word for a price."""
    told_of: tuple[str, ...] = ()
    """They name a price; a star stands for endings here and in the next ones."""
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
        cls,
        money: Mapping[str, Any],
        shared: Mapping[str, Any],
        phrases: Mapping[str, str],
        currencies: Mapping[str, str],
    ) -> MoneyWords:
        """Return what a language's file says of money, the file that all share, and its phrases.

        `currencies` are names of rarer ones by their code, in that language.
        """
        price, between = money.get("price", {}), money.get("range", {})
        return cls(
            point=money.get("point", "."),
            currencies={
                **by_form(shared.get("currencies", {})),
                **by_form(currencies),
                **by_form(money.get("currencies", {})),
            },
            local_currencies=_local(shared.get("local", {}), money.get("local", {})),
            usual_currency=money.get("usual"),
            links=folded_forms(money.get("links", "")),
            scales={
                **number_by_form(shared.get("scales", {})),
                **number_by_form(money.get("scales", {})),
            },
            sums=number_by_form(money.get("sums", {})),
            numbers=number_by_form(money.get("numbers", {})),
            halves=folded_forms(money.get("halves", "")),
            percent=bare_forms(shared.get("percent", "")),
            price_before=folded_forms(price.get("before", "")),
            price_behind=folded_forms(price.get("behind", "")),
            not_prices=tuple(
                form.strip("*")
                for forms in (money.get("not", ""), phrases.get("not", ""))
                for form in folded_forms(forms)
            ),
            per_share=folded_forms(money.get("per share", "")),
            range_to=folded_forms(between.get("to", "")),
            range_and=folded_forms(between.get("and", "")),
            range_between=folded_forms(between.get("between", "")),
            symbolic=bare_forms(shared.get("symbolic", "")),
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


def _local(
    shared: Mapping[str, Mapping[str, str]], own: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Return the currencies of both, the language's own before those that all share."""
    known = {name: {**shared.get(name, {}), **by_country} for name, by_country in own.items()}
    return {**shared, **known}
