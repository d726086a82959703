"""Grounds: what a sentence tells before it comes to its event; a refusal or a plan there is no stage of it.

"Without an agreement, X is blocked", "X pulls out, Y buys Z": who withdrew is not who buys.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from services.classifier.document import Document
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles, particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS, Trigger
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, ended_by_and
from services.common.contracts.reading import Stage

_DEAL = "acquisition"


def is_a_ground(document: Document, sentence: int, refusal: Hit, cues: Sequence[Trigger]) -> bool:
    """Return whether a refusal stands before the cues of its sentence, in a part that tells something else."""
    if not all(refusal.end < cue.start for cue in cues):
        return False
    return _lacks_something(document, sentence, refusal) or _is_of_another(
        document, sentence, refusal, cues
    )


def verb_behind_and(document: Document, between: str, cue: Hit | Trigger) -> str | None:
    """Return what stands before an "and" and a cue's own verb, None where another verb governs it as well.

    Infinitives share what governs the first: "will not close and sell", "plant, X zu kaufen und zu schließen".
    """
    endings, ands = (particles(kind, document.language) for kind in ("infinitive", "joins"))
    if not (endings and ands):
        return None
    if not set(folded_particles("that", document.language)).isdisjoint(_words(between)):
        return None  # "wants that X removes the app and blocks Y"
    before, parted, _ = between.rpartition(f" {ands[0]} ")
    verb = document.folded.text[cue.start : cue.end].split(" ", 1)[0]
    return before.strip() if parted and not verb.endswith(endings) else None


def governs_another(document: Document, plan: Hit, cues: Sequence[Trigger]) -> bool:
    """Return whether a plan is about something before "and" and the verbs of an event: "plantea un ERE y cierra X"."""
    first = min(cues, key=attrgetter("start"))
    between = document.folded.text[plan.end : first.start]
    return (
        plan.meaning.name == Stage.PROPOSED
        and plan.end < first.start
        # A bill that "limits ads and bans X" is the subject of both verbs.
        and (
            any(name.end <= plan.start for name in document.names_in(first.sentence))
            or any(
                word.end <= plan.start for word in document.words_in("authority", first.sentence)
            )
        )
        and all(cue.frame in VERBS and cue.stage is None for cue in cues)
        and not any(
            plan.end <= other.start < first.start for other in document.triggers_in(first.sentence)
        )
        and bool(verb_behind_and(document, between, first))
    )


def is_refusal(word: Hit, event_type: str) -> bool:
    """Return whether a word of a stage says of a type that it comes to nothing."""
    meaning = word.meaning
    return meaning.name == Stage.REJECTED and (not meaning.types or event_type in meaning.types)


def without_those_who_withdrew(document: Document, triggers: list[Trigger]) -> list[Trigger]:
    """Return triggers without those of bans and closings that only say who gave up a deal of others.

    "X pulls out, Y buys Z": who pulls out of a place names it.
    """
    told = {trigger.event_type for trigger in triggers}
    if _DEAL not in told or len(told) == 1:
        return triggers
    return [trigger for trigger in triggers if not _withdraws(document, trigger, triggers)]


def _withdraws(document: Document, trigger: Trigger, triggers: Sequence[Trigger]) -> bool:
    if trigger.event_type == _DEAL:
        return False
    deals = [
        other
        for other in triggers
        if other.event_type == _DEAL and other.sentence == trigger.sentence
    ]
    return bool(deals) and any(
        is_refusal(word, _DEAL)
        and word.start < trigger.end
        and trigger.start < word.end
        and _ends_its_clause(document, trigger.sentence, min(word.start, trigger.start), word.end)
        and is_a_ground(document, trigger.sentence, word, deals)
        for word in document.words_in("stage", trigger.sentence)
    )


def _ends_its_clause(document: Document, sentence: int, start: int, end: int) -> bool:
    """Return whether nothing follows words but a comma or an "and", and no country stands within."""
    behind = document.folded.text[end:]
    is_over = behind.lstrip()[:1] in COMMAS or begun_by_and(behind, document.language) > 0
    return is_over and not any(
        start <= place.start < end for place in document.countries_in(sentence)
    )


def _lacks_something(document: Document, sentence: int, refusal: Hit) -> bool:
    """Return whether a refusal opens a sentence up to its comma: "Sin acuerdo, X queda bloqueado"."""
    text = document.folded.text
    return (
        text[refusal.start : refusal.end].partition(" ")[0]
        in folded_particles("without", document.language)
        and not text[document.sentences[sentence].start : refusal.start].strip(AROUND_A_NAME)
        and text[refusal.end :].lstrip()[:1] in COMMAS
    )


def _is_of_another(
    document: Document, sentence: int, refusal: Hit, cues: Sequence[Trigger]
) -> bool:
    """Return whether a company refuses, and behind a comma or "and" a verb of another subject tells the event.

    Not where it is what was denied: "X zaprzecza, że Y kupuje Z", "False, X buys Y".
    """
    if not all(cue.frame in VERBS and cue.stage is None for cue in cues):
        return False
    first = min(cue.start for cue in cues)
    names = document.names_in(sentence)
    has_subject = any(name.end <= refusal.start for name in names)
    start = refusal.end
    for name in names:
        if start <= name.start and name.end <= first:
            if has_subject and _begins_a_clause(document, start, name.start):
                return not _is_infinitive(document, name.end, cues)
            has_subject, start = True, name.end
    return False


def _begins_a_clause(document: Document, start: int, end: int) -> bool:
    """Return whether a comma, an "and" or, in scripts without spaces, a space parts a name from what is before it."""
    gap = document.folded.text[start:end]
    that = folded_particles("that", document.language)
    comma = max(map(gap.rfind, COMMAS))
    if comma >= 0:
        return _first_word(gap[comma + 1 :]) not in that
    is_unspaced = script_of(document.folded.text[start - 1]) in UNSPACED
    is_parted = is_unspaced and gap.endswith(" ") and gap.strip() not in that
    return is_parted or ended_by_and(gap, document.language)


def _is_infinitive(document: Document, start: int, cues: Sequence[Trigger]) -> bool:
    words = document.folded.text[start : min(cue.end for cue in cues)].split()
    return not set(folded_particles("to", document.language)).isdisjoint(words)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _first_word(words: str) -> str:
    return words.split(None, 1)[0] if words.strip() else ""
