"""Sides: who does what in reports, as files of examples tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.common.contracts.reading import Report, Role

_NO_TYPE = frozenset({"told", "stage"})


def sides_of(reports: Iterable[Report]) -> list[tuple[str, dict[str, str]]]:
    """Return the type of each report with the roles of its companies, mere parties left out."""
    return sorted(
        (
            report.type,
            {str(p.id): str(p.role) for p in report.companies if p.role is not Role.PARTY},
        )
        for report in reports
    )


def expected_sides(example: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Return what an example expects of `sides_of`: it has the roles by type, one report of each."""
    return sorted((key, roles) for key, roles in example.items() if key not in _NO_TYPE)
