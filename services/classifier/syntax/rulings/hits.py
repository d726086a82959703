"""Hits: whom a ban hits that a title only names before it: "X stays in the store: regulator halts its sale"."""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.clauses.signs import has_sign
from services.common.contracts.reading import Role

_TO_ITS_VERB = 2
"""So many characters part a state that bans from its verb."""


def is_hit(document: Document, event: Candidate) -> bool:
    """Return whether the one who seems to ban, and whom the title names, is banned: an authority does it.

    "X stays in the store: regulator halts its sale", "Kenya clamps down on X, blocks app".
    """
    if event.event_type != "ban" or list(event.roles.values()) != [Role.ACTOR]:
        return False
    if document.titled.isdisjoint(event.roles):
        return False
    return all(
        trigger.frame != "store"
        and (
            document.words_in("authority", trigger.sentence)
            or _loses_a_licence(document, trigger)
            or any(
                0 < trigger.start - state.end <= _TO_ITS_VERB or _opens(document, trigger, state)
                for state in document.countries_in(trigger.sentence)
            )
        )
        for trigger in event.triggers
    )


def _loses_a_licence(document: Document, trigger: Trigger) -> bool:
    """Return whether a licence is taken away behind a sign that parts it from the name: "X crashes, licence revoked"."""
    text = document.folded.text
    words = folded_particles("licence", document.language)
    return any(word in text[trigger.start : trigger.end] for word in words) and all(
        _is_parted(document, name, trigger) for name in document.names_in(trigger.sentence)
    )


def _is_parted(document: Document, name: Name, trigger: Trigger) -> bool:
    """Return whether a sign, or in dense scripts a space, stands between a name and a cue behind it."""
    text, start, end = document.folded.text, name.end, trigger.start
    is_dense = Trait.DENSE in document.grammar.traits
    return start <= end and (has_sign(text, start, end) or (is_dense and " " in text[start:end]))


def _opens(document: Document, trigger: Trigger, state: Hit) -> bool:
    """Return whether a state is what a sentence begins with, and its verb stands behind a comma.

    Not the home of a name behind it, nor where it is that a company bans something: "India: X blocks VPN apps".
    """
    text = document.folded.text
    name = next(
        (n for n in reversed(document.names_in(trigger.sentence)) if n.end <= trigger.start), None
    )
    return (
        state.meaning.frame == "countries"
        and state.start == document.sentences[trigger.sentence].start
        and name is not None
        and ":" not in text[state.end : name.start]
        and _is_parted(document, name, trigger)
    )
