"""Guests: well-known companies that nobody tracks stand among a story's names while it is read.

"Norvik sued. Volkswagen, which supplies it, was banned in May" names one tracked company; whatever looks for somebody
to whom it happened would find that one. Steps around all others: `introduce` lets the well-known take their parts,
`without_bystanders` takes back those who may have none where they stand, and `dismiss` takes all of them out again: in
an event of somebody tracked they are its others.

Titles are left to `stand_ins`: they leave out words ("Volkswagen closes 40 shops, Norvik 20").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles, numbers
from services.classifier.spans import Name, Stranger
from services.classifier.steps.link import by_sentence
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.strangers import MARK
from services.classifier.syntax.story.kinship import Owners
from services.classifier.untracked.well_known import well_known_in
from services.common.config.catalogue import catalogue
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_A_NUMBER = 16
"""So many characters before a name hold a number."""
_YEAR = 4
_KEPT = frozenset({Role.ACTOR, Role.TARGET, Role.SELLER})
_NETWORKS = frozenset({"social"})
"""Tags of those on which others say something."""
_SAID = ("announced", "avowed", "hearsay")
_BEFORE = 40
_TO_A_NAME = 6
"""So far behind a word for "too" a name begins, with an article between them: "junto com o TikTok"."""
_UNSPACED = frozenset({"zh", "ja", "th"})
_NUMBER = re.compile(r"\s\d")
"""What goes on behind a name where the verb is left out: "Norvik 20"."""


def introduce(document: Document, *, owners: Owners) -> tuple[Document, Owners]:
    """Return the document with well-known companies among the names of lead and body, and who owns whom of them all.

    The ids of those that nobody tracks begin with "?".
    """
    known = well_known_in(document)
    met = [
        name
        for name in known.names
        if not document.in_title(document.sentence_at(name.start))
        and not _is_counted(document, name)
    ]
    if not met:
        return document, owners
    ids = {**known.tracked, **{name.company: CompanyId(f"{MARK}{name.company}") for name in met}}
    names = sorted((*document.names, *(n._replace(company=ids[n.company]) for n in met)))
    return (
        document.but(
            names=tuple(names),
            names_by_sentence=by_sentence(document, names),
            spelled={**known.spelled, **document.spelled},
        ),
        _owners_of(names, _owners_among(ids), owners),
    )


def _owners_of(names: Iterable[Name], known: Owners, owners: Owners) -> Owners:
    """Return who owns those that a story names: a watchlist may have a hundred thousand others."""
    named = {name.company for name in names}
    return {one: owners.get(one) or known.get(one) for one in named}


def _is_counted(document: Document, name: Name) -> bool:
    """Return whether a number stands before a name, which so is that of a thing: "buys twelve Airbus".

    Neither a day nor a year does: "on 3 May 2019 Airbus".
    """
    before = document.folded.text[max(name.start - _A_NUMBER, 0) : name.start].split()
    if not before or before[-1] in document.grammar.articles:
        return False
    if before[-1] in numbers(document.language):
        return True
    is_day = before[-2:-1] and before[-2] in document.grammar.dates.months
    return before[-1].isdigit() and len(before[-1]) < _YEAR and not is_day


def _owners_among(ids: Mapping[CompanyId, CompanyId]) -> dict[CompanyId, CompanyId]:
    """Return the nearest owner that the story names, of companies of the catalogue and as what they stand in it.

    Who owns whom of the tracked is said by the watchlist alone: it must not hang on who else is named.
    """
    owners = catalogue().watchlist.owners
    owned = (
        (stands_as, next((ids[owner] for owner in owners(company) if owner in ids), None))
        for company, stands_as in ids.items()
    )
    return {
        one: owner
        for one, owner in owned
        if owner is not None and (one.startswith(MARK) or owner.startswith(MARK))
    }


def without_bystanders(document: Document) -> Document:
    """Return the document without the names of untracked companies that have no part of their own where they stand.

    A network is often only where something is said. Where a sentence tells of somebody tracked that the same happens
    to it ("TikTok is banned, and so is Norvik", "X closes 40 shops, Norvik 20"), only who is alone is given that.
    """
    gone: set[Name] = set()
    for sentence, names in document.names_by_sentence.items():
        untracked = [name for name in names if name.company.startswith(MARK)]
        if not untracked:
            continue
        if _tells_the_same(document, sentence, untracked[0].end):
            gone.update(untracked)
        else:
            gone.update(name for name in untracked if _is_where_it_is_said(document, name))
    if not gone:
        return document
    names_left = tuple(name for name in document.names if name not in gone)
    return document.but(names=names_left, names_by_sentence=by_sentence(document, names_left))


def _tells_the_same(document: Document, sentence: int, start: int) -> bool:
    """Return whether a sentence adds a tracked company to an untracked one, the first of whose names ends at `start`."""
    text, end = document.folded.text, document.sentences[sentence].end
    return any(
        _is_added(document, name, start)
        or (name.start > start and _NUMBER.match(text, name.end, end))
        for name in document.names_in(sentence)
        if not name.company.startswith(MARK)
    )


def _is_added(document: Document, name: Name, start: int) -> bool:
    """Return whether a word for "too" stands before a name, or behind one that a clause or a row ends with.

    Not in "Norvik also said that TikTok is banned", nor where a comma parts the two: "Auch Norvik …, als …".
    """
    text, sentence = document.folded.text, document.sentence_at(name.start)
    begun, end = document.sentences[sentence].start, document.sentences[sentence].end
    before, behind = _added_patterns(document.language)
    if before.search(text, max(begun, name.start - _BEFORE), name.start):
        return start <= name.start or COMMAS.isdisjoint(text[name.end : start])
    found = behind.match(text, name.end, end)
    if found is None:
        return False
    rest = text[found.end() : end].lstrip()
    return not rest[:1].isalnum() or any(
        other.company.startswith(MARK)
        for other in document.names_between(sentence, found.end(), found.end() + _TO_A_NAME)
    )


@cache
def _added_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a word for "too" right before a name, and right behind one."""
    words = "|".join(map(re.escape, folded_particles("so_is", language))) or "(?!)"
    return (
        re.compile(rf"(?<!\S)(?:{words})\s(?:\w{{1,3}}\s)?\Z"),
        re.compile(rf"[,'’]?\s?(?<!\w)(?:{words})(?!\w)"),
    )


def _is_where_it_is_said(document: Document, name: Name) -> bool:
    """Return whether a network's name is the place where somebody says something: "announced on its Facebook page".

    Not beside a cue, as in "announced a ban on TikTok".
    """
    if not _NETWORKS.intersection(_tags(name)):
        return False
    text, language = document.folded.text, document.language
    sentence = document.sentence_at(name.start)
    begun = document.sentences[sentence].start
    if not any(document.words_in(layer, sentence) for layer in _SAID):
        return False
    cues = document.words_in("cue", sentence)
    behind = next(
        (
            mark
            for mark in folded_particles("posted_at", language)
            if text.startswith(mark, name.end)
        ),
        "",
    )
    if behind and not any(
        name.end <= cue.start <= name.end + len(behind) + 1 and "ban" in cue.meaning.types
        for cue in cues
    ):
        return True
    place = _place_pattern(language).search(text, max(begun, name.start - _BEFORE), name.start)
    return place is not None and not any(place.start() - 1 <= cue.end <= name.end for cue in cues)


def _tags(name: Name) -> tuple[str, ...]:
    return catalogue().watchlist.companies[CompanyId(name.company.removeprefix(MARK))].tags


@cache
def _place_pattern(language: str) -> re.Pattern[str]:
    """Return what finds a word for "on" at the end of a text, with at most three words behind it."""
    words = "|".join(map(re.escape, folded_particles("posted_on", language))) or "(?!)"
    if language in _UNSPACED:
        return re.compile(rf"(?:{words})[^\s,，、。;；]{{0,6}}\Z")
    return re.compile(rf"(?:^|(?<=[\s(]))(?:{words})\s(?:[^\s,;:()]+\s){{0,3}}[^\w\s]?\Z")


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
        _written(document, place): Stranger(place.start, place.end, event.roles[company])
        for company in untracked
        if event.roles[company] in _KEPT
        for place in (event.role_places[company],)
        if place.start < place.end
    }
    return event.without(untracked).but(others={**others, **event.others})


def _written(document: Document, name: Name) -> str:
    """Return a name as the story writes it, without its quotes, legal form or ticker."""
    start, end = document.spelled.get((name.start, name.end), (name.start, name.end))
    return document.whole[document.folded.original(start) : document.folded.original(end)]
