from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.steps.clean import clean
from services.classifier.steps.fold import fold

GRAMMAR = Grammar(boilerplate_lines=("by", "photo:"))


def test_a_byline_is_furniture() -> None:
    document = clean(fold(Document(title="", text="By Ana Ruiz\nPhoto:AP")), grammar=GRAMMAR)

    assert len(document.furniture) == 2


def test_a_longer_word_that_begins_like_furniture_is_none() -> None:
    document = clean(fold(Document(title="Bybit buys a rival", text="")), grammar=GRAMMAR)

    assert document.furniture == ()
