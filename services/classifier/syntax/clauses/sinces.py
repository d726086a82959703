"""Sinces: where a sentence says since which deal something is so, "its biggest deal since buying X", "Xの買収以来"."""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.document import Document, remembered
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS, Name
from services.classifier.syntax.names.chains import COMMAS, chains_of
from services.classifier.syntax.standing import Standing

_REACH = 24
"""So far from "since" stands its deal, and so far from that whose it is."""
_BEHIND_REACH = 16


@remembered
def sinces_in(document: Document, sentence: int) -> tuple[tuple[int, int], ...]:
    """Return from where to where a sentence says since which deal something is so, with whom that was about."""
    if not document.words_in("since", sentence):
        return ()
    return tuple(_sinces(document, sentence))


def is_since_then(document: Document, sentence: int, at: int) -> bool:
    """Return whether what stands there is part of what something is said to be so since."""
    return any(start <= at < end for start, end in sinces_in(document, sentence))


def named_since(standing: Standing, at: int) -> frozenset[Name]:
    """Return whom a sentence only names in a deal since which something is so, for a cue outside of that."""
    document, sentence = standing.document, standing.sentence
    phrases = sinces_in(document, sentence)
    if any(start <= at < end for start, end in phrases):
        return frozenset()
    return frozenset(
        name for name in standing.names if any(start <= name.start < end for start, end in phrases)
    )


def _sinces(document: Document, sentence: int) -> Iterator[tuple[int, int]]:
    cues = [cue for cue in document.words_in("cue", sentence) if "acquisition" in cue.meaning.types]
    for since in document.words_in("since", sentence):
        if document.grammar.says_after_behind:
            yield from _before_it(document, sentence, since, cues)
        else:
            yield from _behind_it(document, sentence, since, cues)


def _behind_it(
    document: Document, sentence: int, since: Hit, cues: list[Hit]
) -> Iterator[tuple[int, int]]:
    """Yield "since", the deal right behind it and the names in a row behind that: "since the takeover of X and Y"."""
    text = document.folded.text
    of_it = [cue for cue in cues if since.end < cue.end and since.start <= cue.start]
    if not of_it or not _is_short(text[since.end : of_it[0].start], _REACH):
        return
    end = max(cue.end for cue in of_it if cue.start <= of_it[0].end)
    behind = [name for name in document.names_in(sentence) if name.start >= end]
    if behind and _is_short(text[end : behind[0].start], _REACH):
        end = chains_of(document, behind)[0].end
    before = (c.start for c in cues if c.meaning.frame in NOUNS and 0 <= since.start - c.end <= 1)
    yield next(before, since.start), end  # "the biggest purchase since buying X"


def _before_it(
    document: Document, sentence: int, since: Hit, cues: list[Hit]
) -> Iterator[tuple[int, int]]:
    """Yield the last name before a deal, that and "since" behind it: "Y'yi satın almasından bu yana"."""
    text, names = document.folded.text, document.names_in(sentence)
    of_it = [cue for cue in cues if cue.start <= since.start]
    if not of_it or not _is_short(text[of_it[-1].end : since.start], _BEHIND_REACH):
        return
    cue = of_it[-1]
    if any(cue.end <= name.start < since.start for name in names):
        if document.grammar.order == "svo":
            yield cue.start, since.end  # "收购Y以来"
        return
    before = [name for name in names if name.end <= cue.start]
    is_its = bool(before) and _is_short(text[before[-1].end : cue.start], _REACH)
    yield before[-1].start if is_its else cue.start, max(cue.end, since.end)


def _is_short(gap: str, reach: int) -> bool:
    return len(gap) <= reach and is_bare(gap)


def is_bare(gap: str) -> bool:
    """Return whether neither a comma nor a figure stands in a gap."""
    return COMMAS.isdisjoint(gap) and not any(sign.isdigit() for sign in gap)
