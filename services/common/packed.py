"""Packed: companies as they travel from one of our processes to another.

Plain tuples are pickled in a tenth of the time of the objects. And in parts: no thread runs while C
code pickles, and 200,000 names in one piece take it 80 ms.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId

_COMPANIES_OF_A_PART = 100


def pack(companies: Iterable[Company]) -> Iterator[bytes]:
    """Yield `companies` in parts, each made in about a millisecond."""
    packed = map(_packed, companies)
    while part := list(islice(packed, _COMPANIES_OF_A_PART)):
        yield pickle.dumps(part)


def unpack(parts: Iterable[bytes], known: Mapping[CompanyId, Company]) -> Iterator[Company]:
    """Yield the companies of `parts`; one that is the same in `known` is that very object.

    Comparing takes a sixth of the time of making it anew, and changes are found sooner.
    """
    for part in parts:
        for packed in pickle.loads(part):  # noqa: S301  packed by a process of ours
            company = known.get(packed[0])
            if company is not None and _packed(company) == packed:
                yield company
            else:
                yield _company(*packed)


def _packed(company: Company) -> tuple[Any, ...]:
    return (
        company.id,
        company.name,
        company.owner,
        company.tags,
        tuple(
            (alias.text, alias.is_exact, alias.needs, alias.excluded)
            if alias.is_exact or alias.needs or alias.excluded
            else alias.text
            for alias in company.names
        ),
    )


def _company(
    key: CompanyId,
    name: str,
    owner: CompanyId | None,
    tags: tuple[str, ...],
    names: tuple[Any, ...],
) -> Company:
    return Company(id=key, name=name, owner=owner, tags=tags, names=tuple(map(_alias, names)))


def _alias(packed: str | tuple[str, bool, tuple[str, ...], tuple[str, ...]]) -> Alias:
    if isinstance(packed, str):
        return Alias(text=packed)
    text, is_exact, needs, excluded = packed
    return Alias(text=text, is_exact=is_exact, needs=needs, excluded=excluded)
