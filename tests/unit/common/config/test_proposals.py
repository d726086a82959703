from __future__ import annotations

from pathlib import Path

import pytest

from services.common.config import edit
from services.common.config.catalogue import Catalogue, catalogue
from services.common.config.companies import read_companies
from services.common.config.proposals import Wish, company_entry, propose, propose_products
from services.common.config.yaml import read_yaml
from services.common.contracts.company import Company
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist
from tests.support.builders import a_company, a_watchlist

NOBODY = Watchlist.of(())
SHIPPED = Catalogue.of(
    a_watchlist(
        a_company("mother", name="Mother Group"),
        a_company("shop", "ร้าน", owner=CompanyId("mother")),
        a_company("app", owner=CompanyId("shop")),
    )
)


def ids(companies: tuple[Company, ...]) -> list[str]:
    return [company.id for company in companies]


def test_a_company_of_the_catalogue_comes_below_its_owners() -> None:
    proposal = propose(Wish(name="ร้าน"), watched=NOBODY, shipped=SHIPPED)

    assert ids(proposal.companies) == ["mother", "shop"]
    assert ids(proposal.products) == ["app"]


@pytest.mark.parametrize(
    ("name", "company_id"),
    [
        ("Ørsted", "orsted"),
        ("Łódź Præm & Søn", "lodz-praem-son"),
        ("Großmarkt", "grossmarkt"),
        ("L'Oréal", "loreal"),
        ("Tüpraş İzmir", "tupras-izmir"),
    ],
)
def test_an_id_keeps_every_latin_letter_of_its_name(name: str, company_id: str) -> None:
    assert ids(propose(Wish(name=name), watched=NOBODY, shipped=SHIPPED).companies) == [company_id]


def test_nothing_is_no_name() -> None:
    with pytest.raises(ValueError, match="A company needs a name"):
        propose(Wish(name=" ", company_id="some"), watched=NOBODY, shipped=SHIPPED)


def test_an_owner_that_is_watched_under_another_id_keeps_that_id() -> None:
    watched = a_watchlist(a_company("mum", name="Mother group"))

    proposal = propose(Wish(name="shop"), watched=watched, shipped=SHIPPED)

    assert [(company.id, company.owner) for company in proposal.companies] == [("shop", "mum")]


def test_what_was_said_wins_over_the_catalogue() -> None:
    wish = Wish(name="shop", company_id="my-shop", owner="me", aliases=["Toko"], tags=["mine"])

    proposal = propose(wish, watched=NOBODY, shipped=SHIPPED)

    [company] = proposal.companies
    assert (company.id, company.owner, company.tags) == ("my-shop", "me", ("mine",))
    assert [alias.text for alias in company.names] == ["Shop", "ร้าน", "Toko"]
    assert [(product.id, product.owner) for product in proposal.products] == [("app", "my-shop")]


def test_a_name_that_the_catalogue_does_not_know_is_added_as_given() -> None:
    proposal = propose(Wish(name="Café d'Été 21"), watched=NOBODY, shipped=SHIPPED)

    [company] = proposal.companies
    assert (company.id, company.name) == ("cafe-dete-21", "Café d'Été 21")


def test_a_name_without_latin_letters_needs_an_id() -> None:
    with pytest.raises(ValueError, match="--id"):
        propose(Wish(name="খবর"), watched=NOBODY, shipped=SHIPPED)


def test_a_watched_company_is_not_proposed_again_but_its_products_are() -> None:
    watched = a_watchlist(a_company("my-shop", name="Shop"))

    products = propose_products("shop", watched=watched, shipped=SHIPPED)

    assert [(product.id, product.owner) for product in products.companies] == [("app", "my-shop")]
    with pytest.raises(ValueError, match='watched already, as "my-shop"'):
        propose(Wish(name="shop"), watched=watched, shipped=SHIPPED)


def test_products_of_a_company_that_nobody_watches_are_not_proposed_alone() -> None:
    assert propose_products("shop", watched=NOBODY, shipped=SHIPPED).companies == ()


def test_the_whole_catalogue_is_the_same_after_it_was_written_into_a_file(tmp_path: Path) -> None:
    companies = tuple(catalogue().watchlist.companies.values())

    edit.add(tmp_path, edit.COMPANIES, *map(company_entry, companies))

    content = (tmp_path / "companies.yml").read_bytes()
    assert read_companies(read_yaml(content, file="companies.yml")) == companies


@pytest.mark.parametrize(
    "name", ["Alpha\nBeta", "Alpha\r", "Al\x1bpha", "Al\u2028pha", "Al\x7fpha"]
)
def test_a_name_with_a_control_character_is_refused_by_itself_and_as_an_alias(name: str) -> None:
    for names in ({"name": name}, {"name": "Alpha", "aliases": ("Beta", name)}):
        with pytest.raises(ValueError, match="has a line break or another control character"):
            Wish(**names)


def test_the_joiners_that_persian_names_need_are_no_control_characters() -> None:
    assert Wish(name="علی\u200cبابا").name == "علی\u200cبابا"
