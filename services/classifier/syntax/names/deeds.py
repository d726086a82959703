"""Deeds: whether a name that is a word too is the company, by what it does or what is done to it.

"Zoom to acquire Five9", "Russia blocks Signal", "Block-Aktie". One sign alone, such as a capital, is never enough: the name
must stand as names do, and beside it what companies do. A zoom lens, the signal that a buyer sends and a gap between
bidders do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.document import Document, remembered
from services.classifier.lexicon.scripts import CYRILLIC, HAN, KATAKANA, LATIN, SCRIPTS
from services.classifier.lexicon.shared_words import deeds_pattern
from services.classifier.lexicon.words import Hit, Words
from services.classifier.spans import ACTIVE, NOUNS, UNDERGONE
from services.classifier.syntax.names.spelling import (
    STOP_BEHIND,
    belongs,
    ends_there,
    follows_a_capital,
    is_foreign,
    is_lettered,
    is_marked,
    is_plain,
    is_titled,
    stands_as_name,
)

_CASED = frozenset({LATIN, CYRILLIC})

_BEFORE = 40
"""So many characters before a name what is done to it may begin."""

_BETWEEN = 40
"""So many characters may stand between a name and what it does."""

_LETTERS = 3
"""So many a name has at least that is one by its script alone: "X光" is no company."""

_GLUING = frozenset({HAN, KATAKANA})
"""Scripts of words that make one with the name before them."""

_SURE = 2
"""What a cue weighs at least that says of its whole sentence that it tells of companies."""

_OWN = 45
"""So many characters behind a closing stands what of a company it closes."""

_SAID = frozenset({"stage", "hearsay", "avowed", "announced", "negation"})
"""Layers of words that may stand between a name and what it does."""

_TWO_BEHIND = re.compile(r",? ([^\s.,;:!?()\"|]+),? ([^\s.,;:!?()\"|]+)")
_POSSESSED = frozenset("ıiuü")
_ENDING = re.compile(r"'[^\W\d_]")


def deed(document: Document, start: int, end: int, words: Words) -> tuple[int, int] | None:
    """Return where a story tells what the company does whose name stands there, None if it tells nothing of it."""
    if SCRIPTS[document.folded.text[start]] not in _CASED or not stands_as_name(
        document, start, end
    ):
        return None
    if is_lettered(document, start, end) or _is_sport(document, start, words):
        return None
    done = (
        _what_is_done(document, start, end, words)
        or _word_before(document, start, end)
        or _verb_last(document, start, end, words)
    )
    if done is not None or follows_a_capital(document, start) or belongs(document, start):
        return done
    if not document.grammar.names.has_capitals or is_foreign(document.folded.text, start, end):
        return _cue_beside(document, start, end, words)
    return (
        _what_it_does(document, start, end, words)
        or _word_behind(document, end)
        or _verb_at_the_end(document, start, end, words)
    )


def _verb_last(document: Document, start: int, end: int, words: Words) -> tuple[int, int] | None:
    """Return the verb behind a name that an apostrophe parts from its ending, as only names are (Turkish)."""
    text = document.folded.text
    if document.grammar.order != "sov" or _ENDING.match(text, end) is None:
        return None
    cues = _cues(_hits(document, document.sentence_at(start), words))
    return next(
        ((cue.start, cue.end) for cue in cues if cue.start > end and cue.meaning.weight >= _SURE),
        None,
    )


def _verb_at_the_end(
    document: Document, start: int, end: int, words: Words
) -> tuple[int, int] | None:
    """Return the verb that ends a sentence which a name begins as its subject (Turkish): "Meta bir girişimi satın aldı".

    What a word of the third person's ending follows is a thing of that kind: "mango suyu", "visa başvurusu".
    """
    text, sentence = document.folded.text, document.sentences[document.sentence_at(start)]
    if document.grammar.order != "sov" or text[sentence.start : start].strip():
        return None
    behind = _TWO_BEHIND.match(text, end)
    if behind is None or (
        "'" not in behind[1] and any(word[-1] in _POSSESSED for word in behind.groups())
    ):
        return None
    return next(
        (
            (cue.start, cue.end)
            for cue in _cues(_hits(document, document.sentence_at(start), words))
            if cue.meaning.frame in ACTIVE
            and cue.meaning.weight >= _SURE
            and STOP_BEHIND.match(text, document.word_end(cue.end))
        ),
        None,
    )


def _cue_beside(document: Document, start: int, end: int, words: Words) -> tuple[int, int] | None:
    """Return the first sure cue of a name's sentence: in letters of its own a word is hardly anything but a name."""
    hits = _hits(document, document.sentence_at(start), words)
    if end - start < _LETTERS or _is_glued(document, start, end, hits):
        return None
    return next(((cue.start, cue.end) for cue in _cues(hits) if cue.meaning.weight >= _SURE), None)


def _is_glued(document: Document, start: int, end: int, hits: Sequence[Hit]) -> bool:
    """Return whether a thing or a longer name begins with a name of other letters: "Zoomレンズ", "Proton VPN"."""
    text = document.folded.text
    behind = text[end : end + 1]
    if behind == " ":
        return SCRIPTS[text[end + 1]] == LATIN if end + 1 < len(text) else False
    if (
        not behind
        or SCRIPTS[behind] not in _GLUING
        or deeds_pattern("glued", document.language).match(text, end)
    ):
        return False
    return not any(
        hit.start == end or (hit.meaning.layer == "cue" and hit.start < start <= hit.end)
        for hit in hits
    )


def _is_sport(document: Document, start: int, words: Words) -> bool:
    """Return whether a sentence tells of a match or of players, whom a club buys and sells too."""
    hits = _hits(document, document.sentence_at(start), words)
    return any(hit.meaning.layer == "blocker" and hit.meaning.name == "sport" for hit in hits)


@remembered
def _hits(document: Document, sentence: int, words: Words) -> list[Hit]:
    """Return the lexicon's words in a sentence, by their places in the story."""
    span = document.sentences[sentence]
    return [
        hit._replace(
            start=hit.start + span.start,
            end=hit.end + span.start,
            gap=hit.gap and (hit.gap[0] + span.start, hit.gap[1] + span.start),
        )
        for hit in words.find(document.folded.text[span.start : span.end])
    ]


def _cues(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.meaning.layer == "cue"]


def _what_it_does(document: Document, start: int, end: int, words: Words) -> tuple[int, int] | None:
    """Return the cue whose subject a name is, with nothing between but words for when and whether."""
    at = document.sentence_at(start)
    hits = _hits(document, at, words)
    marked = is_marked(document, start, end)
    for cue in _cues(hits):
        if not end < cue.start <= end + _BETWEEN:
            continue
        frame = cue.meaning.frame
        if frame not in ACTIVE and not (frame in UNDERGONE and marked):
            continue
        if not _is_empty(document, end, cue.start, hits):
            continue
        verb_end = document.word_end(cue.gap[0] if cue.gap else cue.end)
        if STOP_BEHIND.match(document.folded.text, verb_end) and not marked:
            continue
        if "ban" in cue.meaning.types and is_titled(document, at):
            continue
        if (
            "shutdown" in cue.meaning.types
            and not marked
            and not _closes_its_own(document, verb_end)
        ):
            continue
        return cue.start, verb_end
    return None


def _is_empty(document: Document, start: int, end: int, hits: Sequence[Hit]) -> bool:
    """Return whether only small words and words for stages stand between two offsets."""
    text = document.folded.text[start:end]
    if not text.startswith(" "):
        return False
    for hit in hits:
        if hit.meaning.layer in _SAID and start < hit.start and hit.end <= end:
            first, last = hit.start - start, hit.end - start
            text = text[:first] + " " * (last - first) + text[last:]
    return not deeds_pattern("between", document.language).sub("", text).strip(" ")


def _closes_its_own(document: Document, end: int) -> bool:
    """Return whether shops, plants or so many of them are what is closed, not the name's bearer."""
    stop = document.sentences[document.sentence_at(end - 1)].end
    near = min(stop, end + _OWN)
    return (
        deeds_pattern("own", document.language).search(document.folded.text, end, near) is not None
    )


def _what_is_done(document: Document, start: int, end: int, words: Words) -> tuple[int, int] | None:
    """Return the cue right before a name, of which that is the object: "blocks Signal", "the takeover of Condor"."""
    if not ends_there(document, end):
        return None
    text = document.folded.text
    for cue in _cues(_hits(document, document.sentence_at(start), words)):
        frame = cue.meaning.frame
        if frame not in ACTIVE | NOUNS:
            continue
        last = cue.gap[0] if cue.gap and cue.gap[0] <= start < cue.end else cue.end
        if last > start or last < start - _BEFORE:
            continue
        if cue.gap and last == cue.gap[0]:
            last = document.word_end(last)
        if "shutdown" in cue.meaning.types and is_plain(document, start, end):
            continue
        between = text[last:start]
        if not between.strip() or deeds_pattern("link", document.language).fullmatch(
            between.strip()
        ):
            return cue.start, last
    return None


def _word_behind(document: Document, end: int) -> tuple[int, int] | None:
    """Return what only companies do or have, right behind a name: "Block shares fell", "Puma streicht Stellen"."""
    text, language = document.folded.text, document.language
    if text.startswith("-", end):
        found = deeds_pattern("glued", language).match(text, end + 1)
    else:
        behind = end + 2 * text.startswith("'s ", end)
        found = deeds_pattern("does", language).match(text, behind + text.startswith(" ", behind))
    return found.span() if found is not None else None


def _word_before(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """Return what is done to companies only, or a word for one, right before a name: "fines Meta", "the app X"."""
    if not ends_there(document, end):
        return None
    found = deeds_pattern("done", document.language).finditer(
        document.folded.text, max(start - _BEFORE, 0), start
    )
    return next((word.span() for word in found if word.end() == start - 1), None)
