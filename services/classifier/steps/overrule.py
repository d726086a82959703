"""Overrule: what an authority does to a deal or a service decides what kind of event it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.document import Document, Name, Segment, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.load import order_words, winding_up
from services.classifier.lexicon.words import Hit
from services.classifier.markers import ends_with_word
from services.common.ids import CompanyId

_OF_A_DEAL = {None: ("noun", "rejected"), "reversed": ("lifted", "proposed")}
"""The frame and stage of a deal that an authority forbids, by the stage of the ban's own cue."""
_SURE = 2.0
"""What a word for a deal must weigh to make a ban that of a deal, with nothing else beside it."""

_VAGUE = 2.5
"""What a word for a closing weighs at most that may be used of what others close: "down", "is closed"."""
_ORDER_REACH = 60
_TOUCHING = 3
_SUBJECT_REACH = 12
_AGENT_REACH = 32
_TO_ITS_MARK = 3
"""How many words back the word may stand that makes an authority the agent."""
_STATE_REACH = 8
_ARTICLE = 4
_OPENING_REACH = 12
_OPENING_SUBJECT_REACH = 40
_ENDING = re.compile(r"^[^\W\d_]* +")
_AROUND_A_SUBJECT = " ,、，\"'「『《"


def overrule(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the triggers that an authority turns into those of another type."""
    return document.but(triggers=tuple(_overruled(document, grammar)))


def _overruled(document: Document, grammar: Grammar) -> Iterator[Trigger]:
    """Yield triggers: what is forbidden together with a deal in one clause is the deal.

    An authority that stops a merger rejects an acquisition, one that takes its veto back makes it a
    plan again; one that closes an app bans it.
    """
    # A blocked deal ("jual beli", "sale of tickets") weighs less than its cue: it is no deal. Nor is a
    # vague word ("partnership", "sale") alone.
    deals = [
        trigger
        for trigger in document.triggers
        if trigger.event_type == "acquisition"
        and trigger.score >= trigger.weight
        and (trigger.weight >= _SURE or trigger.score > trigger.weight)
    ]
    for trigger in document.triggers:
        if _is_of_the_other(document, trigger):
            continue
        if trigger.event_type == "ban" and trigger.stage in _OF_A_DEAL:
            deal = next((deal for deal in deals if _share_clause(document, trigger, deal)), None)
            if deal is not None and document.words_in("authority", trigger.sentence):
                frame, stage = _OF_A_DEAL[trigger.stage]
                # The deal's own cue says who; this one only how far it came.
                yield trigger._replace(
                    event_type="acquisition", frame=frame, stage=stage, weight=0.0
                )
                continue
        if _is_no_news(document, trigger):
            continue
        if _is_of_a_deal(document, trigger, deals):
            yield trigger._replace(
                event_type="acquisition", frame="noun", stage="rejected", weight=0.0
            )
            continue
        if _is_of_goods(document, trigger):
            yield trigger._replace(event_type="ban", frame="active", stage=None)
            continue
        if trigger.event_type == "shutdown" and (
            _is_part_of_an_order(document, trigger)
            or _is_ordered(document, grammar, trigger)
            or _is_told_to_close(document, grammar, trigger)
            or _is_a_ban_below(document, trigger)
        ):
            yield trigger._replace(event_type="ban", frame="close")
            continue
        if _is_closed_by_order(document, trigger):
            yield trigger._replace(event_type="ban", frame="close")
            continue
        yield trigger


def _is_of_the_other(document: Document, trigger: Trigger) -> bool:
    """Return whether the same words are a ban's and those of a deal that fails, and mean the other.

    "Forbids the sale of X": who else is named there would buy, or another sentence tells the deal;
    else X is goods.
    """
    if trigger.event_type not in {"ban", "acquisition"}:
        return False
    twin = any(
        other.event_type != trigger.event_type
        and (other.start, other.end) == (trigger.start, trigger.end)
        and "rejected" in {other.stage, trigger.stage}
        and {other.event_type, trigger.event_type} == {"ban", "acquisition"}
        for other in document.triggers
    )
    if not twin:
        return False
    is_deal = len({name.company for name in document.names_in(trigger.sentence)}) > 1 or any(
        other.event_type == "acquisition"
        and other.score >= _SURE
        and other.sentence != trigger.sentence
        for other in document.triggers
    )
    return is_deal is (trigger.event_type == "ban")


def _is_back(document: Document, trigger: Trigger) -> bool:
    """Return whether a service works again since a ban is lifted in the same sentence, no closing ends.

    Where title or lead ban it and no sentence closes anything, what a later one says of its return is
    hope.
    """
    if trigger.stage != "reversed":
        return False
    lifts = any(
        other.event_type == "ban"
        and other.stage == "reversed"
        and other.sentence == trigger.sentence
        for other in document.triggers
    )
    return lifts or (
        any(
            _is_told(document, other, "ban") and other.sentence < trigger.sentence
            for other in document.triggers
        )
        and all(
            other.stage == "reversed" and not _is_in_title(document, other)
            for other in document.triggers
            if other.event_type == "shutdown" and other.score >= _SURE
        )
    )


def _is_no_news(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue only says what became of what another one tells."""
    return (
        (trigger.event_type == "shutdown" and _is_back(document, trigger))
        or _is_of_what_is_bought(document, trigger)
        or _is_of_what_stays_open(document, trigger)
    )


def _is_of_what_is_bought(document: Document, trigger: Trigger) -> bool:
    """Return whether a lead only says that what the title sells is bankrupt: a state, not its news."""
    if trigger.event_type != "shutdown" or _is_in_title(document, trigger):
        return False
    words = document.folded.text[trigger.start : trigger.end]
    return any(stem in words for stem in winding_up()) and any(
        _is_told(document, other, "acquisition") and _is_in_title(document, other)
        for other in document.triggers
    )


def _is_of_what_stays_open(document: Document, trigger: Trigger) -> bool:
    """Return whether a ban is denied of another than whom the story bans before: "Y is not banned"."""
    return (
        trigger.event_type == "ban"
        and trigger.stage == "rejected"
        and not _is_in_title(document, trigger)
        and any(
            trigger.start <= no.start and no.end <= trigger.end
            for no in document.words_in("negation", trigger.sentence)
        )
        and any(
            _is_told(document, other, "ban") and other.start < trigger.start
            for other in document.triggers
        )
        and bool(names := _names_of_clause(document, trigger))
        and bool(document.titled)
        and names.isdisjoint(document.titled)
    )


def _names_of_clause(document: Document, trigger: Trigger) -> set[CompanyId]:
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return {n.company for n in document.names_in(trigger.sentence) if start <= n.start < end}


def _is_told(document: Document, trigger: Trigger, event_type: str) -> bool:
    """Return whether title or lead surely tell an event of a type as new and done."""
    return (
        trigger.event_type == event_type
        and trigger.stage is None
        and trigger.score >= _SURE
        and not (trigger.is_past or trigger.is_negated)
        and document.sentences[trigger.sentence].segment <= Segment.LEAD
    )


def _is_in_title(document: Document, trigger: Trigger) -> bool:
    return document.sentences[trigger.sentence].segment is Segment.TITLE


def _is_of_a_deal(document: Document, trigger: Trigger, deals: Sequence[Trigger]) -> bool:
    """Return whether it is a deal that an authority ends: "court buries the merger of X and Y"."""
    return (
        trigger.event_type == "shutdown"
        and trigger.frame == "active"
        and trigger.stage is None
        and any(
            deal.sentence == trigger.sentence and 0 <= deal.start - trigger.end <= _ARTICLE
            for deal in deals
        )
        and any(
            word.end <= trigger.start for word in document.words_in("authority", trigger.sentence)
        )
    )


def _is_of_goods(document: Document, trigger: Trigger) -> bool:
    """Return whether the sale that an authority stops is that of goods: the story bans, nobody buys.

    "Regulator halts the sale of X" may be a deal that fails; what title and lead ban tells which.
    """
    return (
        trigger.event_type == "acquisition"
        and trigger.stage == "rejected"
        and trigger.frame == "sell"
        and bool(document.words_in("authority", trigger.sentence))
        and any(_is_told(document, other, "ban") for other in document.triggers)
        and not any(
            other.event_type == "acquisition"
            and other.score >= _SURE
            and other.sentence != trigger.sentence
            for other in document.triggers
        )
    )


def _is_part_of_an_order(document: Document, trigger: Trigger) -> bool:
    """Return whether a closing cue stands in a ban's cue or touches it: "责令X关停", "閉鎖を命令"."""
    return any(
        other.event_type == "ban"
        and other.sentence == trigger.sentence
        and other.stage == trigger.stage
        and _distance(document, other, trigger) <= _TOUCHING
        for other in document.triggers
    )


def _distance(document: Document, one: Trigger, other: Trigger) -> int:
    """Return how many characters stand between two triggers, names aside; none if they overlap."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    names = document.names_in(one.sentence)
    return (
        end
        - start
        - sum(name.end - name.start for name in names if start <= name.start and name.end <= end)
    )


def _share_clause(document: Document, one: Trigger, other: Trigger) -> bool:
    if one.sentence != other.sentence:
        return False
    bounds = document.clause_of(one.sentence, one.start)
    return bounds[0] <= other.start < bounds[1] and abs(one.start - other.start) <= _ORDER_REACH


def _is_ordered(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether an authority or a state is who closes.

    It stands right before the cue, or opens its clause ("Government wants to shut down"); in verb-last
    languages it stands before the name, a state with a mark. "The shop in Berlin closes" is a place.
    """
    if _ends_in_court(document):
        return False
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    names = document.names_in(trigger.sentence)
    words = [
        word
        for layer in ("authority", "country")
        for word in document.words_in(layer, trigger.sentence)
        if start <= word.start and word.end <= trigger.start
    ]
    text = document.folded.text
    if grammar.order == "sov":
        return trigger.frame in {"active", "noun"} and any(
            _is_subject(text, grammar, word, names)
            if word.meaning.layer == "authority"
            else _is_state_that_closes(text, grammar, word, names, start)
            for word in words
        )
    is_back = trigger.stage == "reversed" and _has_name_behind(trigger, names)
    if trigger.frame == "noun":
        return grammar.is_verb_last and any(_threatens(document, word, trigger) for word in words)
    return (trigger.frame == "active" or is_back) and any(
        _may_close(document, start, word, trigger)
        and not any(word.start < name.end and name.start < trigger.start for name in names)
        and not _is_no_subject(text[max(word.start - 16, 0) : word.start], grammar)
        for word in words
    )


def _ends_in_court(document: Document) -> bool:
    """Return whether the title winds a company up: then a court closes it, and yet it is no ban."""
    return any(
        trigger.event_type == "shutdown"
        and _is_in_title(document, trigger)
        and any(stem in document.folded.text[trigger.start : trigger.end] for stem in winding_up())
        for trigger in document.triggers
    )


def _has_name_behind(trigger: Trigger, names: Sequence[Name]) -> bool:
    """Return whether a verb that opens again has what it opens right behind it: "Moscow reopens X"."""
    return any(0 <= name.start - trigger.end <= _ARTICLE for name in names)


def _is_a_ban_below(document: Document, trigger: Trigger) -> bool:
    """Return whether a title says of something only that it is closed, and the lead that it is banned.

    "X down in Nepal. The authority has told providers to block it."
    """
    if trigger.stage is not None or trigger.frame not in {"passive", "noun"}:
        return False
    if not _is_in_title(document, trigger) or trigger.weight > _VAGUE:
        return False
    lead = [
        other
        for other in document.triggers
        if document.sentences[other.sentence].segment is Segment.LEAD and other.score >= _SURE
    ]
    return any(
        other.event_type == "ban"
        and other.stage is None
        and not (other.is_past or other.is_negated)
        for other in lead
    ) and not any(other.event_type == "shutdown" for other in lead)


def _threatens(document: Document, word: Hit, trigger: Trigger) -> bool:
    """Return whether a state opens the sentence and a plan stands behind it: "Indonesien droht X mit"."""
    return (
        word.meaning.layer == "country"
        and word.start == document.sentences[trigger.sentence].start
        and len(document.names_in(trigger.sentence)) == 1
        and any(
            0 < hit.start - word.end <= 1 and hit.meaning.name == "proposed"
            for hit in document.words_in("stage", trigger.sentence)
        )
    )


def _is_told_to_close(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether a word right before the name says that an authority bans it: "责令X关停"."""
    if grammar.order == "sov":
        return False
    text = document.folded.text
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    words = grammar.before.get("ban.target", ())
    return any(
        start <= authority.start and authority.end <= name.start
        for name in document.names_in(trigger.sentence)
        if 0 <= trigger.start - name.end <= _ARTICLE
        and any(ends_with_word(text[start : name.start].rstrip(), word) for word in words)
        for authority in document.words_in("authority", trigger.sentence)
    )


def _is_closed_by_order(document: Document, trigger: Trigger) -> bool:
    """Return whether a sentence says that an authority did it: "shut by regulators", "по решению суда"."""
    if not (_may_be_ordered(document, trigger) or _tells_a_fate(document, trigger)):
        return False
    if _has_order_near(document, trigger):
        return True
    # Where the sentence bans as well, the agent is of the ban.
    return _has_agent_near(document, trigger) and not any(
        other.event_type == "ban" and other.sentence == trigger.sentence
        for other in document.triggers
        if other is not trigger
    )


def _may_be_ordered(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue closes what an authority may: bankruptcies and markets left are who closes' own."""
    words = document.folded.text[trigger.start : trigger.end]
    return (
        trigger.event_type == "shutdown"
        and trigger.frame != "close"
        and not any(stem in words for stem in winding_up())
    )


def _tells_a_fate(document: Document, trigger: Trigger) -> bool:
    """Return whether a verb that bans has nobody behind it: "X fermé par la préfecture"."""
    names = document.names_in(trigger.sentence)
    is_verb = trigger.event_type == "ban" and trigger.frame == "active"
    return is_verb and bool(names) and all(name.end <= trigger.start for name in names)


def _has_order_near(document: Document, trigger: Trigger) -> bool:
    return any(
        word.start - trigger.end <= _ORDER_REACH and trigger.start - word.end <= _ORDER_REACH
        for word in document.words_in("order", trigger.sentence)
    )


def _has_agent_near(document: Document, trigger: Trigger) -> bool:
    """Return whether a word beside an authority of the clause makes it who did it."""
    text, language = document.folded.text, document.language
    before, behind = order_words("before", language), order_words("behind", language)
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return any(
        start <= word.start
        and word.end <= end
        and max(word.start - trigger.end, trigger.start - word.end) <= _AGENT_REACH
        and (
            _is_agent(text[start : word.start], before)
            or _ENDING.sub("", text[word.end : end]).startswith(behind or ("\0",))
        )
        for word in document.words_in("authority", trigger.sentence)
    )


def _is_agent(left: str, marks: Sequence[str]) -> bool:
    """Return whether one of the last words before an authority makes it who did it: "by the health"."""
    for _ in range(_TO_ITS_MARK):
        left = left.rstrip()
        if any(ends_with_word(left, mark) for mark in marks):
            return True
        left = left.rpartition(" ")[0]
    return False


def _may_close(document: Document, clause: int, word: Hit, trigger: Trigger) -> bool:
    """Return whether an authority stands close to a closing cue, or a state opens its clause.

    Nothing but words of a stage may part a state from the cue: "Indonesia threatens to shut X".
    """
    text = document.folded.text
    between = text[word.end : trigger.start]
    opens = word.start - clause <= _OPENING_REACH
    if word.meaning.layer != "country":
        return len(between) <= (_OPENING_SUBJECT_REACH if opens else _SUBJECT_REACH)
    if word.start - clause > _ARTICLE or "," in between:
        return False
    if not between.strip():
        return True
    is_state = word.meaning.frame == "countries"
    return (is_state and len(between) <= _STATE_REACH) or any(
        hit.start - word.end <= 1 and trigger.start - hit.end <= 1
        for hit in document.words_in("stage", trigger.sentence)
    )


def _is_subject(text: str, grammar: Grammar, word: Hit, names: Sequence[Name]) -> bool:
    """Return whether a word of a verb-last sentence stands before all names, marked as who does it."""
    first = min((name.start for name in names), default=-1)
    if not 0 <= first - word.end <= _SUBJECT_REACH:
        return False
    between = text[word.end : first].strip(_AROUND_A_SUBJECT)
    markers = (*grammar.after.get("actor", ()), *grammar.after.get("acquisition.actor", ()))
    if between in grammar.after.get("ban.target", ()):
        return False  # "France's X" closes, not France
    return not between or any(between == marker.removeprefix("+") for marker in markers)


def _is_state_that_closes(
    text: str, grammar: Grammar, word: Hit, names: Sequence[Name], clause: int
) -> bool:
    """Return whether a state opens a verb-last clause and is marked as who closes: "नेपाल ने X".

    Without a mark on it the name has one that makes it what is closed ("نپال X را"): "韓国サムスン"
    is only somebody's home.
    """
    if word.meaning.frame != "countries" or word.start - clause > _ARTICLE:
        return False
    if not _is_subject(text, grammar, word, names):
        return False
    first = min(names, key=lambda name: name.start)
    if text[word.end : first.start].strip(_AROUND_A_SUBJECT):
        return True
    if text[word.end] == ",":
        return True  # "Kenya, Zelmo'yu kapattı"
    marks = tuple(f" {mark} " for mark in grammar.after.get("target", ()))
    return any(text.startswith(marks, name.end) for name in names)


def _is_no_subject(left: str, grammar: Grammar) -> bool:
    """Return whether what stands before a word makes it a place or an agent: "in", "durch die"."""
    words = left.split()
    while words and words[-1] in grammar.articles:
        words.pop()
    last = " ".join(words)
    return any(
        last == word or last.endswith(f" {word}")
        for word in (*grammar.scope, *grammar.before.get("actor", ()))
    )
