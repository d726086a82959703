"""Words: names, places, dates and amounts as an English sentence has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from services.alerter.render.units import cut_to
from services.common.contracts.reading import Amount

MOST_NAMES = 3
MAX_NAME_CODE_POINTS = 80

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES = ((1e6, "million"), (1e9, "billion"), (1e12, "trillion"))
_SPACES = re.compile(r"\s+")
# Controls, marks of format, surrogates and private characters (Cc, Cf, Cs, Co of Unicode 14 to 17), as
# one class since a look at each character took most of the time of a message. The joiners U+200C and
# U+200D are kept: without them Persian and Indic words fall apart.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\uf8ff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    "\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)


def one_line(text: str) -> str:
    """Return `text` on one line, without what a terminal or a reader's eye could be misled by.

    Controls, marks that turn the direction of writing and private characters go; runs of white space
    become one space.
    """
    return _SPACES.sub(" ", _HIDDEN.sub("", _SPACES.sub(" ", text))).strip()


def shortened(text: str, *, code_points: int = MAX_NAME_CODE_POINTS) -> str:
    """Return `text` on one line, cut with an ellipsis where it is longer."""
    return cut_to(one_line(text), code_points, unit=len)


def enumeration(names: Sequence[str], *, rest: str) -> str:
    """Return "A, B and C", and "A, B, C and 4 more" where there are more; `rest` is that "more"."""
    shown = list(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMES} {rest}"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def possessive(names: str) -> str:
    """Return "Facebook's", "Samsung Electronics'"."""
    return f"{names}'" if names.endswith("s") else f"{names}'s"


def place_words(countries: Sequence[str]) -> str:
    """Return " in Indonesia and Brazil"; empty for no country."""
    names = [country_name(code) for code in countries]
    return f" in {enumeration(names, rest='more')}" if names else ""


def country_name(code: str) -> str:
    """Return the English name as it follows "in"; the code itself for an unknown one."""
    return _country_names().get(code, code)


def date_words(date: str | None) -> str:
    """Return " on 28 Nov 2024" or " in Nov 2024" of YYYY-MM-DD or YYYY-MM; empty for None."""
    if date is None:
        return ""
    year, month, *day = date.split("-")
    if not 1 <= int(month) <= len(_MONTHS):
        return f" on {date}"
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return f" on {int(day[0])} {named}" if day else f" in {named}"


def amount_words(amount: Amount) -> str:
    """Return "USD 840 million", "EUR 1.25 billion", "JPY 950,000"."""
    if amount.value < 1e6:
        return f"{amount.currency} {amount.value:,.2f}".removesuffix(".00")
    scaled = [(f"{amount.value / size:.2f}", name) for size, name in _SCALES]
    # As it reads: 999,999,999 is a billion.
    number, name = next((one for one in scaled if float(one[0]) < 1_000), scaled[-1])
    return f"{amount.currency} {number.rstrip('0').rstrip('.')} {name}"


@cache
def _country_names() -> dict[str, str]:
    table = files("services.alerter.render").joinpath("countries.tsv").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if line and not line.startswith("#"))
    return dict(line.split("\t") for line in lines)
