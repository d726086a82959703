"""Company: a company, brand, product, app or service that somebody watches."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.ids import CompanyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One name of a company and the conditions under which it is meant.

    `is_exact` wants upper and lower case as written; of `needs` one phrase must stand near, unless the
    story tells what the company does; where one of `excluded` covers the name, it is something else.
    """

    text: str
    is_exact: bool = False
    needs: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What people configured in `companies.yml`. `names` has the name itself first."""

    id: CompanyId
    name: str
    names: tuple[Alias, ...]
    owner: CompanyId | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError(f"{self.id} has no name.")
