"""Competitors: sentences that only tell what a rival of the title's company has done.

"Zelmo seeks savings. Rival Balto closed 30 shops": that is news neither of Zelmo nor of the story.
"""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Segment

_AT_FIRST = 20
"""So many characters from the beginning of a sentence stands what calls its subject a rival: "its smaller rival X"."""
_RIGHT_BEFORE = 2
"""So many characters stand between that and the name."""


def rival_in(document: Document, sentence: int) -> Name | None:
    """Return the subject of a sentence that calls it a rival, where the title is about others; None without one."""
    words = document.words_in("rivals", sentence)
    span = document.sentences[sentence]
    if not words or span.segment is Segment.TITLE or words[0].start - span.start > _AT_FIRST:
        return None
    names, titled = document.names_in(sentence), document.titled
    if not names or not titled or not titled.isdisjoint(name.company for name in names):
        return None
    is_called_so = any(0 <= names[0].start - word.end <= _RIGHT_BEFORE for word in words)
    return names[0] if is_called_so else None


def is_of_a_rival(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a cue only tells what a rival did; who takes part in a title's deal may be one.

    What it did to another company, or on a weekday, is the story's news: "Rival Balto buys Zelmo".
    """
    rival = rival_in(document, sentence)
    if rival is None or hit.end <= rival.start:
        return False
    start, end, *_ = document.sentences[sentence]
    words = re.findall(r"[^\W\d_]+", document.folded.text[start:end])
    if not document.grammar.dates.weekdays.keys().isdisjoint(words) or any(
        name.company != rival.company for name in document.names_in(sentence)
    ):
        return False
    return "acquisition" not in hit.meaning.types or not any(
        "acquisition" in cue.meaning.types
        for title in document.sentences_of(Segment.TITLE)
        for cue in document.words_in("cue", title)
    )
