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


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Un pueblo sin chicles: Meta cierra su fábrica"),
        ("fr", "Une ville sans emploi : Meta ferme son usine"),
        ("it", "Un paese senza lavoro: Meta chiude lo stabilimento"),
        ("pt", "Uma cidade sem emprego: Meta fecha a sua fábrica"),
    ],
)
def test_what_is_denied_before_a_colon_denies_nothing_behind_it(language: str, title: str) -> None:
    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language=language)).reports

    assert (report.type, report.stage) == ("shutdown", "confirmed")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Meta informó este lunes que compró la empresa TikTok"),
        ("pt", "Meta informou nesta segunda-feira que comprou a empresa TikTok"),
    ],
)
def test_a_company_that_says_what_it_does_is_who_does_it(language: str, title: str) -> None:
    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language=language)).reports

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {"meta": Role.ACTOR, "tiktok": Role.TARGET}


def test_what_is_lifted_is_old_not_that_it_is() -> None:
    text = "O tribunal cassou na terça a liminar que havia tirado o TikTok do ar."

    [report] = (
        Pipeline.of(WATCHLIST)
        .read(a_story(title="TikTok ganha na Justiça", text=text, language="pt"))
        .reports
    )

    assert (report.stage, report.focus) == ("reversed", "main")


def test_who_buys_for_millions_buys_more_than_goods() -> None:
    title = "Meta s'offre le nom d'un rival pour 18 millions d'euros"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="fr")).reports

    assert report.type == "acquisition"


def test_a_strike_in_the_title_stops_for_a_while_whatever_clause_tells_it() -> None:
    text = "Per lo sciopero che oggi ferma i trasporti, Meta ha soppresso 34 collegamenti."

    reading = Pipeline.of(WATCHLIST).read(
        a_story(title="Sciopero, Meta taglia 34 voli", text=text, language="it")
    )

    assert not reading.reports
