"""Inquiries: what an authority ends that was about a company, which goes on: "closes its probe into X"."""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find_all
from services.classifier.syntax.telling import Telling

_BEHIND = 28
"""So far behind what ends something stands what ends, if not within it: "stellt das Verfahren gegen X ein"."""
_TO_ITS_END = 16
"""So far behind an inquiry stands what it is to bring about: "the procedure to ban X"."""
_BEFORE = 8
"""So far before a verb that comes last."""


def is_of_an_inquiry(telling: Telling) -> bool:
    """Return whether an authority ends or closes an inquiry, not what it found: "after a probe closes X"."""
    document, grammar, sentence, cue, _ = telling
    is_ending = "shutdown" in cue.meaning.types and cue.meaning.stage is None
    if not is_ending or not document.words_in("authority", sentence):
        return False
    first, end, *_ = document.sentences[sentence]
    if grammar.order == "sov":
        return any(
            cue.start - _BEFORE <= word.end() <= cue.end
            for word in find_all(document, "inquiries", first, cue.end)
        )
    reach = min(end, cue.end + _BEHIND)
    word = next(find_all(document, "inquiries", cue.start, reach), None)
    if word is None:
        return False
    starts = [
        *(after.start for after in document.words_in("after", sentence)),
        *(name.start for name in document.names_in(sentence)),
    ]
    is_behind = any(cue.start <= start < word.start() for start in starts)
    return not is_behind and not any(
        0 <= other.start - word.end() <= _TO_ITS_END for other in document.words_in("cue", sentence)
    )  # "ends the procedure to ban X" is about a ban
