"""How newspapers of every language write sums, by the examples of `money.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import lexicon
from services.classifier.lexicon.money import prices_in
from services.classifier.lexicon.scripts import UNSPACED, script_of

EXAMPLES = yaml.safe_load(Path(__file__).with_name("money.yml").read_text(encoding="utf-8"))


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(lang, written, meant, id=f"{lang}: {written}")
        for lang, by_form in EXAMPLES[kind].items()
        for written, meant in by_form.items()
    ]


def sums_in(lang: str, text: str) -> list[str]:
    folded = fold_text(text)
    found = prices_in(folded, 0, len(folded), lexicon(lang).grammar)
    return [f"{price.amount.currency} {price.amount.value:.0f}" for price in found]


@pytest.mark.parametrize(("lang", "written", "meant"), examples("sums"))
def test_a_sum_is_read_as_it_is_written(lang: str, written: str, meant: str) -> None:
    is_dense = script_of(written[-1]) in UNSPACED or lang == "ko"
    text = f"{written}。" if is_dense else f"– {written} –"

    assert sums_in(lang, text) == [meant]


@pytest.mark.parametrize(("lang", "written", "meant"), examples("told"))
def test_a_figure_that_is_paid_is_money(lang: str, written: str, meant: str) -> None:
    assert sums_in(lang, written) == [meant]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "Norvik paga 1.200 millones de clientes"),
        ("it", "Norvik offre 350 milioni di dosi"),
        ("nl", "Norvik betaalt voor 350 miljoen klanten"),
        ("pl", "Norvik oferuje 350 mln kart"),
        ("ru", "Норвик предложила 350 млн карт"),
        ("zh", "诺维克有12亿用户"),
    ],
)
def test_a_figure_that_counts_something_is_no_money(lang: str, text: str) -> None:
    assert sums_in(lang, text) == []
