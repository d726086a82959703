"""Investments: money that goes into no company, or comes from nobody: "invests in training", "closes a round of 8m".

The words for a round are `rounds` of `lexicon/shared/harmless.yml`; languages without them are not asked.
"""

from __future__ import annotations

from services.classifier.blocking.harmless_words import WORD, find
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import Segment
from services.classifier.syntax.names.strangers import strangers_in
from services.classifier.syntax.telling import Telling

_GROUP = "acquisition.invest"
_STARTUPS = ("startup", "start-up")
"""What many languages call a young company."""
_COMPANY_REACH = 45


def harm_of_money(telling: Telling) -> str | None:
    """Return the kind of a cue that invests in no company, or of a round without givers, None for any other."""
    if _is_from_nobody(telling):
        return "rounds"
    return "build" if _is_in_no_company(telling) else None


def _is_from_nobody(telling: Telling) -> bool:
    """Return whether a cue is a round of funding, and nobody is named who may have given in it.

    They would be where the story begins, or where it comes back to the round: "the round was led by X".
    """
    document, cue = telling.document, telling.hit
    if not find(document, "rounds", cue.start, cue.end):
        return False
    if find(document, "leads", *telling.clause):
        return False  # "X leads a round in a start-up" names who gives
    told = [
        at
        for at, (start, end, segment, *_) in enumerate(document.sentences)
        if segment <= Segment.LEAD or find(document, "rounds", start, end)
    ]
    names = {name.company for at in told for name in document.names_in(at)}
    return len(names) <= 1 and not any(strangers_in(document, at) for at in told)


def _is_in_no_company(telling: Telling) -> bool:
    """Return whether a verb that invests "in" something names no company behind it.

    Cues of groups `invest…` that end with a preposition of place, in subject-verb-object languages in which
    not all nouns have capitals; a name that nobody tracks, a word for a company and a share in per cent are
    enough.
    """
    grammar, cue = telling.grammar, telling.hit
    if (
        not cue.meaning.name.startswith(_GROUP)
        or grammar.order == "sov"
        or grammar.names.has_capital_nouns
    ):
        return False
    text = telling.text
    parted = text.rfind(" ", cue.start, cue.end)
    preposition = text[parted + 1 : cue.end]
    if parted < 0 or preposition not in particles("into", telling.language):
        return False
    _, end = telling.document.clause_of(telling.sentence, cue.end - 1)
    if telling.names_between(cue.end, end):
        return False
    behind = text[cue.end : min(end, cue.end + _COMPANY_REACH)]
    if "%" in behind or not {*grammar.home, *_STARTUPS}.isdisjoint(WORD.findall(behind)):
        return False
    return not grammar.names.has_capitals or not any(
        cue.end <= name.start < end for name in strangers_in(telling.document, telling.sentence)
    )
