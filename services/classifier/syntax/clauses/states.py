"""States: whether a state or an authority is who stops something that its owner stops as well.

"Italy halts X's flights" bans, "X halts flights to Italy" does not: the same verb and the same thing.
"""

from __future__ import annotations

from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.clauses.signs import behind_signs
from services.classifier.syntax.names.chains import COMMAS

_GROUPS = (".state_halts", ".state_allows")
"""How groups of cues end whose verb tells of a ban, or of its end, with such a subject alone."""
_AUXILIARY = 5
"""So much may stand between a state and its verb: "has", "will", a day's number is more."""
_OFFICE_REACH = 40
"""An authority's name goes on behind its word: "authority for civil aviation of Italy"."""
_OFFICE_LEAD = 32
"""It also begins before it: "Italy's civil aviation authority"."""
_UNGENDERED = frozenset({Trait.COMPOUNDS, Trait.BARE_VERBS, Trait.OWNERS_BEHIND})
"""What languages do whose adjectives are the same for all."""
_FIRST_WORD = 12
"""How long the first word of a cue is that has its subject behind it: "stoppt Italien Flüge"."""
_IN_A_ROW = "、"
_AROUND = " ,、،\"'《«"


class Act(NamedTuple):
    """A verb of a sentence, from `start` to `end`."""

    document: Document
    sentence: int
    start: int
    end: int


def is_nobodys_halt(document: Document, sentence: int, cue: Hit) -> bool:
    """Return whether a cue stops or allows what its owner does too, and no state or authority is who does it."""
    if not cue.meaning.name.endswith(_GROUPS):
        return False
    act = Act(document, sentence, cue.start, cue.end)
    return not (is_of_a_state(act) or _is_of_an_authority(act))


def is_of_a_state(act: Act) -> bool:
    """Return whether a state is who does something: it stands before all names, with nothing else before it."""
    return any(
        (_is_a_state(word) or _stands_next(act, word))
        and _opens(act, word, 0)
        and _leads_on(act, word, _AUXILIARY)
        for word in act.document.words_in("country", act.sentence)
    )


def _is_of_an_authority(act: Act) -> bool:
    return any(
        _opens(act, word, _OFFICE_LEAD) and _leads_on(act, word, _OFFICE_REACH)
        for word in act.document.words_in("authority", act.sentence)
    )


def is_no_adjective(document: Document, word: Hit) -> bool:
    """Return whether a country right before a verb is a state, as "UK" is in "UK halts".

    Where adjectives have genders one may stand for a company there, "la japonesa cierra"; what has its article, or a
    second word, as its own is none.
    """
    return (
        _is_a_state(word)
        or " " in document.folded.text[word.start : word.end]
        or document.grammar.is_verb_first
        or document.evidence("type", word.start, word.end).quote.isupper()  # "EUA", "USA"
        or not _UNGENDERED.isdisjoint(document.grammar.traits)
    )


def _is_a_state(word: Hit) -> bool:
    """Return whether a word names a state; others, as "UK" and "Italian", may stand before whom they describe."""
    return word.meaning.frame == "countries" or word.meaning.name == "EU"


def _stands_next(act: Act, word: Hit) -> bool:
    """Return whether the verb follows a word at once that is no company: "UK halts", not "UK airline halts"."""
    between = act.document.folded.text[word.end : act.start]
    return word.end <= act.start and not between.strip() and is_no_adjective(act.document, word)


def _opens(act: Act, word: Hit, reach: int) -> bool:
    """Return whether a word stands before every name behind a sign, with little before it that makes it no place."""
    document = act.document
    text, grammar = document.folded.text, document.grammar
    start, _ = document.clause_of(act.sentence, act.start)
    if not start <= word.start < act.end:
        return False
    is_last = grammar.order == "sov"  # there a comma stands behind a topic as well
    is_of_row = _IN_A_ROW in text[start : word.start]
    begun = start if is_last or is_of_row else behind_signs(text, start, word.start)
    if any(begun <= name.start < word.start for name in document.names_in(act.sentence)):
        return False
    before = text[begun : word.start].split()
    while before and before[-1] in grammar.articles:
        before.pop()
    left = " ".join(before).strip(_AROUND)
    if f" {left}".endswith(_no_subjects(grammar)):
        return False
    if act.start < word.start:
        may_follow = grammar.is_verb_first or grammar.is_verb_last
        return may_follow and word.start - act.start <= _FIRST_WORD
    return len(left) <= reach


def _no_subjects(grammar: Grammar) -> tuple[str, ...]:
    """Return the words before a place or an agent: "in", "by"."""
    words = (*grammar.scope, *grammar.before.get("actor", ()))
    return tuple(f" {word}" for word in words) or ("\0",)


def _leads_on(act: Act, word: Hit, reach: int) -> bool:
    """Return whether a verb, or what it stops, follows a word at once, or behind a mark of who does it."""
    document = act.document
    text, grammar = document.folded.text, document.grammar
    end = word.end if Trait.DENSE in grammar.traits else document.word_end(word.end)
    nexts = [act.start, *(name.start for name in document.names_in(act.sentence))]
    first = min((at for at in nexts if at >= end), default=act.end)
    between = text[end:first]
    if grammar.order != "sov":
        is_parted = first < act.start or not COMMAS.isdisjoint(between)
        return not is_parted and len(between.strip()) <= reach
    if text[word.end : end].strip() or between.startswith("'"):
        return False  # "of Italy", "in Italy": a state with an ending
    if _is_marked(text[end : act.end], grammar):
        return True
    # Without a mark "韓国サムスン" is only somebody's home.
    is_next = first == act.start or Trait.DENSE not in grammar.traits
    return is_next and len(between.strip(_AROUND)) <= reach


def _is_marked(behind: str, grammar: Grammar) -> bool:
    """Return whether what stands behind a word of a verb-last language begins with a comma or a mark of who does it."""
    if behind[:1] in COMMAS:
        return True
    marks = tuple(mark.removeprefix("+") for mark in grammar.after.get("actor", ()))
    return Trait.MARKED_SUBJECTS in grammar.traits and behind.lstrip().startswith(marks or ("\0",))
