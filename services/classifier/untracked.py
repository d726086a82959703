"""Untracked: well-known companies that nobody tracks stand among a story's names while it is read.

"Norvik sued. Volkswagen, which supplies it, was banned in May" names one tracked company; whatever looks for somebody
to whom it happened would find that one. Two steps around all others: `introduce` lets the well-known take their
parts, and `dismiss` takes them out again: in an event of somebody tracked they are its others.

Titles are left to `stand_ins`: they leave out words ("Volkswagen closes 40 shops, Norvik 20").
"""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.document import Candidate, Document, Name, Stranger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import numbers
from services.classifier.steps.link import by_sentence
from services.classifier.strangers import MARK
from services.classifier.syntax.story.kinship import Owners
from services.classifier.well_known import well_known_in
from services.common.config.catalogue import catalogue
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_NUMBER = 16
"""So many characters before a name hold a number."""
_YEAR = 4
_KEPT = frozenset({Role.ACTOR, Role.TARGET, Role.SELLER})


def introduce(document: Document, *, grammar: Grammar, owners: Owners) -> tuple[Document, Owners]:
    """Return the document with well-known companies among the names of lead and body, and who owns whom of them all.

    The ids of those that nobody tracks begin with "?".
    """
    known = well_known_in(document, grammar)
    met = [
        name
        for name in known.names
        if not document.in_title(document.sentence_at(name.start))
        and not _is_counted(document, grammar, name)
    ]
    if not met:
        return document, owners
    ids = {**known.tracked, **{name.company: CompanyId(f"{MARK}{name.company}") for name in met}}
    names = sorted((*document.names, *(n._replace(company=ids[n.company]) for n in met)))
    return (
        document.but(names=tuple(names), names_by_sentence=by_sentence(document, names)),
        {**_owners_among(ids), **{one: owner for one, owner in owners.items() if owner}},
    )


def _is_counted(document: Document, grammar: Grammar, name: Name) -> bool:
    """Return whether a number stands before a name, which so is that of a thing: "buys twelve Airbus".

    Neither a day nor a year does: "on 3 May 2019 Airbus".
    """
    before = document.folded.text[max(name.start - _NUMBER, 0) : name.start].split()
    if not before or before[-1] in grammar.articles:
        return False
    if before[-1] in numbers(document.language):
        return True
    is_day = before[-2:-1] and before[-2] in grammar.dates.months
    return before[-1].isdigit() and len(before[-1]) < _YEAR and not is_day


def _owners_among(ids: Mapping[CompanyId, CompanyId]) -> dict[CompanyId, CompanyId]:
    """Return who owns whom, of companies of the catalogue and as what they stand in the story."""
    companies = catalogue().watchlist.companies
    owned = (
        (stands_as, ids[owner])
        for company, stands_as in ids.items()
        if (owner := companies[company].owner) is not None and owner in ids
    )
    return {one: owner for one, owner in owned if one != owner}


def dismiss(document: Document, names: tuple[Name, ...]) -> Document:
    """Return the document with the `names` of tracked companies alone, and the parts of others as those of strangers."""
    if document.names == names:
        return document
    return document.but(
        names=names,
        names_by_sentence=by_sentence(document, names),
        candidates=tuple(_without_untracked(document, event) for event in document.candidates),
    )


def _without_untracked(document: Document, event: Candidate) -> Candidate:
    untracked = [company for company in event.roles if company.startswith(MARK)]
    if not untracked:
        return event
    others = {
        _written(document, name): Stranger(name.start, name.end, event.roles[name.company])
        for name in (event.role_places[company] for company in untracked)
        if event.roles[name.company] in _KEPT and name.start < name.end
    }
    return event.without(untracked).but(others={**others, **event.others})


def _written(document: Document, name: Name) -> str:
    """Return a name as the story writes it, without its quotes, legal form or ticker."""
    start, end = document.spelled.get((name.start, name.end), (name.start, name.end))
    return document.whole[document.folded.original(start) : document.folded.original(end)]
