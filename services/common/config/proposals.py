"""Proposals: what is to be watched for a name, from the catalogue where it knows that name."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.common.config.catalogue import Catalogue, fold
from services.common.config.edit import Entry
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A name that somebody wants to watch, and what they said of it; that wins over the catalogue.

    Names with a control character are refused with a ValueError.
    """

    name: str
    company_id: str | None = None
    owner: str | None = None
    aliases: Sequence[str] = ()
    tags: Sequence[str] = ()

    def __post_init__(self) -> None:
        for text in (self.name, *self.aliases):
            _require_one_line(text)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to add, owners before owned, and the products that could be added too.

    `is_known` says that the catalogue has it, with its names in other scripts.
    """

    companies: tuple[Company, ...]
    products: tuple[Company, ...] = ()
    is_known: bool = True


def propose(wish: Wish, *, watched: Watchlist, shipped: Catalogue) -> Proposal:
    """Return a company as the catalogue has it, below its owners, or as it was given.

    Who is watched already, under whatever id, is not proposed again.

    Raises:
        ValueError: the company is watched already, or its name makes no id.
    """
    suggestion = shipped.suggest(wish.name)
    if suggestion is None:
        return Proposal((_as_given(wish),), is_known=False)
    ids = _ids_in(watched, (suggestion.company, *suggestion.owners, *suggestion.products))
    if taken := ids.get(suggestion.company.id):
        raise ValueError(f'"{wish.name}" is watched already, as "{taken}"; --products adds more.')
    company = _with_wishes(suggestion.company, wish)
    ids[suggestion.company.id] = company.id
    owners = () if wish.owner else tuple(reversed(suggestion.owners))
    new = [owner for owner in owners if owner.id not in ids]
    own = company if wish.owner else _owned(company, ids)
    products = _new(suggestion.products, ids)
    return Proposal((*(_owned(owner, ids) for owner in new), own), products)


def propose_products(name: str, *, watched: Watchlist, shipped: Catalogue) -> Proposal:
    """Return the products of a watched company that the catalogue has and nobody watches yet."""
    suggestion = shipped.suggest(name)
    if suggestion is None:
        return Proposal(())
    ids = _ids_in(watched, (suggestion.company, *suggestion.products))
    return Proposal(_new(suggestion.products, ids) if suggestion.company.id in ids else ())


def company_entry(company: Company) -> Entry:
    """Return a company as `companies.yml` has it: what all names share stands once."""
    shared, *others = company.names
    return {
        "id": company.id,
        "name": company.name,
        "owner": company.owner,
        **_conditions(shared, shared=Alias(text="")),
        "aliases": [_alias_entry(alias, shared=shared) for alias in others],
        "tags": company.tags,
    }


def _alias_entry(alias: Alias, *, shared: Alias) -> str | Mapping[str, str | Sequence[str]]:
    conditions = _conditions(alias, shared=shared)
    return {"name": alias.text, **conditions} if conditions else alias.text


def _conditions(alias: Alias, *, shared: Alias) -> dict[str, str | Sequence[str]]:
    """Return what an alias has beyond `shared`; the reader adds `not` and replaces the others."""
    conditions: dict[str, str | Sequence[str]] = {}
    if alias.is_exact != shared.is_exact:
        conditions["case"] = "exact" if alias.is_exact else "any"
    if alias.needs != shared.needs:
        conditions["needs"] = alias.needs
    if own := tuple(phrase for phrase in alias.excluded if phrase not in shared.excluded):
        conditions["not"] = own
    return conditions


def _as_given(wish: Wish) -> Company:
    if not wish.name.strip():
        raise ValueError("A company needs a name.")
    company_id = wish.company_id or _id_from(wish.name)
    if not company_id:
        raise ValueError(f'"{wish.name}" has no Latin letter to make an id of: give it with --id.')
    return Company(
        id=CompanyId(company_id),
        name=wish.name,
        names=tuple(Alias(text=text) for text in (wish.name, *wish.aliases)),
        owner=CompanyId(wish.owner) if wish.owner else None,
        tags=tuple(wish.tags),
    )


def _with_wishes(company: Company, wish: Wish) -> Company:
    there = {alias.text for alias in company.names}
    more = [replace(company.names[0], text=text) for text in wish.aliases if text not in there]
    return replace(
        company,
        id=CompanyId(wish.company_id) if wish.company_id else company.id,
        owner=CompanyId(wish.owner) if wish.owner else company.owner,
        names=(*company.names, *more),
        tags=tuple(dict.fromkeys((*company.tags, *wish.tags))),
    )


def _require_one_line(name: str) -> None:
    """Refuse a name that no story can have.

    Raises:
        ValueError: a line break or another control character stands in it.
    """
    if any(unicodedata.category(character) in _NO_LETTERS for character in name):
        shown = json.dumps(name)
        raise ValueError(
            f"The name {shown} has a line break or another control character in it: write it on one"
            " line, with plain spaces."
        )


def _ids_in(watched: Watchlist, companies: Iterable[Company]) -> dict[CompanyId, CompanyId]:
    """Return the id in `watched` of each of `companies` that is there, by id or by its name."""
    by_name = {
        fold(alias.text): known.id for known in watched.companies.values() for alias in known.names
    }
    ids: dict[CompanyId, CompanyId] = {}
    for company in companies:
        there = company.id if company.id in watched.companies else by_name.get(fold(company.name))
        if there is not None:
            ids[company.id] = there
    return ids


def _owned(company: Company, ids: Mapping[CompanyId, CompanyId]) -> Company:
    """Return a company whose owner is named as the file names it."""
    return (
        replace(company, owner=ids.get(company.owner, company.owner)) if company.owner else company
    )


def _new(products: Iterable[Company], ids: Mapping[CompanyId, CompanyId]) -> tuple[Company, ...]:
    return tuple(_owned(product, ids) for product in products if product.id not in ids)


_NO_LETTERS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, halves of pairs, ends of lines

# Latin letters that are no letter with an accent to Unicode; ß becomes ss as it is casefolded.
_PLAIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"}
)


def _id_from(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold().translate(_PLAIN_LETTERS)
    plain = letters.encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
