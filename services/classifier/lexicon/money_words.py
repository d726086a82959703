"""Money words: what a language writes amounts with. Every text here is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.classifier.lexicon.forms import bare_forms, by_form, folded_forms, number_by_form


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyWords:
    """What a language writes amounts of money with."""

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
    range_to: tuple[str, ...] = ()
    """They join two numbers."""
    range_and: tuple[str, ...] = ()
    """They join two amounts behind a `range_between`."""
    range_between: tuple[str, ...] = ()
    symbolic: tuple[str, ...] = ()
    """Words for a token payment."""

    @classmethod
    def of(
        cls, own: Mapping[str, Any], shared: Mapping[str, Any], currencies: Mapping[str, str]
    ) -> MoneyWords:
        """Return what a language's own file says of money, and the file that all share.

        `currencies` are names of rarer ones by their code, in that language.
        """
        ranges = own.get("range", {})
        return cls(
            point=own.get("point", "."),
            currencies={
                **by_form(shared.get("currencies", {})),
                **by_form(currencies),
                **by_form(own.get("currencies", {})),
            },
            local_currencies=_local(shared.get("local", {}), own.get("local", {})),
            usual_currency=own.get("usual"),
            links=folded_forms(own.get("links", "")),
            scales=number_by_form(shared.get("scales", {})) | number_by_form(own.get("scales", {})),
            sums=number_by_form(own.get("sums", {})),
            numbers=number_by_form(own.get("numbers", {})),
            halves=folded_forms(own.get("halves", "")),
            percent=bare_forms(shared.get("percent", "")),
            range_to=folded_forms(ranges.get("to", "")),
            range_and=folded_forms(ranges.get("and", "")),
            range_between=folded_forms(ranges.get("between", "")),
            symbolic=bare_forms(shared.get("symbolic", "")),
        )


def _local(
    shared: Mapping[str, Mapping[str, str]], own: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Return the currencies of both, the language's own before those that all share."""
    known = {name: {**shared.get(name, {}), **by_country} for name, by_country in own.items()}
    return {**shared, **known}
