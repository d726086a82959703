"""Focus: which events a story is about, and which it tells as history."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.blocking.harmless_words import find
from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment, Trigger
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS
from services.classifier.syntax.past.dates import past_years
from services.common.contracts.reading import Focus, Role
from services.common.ids import CompanyId

_OFTEN = 2
"""In so many sentences a body must tell an event whose company the title names."""

_TELLING = 25
"""What a lead's sentence has at least; a dateline is shorter."""

_OF_A_DENIAL = frozenset({"rejected", "rumoured", "hearsay"})
"""Kinds of words in a title that make a denial behind it the news."""

_OPENING = 14
"""So far from a title's beginning stands what opens it, behind a number."""

_ANYWHERE = frozenset({"anywhere", "asked"})
_COLUMN = "opinion"
_THOUGHTS = frozenset({_COLUMN, "asked"})
"""Places of `lookbacks.yml`: not only where a title begins; right where it begins; without anything that was."""

_ASKING = " ¿¡[【(<《"
"""What stands before a word that begins a title: "[사설]", "【社説】"."""

_YEAR = re.compile(r"\W*(?:19|20)\d\d(?!\d)")

_SET_APART = re.compile(r"[\d,،、]")

_BEFORE_IT = 24
"""So far before a deal "after" stands: "after the surprising takeover of"."""

_BEHIND_IT = 10
"""So far behind a cue "after" stands in languages that say it there: "인수한 뒤"."""


_TOLD_APART = frozenset({("ban", "shutdown"), ("acquisition", "shutdown")})
"""Types of which the first is news beside the other, however shortly it is told."""

_OWING = ("owing",)
_EARLIER = ("after", *_OWING)
"""Layers of words for what was before."""

_CONCERNED = ("authority", "onlooker")
"""Layers of words for those who say something to a deal that is done."""

_HINT = 1
"""What a cue weighs that alone says nothing."""

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
    if _looks_back(document) and not _has_something_undone(document) and not _is_told_now(document):
        return []
    title = document.titled
    told = [
        event
        for event in document.candidates
        if _leads(document, event)
        and not _is_aside(document, event, title)
        and not _is_in_passing(document, event)
        and not _is_denied_in_passing(document, event)
    ]
    return told or [event for event in document.candidates if _fills(document, event)]


def _looks_back(document: Document) -> bool:
    """Return whether a title says that its story looks back or only thinks: "What if X bought Y?"."""
    return bool(_lookbacks(document))


def _lookbacks(document: Document) -> frozenset[str]:
    """Return in which ways a title says so.

    The story of all a company's years has no cue there, and a chronicle below: "The story of X / 2005 - …".
    """
    text = document.folded.text
    places = {
        hit.meaning.name
        for sentence, hit in document.words_of("lookback")
        if document.in_title(sentence)
        and (
            hit.meaning.name in _ANYWHERE
            or (
                not text[: hit.start].strip(AROUND_A_NAME + _ASKING)
                if hit.meaning.name == _COLUMN
                else hit.start <= _OPENING
            )
        )
    }
    if any(
        document.words_in("cue", at) for at in document.sentences_of(Segment.TITLE)
    ) or not _is_a_chronicle(document):
        places.discard("history")
    return frozenset(places)


def _is_a_chronicle(document: Document) -> bool:
    """Return whether a sentence of the text begins with a year: "2005 - X opens a second shop"."""
    text = document.folded.text
    return any(
        _YEAR.match(text, sentence.start) is not None
        for sentence in document.sentences
        if sentence.segment is not Segment.TITLE
    )


def _is_told_now(document: Document) -> bool:
    """Return whether a lead tells an event as news: of somebody named, neither past nor with a year long over.

    In a column, or where a title asks whether it should be, a ban is news only by an authority. What the story of
    a company's years tells is none.
    """
    places = _lookbacks(document)
    return "history" not in places and any(
        document.in_lead(trigger.sentence)
        and not trigger.is_past
        and document.names_in(trigger.sentence)
        and not document.words_in("lookback", trigger.sentence)
        and not past_years(document, trigger.sentence)
        and not (
            places <= _THOUGHTS
            and candidate.event_type == "ban"
            and not _is_by_an_authority(document, trigger)
        )
        for candidate in document.candidates
        for trigger in candidate.triggers
    )


def _is_by_an_authority(document: Document, trigger: Trigger) -> bool:
    """Return whether a ban's sentence names an authority, or a country before it, and its clause a company."""
    start, end = document.clause_of(trigger.sentence, trigger.start)
    is_by_one = bool(document.words_in("authority", trigger.sentence)) or any(
        start <= country.start < trigger.start
        for country in document.countries_in(trigger.sentence)
    )
    return is_by_one and document.has_name(trigger.sentence, start, end)


def _has_something_undone(document: Document) -> bool:
    """Return whether a title tells of something that is undone: "Ten years ago it closed, now it runs again"."""
    return any(
        candidate.stage == "reversed" and _is_in_title(document, candidate)
        for candidate in document.candidates
    )


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
    if _is_in_title(document, event) and (other.event_type == "ban" or _has_its_own(event, other)):
        return False
    return len(event.triggers) == 1 and _weight(event) < _weight(other)


def _has_its_own(event: Candidate, other: Candidate) -> bool:
    """Return whether an event happens to somebody with whom another one has nothing to do: "sells X and closes Y"."""
    return any(
        role is Role.TARGET and company not in other.roles for company, role in event.roles.items()
    )


def _is_in_title(document: Document, event: Candidate) -> bool:
    return any(document.in_title(trigger.sentence) for trigger in event.triggers)


def _weight(event: Candidate) -> float:
    return sum(trigger.score for trigger in event.triggers)


def _leads(document: Document, candidate: Candidate) -> bool:
    """Return whether title or lead tell it as news.

    What a title says of earlier is none where it has other news: "X shuts Y two years after the takeover"; nor is
    what it says of who somebody is: "X, bought by Y last year, shuts".
    """
    return any(
        (
            document.in_title(trigger.sentence)
            and not trigger.is_aside
            and not (
                trigger.is_past
                and (
                    _has_other_news(document, candidate)
                    or _is_opened_with(document, trigger)
                    or _is_since_then(document, trigger)
                    or _is_left_behind(document, candidate)
                )
            )
        )
        or (
            document.in_lead(trigger.sentence)
            and not (trigger.is_past and not _is_undone_now(document, candidate, trigger))
        )
        for trigger in candidate.triggers
    )


def _has_other_news(document: Document, candidate: Candidate) -> bool:
    """Return whether title or lead tell of something else than a deal that is no history."""
    return candidate.event_type == "acquisition" and any(
        document.in_front(trigger.sentence) and not trigger.is_past
        for other in document.candidates
        if other.event_type != "acquisition"
        for trigger in other.triggers
    )


def _is_left_behind(document: Document, candidate: Candidate) -> bool:
    """Return whether a lead goes on without a word of a deal after which its title tells something: "profits rise after".

    It may say again that a figure is owed to the deal. What an authority, shareholders or who protests do then is about the deal.
    """
    if candidate.event_type != "acquisition":
        return False
    title, lead = document.sentences_of(Segment.TITLE), document.sentences_of(Segment.LEAD)
    explaining = [
        (trigger.start, trigger.end)
        for trigger in candidate.triggers
        if _is_over(document, trigger, _OWING)
    ]
    return (
        bool(lead)
        and (candidate.stage == "confirmed" or len(explaining) == len(candidate.triggers))
        and all(_is_over(document, trigger) for trigger in candidate.triggers)
        and not any(document.words_in(layer, at) for at in title for layer in _CONCERNED)
        and not any(
            document.words_in("payer", at) and document.words_in("firms", at) for at in lead
        )
        and not any(
            cue.meaning.weight > _HINT
            and "acquisition" in cue.meaning.types
            and not any(start <= cue.start < end for start, end in explaining)
            for at in lead
            for cue in document.words_in("cue", at)
        )
    )


def _is_over(document: Document, trigger: Trigger, layers: Sequence[str] = _EARLIER) -> bool:
    """Return whether "after" or "thanks to" stands right before what is over, or behind it."""
    return trigger.is_past and any(
        0 <= trigger.start - word.end <= _BEFORE_IT
        or (trigger.start < word.start <= trigger.end + _BEHIND_IT)
        for layer in layers
        for word in document.words_in(layer, trigger.sentence)
    )


def _is_since_then(document: Document, trigger: Trigger) -> bool:
    """Return whether a title says since which deal something is so: "Since its purchase of X, Y has hired 500".

    Not since which year: "In business since 1985, X buys Y".
    """
    text = document.folded.text
    return (
        trigger.event_type == "acquisition"
        and trigger.is_past
        and any(
            (
                since.start <= trigger.start <= since.end + _BEFORE_IT
                and _SET_APART.search(text, since.end, trigger.start) is None
            )
            or trigger.start < since.start <= trigger.end + _BEHIND_IT
            for since in document.words_in("since", trigger.sentence)
        )
    )


def _is_opened_with(document: Document, trigger: Trigger) -> bool:
    """Return whether a title begins with a deal after which something else is news: "After buying X, Y looks to Asia"."""
    if trigger.event_type != "acquisition":
        return False
    return any(
        any(name.start >= end for name in document.names_in(trigger.sentence))
        for after in document.words_in("after", trigger.sentence)
        if (end := _end_of_what_is_over(document, trigger, after)) is not None
    )  # nobody in "After X agrees to buy Y, shares jump"


def _end_of_what_is_over(document: Document, trigger: Trigger, after: Hit) -> int | None:
    """Return where a title goes on behind a deal after which it tells something; None where it does not begin with it."""
    text, span = document.folded.text, document.sentences[trigger.sentence]
    if not text[span.start : min(after.start, trigger.start)].strip(AROUND_A_NAME):
        return max(trigger.end, *(text.find(sign, trigger.end, span.end) for sign in COMMAS))
    stands_behind = 0 <= after.start - trigger.end <= _BEHIND_IT and COMMAS.isdisjoint(
        text[trigger.end : after.start]
    )
    return after.end if stands_behind and len(text[after.end : span.end]) > _OPENING else None


def _is_undone_now(document: Document, candidate: Candidate, trigger: Trigger) -> bool:
    """Return whether a sentence tells that what was is undone: "a year after it closed, the mill runs again"."""
    return candidate.stage == "reversed" and any(
        hit.meaning.name == "reversed" and hit.start >= trigger.end
        for hit in document.words_in("stage", trigger.sentence)
    )


def _is_aside(document: Document, candidate: Candidate, title: frozenset[CompanyId]) -> bool:
    """Return whether a lead tells it of others than whom the title names, behind its first sentence.

    Not what happens to nobody that is named, nor what it tells "also": that may be the title's.
    """
    if not title or title & set(candidate.roles) or Role.TARGET not in candidate.roles.values():
        return False
    first = document.sentence_at(min(trigger.start for trigger in candidate.triggers))
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
        and document.sentences[candidate.triggers[0].sentence].segment is Segment.LEAD
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
    told = candidate.sentences
    places = {*told, *document.sentences_of(Segment.TITLE)}
    return any(find(document, "property", *document.sentences[at][:2]) is not None for at in places)


def _fills(document: Document, candidate: Candidate) -> bool:
    """Return whether the body tells it again and again of a company that the title names."""
    sentences = {trigger.sentence for trigger in candidate.triggers if not trigger.is_past}
    return len(sentences) >= _OFTEN and bool(document.titled & set(candidate.roles))
