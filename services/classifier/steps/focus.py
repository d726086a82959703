"""Focus: which events a story is about, and which it tells as history."""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find
from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import Segment, Trigger
from services.classifier.syntax.past.figures import explains_figures
from services.classifier.syntax.past.lookbacks import looks_back
from services.classifier.syntax.past.past_deals import is_past_deal
from services.common.contracts.reading import Focus, Role

_OFTEN = 2
"""In so many sentences a body must tell an event whose company the title names."""
_TELLING = 25
"""What a lead's sentence has at least; a dateline is shorter."""
_OF_A_DENIAL = frozenset({"rejected", "rumoured", "hearsay"})
"""Kinds of words in a title that make a denial behind it the news."""
_TOLD_APART = frozenset({("ban", "shutdown"), ("acquisition", "shutdown")})
"""Types of which the first is news beside the other, however shortly it is told."""
_LONG = 5
"""Sentences of a story whose title or body would say it again."""


def focus(document: Document) -> Document:
    """Return the document with the focus of every candidate."""
    told = [event for event in _told(document) if not _is_of_property(document, event)]
    news = {
        id(event)
        for event in told
        if not any(_is_minor_to(document, event, other) for other in told)
    }
    return document.but(
        candidates=tuple(
            event.but(focus=Focus.MAIN if id(event) in news else Focus.BACKGROUND)
            for event in document.candidates
        )
    )


def _told(document: Document) -> list[Candidate]:
    """Return the events that title and lead tell as news, or that the body does where they tell none."""
    if looks_back(document):
        return []
    told = [
        event
        for event in document.candidates
        if _leads(document, event)
        and not _is_aside(document, event)
        and not _is_in_passing(document, event)
        and not _is_denied_in_passing(document, event)
        and not explains_figures(document, event)
    ]
    return told or [event for event in document.candidates if _fills(document, event)]


def _is_minor_to(document: Document, event: Candidate, other: Candidate) -> bool:
    """Return whether an event of a company is hardly told beside another one of it, and a closing or a ban.

    Such a cue mostly says what the other event means: "X is banned … and had to stop". Beside a ban a closing
    is news where the title tells it, and none where no sentence that closes something names whose it is.
    """
    pair = (event.event_type, other.event_type)
    if pair[0] == pair[1] or pair in _TOLD_APART or event.roles.keys().isdisjoint(other.roles):
        return False
    if other.event_type == "ban" and event.is_borrowed:
        return True
    if any(map(document.in_title, event.sentences)) and (
        other.event_type == "ban"
        or _has_its_own(event, other)
        or not any(map(document.in_title, other.sentences))
    ):
        return False
    return len(event.triggers) == 1 and _weight(event) < _weight(other)


def _has_its_own(event: Candidate, other: Candidate) -> bool:
    """Return whether an event happens to somebody with whom another one has nothing to do: "sells X and closes Y"."""
    return any(
        role is Role.TARGET and company not in other.roles for company, role in event.roles.items()
    )


def _weight(event: Candidate) -> float:
    return sum(trigger.score for trigger in event.triggers)


def _leads(document: Document, event: Candidate) -> bool:
    """Return whether title or lead tell it as news.

    What a title says of earlier is none where it has other news: "X shuts Y two years after the takeover"; nor is
    what it says of who somebody is: "X, bought by Y last year, shuts".
    """
    return any(
        not (cue.is_aside or is_past_deal(document, event, cue))
        if document.in_title(cue.sentence)
        else document.in_lead(cue.sentence)
        and (not cue.is_past or _is_undone_now(document, event, cue))
        for cue in event.triggers
    )


def _is_undone_now(document: Document, candidate: Candidate, trigger: Trigger) -> bool:
    """Return whether a sentence tells that what was is undone: "a year after it closed, the mill runs again"."""
    return candidate.stage == "reversed" and any(
        hit.meaning.name == "reversed" and hit.start >= trigger.end
        for hit in document.words_in("stage", trigger.sentence)
    )


def _is_aside(document: Document, candidate: Candidate) -> bool:
    """Return whether a lead tells it of others than whom the title names, behind its first sentence.

    Not what happens to nobody that is named, nor what it tells "also": that may be the title's.
    """
    title, first = document.titled, candidate.first.sentence
    if not title or title & set(candidate.roles) or Role.TARGET not in candidate.roles.values():
        return False
    if document.words_in("also", first):
        return False
    return any(
        document.in_lead(index)
        and document.sentences[index].end - document.sentences[index].start >= _TELLING
        for index in range(first)
    )


def _is_in_passing(document: Document, candidate: Candidate) -> bool:
    """Return whether a long story says only once, in its lead, that something is open again.

    "The mill had stood still since June. Since production resumed …": that is not what it is about.
    """
    return (
        candidate.event_type == "shutdown"
        and len(document.sentences) > _LONG
        and len(candidate.sentences) == 1
        and all(trigger.stage == "reversed" for trigger in candidate.triggers)
        and document.in_lead(candidate.first.sentence)
        and not any(
            hit.meaning.name == "reversed"
            for sentence, hit in document.words_of("stage")
            if document.in_title(sentence)
        )
    )


def _is_denied_in_passing(document: Document, candidate: Candidate) -> bool:
    """Return whether a lead only adds, behind its first sentence, that nothing closes or is blocked.

    "X cuts 300 jobs. … No plant will be shut". A title that denies something, or has a rumour, is about that.
    """
    if candidate.event_type == "acquisition" or any(
        trigger.stage != "rejected" and not trigger.is_negated for trigger in candidate.triggers
    ):
        return False
    title, lead = document.sentences_of(Segment.TITLE), document.sentences_of(Segment.LEAD)
    return (
        bool(title and lead)
        and all(trigger.sentence > lead[0] for trigger in candidate.triggers)
        and not any(
            document.words_in("negation", at)
            or any(hit.meaning.name in _OF_A_DENIAL for hit in document.words_in("stage", at))
            for at in title
        )
    )


def _is_of_property(document: Document, candidate: Candidate) -> bool:
    """Return whether a deal changes a building's or a plot's owner, and nothing that it names itself.

    Title or the sentence that tells it name that: "X bought 8 Via Monte Napoleone from Y, a palazzo of …".
    """
    if candidate.event_type != "acquisition" or any(
        role is Role.TARGET and candidate.grounds[company] is not Ground.BORROWED
        for company, role in candidate.roles.items()
    ):
        return False
    places = {*candidate.sentences, *document.sentences_of(Segment.TITLE)}
    return any(find(document, "property", *document.sentences[at][:2]) is not None for at in places)


def _fills(document: Document, candidate: Candidate) -> bool:
    """Return whether the body tells it again and again of a company that the title names."""
    sentences = {trigger.sentence for trigger in candidate.triggers if not trigger.is_past}
    return len(sentences) >= _OFTEN and bool(document.titled & set(candidate.roles))
