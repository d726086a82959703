from __future__ import annotations

from services.classifier.lexicon.load import lexicon
from services.classifier.steps.amounts import prices_in


def test_a_word_may_stand_between_number_and_currency() -> None:
    text = "paga 1.200 millones de euros por la cadena"

    prices = [price.amount for price in prices_in(text, 0, len(text), lexicon("es").grammar)]

    assert [(price.currency, price.value) for price in prices] == [("EUR", 1_200_000_000)]
