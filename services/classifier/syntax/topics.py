"""Topics: names at the head of a sentence that the rest of it is about.

"X、Yを買収" is no list of two; "X: Nepal bans the app" bans X.
"""

from __future__ import annotations

from services.classifier.document import Document, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import particles
from services.classifier.syntax.chains import COMMAS, Chain
from services.classifier.syntax.frames import CARRIED_OUT
from services.classifier.syntax.markers import beside_of, marked_role
from services.classifier.syntax.openings import without_earlier

_AROUND_A_TOPIC = ' "\u2019)」』'
_COLONS = frozenset({":", "：", "|"})
_TOPIC_DISTANCE = 6
OF_OTHERS = CARRIED_OUT | {"store"}
"""Frames of what is done to somebody else's app or goods."""


def has_topic_alone(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> bool:
    """Return whether the only name of a verb-last deal is its topic: "X、EV企業を買収"."""
    if grammar.order != "sov" or trigger.event_type != "acquisition" or len(chains) != 1:
        return False
    [chain] = chains
    behind = document.folded.text[chain.end : trigger.start].lstrip(_AROUND_A_TOPIC)
    return (
        trigger.frame in {"active", "noun"}
        and behind[:1] in COMMAS
        and len(behind) > _TOPIC_DISTANCE
    )


def colon_topic(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> Chain | None:
    """Return who stands alone before the colon behind which a ban is told: "X: Nepal bans the app"."""
    chains = without_earlier(document, grammar, trigger, chains)
    if len(chains) != 1:
        return None
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    sign = document.folded.text[chains[0].end : start + 1].strip(_AROUND_A_TOPIC)
    return chains[0] if chains[0].end <= start and sign in _COLONS else None


def without_topic(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return chains of a verb-last sentence, its topic apart: "X、Yを買収" is no list of two.

    Of those that close a marker behind Y must say so, or X and Y may be two that close. So does a verb for what
    is somebody else's, where Y stands alone before it: "X、Yをストアから削除".
    """
    topic = chains[0].topic(document) if chains else None
    if topic is None:
        return chains
    rest = Chain(chains[0].names[len(topic.names) :])
    is_marked = marked_role(grammar, trigger, beside_of(document, grammar, trigger, rest))
    if is_marked or (trigger.event_type == "acquisition" and trigger.frame != "passive"):
        return [topic, rest, *chains[1:]]
    text = document.folded.text
    is_alone = rest.topic(document) is None and rest.end <= trigger.start
    is_apart = text.startswith(particles("topical", document.language), topic.end)
    if trigger.frame in OF_OTHERS and is_alone and is_apart and text[rest.end] not in COMMAS:
        return [topic, rest, *chains[1:]]
    return chains
