"""Verb forms: what the ending of a verb says of its subject, "Telegram заблокировали", "X barred from tenders"."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.lexicon.shared_words import folded_particles, particles
from services.classifier.spans import DEALS
from services.classifier.syntax.clauses.signs import AROUND_A_VERB
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.markers import has_beside
from services.classifier.syntax.roles.placing import stands_next
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_ITS_MODAL = 16


def is_impersonal(scene: Scene) -> bool:
    """Return whether nobody in particular bans: a plural verb behind one name, "Telegram заблокировали".

    So may what they want or can: "Telegram могут заблокировать". A row of names bans itself.
    """
    if scene.trigger.event_type != "ban" or scene.trigger.frame != "active":
        return False
    return has_several(scene)


def have_it_done(scene: Scene, before: Sequence[Chain], after: Sequence[Chain]) -> bool:
    """Return whether several buy what stands behind a plural verb: "Норвик и Балто купили Зелмо".

    Behind one name it tells what was bought, by whoever: "Зелмо купили".
    """
    return (
        scene.trigger.frame == "passive"
        and bool(before and after)
        and len(before[-1].companies) > 1
        and has_several(scene)
    )


def sides_of_an_inversion(scene: Scene, chains: Sequence[Chain]) -> dict[Chain, Role]:
    """Return the sides where what is bought stands first: "Sklepy X kupi Y", "X'in fabrikalarını Y satın aldı".

    What it is of X is plural or marked, and the verb stands beside Y and has one subject.
    """
    trigger = scene.trigger
    things = folded_particles("inverted", scene.language)
    if not things or len(chains) != 2 or trigger.frame not in DEALS:
        return {}
    bought, buyer = chains
    is_verb_beside = (
        bought.end <= trigger.start and stands_next(scene, buyer)
        if scene.grammar.order == "svo"
        else 0 < trigger.start - buyer.end <= 1
    )
    verb = scene.text[trigger.start : scene.document.word_end(trigger.end)].split(" ", 1)[0]
    is_theirs = has_several(scene) or verb.endswith(folded_particles("of_things", scene.language))
    if not is_verb_beside or is_theirs:
        return {}
    # "Norvik Hotels kauft Zelmo", not "Norvik-Hotels kauft Zelmo"
    is_named_so = scene.grammar.order == "svo" and scene.text[bought.end].isspace()
    is_inverted = trigger.event_type == "acquisition" and has_beside(
        scene.document,
        bought,
        things,
        end=bought.end if is_named_so else min(trigger.start, buyer.start),
    )
    return {bought: Role.TARGET, buyer: trigger.doer} if is_inverted else {}


def has_several(scene: Scene) -> bool:
    """Return whether a verb has several subjects, by what it ends with, or its modal before it."""
    plural = particles("plural", scene.language)
    if not plural:
        return False
    text = scene.text
    first = scene.cue.split(" ", 1)[0]
    before = text[max(scene.trigger.start - _ITS_MODAL, 0) : scene.trigger.start].split()
    return first.endswith(plural) or bool(before and before[-1].endswith(plural))


def is_participle(scene: Scene) -> bool:
    """Return whether a headline leaves out the verb of a passive: "X barred from tenders", "X blocked in Y".

    A participle is one where a preposition follows or its clause ends; "has barred Y from" has an object.
    """
    trigger = scene.trigger
    endings = particles("participle", scene.language)
    if not endings or trigger.event_type != "ban" or trigger.frame != "active":
        return False
    text = scene.text
    begin, end = scene.clause
    before = text[begin : trigger.start].split()
    if before and before[-1] in particles("perfect", scene.language):
        return False
    first, *rest = text[trigger.start : max(end, trigger.end)].split(None, 2)
    verb = first.rstrip(AROUND_A_VERB)
    is_last = verb != first or not rest
    return verb.endswith(endings) and (is_last or rest[0] in particles("led_on", scene.language))
