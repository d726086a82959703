"""Products: what is a tracked company's under a name that nobody tracks: "TikTok shuts down its app Lemonade".

The company alone would be what is closed or banned. Where a sentence has a name for it, the company closes it, or is a
party to its ban, and the name is told among `others` as the target. A plant, an office or shops have no name of
their own: then the company is what closes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles, no_products, products_pattern
from services.classifier.spans import ACTIVE, Name, Stranger, Trigger
from services.classifier.steps.roles import assign
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.conjunctions import begun_by_and, has_and
from services.classifier.syntax.names.strangers import (
    MARK,
    belongs_to_noun,
    function_words,
    standing,
    strangers_in,
)
from services.classifier.syntax.names.things import named_things, written_together
from services.common.contracts.reading import Role

_TO_ITS_VERB = 24
"""So many characters at most part a company with its product from the verb: "wird in Italien"."""
_OF_ITS_OWNER = 48
"""So many say whose what is, "X's photo sharing app Y"."""
_APPOSED = 60
"""So long is what says behind a comma what somebody is: "Lemonade, TikTok's app for photos, closes"."""
_COMMAS = ",،、，("
_CLOSING = re.compile(r"[,،、，)]")
_OF_THE_OWNER = {"shutdown": Role.ACTOR, "ban": Role.PARTY}
"""What the owner of a product that nobody tracks is in its end by the type of that."""


def own(document: Document) -> Document:
    """Return the document with the companies that close what nobody tracks as those who close it."""
    return document.but(candidates=tuple(_owned(document, one) for one in document.candidates))


def _owned(document: Document, candidate: Candidate) -> Candidate:
    role = _OF_THE_OWNER.get(candidate.event_type)
    targets = candidate.companies(Role.TARGET)
    is_alone = len(targets) == 1 and (role is Role.PARTY or len(candidate.roles) == 1)
    if role is None or not is_alone:
        return candidate
    for trigger in candidate.triggers:
        if not document.in_front(trigger.sentence) or not _may_tell(document, candidate, trigger):
            continue
        if product := _product(document, candidate, trigger):
            name = product.company.removeprefix(MARK)
            return candidate.but(
                roles={**candidate.roles, **dict.fromkeys(targets, role)},
                others={name: Stranger(product.start, product.end, Role.TARGET)},
            )
    return candidate


def _may_tell(document: Document, candidate: Candidate, trigger: Trigger) -> bool:
    """Return whether no title says of the company itself that it closes: "to shut photo app", "leaves"."""
    if document.in_title(trigger.sentence):
        return True
    things = products_pattern(document.language)
    text = document.folded.text
    titled = [one for one in candidate.triggers if document.in_title(one.sentence)]
    return all(
        things.search(text, *document.clause_of(one.sentence, one.start)) is not None
        for one in titled
    )


def _product(document: Document, candidate: Candidate, trigger: Trigger) -> Name | None:
    """Return the product that closes by a trigger, None where none is named."""
    named: Sequence[Name] = named_things(document, trigger.sentence)
    is_ban = candidate.event_type == "ban"
    has_other = is_ban or _has_site(document, trigger)
    strange: Sequence[Name] = () if has_other else _strange(document, trigger, named)
    bare = (
        name
        for name in strange
        if trigger.frame == "active" and _is_object(document, trigger, name)
    )
    owned = (
        name for name in (*named, *strange) if _is_owned(document, candidate, name, trigger, named)
    )
    if (its := next(owned, None)) is not None:
        return its
    if is_ban or not (names := [*named, *bare]):
        return None
    directly = (name for name in named if _is_of_its_cue(document, candidate, name, trigger))
    return next(directly, None) or next(_closed(document, candidate, trigger, names), None)


def _is_of_its_cue(document: Document, candidate: Candidate, name: Name, trigger: Trigger) -> bool:
    """Return whether a cue that a company stands before ends with the thing whose name follows: "X stopt met app Y"."""
    text = document.folded.text
    return (
        trigger.end < name.start
        and not text[trigger.end : name.start].strip(" \"'")
        and any(
            thing.end() == trigger.end
            for thing in products_pattern(document.language).finditer(
                text, trigger.start, trigger.end
            )
        )
        and any(
            owner.end <= trigger.start and candidate.roles.get(owner.company) is Role.TARGET
            for owner in document.names_in(trigger.sentence)
        )
    )


def _is_owned(
    document: Document, candidate: Candidate, name: Name, trigger: Trigger, named: Sequence[Name]
) -> bool:
    return any(
        _is_its_owner(document, owner, name, trigger, named)
        for owner in document.names_in(trigger.sentence)
        if candidate.roles.get(owner.company) is Role.TARGET
    )


def _closed(
    document: Document, candidate: Candidate, trigger: Trigger, names: Sequence[Name]
) -> Iterator[Name]:
    """Yield those of `names` that a sentence read with them says to be closed by the company."""
    sentence = trigger.sentence
    by_sentence = dict(document.names_by_sentence)
    by_sentence[sentence] = sorted((*document.names_in(sentence), *names))
    met = document.but(
        names=tuple(sorted((*document.names, *names))),
        names_by_sentence=by_sentence,
        triggers=tuple(document.triggers_in(sentence)),
    )
    for other in assign(met).candidates:
        if other.event_type != candidate.event_type or trigger not in other.triggers:
            continue
        if all(other.roles.get(company) is Role.ACTOR for company in candidate.roles):
            for name in names:
                if other.roles.get(name.company) is Role.TARGET:
                    yield name


def _strange(document: Document, trigger: Trigger, named: Sequence[Name]) -> list[Name]:
    """Return whom a sentence names with no word for what it is: "Google shuts down Stadia"."""
    text, sentence = document.folded.text, trigger.sentence
    met = strangers_in(document, sentence)
    written = [one for one in written_together(document, sentence) if not _is_among(one, met)]
    return [
        name
        for name in (*met, *written)
        if not _is_among(name, named)
        and text[name.start : name.end].split()[0] not in no_products()
    ]


def _is_among(name: Name, names: Sequence[Name]) -> bool:
    return any(name.overlaps(one) for one in names)


def _has_site(document: Document, trigger: Trigger) -> bool:
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return any(
        "shutdown" in hit.meaning.types and start <= hit.start < end
        for hit in document.words_in("applies", trigger.sentence)
    )


def _is_object(document: Document, trigger: Trigger, name: Name) -> bool:
    """Return whether nothing but small words stands between a verb and a name, which nothing makes a place."""
    return (
        _is_beside(document, trigger, name)
        and not belongs_to_noun(document, name)
        and not _is_left(document, trigger)
        and not _is_place(document, name)
        and not _goes_on(document, trigger, name)
    )


def _is_beside(document: Document, trigger: Trigger, name: Name) -> bool:
    text, grammar = document.folded.text, document.grammar
    if grammar.order == "sov" and name.end <= trigger.start:
        gap = text[document.word_end(name.end) : trigger.start]
        return len(gap.split()) <= 1 and not has_sign(gap, 0, len(gap))
    known = function_words(grammar)
    if trigger.start < name.start and name.end <= trigger.end:
        return all(word in known for word in text[trigger.start : name.start].split()[1:])
    words = text[trigger.end : name.start].split()
    return trigger.end <= name.start and all(word in grammar.articles for word in words)


def _is_left(document: Document, trigger: Trigger) -> bool:
    """Return whether a verb ends with "from": what is named behind it is a market."""
    words = document.folded.text[trigger.start : trigger.end].split()
    return words[-1] in folded_particles("hails", document.language) and (
        words[-1] in document.grammar.before.get("seller", ())
    )


def _is_place(document: Document, name: Name) -> bool:
    """Return whether a story has "in" before a name anywhere."""
    text, scope = document.folded.text, document.grammar.scope
    return any(
        text[:at].rstrip(" ").endswith(tuple(f" {word}" for word in scope))
        for at in standing(text[name.start : name.end], text)
    )


def _goes_on(document: Document, trigger: Trigger, name: Name) -> bool:
    """Return whether a word of the verb's own begins the name: "apaga la [Zona] Franca"."""
    names, folded = document.grammar.names, document.folded
    if not names.has_capitals or names.has_capital_nouns:
        return False
    before = folded.text[trigger.start : name.start].split()
    last = folded.text.rfind(" ", 0, name.start - 1) + 1
    return (
        len(before) > 1
        and last < trigger.end
        and document.whole[folded.original(last)].isupper()
        and document.whole[folded.original(trigger.start)].islower()
    )


def _is_its_owner(
    document: Document, owner: Name, name: Name, trigger: Trigger, named: Sequence[Name]
) -> bool:
    """Return whether a name with a word for what it is says whose it is, beside the verb for its end."""
    text, language = document.folded.text, document.language
    things = products_pattern(language)
    if owner.end <= name.start:
        gap = text[owner.end : name.start]
        is_its = (
            len(gap) <= _OF_ITS_OWNER
            and not has_sign(gap, 0, len(gap))
            and not any(
                owner.end <= one.start < name.start
                for one in document.triggers_in(trigger.sentence)
            )
            and gap[:1] not in _COMMAS
            and not begun_by_and(gap, language)
            and things.search(gap) is not None
        )
        end = name.end
    else:
        gap = text[name.end : owner.start]
        opened = gap.lstrip("»”\"」』›'’ ")[:1]
        if opened and opened in _COMMAS:
            end = _end_of_apposition(document, owner.end, document.sentences[trigger.sentence].end)
            is_its = (
                len(gap) <= _APPOSED
                and things.search(text, name.end, end) is not None
                and (name in named or _begins(document, trigger.sentence, name))
            )
        else:
            of = {*folded_particles("genitive", language), *folded_particles("of_owner", language)}
            is_its = gap.strip("»”\"」』›'’ ") in of
            end = owner.end
    start = min(owner.start, name.start)
    if not is_its or has_and(text[min(owner.end, name.end) : end], language):
        return False
    if trigger.start <= start and end <= trigger.end:
        return True
    if trigger.end <= start:
        is_subject = trigger.event_type == "shutdown" and trigger.frame in ACTIVE
        return not is_subject and start - trigger.end <= _TO_ITS_VERB
    return end <= trigger.start and trigger.start - end <= _TO_ITS_VERB


def _begins(document: Document, sentence: int, name: Name) -> bool:
    begun = document.sentences[sentence].start
    return not document.folded.text[begun : name.start].strip(" \"'")


def _end_of_apposition(document: Document, start: int, end: int) -> int:
    """Return where what says whose something is ends: at a comma, else behind the thing."""
    text = document.folded.text
    closed = _CLOSING.search(text, start, end)
    if closed is not None:
        return closed.end()
    thing = products_pattern(document.language).search(text, start, min(end, start + _TO_ITS_VERB))
    return thing.end() if thing is not None else start
