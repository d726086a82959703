"""Bystanders: people whom a comma parts from what a sentence tells: "India bans X, influencers turn to Y"."""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.document import Document, Name
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit

_VERBS = frozenset({"active", "passive"})
_OF_A_CROWD = frozenset({"person", "boycott", "users"})


def are_bystanders(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether a comma parts a word for people from a cue and the company that it is about.

    "India bans X, influencers turn to Y": whom the cue hits stands before the comma. Not in "Banned from X,
    influencer Y protests".
    """
    if blocker.meaning.name not in _OF_A_CROWD:
        return False
    text = document.folded.text
    return any(
        (cue.start < name.start or cue.meaning.frame == "passive")
        and max(cue.end, name.end) < blocker.start
        and "," in text[max(cue.end, name.end) : blocker.start]
        and not _opens_from(document, grammar, sentence, cue, name)
        for cue in cues
        for name in document.names_in(sentence)
    )


def _opens_from(document: Document, grammar: Grammar, sentence: int, cue: Hit, name: Name) -> bool:
    """Return whether a sentence opens with a participle and from where its subject was banned: "Banned from X, …".

    A preposition tells it from a verb or a participle that stands before what it hits: "Blocked X, users flee".
    """
    if cue.start > document.sentences[sentence].start or cue.meaning.frame not in _VERBS:
        return False
    words = document.folded.text[cue.start : name.start].replace("'", " ").split()[1:]
    return bool(words) and not grammar.articles.issuperset(words)
