"""Besides: what a sentence tells beside its event, and which therefore takes nothing from it.

Each kind of blocker has its own way to stand there: a fine, an outage, shares, partners, people who protest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from services.classifier.blocking.ban_news import (
    BAN_VERBS,
    is_a_fine_besides,
    is_of_its_ban,
)
from services.classifier.blocking.circumstances import is_circumstance
from services.classifier.blocking.harmless_words import has_word
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and

_SURE = 2.5
"""What a cue weighs that tells a deal alone."""
_A_VERB_AND_ITS_ARTICLE = 2
_TO_ITS_OBJECT = 12
"""So many characters from its verb stands what is bought: "to buy the rival X"."""


def is_beside_the_news(
    document: Document, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether a sentence tells its event besides what a blocker stands for, or of others than it."""
    is_besides = _BESIDES.get(blocker.meaning.name)
    return (
        is_besides is not None and is_besides(document, sentence, blocker, cues)
    ) or is_circumstance(document, sentence, blocker, cues)


def _are_partners_in_a_deal(
    document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether what two do together is to buy a third: "X teams up with Y to buy Z"."""
    names = document.names_in(sentence)
    for cue in cues:
        if cue.meaning.frame != "active" or "acquisition" not in cue.meaning.types:
            continue
        before = [name for name in names if name.end <= cue.start]
        if document.grammar.order == "sov":
            bought = before.pop() if before and blocker.end <= before[-1].start else None
        else:
            bought = next((n for n in names if 0 <= n.start - cue.end <= _TO_ITS_OBJECT), None)
        others = {name.company for name in before}
        if bought and blocker.start < cue.start and len(others - {bought.company}) > 1:
            return True
    return False


def _is_in_another_half(
    document: Document, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether who takes office stands in another half of a headline: "X buys Y … Z is its new head"."""
    if not document.sentences[sentence].halves:
        return False
    half = document.half_of(sentence, blocker.start)
    others = [found for cue in cues if (found := document.half_of(sentence, cue.start)) != half]
    return len(others) == len(cues) and any(
        document.names_between(sentence, start, end) for start, end in others
    )


def _is_of_the_shares(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a comma parts what shares do from a cue and a company before it: "X buys Y, shares jump".

    Or what they do comes of a deal with another company: "X shares jump on merger with Y".
    """
    text = document.folded.text
    for cue in cues:
        if _comes_of(document, sentence, blocker, cue):
            return True
        comma = text.rfind(",", cue.end, blocker.start)
        # "Norvik closes down 3 %, stocks slump" closes nothing.
        first = cue.end if "shutdown" in cue.meaning.types else 0
        if any(first <= name.start < comma for name in document.names_in(sentence)):
            return True
    return False


def _comes_of(document: Document, sentence: int, blocker: Hit, cue: Hit) -> bool:
    """Return whether a word such as "after" leads from what shares do to a deal, and a name stands behind its cue."""
    return (
        "acquisition" in cue.meaning.types
        and cue.meaning.weight >= _SURE
        and blocker.end <= cue.start
        and has_word(
            document.folded.text[blocker.end : cue.start],
            folded_particles("upon", document.language),
        )
        and any(name.start >= cue.end for name in document.names_in(sentence))
    )


def _are_bystanders(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a comma parts a word for people from a cue and the company that it is about.

    "India bans X, influencers turn to Y": whom the cue hits stands before the comma. Not in "Banned from X,
    influencer Y protests".
    """
    text = document.folded.text
    return _goes_across_whom_it_hits(document, sentence, blocker) or any(
        (cue.start < name.start or cue.meaning.frame == "passive")
        and max(cue.end, name.end) < blocker.start
        and "," in text[max(cue.end, name.end) : blocker.start]
        and not _opens_from(document, sentence, cue, name)
        for cue in cues
        for name in document.names_in(sentence)
    )


def _goes_across_whom_it_hits(document: Document, sentence: int, blocker: Hit) -> bool:
    """Return whether a blocker in two parts goes from a ban to what another verb says: "bans X and freezes its accounts".

    Between an "and" and its last part stand a verb and an article: "bans X and Y accounts" hits no company.
    """
    if blocker.gap is None:
        return False
    start, end = blocker.gap
    named = document.names_between(sentence, start, end)
    if not named:
        return False
    between = document.folded.text[named[-1].end : end]
    if between[:1] in COMMAS and " " not in between:
        return True  # "封禁X,冻结其账户"
    begun = begun_by_and(between, document.language)
    return begun > 0 and len(between[begun:].split()) >= _A_VERB_AND_ITS_ARTICLE


def _opens_from(document: Document, sentence: int, cue: Hit, name: Name) -> bool:
    """Return whether a sentence opens with a participle and from where its subject was banned: "Banned from X, …".

    A preposition tells it from a verb or a participle that stands before what it hits: "Blocked X, users flee".
    """
    if cue.start > document.sentences[sentence].start or cue.meaning.frame not in BAN_VERBS:
        return False
    words = document.folded.text[cue.start : name.start].replace("'", " ").split()[1:]
    return bool(words) and not document.grammar.articles.issuperset(words)


def _is_bought_from_them(
    _document: Document, _sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether another deal is told than that receivers get somebody: "X buys Y out of the hands of receivers"."""
    return any(
        "acquisition" in cue.meaning.types
        and (
            cue.end < blocker.start
            or blocker.end + 1 < cue.start
            or (cue.gap is not None and cue.gap[0] <= blocker.start and blocker.end <= cue.gap[1])
        )
        for cue in cues
    )


_BESIDES: Mapping[str, Callable[[Document, int, Hit, Sequence[Hit]], bool]] = {
    "partner": _are_partners_in_a_deal,
    "office": _is_in_another_half,
    "market": _is_of_the_shares,
    "fine": is_a_fine_besides,
    "outage": is_of_its_ban,
    "person": _are_bystanders,
    "boycott": _are_bystanders,
    "users": _are_bystanders,
    "receivers": _is_bought_from_them,
}
"""How what a kind of blocker stands for is told besides."""
