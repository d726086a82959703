from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from services.common.packed import pack, unpack
from services.common.watchlist import Watchlist

texts = st.text(max_size=3)
aliases = st.builds(
    Alias,
    text=texts,
    is_exact=st.booleans(),
    needs=st.lists(texts, max_size=2).map(tuple),
    excluded=st.lists(texts, max_size=2).map(tuple),
)
companies = st.builds(
    Company,
    id=texts.map(CompanyId),
    name=texts,
    names=st.lists(aliases, min_size=1, max_size=3).map(tuple),
    tags=st.lists(texts, max_size=2).map(tuple),
)
watchlists = st.lists(companies, max_size=4, unique_by=lambda one: one.id).map(Watchlist.of)


@given(watchlists, watchlists)
@settings(max_examples=60)
def test_a_packed_watchlist_arrives_as_it_was_whatever_was_known_before(
    watchlist: Watchlist, known: Watchlist
) -> None:
    arrived = list(unpack(pack(watchlist.companies.values()), known.companies))

    assert arrived == list(watchlist.companies.values())
    assert Watchlist.of(arrived).hash == watchlist.hash


def test_many_companies_travel_in_parts_and_in_order() -> None:
    companies = [a_company(number) for number in range(250)]

    parts = list(pack(companies))

    assert len(parts) == 3
    assert list(unpack(parts, {})) == companies


def test_what_has_not_changed_is_the_very_company_that_was_known() -> None:
    same, other = a_company(1), a_company(2)
    known = {same.id: same, other.id: replace(other, name="another")}

    arrived = list(unpack(pack([a_company(1), other]), known))

    assert arrived[0] is same
    assert arrived[1] == other


def a_company(number: int) -> Company:
    return Company(id=CompanyId(f"c{number}"), name=f"C {number}", names=(Alias(text="C"),))
