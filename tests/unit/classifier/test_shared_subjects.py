"""Who does two things in one sentence, and what a title tells that names nobody."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.builders import a_company, a_story, a_watchlist

PIPELINE = Pipeline.of(
    a_watchlist(
        a_company("velka", name="Velka"),
        a_company("balto", name="Balto"),
        a_company("dorim", name="Dorim"),
    )
)


def events(language: str, title: str, text: str) -> list[tuple[str, dict[str, Role]]]:
    reading = PIPELINE.read(a_story(title=title, text=text, language=language))
    return [
        (report.type, {str(party.id): party.role for party in report.companies})
        for report in reading.reports
    ]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Velka buys Balto and shuts Dorim"),
        ("es", "Velka compra Balto y cierra Dorim"),
        ("fr", "Velka rachète Balto et ferme Dorim"),
    ],
)
def test_the_name_before_and_with_a_verb_is_not_who_does_the_second_thing(
    language: str, title: str
) -> None:
    assert events(language, title, "") == [
        ("acquisition", {"velka": Role.ACTOR, "balto": Role.TARGET}),
        ("shutdown", {"velka": Role.ACTOR, "dorim": Role.TARGET}),
    ]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "A takeover in the coffee trade", "Velka has bought Balto, it said on Monday."),
        ("de", "Übernahme in der Kaffeebranche", "Velka hat Balto gekauft, hieß es am Montag."),
        ("fr", "Rachat dans le café", "Velka a racheté Balto, a annoncé le groupe lundi."),
    ],
)
def test_a_title_that_names_nobody_tells_the_event_of_its_lead(
    language: str, title: str, text: str
) -> None:
    assert events(language, title, text) == [
        ("acquisition", {"velka": Role.ACTOR, "balto": Role.TARGET})
    ]


def test_a_pause_behind_a_dash_closes_nothing() -> None:
    assert (
        events("en", "Velka closes its plant in Ohio - for two weeks", "Work resumes in May.") == []
    )


def test_a_subject_that_a_sentence_leaves_out_is_cited_where_it_is_named() -> None:
    story = a_story(title="Velka tnie koszty. Zamknie Balto", text="Firma milczy.", language="pl")

    (report,) = PIPELINE.read(story).reports

    assert report.companies[0].id == "velka"
    assert [e.quote for e in report.evidence if e.field == "company:velka"] == ["Velka"]
