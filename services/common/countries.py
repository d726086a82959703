"""Countries: how ISO 3166-1 codes and EU cover each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable

# fmt: off
EU_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on


def overlap(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether the two name a place in common; EU and each of its members do.

    Empty means worldwide or not told, which overlaps with everything.
    """
    left, right = frozenset(some), frozenset(others)
    if not left or not right:
        return True
    return bool(_with_union(left) & right) or bool(_with_union(right) & left)


def covers(told: Collection[str], country: str) -> bool:
    """Return whether what is told of some places holds in `country`: EU speaks for its members.

    What is told of none is told of all, and a member does not speak for the union.
    """
    return not told or country in told or ("EU" in told and country in EU_MEMBERS)


def _with_union(codes: frozenset[str]) -> frozenset[str]:
    if "EU" in codes:
        return codes | EU_MEMBERS
    return codes | {"EU"} if codes & EU_MEMBERS else codes
