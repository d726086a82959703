"""Antecedents: the company of the sentence before that "the group" or "it" stands for in another one.

"Norvik cuts its losses. The group has sold Zelmo": read as "Norvik has sold Zelmo". "Fans of Zelmo mourn. Norvik
is closing it": read as "Norvik is closing Zelmo". So is the subject that a title's next sentence leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import ACTIVE, Name, Segment
from services.classifier.syntax.bystanders.competitors import rival_in
from services.classifier.syntax.clauses.takers import takers
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS
from services.classifier.syntax.names.markers import marks_behind
from services.classifier.syntax.scene import Scene
from services.common.ids import CompanyId

_AT_FIRST = 40
"""So many characters from the beginning of its sentence stands such a subject: "On Monday the group …"."""
_BEGINS = 4
"""So near its beginning has a sentence whom it is about, where it names several."""
_MARK = 12
_TO_A_LAST_VERB = 24
"""So far before a verb that ends its clause stands what it is done to."""


def with_antecedents(document: Document) -> Document:
    """Return the document with the company that a subject or an object stands for among the names of its sentence.

    Only in a lead that names somebody else beside it: roles are given among them. Most come back as they are.
    """
    meant = {**dict(_meant(document)), **dict(_gone_on_with(document))}
    if not meant:
        return document
    by_sentence = dict(document.names_by_sentence)
    for sentence, name in meant.items():
        by_sentence[sentence] = sorted((*document.names_in(sentence), name))
    return document.but(
        names=tuple(sorted((*document.names, *meant.values()))),
        names_by_sentence=by_sentence,
    )


def _meant(document: Document) -> Iterator[tuple[int, Name]]:
    for sentence, word in document.words_of("firms"):
        is_told = (
            document.in_lead(sentence)
            and document.names_in(sentence)
            and document.triggers_in(sentence)
        )
        if not is_told or word.meaning.name == "part":
            continue
        company = _antecedent(document, sentence)
        stands = _is_subject if word.meaning.name == "whole" else _is_object
        if company is not None and stands(document, sentence, word, company):
            yield sentence, Name(word.start, word.end, company)


def _gone_on_with(document: Document) -> Iterator[tuple[int, Name]]:
    """Yield who goes on to do what a title's next sentence begins with: "X is not giving up. Buys Y"."""
    if document.grammar.order != "svo" or document.grammar.is_verb_first:
        return
    for sentence in document.sentences_of(Segment.TITLE)[1:]:
        start, names = document.sentences[sentence].start, document.names_in(sentence)
        company = _antecedent(document, sentence)
        if company is None or not names or any(name.company == company for name in names):
            continue
        for trigger in document.triggers_in(sentence)[:1]:
            begins = not document.folded.text[start : trigger.start].strip() and _is_first(
                document, sentence - 1
            )
            if begins and trigger.frame in ACTIVE and not takers(Scene(document, trigger)):
                yield sentence, Name(start, start, company)


def _is_subject(document: Document, sentence: int, word: Hit, company: CompanyId) -> bool:
    """Return whether a word stands where the subject of a sentence does, which tells of others than itself."""
    names = document.names_in(sentence)
    return (
        all(name.company != company for name in names)
        and word == document.words_in("firms", sentence)[0]
        and word.start - document.sentences[sentence].start <= _AT_FIRST
        and word.end <= names[0].start
        and not _is_named(document, sentence, word, names[0])
        and not _is_subject_itself(document, sentence, word, names[0])
    )


def _is_named(document: Document, sentence: int, word: Hit, name: Name) -> bool:
    """Return whether a name right behind a word says who is meant: "the group Zelmo".

    Where the object may stand there, too, a comma or what marks a subject behind the name says so, or what describes
    the word: "امریکی کمپنی زیلمو نے", "perakendeci X, …".
    """
    grammar = document.grammar
    text = document.folded.text
    between = text[word.end : name.start].strip(AROUND_A_NAME)
    countries = list(document.countries_in(sentence))
    if between:
        return grammar.is_verb_first and any(
            between == text[country.start : country.end] for country in countries
        )
    if grammar.order == "svo" and not grammar.is_verb_first:
        return True
    if marks_behind(grammar, "actor", text[name.end : name.end + _MARK]):
        return True
    is_described = bool(text[document.sentences[sentence].start : word.start].strip(AROUND_A_NAME))
    is_listed = text[name.end : name.end + 1] in COMMAS
    acted_on = folded_particles("acted_on", document.language)
    return grammar.order == "sov" and (
        any(0 <= word.start - country.end <= 1 for country in countries)
        or is_listed
        or (is_described and bool(acted_on) and not text.startswith(acted_on, name.end))
    )


def _is_subject_itself(document: Document, sentence: int, word: Hit, name: Name) -> bool:
    """Return whether the first name does it, or it is done to that: "同社はXがYを買収すると", "the group said X was shut"."""
    text = document.folded.text
    said = [
        hit
        for layer in ("announced", "avowed", "hearsay")
        for hit in document.words_in(layer, sentence)
        if hit.end <= name.start
    ]
    is_said = any(
        len(text[hit.end : name.start].split()) <= 1
        and any(name.end <= cue.start for cue in document.triggers_in(sentence))
        for hit in said
        if hit.start >= word.end
    )
    if is_said or document.grammar.order != "sov":
        return is_said
    marks = folded_particles("does_it", document.language)
    others = {other.company for other in document.names_in(sentence)}
    is_sure = Trait.MARKED_SUBJECTS in document.grammar.traits or len(others) > 1
    return bool(marks) and is_sure and text.startswith(marks, name.end)


def _is_object(document: Document, sentence: int, word: Hit, company: CompanyId) -> bool:
    """Return whether a word stands where a verb has its object, behind the only one whom its sentence names."""
    before = {name.company for name in document.names_in(sentence) if name.end <= word.start}
    is_whole = all(other.meaning.name != "part" for other in document.words_in("firms", sentence))
    if len(before) != 1 or company in before or not is_whole:
        return False  # "The company behind X has closed it"
    if word.meaning.name == "it_before" and _is_parted(document, sentence, word):
        return False  # "X opened a shop last year, now it closes it"
    reach = _TO_A_LAST_VERB if document.grammar.order == "sov" else 1
    return any(
        trigger.start <= word.start < trigger.end
        or (
            0 <= trigger.start - word.end <= reach
            if word.meaning.name == "it_before"
            else 0 <= word.start - trigger.end <= 1
        )
        for trigger in document.triggers_in(sentence)
        if trigger.frame in ACTIVE
    )


def _is_parted(document: Document, sentence: int, word: Hit) -> bool:
    """Return whether a comma stands between the subject of a sentence and a word."""
    names = [name for name in document.names_in(sentence) if name.end <= word.start]
    return not COMMAS.isdisjoint(document.folded.text[names[-1].end + 1 : word.start])


def _is_first(document: Document, sentence: int) -> bool:
    """Return whether a sentence begins with a name: "X gives in", but not "A black week for X"."""
    names = document.names_in(sentence)
    return bool(names) and names[0].start - document.sentences[sentence].start <= _BEGINS


def _antecedent(document: Document, sentence: int) -> CompanyId | None:
    """Return whom the nearest sentence above that names somebody is about; None where it names several alike.

    Whom a lead's sentence calls a rival is nobody that is meant beside the only one whom the title names.
    """
    above = next((at for at in range(sentence - 1, -1, -1) if document.names_in(at)), None)
    if above is None:
        return None
    names = document.names_in(above)
    if rival_in(document, above) is not None:
        return next(iter(document.titled)) if len(document.titled) == 1 else None
    is_alone = len({name.company for name in names}) == 1
    begins = names[0].start - document.sentences[above].start <= _BEGINS
    return names[0].company if is_alone or begins else None
