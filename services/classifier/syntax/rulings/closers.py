"""Closers: whether an authority or a state is the subject of a verb that closes.

"Government wants to shut down X", "Hull council shuts X"; a state that closes what makes losses is its owner.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import (
    ends_pattern,
    folded_particles,
    order_words,
)
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Segment, Trigger
from services.classifier.syntax.clauses.signs import behind_signs, has_sign
from services.classifier.syntax.clauses.states import Act, is_no_adjective, is_of_a_state
from services.classifier.syntax.names.markers import ending_with, ends_with_word
from services.classifier.syntax.rulings.agents import winds_up
from services.classifier.syntax.scene import Scene

_SUBJECT_REACH = 12
_STATE_REACH = 8
_ARTICLE = 4
_OPENING_REACH = 12
_OPENING_SUBJECT_REACH = 40
_BEHIND_REACH = 32
"""So far behind a verb stands who does it, with an auxiliary and a country between: "करने जा रही है भारत सरकार"."""
_AROUND_A_SENTENCE = " \n.!?।৷۔\"'"
_TO_ITS_LOSS = 16
"""So far behind what is closed ends a word that says that it makes losses: "pabrik X yang merugi"."""
_AROUND_A_SUBJECT = " ,、\"'《"


def closes_itself(scene: Scene) -> bool:
    """Return whether an authority or a state is who closes.

    It stands right before the cue, or opens its clause ("Government wants to shut down"); in verb-last
    languages it stands before the name, a state with a mark, or ends the sentence. "The shop in Berlin closes" is a place.
    """
    document, trigger = scene
    grammar = document.grammar
    if _ends_in_court(document):
        return False
    start, _ = scene.clause
    names = scene.names
    words = [
        word
        for layer in ("authority", "country")
        for word in scene.words(layer)
        if start <= word.start and word.end <= trigger.start
    ]
    text = scene.text
    if grammar.order == "sov":
        return _is_named_behind(scene) or (
            trigger.frame in {"active", "noun"}
            and any(
                _is_subject(text, grammar, word, names)
                if word.meaning.layer == "authority"
                else _is_state_that_closes(text, grammar, word, names, start)
                or _is_state_with_an_object(document, word, names, start)
                for word in words
            )
        )
    is_back = trigger.stage == "reversed" and _has_name_behind(trigger, names)
    if trigger.frame == "noun":
        return grammar.is_verb_last and any(_threatens(document, word, trigger) for word in words)
    if not (trigger.frame == "active" or is_back):
        return False
    act = Act(document, trigger.sentence, trigger.start, trigger.end)
    if _is_closed_by_locals(document, start, trigger) or is_of_a_state(act):
        return True
    return any(
        _may_close(document, start, word, trigger)
        and not any(word.start < name.end and name.start < trigger.start for name in names)
        and not _is_no_subject(text[max(word.start - 16, 0) : word.start], grammar)
        for word in words
    )


def _is_named_behind(scene: Scene) -> bool:
    """Return whether an authority ends the sentence behind a verb that closes: "X বন্ধ করতে চলেছে সরকার"."""
    document, trigger = scene
    if Trait.OBJECTS_BEHIND not in document.grammar.traits or trigger.frame != "active":
        return False
    text, end = scene.text, scene.span.end
    doers = {mark.strip() for mark in folded_particles("doer", document.language)}
    return any(
        0 < word.start - trigger.end <= _BEHIND_REACH
        and not has_sign(text, trigger.end, word.start)
        and text[word.end : end].strip(_AROUND_A_SENTENCE) in {"", *doers}
        and not any(trigger.end <= name.start for name in scene.names)
        and not any(trigger.end <= no.start < word.start for no in scene.words("negation"))
        for word in scene.words("authority")
    )


def _is_closed_by_locals(document: Document, clause: int, trigger: Trigger) -> bool:
    """Return whether a town or an office, which are authorities as subjects alone, opens the clause and closes.

    "Hull council shuts X", but not "in der Stadt schließt X" or "X shuts city store".
    """
    grammar = document.grammar
    text = document.folded.text
    left = text[clause : trigger.start].rstrip()
    local = next(ending_with(order_words("local", document.language), left), "")
    before = left.removesuffix(local)
    return (
        bool(local)
        and len(before.lstrip()) <= _OPENING_REACH
        and (Trait.PLACES_FIRST in grammar.traits or _is_an_article(before, grammar))
        and not any(clause <= n.start < trigger.start for n in document.names_in(trigger.sentence))
        and not _is_no_subject(before, grammar)
    )


def _is_an_article(left: str, grammar: Grammar) -> bool:
    """Return whether nothing but an article stands there, behind the last sign: "Nach Feuer: Die"."""
    last = left[behind_signs(left, 0, len(left)) :]
    return all(word in grammar.articles for word in last.split())


def is_an_owners(scene: Scene) -> bool:
    """Return whether a state, a government or a town closes what makes losses, as nobody else that orders a closing does."""
    if not _is_at_a_loss(scene):
        return False
    start, _ = scene.clause
    text = scene.text[start : scene.trigger.end]
    return bool(scene.words("country")) or any(
        word in text for word in order_words("government", scene.language)
    )


def _is_at_a_loss(scene: Scene) -> bool:
    """Return whether what a state closes makes losses: that is its owner's reason, no authority's.

    A loss stands before the name or the cue, or right behind them; what another clause tells comes of the closing.
    """
    text = scene.text
    start, _ = scene.clause
    names = [name for name in scene.names if name.end > start]
    last = max([scene.trigger.end, *(name.end for name in names[:1])])
    losses = ends_pattern("losses", scene.language)
    end = min(scene.span.end, last + _TO_ITS_LOSS)
    return any(
        loss.start() <= last
        or text[last : loss.start()].strip() == ","
        or not has_sign(text, last, loss.start())
        for loss in losses.finditer(text, start, end)
    )


def _ends_in_court(document: Document) -> bool:
    """Return whether the title winds a company up: then a court closes it, and yet it is no ban."""
    return any(
        trigger.event_type == "shutdown" and winds_up(document, trigger)
        for title in document.sentences_of(Segment.TITLE)
        for trigger in document.triggers_in(title)
    )


def _has_name_behind(trigger: Trigger, names: Sequence[Name]) -> bool:
    """Return whether a verb that opens again has what it opens right behind it: "Moscow reopens X"."""
    return any(0 <= name.start - trigger.end <= _ARTICLE for name in names)


def _threatens(document: Document, word: Hit, trigger: Trigger) -> bool:
    """Return whether a state opens the sentence and a plan stands behind it: "Indonesien droht X mit"."""
    return (
        word.meaning.layer == "country"
        and word.start == document.sentences[trigger.sentence].start
        and len(document.names_in(trigger.sentence)) == 1
        and any(
            0 < hit.start - word.end <= 1 and hit.meaning.name == "proposed"
            for hit in document.words_in("stage", trigger.sentence)
        )
    )


def _may_close(document: Document, clause: int, word: Hit, trigger: Trigger) -> bool:
    """Return whether an authority stands close to a closing cue, or a state opens its clause.

    Nothing but words of a stage may part a state from the cue: "Indonesia threatens to shut X".
    """
    text = document.folded.text
    between = text[word.end : trigger.start]
    opens = word.start - clause <= _OPENING_REACH
    if word.meaning.layer != "country":
        return len(between) <= (_OPENING_SUBJECT_REACH if opens else _SUBJECT_REACH)
    if word.start - clause > _ARTICLE or "," in between:
        return False
    if not between.strip():
        return is_no_adjective(document, word)
    is_state = word.meaning.frame == "countries"
    return (is_state and len(between) <= _STATE_REACH) or any(
        hit.start - word.end <= 1 and trigger.start - hit.end <= 1
        for hit in document.words_in("stage", trigger.sentence)
    )


def _is_no_subject(left: str, grammar: Grammar) -> bool:
    """Return whether what stands before a word makes it a place or an agent: "in", "durch die"."""
    words = left.split()
    while words and words[-1] in grammar.articles:
        words.pop()
    last = " ".join(words)
    return any(
        last == word or last.endswith(f" {word}")
        for word in (*grammar.scope, *grammar.before.get("actor", ()))
    )


def _is_subject(text: str, grammar: Grammar, word: Hit, names: Sequence[Name]) -> bool:
    """Return whether a word of a verb-last sentence stands before all names, marked as who does it."""
    first = min((name.start for name in names), default=-1)
    if not 0 <= first - word.end <= _SUBJECT_REACH:
        return False
    between = text[word.end : first].strip(_AROUND_A_SUBJECT)
    markers = (*grammar.after.get("actor", ()), *grammar.after.get("acquisition.actor", ()))
    if between in grammar.after.get("ban.target", ()):
        return False  # "France's X" closes, not France
    return not between or any(between == marker.removeprefix("+") for marker in markers)


def _is_state_that_closes(
    text: str, grammar: Grammar, word: Hit, names: Sequence[Name], clause: int
) -> bool:
    """Return whether a state opens a verb-last clause and is marked as who closes: "नेपाल ने X".

    Without a mark on it the name has one that makes it what is closed ("نپال X را"): "韓国サムスン"
    is only somebody's home.
    """
    if word.meaning.frame != "countries" or word.start - clause > _ARTICLE:
        return False
    if not _is_subject(text, grammar, word, names):
        return False
    first = min(names, key=lambda name: name.start)
    if text[word.end : first.start].strip(_AROUND_A_SUBJECT):
        return True
    if text[word.end] == ",":
        return True  # "Kenya, Zelmo'yu kapattı"
    marks = tuple(f" {mark} " for mark in grammar.after.get("target", ()))
    return any(text.startswith(marks, name.end) for name in names)


def _is_state_with_an_object(
    document: Document, word: Hit, names: Sequence[Name], clause: int
) -> bool:
    """Return whether a state opens the clause of one name, glued to which is that it is acted on: "Cezayir … X'ı".

    What says when and where stands between them; a state with an ending is a place itself, and before a word for
    a unit it says whose or where that is.
    """
    marks = folded_particles("acted_on", document.language)
    text = document.folded.text
    return (
        word.meaning.frame == "countries"
        and word.start - clause <= _ARTICLE
        and text[word.end : word.end + 1] == " "
        and len({name.company for name in names}) == 1
        and word.end <= names[0].start
        and "," not in text[word.end : names[0].start]
        and not any(
            ends_with_word(text[word.end : names[0].start].rstrip(), unit)
            for unit in order_words("unit", document.language)
        )
        and bool(marks)
        and text.startswith(marks, names[0].end)
    )
