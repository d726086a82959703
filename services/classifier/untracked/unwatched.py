"""Unwatched: everybody in a title whom nobody tracks, strangers by their looks and by their fame."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import ACTIVE, Name
from services.classifier.syntax.clauses.signs import behind_signs
from services.classifier.syntax.names.strangers import MARK, strangers_in
from services.classifier.untracked.well_known import well_known_in
from services.common.config.catalogue import catalogue
from services.common.ids import CompanyId

_KANA = re.compile("[ぁ-ん]")
_SHORTEST = 2
_LONGEST = 24
"""So many characters are before the mark of a subject with which a clause begins."""


def unwatched(document: Document, sentences: Collection[int]) -> Mapping[int, Sequence[Name]]:
    """Return whom nobody tracks by sentence, without those that have nobody; ids begin with "?"."""
    if not sentences:
        return {}
    known = _known_strangers(document)
    found = {at: _others_in(document, at, known) for at in sentences}
    return {at: names for at, names in found.items() if names}


def _others_in(document: Document, sentence: int, known: Sequence[Name]) -> list[Name]:
    names = [
        name
        for name in known
        if document.sentence_at(name.start) == sentence and not _is_of_a_cue(document, name)
    ]
    taken = [*document.names_in(sentence), *names]
    met = (*strangers_in(document, sentence), *_marked(document, sentence))
    return names + [one for one in met if not any(one.overlaps(name) for name in taken)]


def _is_of_a_cue(document: Document, name: Name) -> bool:
    """Return whether a cue begins or ends with a name, "removed from Google Play"; within, one may stand in a gap."""
    return any(
        cue.start < name.end
        and name.start < cue.end
        and not cue.start < name.start < name.end < cue.end
        for cue in document.triggers_in(document.sentence_at(name.start))
    )


def _known_strangers(document: Document) -> list[Name]:
    """Return the names of well-known companies that nobody tracks, but of those that belong to a tracked one."""
    known = well_known_in(document)
    owners = catalogue().watchlist.owners
    kin = set(known.tracked)
    for company in known.tracked:
        kin.update(owners(company))
    return [
        one._replace(company=CompanyId(f"{MARK}{one.company}"))
        for one in known.names
        if one.company not in kin and kin.isdisjoint(owners(one.company))
    ]


def _marked(document: Document, sentence: int) -> Iterator[Name]:
    """Yield who is marked to do what a verb tells: "फोर्ड ने प्लांट बंद किया", "ホンダが工場を閉鎖"."""
    text, begun = document.folded.text, document.sentences[sentence].start
    firms = document.words_in("firms", sentence)
    for trigger in document.triggers_in(sentence):
        if trigger.frame not in ACTIVE:
            continue
        start = behind_signs(text, begun, trigger.start)
        for mark in folded_particles("does_it", document.language):
            end = text.find(mark, start + _SHORTEST, min(start + _LONGEST, trigger.start))
            gap = text[end + len(mark) : trigger.start]
            if end < 0 or not (mark.startswith(" ") or _is_object(gap, document.language)):
                continue
            name = Name(start, end, CompanyId(f"{MARK}{text[start:end].strip()}"))
            if not any(start <= firm.start < end for firm in firms):
                yield name
                break


def _is_object(gap: str, language: str) -> bool:
    """Return whether one thing that something is done to stands there: not "需要低迷が[直撃し工場を]閉鎖"."""
    marks = folded_particles("acted_on", language)
    return (
        gap.rstrip().endswith(marks)
        and not _KANA.search(gap.rstrip()[:-1].replace("の", ""))
        and " " not in gap.strip()
    )
