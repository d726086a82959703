"""What the mechanism does for languages that put articles before names and endings on verbs."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("tiktok", name="TikTok"),
    a_company("apple", name="Apple"),
    a_company("meta", name="Meta"),
)


@pytest.mark.parametrize("title", ["Meta compra TikTok", "Meta compra a TikTok"])
def test_an_article_may_stand_between_a_verb_and_what_it_governs(title: str) -> None:
    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="pt")).reports

    assert report.type == "acquisition"


def test_what_a_name_is_called_may_stand_between_it_and_its_verb() -> None:
    title = "Meta compra la startup estadounidense TikTok"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="es")).reports

    assert report.type == "acquisition"


@pytest.mark.parametrize(
    ("title", "types"),
    [
        ("Meta quer concluir a compra do TikTok", ["acquisition"]),
        ("Meta mostra como a compra fica mais fácil", []),
    ],
)
def test_a_vague_noun_counts_right_before_a_tracked_name(title: str, types: list[str]) -> None:
    reports = Pipeline.of(WATCHLIST).read(a_story(title=title, language="pt")).reports

    assert [report.type for report in reports] == types


def test_a_platform_before_a_cue_around_a_product_bans_it() -> None:
    title = "Apple retira TikTok de su tienda"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="es")).reports

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {"apple": Role.ACTOR, "tiktok": Role.TARGET}


def test_the_word_of_the_agent_may_be_part_of_a_passive_cue() -> None:
    title = "TikTok passe sous le contrôle de Meta"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="fr")).reports

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {"tiktok": Role.TARGET, "meta": Role.ACTOR}
