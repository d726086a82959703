"""Blockers: what words of another subject, such as sport or an outage, take away from cues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.blocking.circumstances import is_circumstance
from services.classifier.blocking.own_words import are_its_own
from services.classifier.document import Document, Name, Segment
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles, harmless_pattern
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.conjunctions import begun_by_and

BLOCKED_IN_CLAUSE = 3.0
BLOCKED_IN_TITLE = 2.0
_A_DASH = 3
_TO_ITS_VERB = 24
"""So many characters stand between who forbids and the verb: "the ministry in Tehran has blocked"."""
_TO_ITS_OBJECT = 12
"""So many characters from its verb stands what is bought: "to buy the rival X"."""
_PARTS = re.compile(r"[,،、;]")
_SIGNS = re.compile(r"[:,،、;.]")
_VERBS = frozenset({"active", "passive"})
_OF_THE_WHOLE = frozenset({"sport", "person", "rating", "forgery"})
"""The kinds that a title may leave to its lead."""
_OF_A_CROWD = frozenset({"person", "boycott", "users"})


@dataclass(frozen=True, slots=True)
class Afar:
    """The kind of blocker, by type, that title and lead hold against other sentences.

    `for_a_while` are the types of which the title says that it is a strike, a pause; `strikes` those
    of them that it has no cue for, so that it is all there is to tell; `offered` those of which the title
    says that shares are offered to everybody, and has no cue for.
    """

    in_title: Mapping[str, str]
    in_lead: Mapping[str, str]
    for_a_while: frozenset[str]
    strikes: frozenset[str]
    offered: frozenset[str]


def blockers_afar(document: Document, grammar: Grammar) -> Afar:
    """Return what title and lead hold against the cues of every sentence."""
    in_title: dict[str, str] = {}
    in_lead: dict[str, str] = {}
    offered: set[str] = set()
    for_a_while: set[str] = set()
    for sentence, hit in document.words_of("blocker"):
        kind = hit.meaning.name
        if _is_of_a_firm(document, hit) or _is_of_a_cue(
            document, sentence, hit, document.words_in("cue", sentence)
        ):
            continue
        segment = document.sentences[sentence].segment
        if segment is Segment.TITLE and kind == "ipo":
            offered.update(hit.meaning.types)
        if segment is Segment.TITLE and kind == "temporary":
            for_a_while.update(hit.meaning.types)
        if segment is Segment.TITLE and kind != "temporary":
            cues = document.words_in("cue", sentence)
            if _is_beside_the_news(document, grammar, sentence, hit, cues) or _is_told_apart(
                document, grammar, sentence, hit, cues
            ):
                continue
            in_title.update(dict.fromkeys(hit.meaning.types, kind))
        elif segment is Segment.LEAD and kind in _OF_THE_WHOLE:
            in_lead.update(dict.fromkeys(hit.meaning.types, kind))
    titled = {
        event_type
        for sentence, hit in document.words_of("cue")
        if document.sentences[sentence].segment is Segment.TITLE
        for event_type in hit.meaning.types
    }
    return Afar(
        in_title,
        in_lead,
        frozenset(for_a_while),
        frozenset(for_a_while - titled),
        frozenset(offered - titled),
    )


def penalty_of(
    document: Document,
    grammar: Grammar,
    sentence: int,
    event_type: str,
    hits: list[Hit],
    afar: Afar,
) -> tuple[float, str | None]:
    """Return what blockers take away from a sentence's cues, and the kind of the heaviest."""
    is_title = document.sentences[sentence].segment is Segment.TITLE
    # What opens again a year after a flood was closed for long.
    is_over = any(hit.meaning.stage == "reversed" for hit in hits)
    for_a_while = frozenset() if is_over else afar.for_a_while
    for blocker in document.words_in("blocker", sentence):
        if (
            event_type not in blocker.meaning.types
            or _is_of_a_cue(document, sentence, blocker, hits)
            or (blocker.meaning.name == "partner" and any(_is_of_a_merger(hit) for hit in hits))
            or _is_beside_the_news(document, grammar, sentence, blocker, hits)
        ):
            continue
        start, _ = document.clause_of(sentence, hits[0].start)
        _, end = document.clause_of(sentence, hits[-1].end - 1)
        is_the_topic = blocker.meaning.name == "temporary" and event_type in for_a_while
        is_behind = _is_for_a_while(document.folded.text, blocker, hits)
        is_apart = _is_of_a_firm(document, blocker) or _is_told_apart(
            document, grammar, sentence, blocker, hits
        )
        if (start <= blocker.start < end or is_the_topic or is_behind) and not is_apart:
            return BLOCKED_IN_CLAUSE, blocker.meaning.name
    if event_type in afar.offered:
        return BLOCKED_IN_CLAUSE, "ipo"
    kind = afar.in_title.get(event_type)
    if kind == "partner" and any(_is_of_a_merger(hit) for hit in hits):
        kind = None
    if kind == "market" and is_title and _has_a_name_of_its_own(document, sentence, hits):
        kind = None  # whose shares rise is another matter: "Y jumps after X buys Z"
    if kind is None and not is_over and event_type in afar.strikes and not is_title:
        kind = "temporary"
    if kind is None and is_title:
        # A title may leave out that it is about a player; the lead then says so.
        kind = afar.in_lead.get(event_type)
    return (0.0, None) if kind is None else (BLOCKED_IN_TITLE, kind)


def _is_of_a_cue(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a blocker is part of a cue's own words."""
    return any(are_its_own(document, sentence, cue, blocker.start, blocker.end) for cue in cues)


def _is_of_a_firm(document: Document, blocker: Hit) -> bool:
    """Return whether goods only say what a company does: "jet maker", "विमान कंपनी"."""
    if blocker.meaning.name != "goods":
        return False
    heads = harmless_pattern("heads", document.language)
    text = document.folded.text
    end = text.find(" ", blocker.start, blocker.end + 1)
    return heads is not None and end > 0 and heads.match(text, end + 1) is not None


def _has_a_name_of_its_own(document: Document, sentence: int, hits: Iterable[Hit]) -> bool:
    """Return whether a clause that a conjunction begins has a cue, and a name right before it."""
    return any(
        start > document.sentences[sentence].start
        and document.folded.text[start].isalpha()
        and start <= name.start <= hit.start
        for hit in hits
        for start, _ in (document.clause_of(sentence, hit.start),)
        for name in document.names_in(sentence)
    )


def _is_beside_the_news(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether a sentence tells its event besides what a blocker stands for."""
    return (
        _are_partners_in_a_deal(document, grammar, sentence, blocker, cues)
        or _is_apart(document, sentence, blocker, cues)
        or _is_besides(document, grammar, sentence, blocker, cues)
        or _is_of_the_shares(document, sentence, blocker, cues)
        or _is_of_its_ban(document, grammar, sentence, blocker, cues)
        or is_circumstance(document, grammar, sentence, blocker, cues)
    )


def _is_of_a_merger(hit: Hit) -> bool:
    """Return whether a cue says that two become one, however they work together besides."""
    return hit.meaning.frame == "merge" and hit.meaning.weight >= BLOCKED_IN_CLAUSE


def _are_partners_in_a_deal(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether what two do together is to buy a third: "X teams up with Y to buy Z"."""
    if blocker.meaning.name != "partner":
        return False
    names = document.names_in(sentence)
    for cue in cues:
        if cue.meaning.frame != "active" or "acquisition" not in cue.meaning.types:
            continue
        before = [name for name in names if name.end <= cue.start]
        if grammar.order == "sov":
            bought = before.pop() if before and blocker.end <= before[-1].start else None
        else:
            bought = next((n for n in names if 0 <= n.start - cue.end <= _TO_ITS_OBJECT), None)
        others = {name.company for name in before}
        if bought and blocker.start < cue.start and len(others - {bought.company}) > 1:
            return True
    return False


def _is_told_apart(
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


def _is_apart(document: Document, sentence: int, blocker: Hit, cues: Sequence[Hit]) -> bool:
    """Return whether who takes office stands in another half of a headline: "X buys Y … Z is its new head"."""
    if blocker.meaning.name != "office" or not document.sentences[sentence].halves:
        return False
    half = document.half_of(sentence, blocker.start)
    others = [found for cue in cues if (found := document.half_of(sentence, cue.start)) != half]
    return len(others) == len(cues) and any(
        start <= name.start < end for start, end in others for name in document.names_in(sentence)
    )


def _is_besides(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether a fine comes beside a ban that a verb tells of a company: "Italy bans X and fines Y".

    A fine that comes first is for it ("fined for blocking X"), but before "and", or where it loses its licence besides.
    """
    if blocker.meaning.name != "fine":
        return False
    text, names = document.folded.text, document.names_in(sentence)
    for cue in cues:
        if "ban" not in cue.meaning.types:
            continue
        if blocker.end <= cue.start and _takes_a_licence(document, grammar, blocker.end, cue):
            return True
        if cue.meaning.frame not in _VERBS:
            continue
        if blocker.end <= cue.start:
            before = text[blocker.end : cue.start].split()
            if before and begun_by_and(before[-1], document.language):
                return True
        is_hit_before = grammar.order == "sov" or cue.meaning.frame == "passive"
        is_hit_behind = grammar.order != "sov"
        if any(
            (is_hit_behind and cue.end <= name.start and name.end <= blocker.start)
            or (is_hit_before and name.end <= cue.start and cue.end <= blocker.start)
            for name in names
        ):
            return True
    return False


def _takes_a_licence(document: Document, grammar: Grammar, start: int, cue: Hit) -> bool:
    """Return whether "and", a comma or in Thai a space parts a fine from a licence that is lost: "fined, licence revoked"."""
    text, language = document.folded.text, document.language
    *_, last = _PARTS.split(text[start : cue.start])
    is_parted = (
        len(last) < cue.start - start
        or (not grammar.has_spaces and text[start] == " ")
        or any(begun_by_and(word, language) for word in last.split())
    )
    told = last + text[cue.start : cue.end]
    return is_parted and any(word in told for word in folded_particles("licence", language))


def _is_of_the_shares(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a comma parts what shares do from a cue and a company before it: "X buys Y, shares jump"."""
    if blocker.meaning.name != "market":
        return False
    text = document.folded.text
    for cue in cues:
        comma = text.rfind(",", cue.end, blocker.start)
        # "Norvik closes down 3 %, stocks slump" closes nothing.
        first = cue.end if "shutdown" in cue.meaning.types else 0
        if any(first <= name.start < comma for name in document.names_in(sentence)):
            return True
    return False


def _is_of_its_ban(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether an outage is what comes of a ban by a state or an authority: "Iran blocks X, users report outages"."""
    if blocker.meaning.name != "outage":
        return False
    doers = [
        *document.words_in("authority", sentence),
        *document.words_in("country", sentence),
    ]
    return any(
        cue.meaning.frame == "active"
        and "ban" in cue.meaning.types
        and _is_its_subject(document, grammar, sentence, doer, cue)
        and (blocker.start > cue.start or _is_parted(document, blocker.end, doer.start))
        for doer in doers
        for cue in cues
    )


def _is_parted(document: Document, start: int, end: int) -> bool:
    """Return whether a sign parts two words: "Outage at X: Iran …", not "an outage in Iran …"."""
    return start < end and _SIGNS.search(document.folded.text, start, end) is not None


def _is_its_subject(
    document: Document, grammar: Grammar, sentence: int, doer: Hit, cue: Hit
) -> bool:
    """Return whether who forbids stands right before a verb, or begins its cue; before it in a verb-last clause."""
    if cue.owns(doer.start, doer.end):
        return doer.start == cue.start
    if doer.end > cue.start or _is_where(document, grammar, sentence, doer):
        return False
    if _PARTS.search(document.folded.text, doer.end, cue.start):
        return False
    if grammar.order == "sov":
        return doer.start >= document.clause_of(sentence, cue.start)[0]
    return cue.start - doer.end <= _TO_ITS_VERB and not any(
        doer.end <= name.start < cue.start for name in document.names_in(sentence)
    )


def _is_where(document: Document, grammar: Grammar, sentence: int, doer: Hit) -> bool:
    """Return whether a country does not open its clause: "a storm in India blocks X"."""
    start, _ = document.clause_of(sentence, doer.start)
    before = document.folded.text[start : doer.start].split()
    return (
        doer.meaning.layer == "country"
        and grammar.order == "svo"
        and any(word not in grammar.articles and word.isalpha() for word in before)
    )


def _is_for_a_while(text: str, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a word for a pause or an outage stands right behind a cue, whatever its clause.

    Some of those words are conjunctions too: "sementara" is "for a while" and "whereas". A dash may
    stand between.
    """
    return blocker.meaning.name in {"temporary", "outage"} and any(
        0 <= blocker.start - cue.end <= _A_DASH
        and not text[cue.end : blocker.start].strip(" -\u2013\u2014")
        for cue in cues
    )
