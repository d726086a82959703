"""Owners and products that title or lead name beside an event."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("velka", name="Velka"),
    a_company("zumo", name="Zumo", owner=CompanyId("velka")),
    a_company("pingo", name="Pingo", owner=CompanyId("zumo")),
    a_company("balto", name="Balto"),
    a_company("dorim", name="Dorim"),
    a_company("hestra", name="Hestra"),
)


def roles(event_type: str, title: str, text: str = "", language: str = "en") -> dict[str, Role]:
    story = a_story(title=title, text=text, language=language)
    [report] = [r for r in Pipeline.of(WATCHLIST).read(story).reports if r.type == event_type]
    return {str(party.id): party.role for party in report.companies}


@pytest.mark.parametrize(
    ("event_type", "owner", "title", "text"),
    [
        (
            "ban",
            Role.TARGET,
            "Nepal bans Zumo",
            "The court had given Velka three weeks to explain what it does with data.",
        ),
        (
            "shutdown",
            Role.ACTOR,
            "Zumo shuts down in May",
            "The numbers no longer add up, Velka told the users of its service in a letter.",
        ),
        (
            "acquisition",
            Role.SELLER,
            "Balto acquires Zumo",
            "For Velka it is the end of a long story, say those who were there.",
        ),
    ],
)
def test_the_owner_that_a_lead_names_has_a_part_in_what_happens_to_its_product(
    event_type: str, owner: Role, title: str, text: str
) -> None:
    found = roles(event_type, title, text)

    assert found["zumo"] is Role.TARGET
    assert found["velka"] is owner


def test_who_is_named_with_a_product_only_in_the_title_closes_it() -> None:
    found = roles("shutdown", "Zumo, the last day", "Velka shuts down its app on Friday for good.")

    assert found == {"zumo": Role.TARGET, "velka": Role.ACTOR}


def test_of_a_family_that_acts_the_one_in_the_title_buys() -> None:
    found = roles(
        "acquisition",
        "Zumo buys Balto",
        "Velka and Zumo have agreed to acquire Balto, they announced on Monday.",
    )

    assert found == {"zumo": Role.ACTOR, "balto": Role.TARGET, "velka": Role.PARTY}


def test_an_owner_twice_removed_is_one_of_the_family_too() -> None:
    found = roles("ban", "Velka has a surprise, Pingo bans links to other shops")

    assert found.get("pingo") is not Role.ACTOR or "velka" not in found


def test_what_is_left_in_the_sentence_of_a_sale_buys() -> None:
    found = roles(
        "acquisition",
        "",
        "Velka is said to be exploring a sale of Zumo in India to give it, with Balto, another chance.",
    )

    assert found == {"velka": Role.SELLER, "zumo": Role.TARGET, "balto": Role.ACTOR}


def test_history_that_names_nobody_is_of_whom_the_body_names() -> None:
    found = roles(
        "ban",
        "Balto buys Dorim",
        "Balto agreed to buy Dorim, after Nepal banned online shopping last year, for a high price. "
        "It is the largest deal of its kind that the country has seen so far.\n"
        "Traders hope for a better time after the government banned Hestra in autumn.",
    )

    assert found == {"hestra": Role.TARGET}
