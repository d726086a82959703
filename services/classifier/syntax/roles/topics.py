"""Topics: names at the head of a sentence that the rest of it is about.

"X、Yを買収" is no list of two; "X: Nepal bans the app" bans X.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.lexicon.scripts import DENSE, script_of
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import DEALS, UNDERGONE, Name
from services.classifier.syntax.clauses.openings import without_earlier
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.markers import holds
from services.classifier.syntax.roles.frames import CARRIED_OUT
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_AROUND_A_TOPIC = ' ")'
_COLONS = frozenset(":|")
_TOPIC_DISTANCE = 6
_OF_TWO_SIGNS = 2
"""A word of two signs is what is bought in languages without spaces: "X、同業買収"."""
_SOLD = UNDERGONE | {"sell"}
_AN_ARTICLE = 4
_TO_ITS_VERB = 12
"""So far behind its subject stands the verb of a headline: "X: Y has withdrawn"."""
OF_OTHERS = CARRIED_OUT | {"store"}
"""Frames of what is done to somebody else's app or goods."""


def has_topic_alone(scene: Scene, chains: list[Chain]) -> bool:
    """Return whether the only name of a verb-last deal is its topic: "X、EV企業を買収"."""
    trigger = scene.trigger
    if scene.grammar.order != "sov" or trigger.event_type != "acquisition" or len(chains) != 1:
        return False
    [chain] = chains
    behind = scene.text[chain.end : trigger.start].lstrip(_AROUND_A_TOPIC)
    return (
        trigger.frame in {"active", "noun"}
        and behind[:1] in COMMAS
        and len(behind) > (_OF_TWO_SIGNS if script_of(behind[-1]) in DENSE else _TOPIC_DISTANCE)
    )


def colon_topic(scene: Scene, chains: list[Chain]) -> Chain | None:
    """Return who stands alone before the colon behind which a ban is told: "X: Nepal bans the app"."""
    chains = without_earlier(scene, chains)
    if len(chains) != 1:
        return None
    start, _ = scene.clause
    sign = scene.text[chains[0].end : start + 1].strip(_AROUND_A_TOPIC)
    return chains[0] if chains[0].end <= start and sign in _COLONS else None


def sides_of_a_topic(scene: Scene) -> dict[Chain, Role]:
    """Return who buys or sells what stands before a colon: "X: Y withdraws its offer", "X, Y ritira l'offerta".

    Nobody else is named, and the verb stands right behind Y. A comma does so only where the verb shows that it
    has one subject.
    """
    trigger = scene.trigger
    names = scene.names
    if scene.grammar.order == "sov":
        return _sides_of_a_marked_topic(scene, names)
    if trigger.event_type != "acquisition" or len(names) != 2 or trigger.frame in UNDERGONE:
        return {}
    topic, subject = names
    text, span = scene.text, scene.span
    sign = text[topic.end : subject.start].strip(_AROUND_A_TOPIC)
    if (
        len(text[span.start : topic.start].strip(_AROUND_A_TOPIC)) > _AN_ARTICLE
        or not 0 < trigger.start - subject.end <= _TO_ITS_VERB
        or not (sign in _COLONS or (sign in COMMAS and _has_one_subject(scene)))
    ):
        return {}
    return {Chain((topic,)): Role.TARGET, Chain((subject,)): trigger.doer}


def _sides_of_a_marked_topic(scene: Scene, names: Sequence[Name]) -> dict[Chain, Role]:
    """Return the sides of a sentence whose topic somebody else acts upon.

    "ZelmoはNorvikが売却", "Zelmo는 Norvik이 폐쇄", and with who buys "Zelmo、NorvikがBaltoに売却".
    """
    trigger = scene.trigger
    if len(names) < 2 or names[-1].end > trigger.start:
        return {}
    text, language = scene.text, scene.language
    topic, subject, *others = names
    buyers = [Chain((name,)) for name in others]
    is_sold = trigger.frame in _SOLD and all(
        buyer.end == trigger.start  # "Yに売却" is one cue
        or beside_of(scene, buyer).marked_by("sell.actor")
        for buyer in buyers
    )
    if not (is_sold if buyers else trigger.frame in DEALS):
        return {}
    rest = text[subject.end : trigger.start]
    is_about = text[topic.end : subject.start].strip(_AROUND_A_TOPIC) in particles(
        "about", language
    )
    if not is_about or not rest.startswith(particles("doing", language) or ("\0",)):
        return {}
    role = Role.SELLER if buyers or trigger.frame == "sell" else Role.ACTOR
    return {
        Chain((topic,)): Role.TARGET,
        Chain((subject,)): role,
        **dict.fromkeys(buyers, Role.ACTOR),
    }


def _has_one_subject(scene: Scene) -> bool:
    several = particles("several", scene.language)
    verb = scene.cue.split(" ", 1)[0]
    return bool(several) and not verb.endswith(several)


def without_topic(scene: Scene, chains: list[Chain]) -> list[Chain]:
    """Return chains of a verb-last sentence, its topic apart: "X、Yを買収" is no list of two.

    Of those that close a marker behind Y must say so, or X and Y may be two that close. So does a verb for what
    is somebody else's, where Y stands alone before it: "X、Yをストアから削除".
    """
    trigger = scene.trigger
    topic = chains[0].topic(scene.document) if chains else None
    if topic is None:
        if len(chains) > 1 and _only_says_who(scene, chains):
            return [chains[0], *without_topic(scene, chains[1:])]
        return chains
    rest = Chain(chains[0].names[len(topic.names) :])
    is_marked = beside_of(scene, rest).role
    if is_marked or (trigger.event_type == "acquisition" and trigger.frame != "passive"):
        return [topic, rest, *chains[1:]]
    text = scene.text
    is_alone = rest.topic(scene.document) is None and rest.end <= trigger.start
    is_apart = text.startswith(particles("topical", scene.language), topic.end)
    if trigger.frame in OF_OTHERS and is_alone and is_apart and text[rest.end] not in COMMAS:
        return [topic, rest, *chains[1:]]
    return chains


def _only_says_who(scene: Scene, chains: Sequence[Chain]) -> bool:
    """Return whether the first of several names only says who the next is: "Xの親会社Y、Zを買収", "X子会社のY"."""
    first, following, *_ = chains
    return beside_of(scene, first).is_owned or holds(scene.document, first.end, following.start)
