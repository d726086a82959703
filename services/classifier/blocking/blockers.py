"""Blockers: what words of another subject, such as sport or an outage, take away from cues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.blocking.besides import is_beside_the_news
from services.classifier.blocking.own_words import are_its_own
from services.classifier.blocking.spells import is_for_good
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.telling import Telling

BLOCKED_IN_CLAUSE = 3.0
BLOCKED_IN_TITLE = 2.0
_A_DASH = 3
_OF_THE_WHOLE = frozenset({"sport", "person", "rating", "forgery"})
"""The kinds that a title may leave to its lead."""


@dataclass(frozen=True, slots=True)
class Afar:
    """The kind of blocker, by type, that title and lead hold against other sentences.

    `for_a_while` are the types of which the title says that it is a strike, a pause; `strikes` those
    of them that it has no cue for, so that it is all there is to tell; `offered` those of which the title
    says that shares are offered to everybody, and has no cue for.
    """

    in_title: Mapping[str, str]
    in_lead: Mapping[str, str]
    for_a_while: frozenset[str]
    strikes: frozenset[str]
    offered: frozenset[str]


def blockers_afar(document: Document) -> Afar:
    """Return what title and lead hold against the cues of every sentence."""
    in_title: dict[str, str] = {}
    in_lead: dict[str, str] = {}
    offered: set[str] = set()
    for_a_while: set[str] = set()
    titled: set[str] = set()
    for sentence in document.sentences_of(Segment.TITLE, Segment.LEAD):
        is_title = document.in_title(sentence)
        cues = document.words_in("cue", sentence)
        if is_title:
            titled.update(event_type for cue in cues for event_type in cue.meaning.types)
        for blocker in document.words_in("blocker", sentence):
            if _is_part_of_another_word(document, sentence, blocker, cues):
                continue
            kind, types = blocker.meaning.name, blocker.meaning.types
            if is_title and kind == "temporary":
                for_a_while.update(types)
            elif is_title:
                if kind == "ipo":
                    offered.update(types)
                if not is_beside_the_news(document, sentence, blocker, cues):
                    in_title.update(dict.fromkeys(types, kind))
            elif kind in _OF_THE_WHOLE:
                in_lead.update(dict.fromkeys(types, kind))
    return Afar(
        in_title,
        in_lead,
        frozenset(for_a_while),
        frozenset(for_a_while - titled),
        frozenset(offered - titled),
    )


def penalty_of(cues: Sequence[Telling], event_type: str, afar: Afar) -> tuple[float, str | None]:
    """Return what blockers take away from a sentence's cues, and the kind of the heaviest."""
    document, sentence = cues[0][:2]
    hits = [cue.hit for cue in cues]
    is_for_a_while = not _is_undone(hits) and event_type in afar.for_a_while
    for blocker in document.words_in("blocker", sentence):
        if (
            event_type in blocker.meaning.types
            and not _is_part_of_another_word(document, sentence, blocker, hits)
            and not (blocker.meaning.name == "partner" and any(map(_is_of_a_merger, hits)))
            and not is_beside_the_news(document, sentence, blocker, hits)
            and (
                _is_in_their_clauses(document, sentence, blocker, hits)
                or (is_for_a_while and blocker.meaning.name == "temporary")
                or _is_for_a_while(document.folded.text, blocker, hits)
            )
        ):
            return BLOCKED_IN_CLAUSE, blocker.meaning.name
    if event_type in afar.offered:
        return BLOCKED_IN_CLAUSE, "ipo"
    kind = _kind_afar(document, sentence, event_type, hits, afar)
    if kind == "outage" and event_type == "shutdown" and not is_for_good(document, sentence):
        return BLOCKED_IN_CLAUSE, kind  # what stops in an outage is told in many ways
    return (0.0, None) if kind is None else (BLOCKED_IN_TITLE, kind)


def _is_undone(cues: Iterable[Hit]) -> bool:
    """Return whether a cue undoes something: what opens again a year after a flood was closed for long."""
    return any(cue.meaning.stage == "reversed" for cue in cues)


def _kind_afar(
    document: Document, sentence: int, event_type: str, hits: Sequence[Hit], afar: Afar
) -> str | None:
    """Return the kind of what title or lead hold against the cues of a sentence."""
    is_title = document.in_title(sentence)
    kind = afar.in_title.get(event_type)
    if kind == "partner" and any(map(_is_of_a_merger, hits)):
        kind = None
    if kind == "market" and is_title and _has_a_name_of_its_own(document, sentence, hits):
        kind = None  # whose shares rise is another matter: "Y jumps after X buys Z"
    if kind is None and not _is_undone(hits) and event_type in afar.strikes and not is_title:
        kind = "temporary"
    if kind is None and is_title:
        # A title may leave out that it is about a player; the lead then says so.
        kind = afar.in_lead.get(event_type)
        if kind == "person" and _says_whom_an_authority_hits(document, sentence, hits):
            kind = None
    return kind


def _is_part_of_another_word(
    document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether a blocker only says what a company does, or is part of a name or of a cue's own words.

    "buys Zelmo Steel" buys a company, whose name ends with goods.
    """
    return (
        _is_of_a_firm(document, blocker)
        or any(
            name.start < blocker.start < name.end <= blocker.end
            or blocker.start <= name.start < blocker.end < name.end
            for name in document.names_in(sentence)
        )
        or any(are_its_own(document, sentence, cue, blocker.start, blocker.end) for cue in cues)
    )


def _is_of_a_firm(document: Document, blocker: Hit) -> bool:
    """Return whether goods only say what a company does: "jet maker", "विमान कंपनी"."""
    if blocker.meaning.name != "goods":
        return False
    heads = harmless_pattern("heads", document.language)
    text = document.folded.text
    end = text.find(" ", blocker.start, blocker.end + 1)
    return heads is not None and end > 0 and heads.match(text, end + 1) is not None


def _is_in_their_clauses(
    document: Document, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether a blocker stands between the beginning of the first cue's clause and the end of the last one's."""
    start, _ = document.clause_of(sentence, cues[0].start)
    _, end = document.clause_of(sentence, cues[-1].end - 1)
    return start <= blocker.start < end


def _has_a_name_of_its_own(document: Document, sentence: int, hits: Iterable[Hit]) -> bool:
    """Return whether a clause that a conjunction begins has a cue, and a name right before it."""
    return any(
        start > document.sentences[sentence].start
        and document.folded.text[start].isalpha()
        and start <= name.start <= hit.start
        for hit in hits
        for start, _ in (document.clause_of(sentence, hit.start),)
        for name in document.names_in(sentence)
    )


def _says_whom_an_authority_hits(document: Document, sentence: int, hits: Iterable[Hit]) -> bool:
    """Return whether a title says who forbids and whom: "Judge orders suspension of X", whatever user it is over."""
    last = max(hit.start for hit in hits)
    return any(word.end <= last for word in document.words_in("authority", sentence)) and any(
        name.start >= last for name in document.names_in(sentence)
    )


def _is_of_a_merger(hit: Hit) -> bool:
    """Return whether a cue says that two become one, however they work together besides."""
    return hit.meaning.frame == "merge" and hit.meaning.weight >= BLOCKED_IN_CLAUSE


def _is_for_a_while(text: str, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a word for a pause or an outage stands right behind a cue, whatever its clause.

    Some of those words are conjunctions too: "sementara" is "for a while" and "whereas". A dash may
    stand between.
    """
    return blocker.meaning.name in {"temporary", "outage"} and any(
        0 <= blocker.start - cue.end <= _A_DASH
        and not text[cue.end : blocker.start].strip(" -\u2013\u2014")
        for cue in cues
    )
