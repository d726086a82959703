"""Antecedents: the company of the sentence before that "the group" stands for at the head of another one.

"Norvik cuts its losses. The group has sold Zelmo": read as "Norvik has sold Zelmo".
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.document import Document, Name, Segment
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit
from services.common.ids import CompanyId

_AT_FIRST = 40
"""So many characters from the beginning of its sentence stands such a subject: "On Monday the group …"."""
_BEGINS = 4
"""So near its beginning has a sentence whom it is about, where it names several."""
_QUOTES = " \"'«„“"


def with_antecedents(document: Document, grammar: Grammar) -> Document:
    """Return the document with the company that a subject stands for among the names of its sentence.

    Only in a lead that names somebody else beside it: roles are given among them. Most come back as they are.
    """
    meant = dict(_meant(document, grammar))
    if not meant:
        return document
    by_sentence = dict(document.names_by_sentence)
    for sentence, name in meant.items():
        by_sentence[sentence] = sorted((*document.names_in(sentence), name))
    return document.but(
        names=tuple(sorted((*document.names, *meant.values()))),
        names_by_sentence=by_sentence,
        seen={},  # what was found among fewer names does not hold for these
    )


def _meant(document: Document, grammar: Grammar) -> Iterator[tuple[int, Name]]:
    for sentence, word in document.words_of("firms"):
        if document.sentences[sentence].segment is not Segment.LEAD or word.meaning.name == "part":
            continue
        company = _antecedent(document, sentence)
        if company is not None and _is_subject(document, grammar, sentence, word, company):
            yield sentence, Name(word.start, word.end, company)


def _is_subject(
    document: Document, grammar: Grammar, sentence: int, word: Hit, company: CompanyId
) -> bool:
    """Return whether a word stands where the subject of a sentence does, which tells of others than itself."""
    names = document.names_in(sentence)
    if not names or any(name.company == company for name in names):
        return False
    return (
        bool(document.triggers_in(sentence))
        and word == document.words_in("firms", sentence)[0]
        and word.start - document.sentences[sentence].start <= _AT_FIRST
        and word.end <= names[0].start
        and not _is_named(document, grammar, word, names[0])
    )


def _is_named(document: Document, grammar: Grammar, word: Hit, name: Name) -> bool:
    """Return whether a name right behind a word says who is meant: "the group Zelmo"."""
    if grammar.order != "svo" or grammar.is_verb_first:
        return False
    return not document.folded.text[word.end : name.start].strip(_QUOTES)


def _antecedent(document: Document, sentence: int) -> CompanyId | None:
    """Return whom the nearest sentence above that names somebody is about; None where it names several alike."""
    above = next((at for at in range(sentence - 1, -1, -1) if document.names_in(at)), None)
    if above is None:
        return None
    names = document.names_in(above)
    is_alone = len({name.company for name in names}) == 1
    begins = names[0].start - document.sentences[above].start <= _BEGINS
    return names[0].company if is_alone or begins else None
