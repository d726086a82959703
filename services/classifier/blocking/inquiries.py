"""Inquiries: what an authority ends that was about a company, which goes on: "closes its probe into X"."""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find_all, has_word
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import has_and
from services.classifier.syntax.telling import Telling

_BEHIND = 28
"""So far behind what ends something stands what ends, if not within it: "stellt das Verfahren gegen X ein"."""
_TO_ITS_END = 16
"""So far behind an inquiry stands what it is to bring about: "the procedure to ban X"."""
_A_PLACE = 2
"""So many words right before an inquiry say that it is the circumstance: "in the", "amid a"."""
_BEFORE = 8
"""So far before a verb that comes last."""


def is_of_an_inquiry(telling: Telling) -> bool:
    """Return whether an authority ends or closes an inquiry, not what it found: "after a probe closes X"."""
    document, sentence, cue, _ = telling
    is_ending = "shutdown" in cue.meaning.types and cue.meaning.stage is None
    if not is_ending or not document.words_in("authority", sentence):
        return False
    first, end, *_ = document.sentences[sentence]
    text = document.folded.text
    if document.grammar.order == "sov":
        return any(
            cue.start - _BEFORE <= word.end() <= cue.end
            and not document.has_name(sentence, word.end(), cue.start)
            and not _is_over(document, word.end(), cue.start)
            for word in find_all(document, "inquiries", first, cue.end)
        )
    reach = min(end, cue.end + _BEHIND)
    word = next(find_all(document, "inquiries", cue.start, reach), None)
    if word is None:
        return False
    kinds = ("amid", "probed")
    beside = [each for kind in kinds for each in folded_particles(kind, document.language)]
    gap = text[cue.end : word.start()]
    right_before = " ".join(gap.split()[-_A_PLACE:])
    is_parted = COMMAS & set(gap) or has_and(gap, document.language)
    if is_parted or has_word(right_before, (*document.grammar.scope, *beside)):
        return False  # "closes a shop in the investigation into X", "shuts its plants amid a probe"
    starts = [
        *(after.start for after in document.words_in("after", sentence)),
        *(name.start for name in document.names_in(sentence)),
    ]
    is_behind = any(cue.start <= start < word.start() for start in starts)
    return not is_behind and not any(
        0 <= other.start - word.end() <= _TO_ITS_END for other in document.words_in("cue", sentence)
    )  # "ends the procedure to ban X" is about a ban


def _is_over(document: Document, start: int, end: int) -> bool:
    """Return whether words between an inquiry and a verb say what comes of it: "조사 끝에 폐쇄"."""
    return has_word(document.folded.text[start:end], folded_particles("probed", document.language))
