"""companies.yml: who is watched, under which names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from services.common.config.fields import (
    Fields,
    identifier,
    mapping_at,
    mappings_in,
    parsed,
    root_of,
    unknown_word,
)
from services.common.config.findings import suggestion
from services.common.config.yaml import Node, Page, Scalar, Sequence
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId

FILE = "companies.yml"

_MEANT = ("case", "needs", "not")
_NOBODY = (
    "nobody is watched, so nothing will be told: add companies here, or kabar companies add NAME"
)

_IS_A_PART = (
    "is a part of this name, which is found only where a story has it too:"
    ' leave it out, or write " for it'
)

COMPANY_KEYS = ("id", "name", "owner", "aliases", "tags", *_MEANT)
ALIAS_KEYS = ("name", *_MEANT)

# What word processors make of " and ', which YAML takes for letters. Guillemets are written on purpose.
_QUOTES = "“”„‟‘‚‛"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A company, with the places that a check of the whole file may have to name."""

    company: Company
    id: Scalar
    owner: Scalar | None
    places: list[Scalar]
    """Where each of the company's names stands."""


def read_companies(page: Page) -> tuple[Company, ...]:
    """Return the companies of a file; what is wrong with it goes to the page's findings."""
    root = root_of(page, known=("companies",))
    if root is None:
        if page.root is None and not page.is_broken:
            page.error(Scalar("", 1, 1), 'this file needs "companies"')
        return ()
    if "companies" not in root.node.keys:
        root.require("companies")
    entries: dict[str, _Entry] = {}
    for fields in mappings_in(root, "companies", known=COMPANY_KEYS, of="a company"):
        entry = _entry(fields)
        if entry is None:
            continue
        first = entries.setdefault(entry.company.id, entry)
        if first is not entry:
            twice = f'the company id "{entry.company.id}" is used twice'
            page.error(entry.id, f"{twice}, first on line {first.id.line}")
    if not entries and not any(finding.is_error for finding in page.findings):
        page.warning(root.node.keys["companies"], _NOBODY)
    _check_owners(page, entries)
    _check_names(page, entries)
    return tuple(entry.company for entry in entries.values())


def _entry(fields: Fields) -> _Entry | None:
    fields.require("id", "name")
    id_node, name, owner = fields.scalar("id"), fields.scalar("name"), fields.scalar("owner")
    company_id = None if id_node is None else parsed(fields.page, id_node, identifier)
    names = _names(fields, name)
    tags = _tags(fields)
    if id_node is None or company_id is None or name is None:
        return None
    company = Company(
        id=CompanyId(company_id),
        name=name.text,
        names=tuple(alias for alias, _ in names),
        owner=None if owner is None else CompanyId(owner.text),
        tags=tags,
    )
    return _Entry(company, id_node, owner, [place for _, place in names])


def _tags(fields: Fields) -> tuple[str, ...]:
    tags = (parsed(fields.page, node, identifier) for node in fields.scalars("tags"))
    return tuple(tag for tag in tags if tag is not None)


def _names(fields: Fields, name: Scalar | None) -> list[tuple[Alias, Scalar]]:
    """Return the name and its aliases with their places; the company's conditions hold for all.

    Each text once: an alias that repeats the name gives the name its conditions.
    """
    usual = _conditions(fields, text="", outer=None)
    aliases = fields.node_of("aliases")
    nodes: list[Node] = [] if name is None else [name]
    if isinstance(aliases, Sequence):
        nodes += aliases.items
    else:
        fields.scalars("aliases")  # says that it is no list
    is_exact, needs, excluded = usual.is_exact, usual.needs, usual.excluded
    names: dict[str, tuple[Alias, Scalar]] = {}
    for node in nodes:
        if not isinstance(node, Scalar):
            named = _named(fields, node, usual)
            if named is not None:
                names[named[0].text] = named
        elif fields.is_text("aliases", node) and node.text not in names:
            alias = Alias(text=node.text, is_exact=is_exact, needs=needs, excluded=excluded)
            names[node.text] = (alias, node)
    return list(names.values())


def _named(fields: Fields, node: Node, usual: Alias) -> tuple[Alias, Scalar] | None:
    """Return a name that has conditions of its own."""
    entry = mapping_at(fields.page, node, known=ALIAS_KEYS, of="an alias")
    if entry is None:
        return None
    entry.require("name")
    text = entry.scalar("name")
    return None if text is None else (_conditions(entry, text=text.text, outer=usual), text)


def _conditions(fields: Fields, *, text: str, outer: Alias | None) -> Alias:
    """Return a name under its own conditions: its case and needs replace the outer, not adds."""
    if outer is None and fields.node.keys.keys().isdisjoint(_MEANT):
        return Alias(text=text)
    case = fields.scalar("case")
    if case is not None and case.text not in {"exact", "any"}:
        fields.page.error(case, unknown_word("case", case.text, ("exact", "any")))
    needs, excluded = fields.texts("needs"), fields.texts("not")
    if outer is None:
        is_exact = case is not None and case.text == "exact"
        return Alias(text=text, is_exact=is_exact, needs=needs, excluded=excluded)
    return Alias(
        text=text,
        is_exact=outer.is_exact if case is None else case.text == "exact",
        needs=needs or outer.needs,
        excluded=(*outer.excluded, *excluded),
    )


def _check_owners(page: Page, entries: Mapping[str, _Entry]) -> None:
    in_circles: set[str] = set()
    for company_id, entry in entries.items():
        if entry.owner is None:
            continue
        owner = entry.owner.text
        if owner not in entries:
            near = suggestion(owner, entries)
            page.error(entry.owner, f'the owner "{owner}" is not a company here{near}')
        elif company_id not in in_circles:
            circle = _circle(company_id, entries)
            in_circles.update(circle)
            if circle:
                steps = " → ".join(
                    f"{member} (line {entries[member].id.line})" for member in circle
                )
                page.error(entry.owner, f"the owners go round in a circle: {steps} → {company_id}")


def _circle(company_id: str, entries: Mapping[str, _Entry]) -> list[str]:
    """Return the way from a company over its owners back to itself, empty where there is none."""
    way = [company_id]
    while True:
        entry = entries.get(way[-1])
        if entry is None or entry.owner is None:
            return []
        owner = entry.owner.text
        if owner == company_id:
            return way
        if owner in way:
            return []  # a circle further up, reported at its own members
        way.append(owner)


def _check_names(page: Page, entries: Mapping[str, _Entry]) -> None:
    holders: dict[str, _Entry] = {}
    for entry in entries.values():
        for alias, place in zip(entry.company.names, entry.places, strict=True):
            text = alias.text
            other = holders.setdefault(text.casefold(), entry)
            if other is not entry:
                shared = f'"{text}" is a name of "{other.company.id}" (line {other.id.line}) too'
                page.warning(place, f"{shared}: both will be mentioned")
            if text[0] in _QUOTES or text[-1] in _QUOTES:
                page.warning(place, f"{_mark(text)} {_IS_A_PART}")
            if all(map(_is_unseen, text)):
                page.error(
                    place, "this name has only characters that nobody sees: write its letters"
                )
            elif len(text) < 6 and _is_too_short(alias):
                page.warning(
                    place,
                    f'"{text}" is short and will be found in many places:'
                    " give it case: exact, or needs: [words of which one must be near]",
                )


def _is_unseen(character: str) -> bool:
    """Return whether it is a control, a space or a mark on the letter before it.

    What Unicode leaves to private use, or gave a meaning after this Python was made, may be a letter.
    """
    category = unicodedata.category(character)
    return category[0] in "ZM" or category in {"Cc", "Cf"}


def _mark(text: str) -> str:
    return text[0] if text[0] in _QUOTES else text[-1]


def _is_too_short(alias: Alias) -> bool:
    letters = sum(letter.isalnum() for letter in alias.text)
    return letters < 3 and alias.text.isascii() and not alias.is_exact and not alias.needs
