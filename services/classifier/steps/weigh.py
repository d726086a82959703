"""Weigh: how sure a report is, with the arithmetic that says why.

A logistic model over what every language has: the sum of the weights of the features that a
candidate has, as log-odds. The weights are fitted by `kabar calibrate` and stand in
`lexicon/shared/confidence.yml`; without that file `TABLE` holds.

What a story tells with one cue alone, though it has room for more, is its news only where it is sure: of 40
such companies below `_SURE` in stories that nobody had read, 29 were wrong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import confidence_weights
from services.classifier.spans import Segment
from services.common.contracts.reading import Role

TABLE: Mapping[str, float] = {
    "base": -0.2,
    "cue in title": 0.8,
    "cue in lead": 0.5,
    "cue in both": 0.3,
    "strength of the best sentence": 0.4,
    "vague cues only": -0.6,
    "sentences that tell it": 0.2,
    "company in title": 0.3,
    "a role by the word beside it": 0.2,
    "a role by the place beside the cue": 0.0,
    "roles borrowed from another sentence": -0.5,
    "has a target": 0.3,
    "has an actor": 0.1,
    "many companies": -0.3,
    "a negated cue": -0.4,
    "a past cue": -0.3,
    "stage by its own words": 0.1,
    "another type in the story": -0.2,
    "blocked words in the story": -0.5,
    "in the foreground": 0.4,
    "a company right beside a cue": 0.3,
    "a price": 0.4,
    "an authority": 0.3,
    "hardly told in a long story": -0.4,
    "cues of other types": -0.3,
    "a closing": -0.3,
}
"""Log-odds of every feature, the fixed table that a fit takes the place of."""

AT_LEAST_ZERO = frozenset(
    ("cue in title", "cue in lead", "cue in both", "strength of the best sentence", "has a target")
)
AT_MOST_ZERO = frozenset(
    ("vague cues only", "blocked words in the story", "roles borrowed from another sentence")
)
"""Signs that a fit must keep: more of a good ground never makes a report less sure."""

LEAST, MOST = 0.02, 0.98
_STRONG = 6.0
_MANY = 3
_CLEAR = 2.0
"""What a cue weighs that is not vague."""
_NEXT = 3
_HARDLY = 0.15
"""The share of a long story's sentences that only hint at an event."""
_SEVERAL = 2
_UNSURE = frozenset((Ground.BORROWED, Ground.GUESSED))
_SURE = 0.7
"""So sure is an event that a story tells with one cue alone, to be its news."""
_ROOM = 3
"""Sentences of a story that could have told its news twice."""

_TELLING = 25
"""What a lead's sentence has at least; a dateline is shorter."""

_PLAIN = ("cue in title", "company in title")
_UNPLAIN = (
    "blocked words in the story",
    "another type in the story",
    "a negated cue",
    "a past cue",
)
"""Features that the news of a plain headline has, and that it has not: "X closes two plants in Y".

Of the labelled stories' doubted headlines that name whom they hit, three were no news: each lacked a sign of the
first or had one of the second.
"""
_ORDERED = ("cue in title", "an authority")
"""Features that the news of a ban's headline has, whomever it names: twelve of thirteen doubted companies were news."""


def weigh(document: Document) -> Document:
    """Return the document with the confidence of every candidate, and which of them are doubted."""
    weights = confidence_weights() or TABLE
    return document.but(
        candidates=tuple(_weighed(document, found, weights) for found in document.candidates)
    )


def features(document: Document, candidate: Candidate) -> dict[str, float]:
    """Return the features that a candidate has, each from 0 to 1, without those that are 0."""
    return {name: float(value) for name, value in _features(document, candidate).items() if value}


def _features(document: Document, candidate: Candidate) -> dict[str, float]:
    triggers = candidate.triggers
    sentences = {trigger.sentence for trigger in triggers}
    segments = {document.segment_of(sentence) for sentence in sentences}
    in_title, in_lead = Segment.TITLE in segments, Segment.LEAD in segments
    best = max([trigger.score for trigger in triggers])
    roles, grounds = set(candidate.roles.values()), set(candidate.grounds.values())
    titled = {name.company for name in document.names_in(0)} if document.title else set()
    others = sum(trigger.event_type != candidate.event_type for trigger in document.triggers)
    return {
        "base": 1.0,
        "cue in title": in_title,
        "cue in lead": in_lead,
        "cue in both": in_title and in_lead,
        "strength of the best sentence": min(best, _STRONG) / _STRONG,
        "vague cues only": max([trigger.weight for trigger in triggers]) < _CLEAR,
        "sentences that tell it": (min(len(sentences), 4) - 1) / 3,
        "company in title": not titled.isdisjoint(candidate.roles),
        "a role by the word beside it": Ground.WORD in grounds,
        "a role by the place beside the cue": Ground.PLACE in grounds,
        "roles borrowed from another sentence": grounds <= _UNSURE,
        "has a target": Role.TARGET in roles,
        "has an actor": Role.ACTOR in roles,
        "many companies": len(candidate.roles) > _MANY,
        "a negated cue": any(trigger.is_negated for trigger in triggers),
        "a past cue": any(trigger.is_past for trigger in triggers),
        "stage by its own words": candidate.stage_place is not None,
        "another type in the story": any(
            other.event_type != candidate.event_type for other in document.candidates
        ),
        "blocked words in the story": bool(document.blocked),
        "in the foreground": candidate.focus == "main",
        "a company right beside a cue": _is_beside(candidate),
        "a price": candidate.amount is not None,
        "an authority": candidate.authority is not None,
        "hardly told in a long story": len(sentences) < _HARDLY * len(document.sentences),
        "cues of other types": others >= _SEVERAL,
        "a closing": candidate.event_type == "shutdown",
    }


def _is_beside(candidate: Candidate) -> bool:
    """Return whether hardly more than a space parts a company that has a role from a cue."""
    return any(
        max(place.start - trigger.end, trigger.start - place.end) <= _NEXT
        for place in candidate.role_places.values()
        for trigger in candidate.triggers
    )


def _weighed(document: Document, candidate: Candidate, weights: Mapping[str, float]) -> Candidate:
    found = _features(document, candidate)
    terms = {
        name: weight * value
        for name, value in found.items()
        if value and (weight := weights.get(name))
    }
    confidence = round(min(max(1 / (1 + math.exp(-sum(terms.values()))), LEAST), MOST), 2)
    is_told_once = len(candidate.triggers) == 1 and len(document.sentences) >= _ROOM
    return candidate.but(
        confidence=confidence,
        terms=terms,
        is_doubted=is_told_once
        and confidence < _SURE
        and not _is_plain(document, candidate, found)
        and not _is_placed(document, candidate, found)
        and not (candidate.event_type == "ban" and all(found[name] for name in _ORDERED))
        and not _opens(document, candidate, found),
    )


def _is_plain(document: Document, candidate: Candidate, found: Mapping[str, float]) -> bool:
    """Return whether a headline tells it of whom it names, and nothing in the story speaks against that."""
    return (
        candidate.stage == "confirmed"
        and all(found[name] for name in _PLAIN)
        and not any(found[name] for name in _UNPLAIN)
        and all(
            document.in_title(document.sentence_at(place.start))
            for place in candidate.role_places.values()
        )
    )


def _is_placed(document: Document, candidate: Candidate, found: Mapping[str, float]) -> bool:
    """Return whether a headline says in which country somebody whom it names closes, or sells.

    Whatever the text tells beside it: what had closed before, with whom it has agreed, that the app does not work. Not
    beside a ban, of which such a closing may only come.
    """
    trigger = candidate.triggers[0]
    return (
        candidate.event_type != "ban"
        and all(found[name] for name in _PLAIN)
        and trigger.sentence not in document.blocked
        and not trigger.is_negated
        and not trigger.is_past
        and bool(list(document.countries_in(trigger.sentence)))
        and not any(
            other.event_type == "ban" and other.focus == "main" for other in document.candidates
        )
    )


def _opens(document: Document, candidate: Candidate, found: Mapping[str, float]) -> bool:
    """Return whether the text's first paragraph tells it of whom it names, below a title that names nobody.

    Such a title leaves it to that paragraph to say who has news; the next ones say what was before. Whom only
    another sentence names stands beside it as often as not.
    """
    trigger = candidate.triggers[0]
    lead = document.sentences_of(Segment.LEAD)
    before = [document.sentences[at] for at in lead if at < trigger.sentence]
    return (
        trigger.sentence in lead
        and not document.titled
        and not any(at in document.blocked for at in document.sentences_of(Segment.TITLE))
        and not found["roles borrowed from another sentence"]
        and not any(
            "\n" in document.folded.text[sentence.start : trigger.start]
            for sentence in before
            if sentence.end - sentence.start >= _TELLING
        )
    )
