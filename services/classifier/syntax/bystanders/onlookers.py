"""Onlookers: names of a sentence of which words beside them say that they have no part in its event.

"Zelmo protests against Norvik's purchase of Balto", "a loan from Zelmo", "Zelmo's rival Balto": the words stand
in `onlookers.yml`, each with the side of the name on which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.classifier.document import Document, remembered
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.ventures import KINDS as VENTURES
from services.classifier.syntax.bystanders.ventures import partners
from services.classifier.syntax.clauses.signs import behind_signs, has_sign
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, chains_of
from services.classifier.syntax.names.conjunctions import is_and

_BEHIND = 30
"""So many characters may stand between a word and the name behind it: "a loan of 2 billion euros from X"."""
_BEFORE = 24
_FAR = 80
"""So far behind its subject may a verb stand."""
_FAR_BEHIND = 24
"""So far before a verb that ends its sentence may the event stand to which it says something."""
_AN_ENDING = 4
"""So many characters may be an ending of a name before a verb: "X'e geçti"."""
_STORES = frozenset({"whose", "stores"})
_OF_A_STORE = frozenset({"store", "joins"})
"""Frames of bans by a store: "removes X from its store", "X is thrown out of Y's store"."""
_AROUND_A_STORE = " \"'“”»«)"
_ENDS = frozenset({"ban", "shutdown"})
_INSTEAD = "instead"
_RANKS = frozenset({"ranked", "outranked"})
"""Where the words stand that say behind whom somebody ranks: "the second-largest after X"."""


def onlookers(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names of a sentence that words beside them leave out of events of a type.

    Who is named alone is left out of a ban or a closing that others turn away from: "Bookshop closes, readers
    move to X".
    """
    if not document.names_in(sentence) or not document.words_in("onlooker", sentence):
        return frozenset()
    return _left_out(document, sentence, event_type)


@remembered
def _left_out(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    names = document.names_in(sentence)
    is_alone = len({name.company for name in names}) < 2
    found = frozenset(
        name
        for name, word in _said_of(document, sentence, event_type)
        if (not is_alone or word.meaning.name in _RANKS or _is_instead(names, word))
        and not _is_of_its_store(document, word)
    )
    left = {name.company for name in names} - {name.company for name in found}
    return found if left or is_alone else _taken_out_of(document, sentence, names)


def _is_of_its_store(document: Document, word: Hit) -> bool:
    """Return whether a word is one of a cue for what a store does itself: "thrown out of X's store"."""
    return word.meaning.name in _STORES and any(
        cue.meaning.frame in _OF_A_STORE and cue.start <= word.start and word.end <= cue.end
        for cue in document.words_in("cue", document.sentence_at(word.start))
    )


def _taken_out_of(document: Document, sentence: int, names: Sequence[Name]) -> frozenset[Name]:
    """Return whose stores a cue names out of which it takes something: "it was removed from X's store"."""
    cues = [cue for cue in document.words_in("cue", sentence) if "ban" in cue.meaning.types]
    return frozenset(
        name
        for word in document.words_in("onlooker", sentence)
        if word.meaning.name in _STORES
        and any(cue.start <= word.start < cue.end and word.end <= cue.end for cue in cues)
        for name in _whose(document, sentence, names, word)
    )


def onlookers_of_ends(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names that words of bans and closings alone leave out, also where a sentence names nobody else.

    "A pub closes. Balto supplied the last barrel", while who "did not comment" may be its owner.
    """
    if event_type not in _ENDS:
        return frozenset()
    return frozenset(
        name for name, word in _said_of(document, sentence, event_type) if word.meaning.types
    )


def _said_of(document: Document, sentence: int, event_type: str) -> Iterator[tuple[Name, Hit]]:
    """Yield the names that words beside them leave out of events of a type, each with its word."""
    names = document.names_in(sentence)
    for word in document.words_in("onlooker", sentence):
        if word.meaning.types and event_type not in word.meaning.types:
            continue
        if word.meaning.name in VENTURES:
            beside = partners(document, names, word, event_type)
        else:
            beside = _of_word(document, sentence, names, word)
        for name in beside:
            yield name, word


def _is_instead(names: Sequence[Name], word: Hit) -> bool:
    """Return whether a word says of the only name, beside it, that it takes the place of what is banned or closed.

    Whose plant closes as another of its own takes its place is named twice, or stands further before a verb.
    """
    return (
        word.meaning.frame == _INSTEAD
        and len(names) == 1
        and word.start - names[0].end <= _AN_ENDING
    )


def parties_beside(document: Document, sentence: int) -> Iterator[Name]:
    """Yield the onlookers of a deal whom a word beside them says to be outbid or outdone."""
    names = document.names_in(sentence)
    for word in document.words_in("onlooker", sentence):
        if word.meaning.frame == "outdone":
            yield from _of_word(document, sentence, names, word)


def _of_word(document: Document, sentence: int, names: Sequence[Name], word: Hit) -> Iterator[Name]:
    kind = word.meaning.name
    if kind in _RANKS and _tells_more(document, sentence, names, word):
        return
    if kind in {"behind", "relation", "ranked"}:
        beside = _behind(document, sentence, names, word, is_relation=kind == "relation")
    elif kind in {"before", "outranked"}:
        beside = _before(document, sentence, names, word)
    elif kind in _STORES:
        beside = _whose(document, sentence, names, word)
    else:
        if kind == "subject" or not _is_news(document, sentence, names):
            yield from _subject(document, sentence, names, word)
        return
    companies = {name.company for name in beside}
    yield from (name for name in names if name.company in companies)


def _tells_more(document: Document, sentence: int, names: Sequence[Name], word: Hit) -> bool:
    """Return whether an event or a name stands between the two parts of a word: "the largest one closes after"."""
    return document.has_cue(sentence, word.start, word.end) or any(
        word.start <= name.start < word.end for name in names
    )


def _is_news(document: Document, sentence: int, names: Sequence[Name]) -> bool:
    """Return whether who had an eye on something may be the news: the title tells of nobody else."""
    titled = document.titled
    return document.in_title(sentence) or not titled.difference(name.company for name in names[:1])


def _behind(
    document: Document, sentence: int, names: Sequence[Name], word: Hit, *, is_relation: bool
) -> Iterator[Name]:
    text = document.folded.text
    following = next((name for name in names if name.start >= word.end), None)
    reach = _AN_ENDING if word.meaning.frame == _INSTEAD else _BEHIND  # "lawmakers move to ban X"
    if following is None or following.start - word.end > reach:
        return
    if has_sign(text, word.end, following.start):
        return
    if word.meaning.name in _RANKS and document.has_cue(sentence, word.end, following.start):
        return  # "the second-largest after buying X"
    if is_relation:
        earlier = [name for name in names if name.end <= word.start]
        if not earlier or text[earlier[-1].end : word.start].strip(AROUND_A_NAME) not in COMMAS:
            return
    if word.meaning.name in _RANKS:
        yield from _ahead(document, names, word, following)
        return
    row = next(row for row in chains_of(document, names) if following in row.names)
    if word.start == document.sentences[sentence].start and following == row.names[0]:
        row = row.topic(document) or row  # "Unlike X, Y buys Z"
    yield from (name for name in row.names if name.start >= word.end)


def _ahead(document: Document, names: Sequence[Name], word: Hit, first: Name) -> Iterator[Name]:
    """Yield behind whom somebody ranks: "the fourth-largest after X, Y and Z".

    Behind a comma may stand who ranks so, "its largest rival after X, Y": a row has an "and" at its end.
    """
    row = next(row for row in chains_of(document, names) if first in row.names).names
    row = row[row.index(first) :]
    joined = [
        at
        for at, (one, other) in enumerate(pairwise(row), 1)
        if is_and(document.folded.text[one.end : other.start], document.language)
    ]
    is_whose = any(name.end <= word.start for name in names)
    yield from row[: joined[-1] + 1 if joined and (is_whose or joined[0] == 1) else 1]


def _before(document: Document, sentence: int, names: Sequence[Name], word: Hit) -> Iterator[Name]:
    text = document.folded.text
    earlier = [name for name in names if name.end <= word.start + 1]
    if not earlier or word.start - earlier[-1].end > _BEFORE:
        return
    gap = earlier[-1].end, word.start
    if has_sign(text, *gap) or document.has_cue(sentence, *gap):
        return
    if word.meaning.name in _RANKS and any(name.start >= word.end for name in names):
        # Who ranks so stands behind it: "X、Y、Zに次ぐ4位のA".
        row = next(row for row in chains_of(document, names) if earlier[-1] in row.names)
        yield from (name for name in row.names if name.end <= earlier[-1].end)
        return
    yield from _joined_to(document, earlier)


def _whose(document: Document, sentence: int, names: Sequence[Name], word: Hit) -> Iterator[Name]:
    """Yield those right beside their store, in a row, and a store of that name: "X and Y app stores".

    Who begins a sentence is what is taken out: "टेलीग्राम ऐप स्टोर से हटाया गया"; so is who stands right behind
    the ban, "নিষিদ্ধ টেলিগ্রাম অ্যাপ স্টোর থেকে".
    """
    text = document.folded.text
    if word.meaning.name == "stores":
        row: list[Name] = []
        for name in (name for name in names if name.start >= word.end):
            between = text[row[-1].end if row else word.end : name.start]
            if between.strip(_AROUND_A_STORE) and not (row and is_and(between, document.language)):
                break
            row.append(name)
        yield from row
        return
    end = word.start
    for name in reversed([name for name in names if name.start < word.end]):
        between = text[name.end : end]
        is_joined = end < word.start and is_and(between, document.language)
        is_first = not text[document.sentences[sentence].start : name.start].strip()
        is_banned = any(
            text[cue.end : name.start] == " " for cue in document.words_in("cue", sentence)
        )
        if is_first or is_banned or (between.strip(_AROUND_A_STORE) and not is_joined):
            break
        yield name
        end = name.start


def _subject(document: Document, sentence: int, names: Sequence[Name], word: Hit) -> Iterator[Name]:
    grammar = document.grammar
    if grammar.is_verb_first:
        within = [name for name in names if word.start <= name.start and name.end <= word.end]
        if within:
            yield within[0]
            return
    earlier = [name for name in names if name.end <= word.start]
    if grammar.order == "sov":
        yield from _doer(document, sentence, names, earlier, word)
        return
    if not earlier or word.start - earlier[-1].end > _FAR:
        return
    row = _joined_to(document, earlier)
    gap = document.folded.text[row[-1].end : word.start].lstrip(", ")
    if (
        not document.has_cue(sentence, row[-1].end, word.start)
        and _begins_clause(document, sentence, names, row[0])
        and (grammar.is_verb_last or not gap.startswith(grammar.relative))
    ):
        yield from row


def _joined_to(document: Document, names: Sequence[Name]) -> list[Name]:
    """Return the last of names, with those that an "and" joins to it."""
    row = [names[-1]]
    for name in reversed(names[:-1]):
        if not is_and(document.folded.text[name.end : row[0].start], document.language):
            break
        row.insert(0, name)
    return row


def _doer(
    document: Document, sentence: int, names: Sequence[Name], earlier: Sequence[Name], word: Hit
) -> Iterator[Name]:
    """Yield who does what a verb at the end says, if it says it of an event right before it."""
    text = document.folded.text
    marks = particles("doer", document.language)
    cues = [cue for cue in document.words_in("cue", sentence) if cue.end <= word.start]
    doers = [
        name
        for name in earlier
        if (
            text.startswith(marks, name.end)
            if marks
            else _begins_clause(document, sentence, names, name)
            and not text.startswith("'", name.end)
            and not any(0 <= cue.start - name.end <= 1 for cue in cues)
        )
    ]
    is_far = cues and word.start - cues[-1].end > _FAR_BEHIND
    if (
        doers
        and not (is_far and cues[-1].start > doers[-1].end)
        and not _is_of_another_half(document, sentence, doers[-1], cues, word)
    ):
        yield doers[-1]


def _is_of_another_half(
    document: Document, sentence: int, doer: Name, cues: Sequence[Hit], word: Hit
) -> bool:
    """Return whether a name first does something, and behind a comma or a break others say: "X, Y 인수…노조 반발"."""
    text = document.folded.text
    _, end = document.half_of(sentence, doer.start)
    return any(
        doer.end <= cue.start
        and (cue.end <= end <= word.start or not COMMAS.isdisjoint(text[cue.end : word.start]))
        for cue in cues
    )


def _begins_clause(document: Document, sentence: int, names: Sequence[Name], name: Name) -> bool:
    """Return whether a clause tells of nobody and of no event before a name."""
    text = document.folded.text
    begun = behind_signs(text, document.sentences[sentence].start, name.start)
    return not any(begun <= other.start < name.start for other in names) and not document.has_cue(
        sentence, begun, name.start
    )
