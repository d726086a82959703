"""Denials: which cues a sentence denies: "X will not close Y" closes nothing."""

from __future__ import annotations

import re
from itertools import pairwise

from services.classifier.blocking.things import CLAUSE_ENDS
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import ACTIVE
from services.classifier.syntax.clauses.grounds import verb_behind_and
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.telling import Telling
from services.common.contracts.reading import Stage

DENIAL_REACH = 28
"""So many characters from what it denies a word stands at most."""
LONGEST_DENIAL = 8
"""How long a word for "not" is at most, with its space."""
_HALVES = re.compile(r"[:;,،؛] ")
"""What parts a sentence in two that are told for themselves."""


def is_denied(telling: Telling) -> bool:
    """Return whether a negation stands close to a cue: before it, in verb-last languages behind.

    What stands before a colon or a comma denies nothing behind it: "sin chicles: Wrigley apaga su
    fábrica". One that ends the clause denies its verb in the others too: "sluit fabriek in Drachten niet".
    """
    hit = telling.hit
    words = [
        word
        for word in telling.words("negation")
        if not _denies_a_name(telling, word)
        and not _denies_a_stage(telling, word)
        and not _says_not_only(telling, word)
    ]
    if not words:
        return False
    says_no = any(hit.start <= word.start and word.end <= hit.end for word in words)
    if says_no and "acquisition" in hit.meaning.types and hit.meaning.stage is None:
        # Between the parts of a deal's cue it denies that, "will not buy", but not "approves without conditions the sale".
        return any(
            hit.start < word.start
            and word.end <= hit.end
            and not (_says_without(telling, word) and _lacks_a_thing(telling, word))
            for word in words
        )
    return any(_denies(telling, word, says_no=says_no) for word in words)


def _denies(telling: Telling, word: Hit, *, says_no: bool) -> bool:
    """Return whether a negation stands where the order of words lets it deny a cue, which may say no itself."""
    grammar, hit, text = telling.grammar, telling.hit, telling.text
    if grammar.order == "svo" and 0 <= hit.start - word.end <= DENIAL_REACH:
        # A cue that says no itself is not denied by what it is about: "no charger, no longer sold".
        between = text[word.end : hit.start]
        return not (
            says_no
            or _ends_a_half(between, script_of(text[word.start]))
            or _goes_on(telling, between)
            or _is_without(telling, word)
        )
    if grammar.order == "sov" and 0 <= word.start - hit.end <= DENIAL_REACH // 2:
        return not _HALVES.search(text, hit.end, word.start)
    if hit.end > word.start or hit.meaning.frame not in ACTIVE:
        return False
    _, end = telling.clause
    return word.end <= end and not text[word.end : end].strip(CLAUSE_ENDS)


def _denies_a_stage(telling: Telling, word: Hit) -> bool:
    """Return whether a negation before a cue denies a refusal, or is part of a word that plans: "not given up", "not only"."""
    return any(
        form.end <= telling.hit.start
        and (
            0 <= form.start - word.end <= 1
            if form.meaning.name == Stage.REJECTED
            else form.start <= word.start and word.end <= form.end
        )
        for form in telling.words("stage")
    )


def _says_not_only(telling: Telling, word: Hit) -> bool:
    """Return whether what a negation before or in a cue denies is that nothing else is done: "not only lifts it"."""
    only, denials = (folded_particles(kind, telling.language) for kind in ("only", "not"))
    end = max(telling.hit.end, word.end + LONGEST_DENIAL)
    words = telling.text[word.end : end].split()
    denied = next((each for each in words if each not in denials), "")
    return denied in only or any(
        before in denials and behind in only for before, behind in pairwise(words)
    )


def _ends_a_half(between: str, script: str) -> bool:
    """Return whether a sign parts words from a negation before them; in scripts without spaces a space does too."""
    if script in UNSPACED:
        return not COMMAS.isdisjoint(between) or " " in between
    return _HALVES.search(between) is not None


def _goes_on(telling: Telling, between: str) -> bool:
    """Return whether what no stands for is over before a cue: "found no buyer and closes"."""
    if telling.hit.meaning.frame not in ACTIVE:
        return False
    before = verb_behind_and(telling.document, between, telling.hit)
    return before is not None and " " in before


def _is_without(telling: Telling, word: Hit) -> bool:
    """Return whether a word for "without" is about something before a cue: "without a fight X buys Y"."""
    if not _says_without(telling, word):
        return False
    grammar, hit, text = telling.grammar, telling.hit, telling.text
    start, _ = telling.document.clause_of(telling.sentence, word.start)
    opens = not text[start : word.start].strip() or any(
        word.end <= name.start and name.end <= hit.start for name in telling.names
    )
    is_infinitive = not grammar.infinitive.isdisjoint(text[word.end : hit.end].split())
    between = text[word.end : hit.start].split()
    is_verb = hit.meaning.frame in ACTIVE
    return (
        (opens if is_verb else _is_agreed(telling, word))
        and not is_infinitive
        and any(each not in grammar.articles for each in between)
    )


def _says_without(telling: Telling, word: Hit) -> bool:
    return telling.text[word.start : word.end] in folded_particles("without", telling.language)


def _lacks_a_thing(telling: Telling, word: Hit) -> bool:
    """Return whether no article follows a word for "without": conditions, a fight, not the deal itself."""
    following = telling.text[word.end :].split(None, 1)[:1]
    return not any(each in telling.grammar.articles or "'" in each for each in following)


def _is_agreed(telling: Telling, word: Hit) -> bool:
    """Return whether a word for confirmed stands before a negation: "approves without conditions the takeover"."""
    return any(
        stage.meaning.name == Stage.CONFIRMED and stage.start < word.start
        for stage in telling.words("stage")
    )


def _denies_a_name(telling: Telling, word: Hit) -> bool:
    """Return whether a negation stands before whom it is not: "Y, not X, is the new owner of Z"."""
    is_before_names = telling.text.startswith(telling.grammar.before.get("not", ()), word.start)
    return is_before_names and any(0 <= name.start - word.end <= 1 for name in telling.names)
