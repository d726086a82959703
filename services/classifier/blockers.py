"""Blockers: what words of another subject, such as sport or an outage, take away from cues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.classifier.document import Document, Segment
from services.classifier.lexicon.load import harmless_pattern
from services.classifier.lexicon.words import Hit

BLOCKED_IN_CLAUSE = 3.0
BLOCKED_IN_TITLE = 2.0
_A_DASH = 3


@dataclass(frozen=True, slots=True)
class Afar:
    """The kind of blocker, by type, that title and lead hold against other sentences.

    `for_a_while` are the types of which the title says that it is a strike, a pause; `strikes` those
    of them that it has no cue for, so that it is all there is to tell.
    """

    in_title: Mapping[str, str]
    in_lead: Mapping[str, str]
    for_a_while: frozenset[str]
    strikes: frozenset[str]


def blockers_afar(document: Document) -> Afar:
    """Return what title and lead hold against the cues of every sentence."""
    in_title: dict[str, str] = {}
    in_lead: dict[str, str] = {}
    for_a_while: set[str] = set()
    for sentence, hit in document.words_of("blocker"):
        kind = hit.meaning.name
        if _is_of_a_firm(document, hit):
            continue
        segment = document.sentences[sentence].segment
        if segment is Segment.TITLE and kind == "temporary":
            for_a_while.update(hit.meaning.types)
        if segment is Segment.TITLE and kind != "temporary":
            in_title.update(dict.fromkeys(hit.meaning.types, kind))
        elif segment is Segment.LEAD and kind in {"sport", "person"}:
            in_lead.update(dict.fromkeys(hit.meaning.types, kind))
    titled = {
        event_type
        for sentence, hit in document.words_of("cue")
        if document.sentences[sentence].segment is Segment.TITLE
        for event_type in hit.meaning.types
    }
    return Afar(in_title, in_lead, frozenset(for_a_while), frozenset(for_a_while - titled))


def penalty_of(
    document: Document, sentence: int, event_type: str, hits: list[Hit], afar: Afar
) -> tuple[float, str | None]:
    """Return what blockers take away from a sentence's cues, and the kind of the heaviest."""
    is_title = document.sentences[sentence].segment is Segment.TITLE
    # What opens again a year after a flood was closed for long.
    is_over = any(hit.meaning.stage == "reversed" for hit in hits)
    for_a_while = frozenset() if is_over else afar.for_a_while
    for blocker in document.words_in("blocker", sentence):
        if event_type not in blocker.meaning.types:
            continue
        start, _ = document.clause_of(sentence, hits[0].start)
        _, end = document.clause_of(sentence, hits[-1].end - 1)
        is_the_topic = blocker.meaning.name == "temporary" and event_type in for_a_while
        is_behind = _is_for_a_while(document.folded.text, blocker, hits)
        if (start <= blocker.start < end or is_the_topic or is_behind) and not _is_of_a_firm(
            document, blocker
        ):
            return BLOCKED_IN_CLAUSE, blocker.meaning.name
    kind = afar.in_title.get(event_type)
    if kind is None and not is_over and event_type in afar.strikes and not is_title:
        kind = "temporary"
    if kind is None and is_title:
        # A title may leave out that it is about a player; the lead then says so.
        kind = afar.in_lead.get(event_type)
    return (0.0, None) if kind is None else (BLOCKED_IN_TITLE, kind)


def _is_of_a_firm(document: Document, blocker: Hit) -> bool:
    """Return whether goods only say what a company does: "jet maker", "विमान कंपनी"."""
    if blocker.meaning.name != "goods":
        return False
    heads = harmless_pattern("heads", document.language)
    text = document.folded.text
    end = text.find(" ", blocker.start, blocker.end + 1)
    return heads is not None and end > 0 and heads.match(text, end + 1) is not None


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
