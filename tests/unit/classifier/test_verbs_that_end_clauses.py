"""German and Dutch verbs that end their clause, sales that fail, and titles whose cue is a plan."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role, Stage
from tests.support.builders import a_company, a_story, a_watchlist

PIPELINE = Pipeline.of(
    a_watchlist(
        a_company("velka", name="Velka"),
        a_company("balto", name="Balto"),
        a_company("dorim", name="Dorim"),
    )
)


def told(language: str, title: str) -> list[tuple[str, Stage, dict[str, Role]]]:
    reading = PIPELINE.read(a_story(title=title, text="", language=language))
    return [
        (report.type, report.stage, {str(party.id): party.role for party in report.companies})
        for report in reading.reports
    ]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de", "Am Dienstag wurde bekannt, dass Velka Balto übernimmt"),
        ("de", "Nachdem Velka Balto gekauft hat, steigt der Kurs"),
        ("nl", "Dinsdag werd bekend dat Velka Balto overneemt"),
    ],
)
def test_of_two_names_before_a_verb_that_ends_its_clause_the_first_buys(
    language: str, title: str
) -> None:
    [(_, _, roles)] = told(language, title)
    assert roles == {"velka": Role.ACTOR, "balto": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de", "Dass Italien Velka verbietet, war lange klar"),
        ("nl", "Dat Italië Velka verbiedt, was al langer duidelijk"),
    ],
)
def test_one_name_before_a_verb_that_bans_at_its_clauses_end_is_banned(
    language: str, title: str
) -> None:
    [(event, _, roles)] = told(language, title)
    assert (event, roles) == ("ban", {"velka": Role.TARGET})


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Government blocks sale of Velka to Balto"),
        ("fr", "Le gouvernement bloque la vente de Velka à Balto"),
        ("nl", "Kabinet blokkeert verkoop van Velka aan Balto"),
    ],
)
def test_of_a_sale_that_is_stopped_the_first_name_is_what_is_sold(
    language: str, title: str
) -> None:
    assert told(language, title) == [
        ("acquisition", Stage.REJECTED, {"velka": Role.TARGET, "balto": Role.ACTOR})
    ]


def test_a_verb_that_buys_goes_around_who_had_what_is_bought() -> None:
    [(_, _, roles)] = told("de", "Velka kauft Dorim die Sparte Balto ab")
    assert roles == {"velka": Role.ACTOR, "dorim": Role.SELLER, "balto": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Velka puts Balto on the block"),
        ("de", "Velka stellt Balto ins Schaufenster"),
        ("fr", "Velka met Balto en vente"),
    ],
)
def test_a_title_whose_own_cue_is_a_plan_confirms_nothing(language: str, title: str) -> None:
    [(event, stage, _)] = told(language, title)
    assert (event, stage) == ("acquisition", Stage.PROPOSED)
