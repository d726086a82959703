from __future__ import annotations

from itertools import islice

import pytest

from services.classifier.lexicon import money
from services.classifier.lexicon.examples import examples
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import LANGUAGES, lexicon
from services.classifier.lexicon.money_patterns import patterns_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_where_an_amount_may_begin_misses_none(language: str) -> None:
    grammar = lexicon(language).grammar
    told = "\n".join(example.sentence for example in islice(examples(language), 60))
    text = fold_text(f"{told}\n$3 billion, 2.5 million euros; 40 crore")

    found = [match.span() for match in money._matches(text, 0, len(text), grammar)]

    assert found == [match.span() for match in patterns_of(grammar).price.finditer(text)]
