"""Stand-ins: companies that have a part in an event only because nobody tracks who really has it.

"Volkswagen shuts plant, Norvik gains customers" names one tracked company, and whatever looks for somebody to whom
it happened finds that one. Read once more with those in it whom nobody tracks, such a sentence has no part for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.scripts import SPACED, WORD_BEGINS, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import Name
from services.classifier.steps.roles import assign
from services.classifier.syntax.clauses.signs import behind_signs, is_parted, is_parted_at_once
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import conjunctions, ended_by_and
from services.classifier.syntax.names.strangers import MARK, belongs_to_noun
from services.classifier.untracked.unwatched import unwatched
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_AROUND = " \n\"'.,;:!?-"


def without_stand_ins(document: Document) -> Document:
    """Return the document whose events leave out whom they would not name if everybody were tracked."""
    met = _with_all(document)
    if met is None:
        return document
    read = assign(met)
    return document.but(
        candidates=tuple(_without(document, one, read) for one in document.candidates)
    )


def _without(document: Document, candidate: Candidate, read: Document) -> Candidate:
    gone = frozenset(_stand_ins(document, candidate, read))
    if not gone:
        return candidate
    return candidate.without(gone).but(apart=candidate.apart | gone)


def _stand_ins(document: Document, candidate: Candidate, read: Document) -> Iterator[CompanyId]:
    others = [
        other
        for other in read.candidates
        if other.event_type == candidate.event_type
        and any(trigger in candidate.triggers for trigger in other.triggers)
    ]
    kept = {company for other in others for company in other.roles}
    taken = [
        (other.role_places[company], role)
        for other in others
        for company, role in other.roles.items()
        if company.startswith(MARK) and other.grounds[company] > Ground.TALKS
    ]
    for company in candidate.roles:
        place = candidate.role_places[company]
        if (
            company not in kept
            and candidate.grounds[company] > Ground.BORROWED
            and _tells_of_its_own(document, candidate, place)
            and any(
                _has_told(document, candidate, other, role) and _begins_anew(document, other, place)
                for other, role in taken
                if other.end <= place.start
            )
        ):
            yield company


def _begins_anew(document: Document, other: Name, name: Name) -> bool:
    """Return whether a sign or an "and" parts two names, and the second is no end of a row: "bans X, Y, and Z".

    In a language of subjects before verbs it has to begin its clause, unlike in "bans X, then Y in May".
    """
    grammar = document.grammar
    gap, language = document.folded.text[other.end : name.start], document.language
    is_row = ended_by_and(gap, language) and not COMMAS.isdisjoint(gap)
    if is_row or not is_parted(grammar, language, gap):
        return False
    if grammar.order != "svo" or not grammar.names.has_spaces:
        return True
    before = gap[behind_signs(gap, 0, len(gap)) :].strip(_AROUND).split()
    small = {*conjunctions(language), *folded_particles("glued_and", language)}
    return ended_by_and(gap, language) or all(
        word in small or word in grammar.articles or word in grammar.breaks for word in before
    )


def _tells_of_its_own(document: Document, candidate: Candidate, name: Name) -> bool:
    """Return whether a clause behind the cues goes on from a name, and not with the same event.

    "Y closes a plant, and so does X" and "Y closes a plant, X its office" tell the event of X too.
    """
    if candidate.triggers[-1].start > name.start:
        return False
    text, language = document.folded.text, document.language
    end = document.sentences[candidate.triggers[-1].sentence].end
    rest = text[document.word_end(name.end) : end].strip(_AROUND)
    if not rest or is_parted_at_once(text[name.end : end], language):
        return False
    if rest[0].isdigit() or any(
        f"{rest} ".startswith(f"{word} ") for word in folded_particles("gapped", language)
    ):
        return False
    return not _likewise(language).search(text, candidate.triggers[-1].end, end)


@cache
def _likewise(language: str) -> re.Pattern[str]:
    """Return what begins the words for "too", "follow" and "appeal"; words of scripts with spaces begin words."""
    return re.compile(
        "|".join(
            (WORD_BEGINS if script_of(word[0]) in SPACED else "") + re.escape(word)
            for word in folded_particles("likewise", language)
        )
        or "(?!)"
    )


def _has_told(document: Document, candidate: Candidate, other: Name, role: Role) -> bool:
    """Return whether a clause is whole with a stranger in it: a verb has its subject, a ban its target.

    "X supplier closes" and "bans X app" are about others; "X sold, Y says" does not tell who buys.
    """
    text = document.folded.text
    trigger = candidate.triggers[0]
    begun = document.sentences[trigger.sentence].start
    if candidate.event_type != "shutdown" and trigger.frame != "active":
        return False
    if candidate.event_type == "ban" and (
        role is not Role.TARGET or (document.grammar.order == "svo" and other.end <= trigger.start)
    ):
        return False
    if other.start >= trigger.end:
        return (
            len(text[trigger.end : other.start].split()) <= 1
            and not belongs_to_noun(document, other)
            and bool(text[begun : trigger.start].strip(_AROUND))
        )
    return document.grammar.order != "svo" or not text[other.end : trigger.start].strip(_AROUND)


def _with_all(document: Document) -> Document | None:
    """Return the document with all names of the titles that may name a stand-in, None where these have no more."""
    telling = {
        candidate.triggers[0].sentence
        for candidate in document.candidates
        if _may_stand_in(document, candidate)
    }
    by_sentence = dict(document.names_by_sentence)
    met: list[Name] = []
    for sentence, names in unwatched(document, telling).items():
        met += names
        by_sentence[sentence] = sorted((*document.names_in(sentence), *names))
    if not met:
        return None
    return document.but(
        names=tuple(sorted((*document.names, *met))),
        names_by_sentence=by_sentence,
        triggers=tuple(t for t in document.triggers if t.sentence in telling),
    )


def _may_stand_in(document: Document, candidate: Candidate) -> bool:
    """Return whether a title tells an event and, in a clause behind, of whom it is said to be.

    Leads say too much else in one sentence. Few titles are like that, so that few are read twice.
    """
    first = candidate.triggers[0]
    if not document.in_title(first.sentence):
        return False
    text, language = document.folded.text, document.language
    places = (candidate.role_places[company] for company in candidate.roles)
    return any(
        place.start > first.start
        and is_parted(document.grammar, language, text[first.start : place.start])
        and _tells_of_its_own(document, candidate, place)
        for place in places
    )
