"""Sentences: how a story is cut, also one that never ends a sentence."""

from __future__ import annotations

import pytest

from services.classifier.document import Document
from services.classifier.lexicon.load import lexicon
from services.classifier.steps.fold import fold
from services.classifier.steps.sentences import split

LONGEST = 600


def sentences_of(language: str, text: str) -> list[str]:
    grammar = lexicon(language).grammar
    document = fold(
        Document(title="News of the day", text=text, language=language, grammar=grammar)
    )
    cut = split(document)
    return [document.folded.text[found.start : found.end] for found in cut.sentences]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "norvik closes "), ("zh", "关闭诺维克"), ("th", "นอร์วิกปิด"), ("ta", "நார்விக் மூடல் ")],
)
def test_a_sentence_that_does_not_end_is_cut_and_loses_nothing(language: str, words: str) -> None:
    found = sentences_of(language, words * 1_000)

    assert max(map(len, found)) <= LONGEST
    assert "".join(found).count(words.strip()) >= 1_000 - len(found)


def test_a_long_sentence_is_cut_between_words() -> None:
    found = sentences_of("en", "norvik closes " * 100)

    assert [part for part in found[1:] if not part.startswith(("norvik", "closes"))] == []


def test_a_sentence_of_a_newspaper_is_whole() -> None:
    told = "norvik said on monday that it would close its plant in leeds, " * 4 + "and no other."

    assert sentences_of("en", told)[1:] == [f"{told}"]
