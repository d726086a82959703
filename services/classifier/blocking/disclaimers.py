"""Disclaimers: what title and lead say of a whole story by which a type has no event in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from services.classifier.blocking.formers import is_of_a_former
from services.classifier.blocking.harmless_words import find, find_all, find_in, may_stand
from services.classifier.blocking.spells import is_for_good
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.spans import Name, Segment, Trigger

_OF_FORMERS = frozenset({"ban", "shutdown"})
"""The types that are none of a company when they are told of who once was something there."""
_FOR_NOW = frozenset({"temporary", "holiday", "lockdown"})
"""The blockers by which a lead takes back what its title says of a closing."""
_STOPPED = frozenset({"temporary", "outage"})
"""The blockers by which a title says that something stands still."""
_PAUSES = _FOR_NOW | _STOPPED
_SURE = 2.0
"""What the cues of a sentence must weigh to close something for good."""
_DAY = re.compile(r"(?<![\d.,])\d{1,2}(?!\d|[.,]\d{3}|\s?%)")
"""What may be a day or an hour: no year, and no number of workers in the hundreds."""
_BESIDE = 4
_BESIDE_DENSE = 2
"""What may stand between somebody and their company: "'s ", " of "."""


def without_disclaimed(
    document: Document,
    triggers: Sequence[Trigger],
    harmless: Mapping[int, str],
    blocked: Mapping[int, str],
) -> list[Trigger]:
    """Return the triggers without those of a type that title or lead tell as no event.

    `harmless` and `blocked` say by sentence what was found to take a cue back.
    """
    if not triggers:
        return []
    dropped = _types_disclaimed(document, triggers, harmless, blocked)
    kept = [trigger for trigger in triggers if trigger.event_type not in dropped]
    for_now = _closed_for_now(document, kept, blocked)
    if for_now is None:
        return kept
    return [
        trigger
        for trigger in kept
        if trigger.event_type != "shutdown"
        or any(name.company not in for_now for name in document.names_in(trigger.sentence))
    ]


def _types_disclaimed(
    document: Document,
    triggers: Sequence[Trigger],
    harmless: Mapping[int, str],
    blocked: Mapping[int, str],
) -> set[str]:
    told = {trigger.event_type for trigger in triggers}
    title = document.sentences_of(Segment.TITLE)
    if find_in(document, "quiz", Segment.TITLE):  # "Quiz: which company did X buy?"
        return told
    dropped = _types_only_undone(document, triggers)
    if not told.isdisjoint(_OF_FORMERS) and is_of_a_former(document):
        dropped |= _OF_FORMERS
    if any(harmless.get(at) == "market" for at in title):
        dropped |= {"shutdown"}
        if not any(t.event_type == "acquisition" and t.sentence in title for t in triggers):
            dropped |= {"acquisition"}
    if _is_taken_back(document):
        dropped |= {"acquisition", "ban", "shutdown"}
    left = told - dropped
    if "acquisition" in left and _recalls_goods(document, title):
        dropped |= {"acquisition"}
    if (
        "ban" in left
        and _is_of_people(document)
        and not any(t.event_type == "ban" and _is_told_of_a_name(document, t) for t in triggers)
    ):
        dropped |= {"ban"}
    if "shutdown" in left and _is_closed_for_now(document, triggers, harmless, blocked):
        dropped |= {"shutdown"}
    return dropped


def _is_closed_for_now(
    document: Document,
    triggers: Sequence[Trigger],
    harmless: Mapping[int, str],
    blocked: Mapping[int, str],
) -> bool:
    """Return whether title or lead say that what is closed is so for a while, or opens as it was to."""
    head = document.sentences_of(Segment.TITLE, Segment.LEAD)
    if any(harmless.get(at) == "temporary" for at in head):
        return True
    is_paused = any(blocked.get(at) in _FOR_NOW for at in head) or _is_headed_as_pause(
        document, triggers
    )
    if _is_over_soon(document, is_paused=is_paused):
        return True
    ways = {t.stage for t in triggers if t.event_type == "shutdown"}
    return ways == {"reversed"} and (_tells_a_spell(document) or _is_refitted(document))


def _recalls_goods(document: Document, title: Sequence[int]) -> bool:
    """Return whether a title recalls something, and that is no bid: "recalls its offer for X"."""
    return any(
        not any(
            cue.meaning.stage == "rejected" and cue.start < word.end() and word.start() < cue.end
            for cue in document.words_in("cue", at)
        )
        for at in title
        for word in find_all(document, "recalls", *document.sentences[at][:2])
    )


def _types_only_undone(document: Document, triggers: Sequence[Trigger]) -> set[str]:
    """Return the types that a story only undoes and never tells of, below a title about a pause.

    "X cancels flights because of storm. The airline hopes to fly again on Thursday."
    """
    if not any(trigger.stage == "reversed" for trigger in triggers):
        return set()
    title = document.sentences_of(Segment.TITLE)
    told = Counter(trigger.event_type for trigger in triggers)
    undone = {
        trigger.event_type
        for trigger in triggers
        if trigger.stage == "reversed"
        and trigger.sentence not in title
        and told[trigger.event_type] == 1
    }
    undone &= {
        event_type
        for at in title
        for hit in document.words_in("blocker", at)
        if hit.meaning.name in _PAUSES
        for event_type in hit.meaning.types
    }
    return undone - {
        event_type
        for sentence, cue in document.words_of("cue")
        if cue.meaning.stage != "reversed" or sentence in title
        for event_type in cue.meaning.types
    }


def _is_headed_as_pause(document: Document, triggers: Sequence[Trigger]) -> bool:
    """Return whether a title that closes nothing for good names a pause: "closed temporarily"."""
    title = document.sentences_of(Segment.TITLE)
    return any(
        hit.meaning.name == "temporary" for at in title for hit in document.words_in("blocker", at)
    ) and not any(t.event_type == "shutdown" and t.sentence in title for t in triggers)


def _closed_for_now(
    document: Document, triggers: Sequence[Trigger], blocked: Mapping[int, str]
) -> frozenset[str] | None:
    """Return whom title and lead name where the lead closes them for now only, None where it does not.

    "Uniqlo shuts all US stores. Its 50 stores are closed temporarily because of the epidemic."
    """
    if _FOR_NOW.isdisjoint(blocked.values()):
        return None
    title, lead = document.sentences_of(Segment.TITLE), document.sentences_of(Segment.LEAD)
    titled = document.titled
    paused = [at for at in lead if blocked.get(at) in _FOR_NOW]
    told = {name.company for at in paused for name in document.names_in(at)}
    closes = any(
        trigger.event_type == "shutdown"
        and trigger.score >= _SURE
        and (
            (
                trigger.sentence in lead
                and not trigger.is_negated
                and trigger.stage != "reversed"  # what rests for a week is open again after it
            )
            or (trigger.sentence in title and trigger.stage == "reversed")
        )
        for trigger in triggers
    )
    if not paused or closes or (titled and not titled & told):
        return None
    return titled | told


def _title(document: Document) -> tuple[Sequence[Name], tuple[int, int]]:
    """Return the names of the title and where it begins and ends; a title may have several sentences."""
    titles = document.sentences_of(Segment.TITLE)
    if not titles:
        return (), (0, 0)
    names = [name for at in titles for name in document.names_in(at)]
    return names, (document.sentences[titles[0]].start, document.sentences[titles[-1]].end)


def _is_of_people(document: Document) -> bool:
    """Return whether all names of a title only say whose somebody is: "driver of X", "X's fans"."""
    names, (start, end) = _title(document)
    if not names or not may_stand(document, "people", start, end):
        return False
    beside = _BESIDE_DENSE if Trait.DENSE in document.grammar.traits else _BESIDE
    text = document.folded.text
    heads = harmless_pattern("heads", document.language)
    words = [
        word
        for word in find_all(document, "people", start, end)
        # "the X driver app" is no driver
        if heads is None or heads.match(text, word.end() + 1) is None
    ]
    gaps = [
        [
            text[min(word.end(), name.end) : max(word.start(), name.start)]
            for word in words
            if 0 <= word.start() - name.end <= beside
            or (
                0 <= name.start - word.end() <= beside
                # "crypto broker X" is a company, but where nothing stands for "of"
                and (
                    Trait.OWNERS_BEHIND in document.grammar.traits
                    or text[word.end() : name.start].strip()
                )
            )
        ]
        for name in names
    ]
    return all(any(":" not in gap and "," not in gap for gap in of_name) for of_name in gaps)


def _is_told_of_a_name(document: Document, trigger: Trigger) -> bool:
    """Return whether a sentence below the title bans somebody named, and nobody who is only theirs."""
    start, end, segment = document.sentences[trigger.sentence][:3]
    return (
        segment is not Segment.TITLE
        and bool(document.names_in(trigger.sentence))
        and find(document, "people", start, end) is None
    )


def _is_over_soon(document: Document, *, is_paused: bool) -> bool:
    """Return whether title or lead say that what the title closes opens again, and that it is for a while.

    A day on which it opens says so too. "Plant closed since May reopens" says it the other way round.
    """
    closed = None
    for sentence in document.sentences_of(Segment.TITLE, Segment.LEAD):
        is_title = document.in_title(sentence)
        for cue in document.words_in("cue", sentence):
            if "shutdown" not in cue.meaning.types:
                continue
            is_back = cue.meaning.stage == "reversed"
            if closed is None and is_title:
                if is_back:
                    return False
                closed = cue
            elif closed is not None and is_back and (is_paused or _tells_a_day(document, sentence)):
                return not is_for_good(document, sentence)
    return False


def _tells_a_day(document: Document, sentence: int) -> bool:
    start, end = document.sentences[sentence][:2]
    return _DAY.search(document.folded.text, start, end) is not None


def _tells_a_spell(document: Document) -> bool:
    """Return whether the title says how long something lasts, and not that it is for good."""
    return any(
        find(document, "spells", *document.sentences[sentence][:2]) is not None
        and not is_for_good(document, sentence)
        for sentence in document.sentences_of(Segment.TITLE)
    )


def _is_refitted(document: Document) -> bool:
    """Return whether title or lead say that what opens again was only refitted, or cleared for an alarm."""
    return any(
        find(document, "refits", *document.sentences[at][:2]) is not None
        and not is_for_good(document, at)
        for at in document.sentences_of(Segment.TITLE, Segment.LEAD)
    )


def _is_taken_back(document: Document) -> bool:
    """Return whether a maker or a shop takes goods back that are not as they should be.

    The title says that, title or lead what is wrong with them, or that buyers get their money back. Not
    where an authority is named: it may have forbidden them.
    """
    head = document.sentences_of(Segment.TITLE, Segment.LEAD)
    if not head or any(document.words_in("authority", at) for at in head):
        return False
    title, end = document.sentences[head[0]], document.sentences[head[-1]].end
    countries = list(document.countries_in(head[0]))
    is_recalled = find(document, "recalls", title.start, end) is not None
    return (
        title.segment is Segment.TITLE
        and (
            find(document, "pulls", title.start, title.end)
            or find(document, "recalls", title.start, title.end)
        )
        is not None
        # "X recalls milk in France", not "France bans X's milk"
        and (
            not countries
            or (is_recalled and document.has_name(head[0], title.start, countries[0].start))
        )
        and find(document, "defects", title.start, end) is not None
    )
