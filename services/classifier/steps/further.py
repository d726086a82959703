"""Further: the names that the next sentence adds to those a title or lead told of.

"Apple removes WhatsApp from its store. Signal and Telegram vanished on the same day."
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.chains import Chain, chains_of
from services.classifier.document import Candidate, Document, Ground, Name, Segment
from services.classifier.lexicon.load import also_pattern
from services.common.contracts.reading import Role

_NEXT = 2
"""So many sentences behind the first that tells the event may add to it."""

_BESIDE = 30
"""So many characters from the names the word that adds them may stand."""

_TOLD = 2.0
"""What its cues must weigh for a sentence to tell something else."""


def widen(document: Document) -> Document:
    """Return the document with events that have all the targets that a sentence adds to them."""
    taken = {company for event in document.candidates for company in event.roles}
    widened: list[Candidate] = []
    for event in document.candidates:
        chains = [
            chain
            for sentence in _next_sentences(document, event)
            if (chain := _added(document, event, sentence))
            and not any(name.company in taken for name in chain.names)
        ]
        taken |= {name.company for chain in chains for name in chain.names}
        widened.append(_with_targets(event, [name for chain in chains for name in chain.names]))
    return document.but(candidates=tuple(widened))


def _next_sentences(document: Document, event: Candidate) -> range:
    """Return the sentences behind the one that first tells a ban in title or lead.

    Of a deal or a closing one more name may be anybody.
    """
    first = min(event.triggers, key=lambda trigger: trigger.start)
    in_front = document.sentences[first.sentence].segment <= Segment.LEAD
    if event.event_type != "ban" or first.is_past or not in_front:
        return range(0)
    return range(first.sentence + 1, min(first.sentence + 1 + _NEXT, len(document.sentences)))


def _added(document: Document, event: Candidate, sentence: int) -> Chain | None:
    """Return the only names of a sentence that says "too" of them and tells no other event."""
    pattern = also_pattern(document.language)
    if pattern is None:
        return None
    if Role.TARGET not in event.roles.values() or any(
        trigger.sentence == sentence
        and trigger.event_type != event.event_type
        and trigger.score >= _TOLD
        for trigger in document.triggers
    ):
        return None
    start, end, *_ = document.sentences[sentence]
    chains = [
        chain
        for chain in chains_of(document.folded.text, document.names_in(sentence))
        if not any(name.company in event.roles for name in chain.names)
    ]
    is_added = len(chains) == 1 and any(
        max(chains[0].start - found.end(), found.start() - chains[0].end) <= _BESIDE
        for found in pattern.finditer(document.folded.text, start, end)
    )
    return chains[0] if is_added else None


def _with_targets(event: Candidate, names: Sequence[Name]) -> Candidate:
    return event.but(
        roles={**event.roles, **{name.company: Role.TARGET for name in names}},
        role_places={**event.role_places, **{name.company: name for name in names}},
        grounds={**event.grounds, **{name.company: Ground.BORROWED for name in names}},
    )
