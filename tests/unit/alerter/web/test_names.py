from __future__ import annotations

from services.alerter.web.pages.lists import found_companies
from services.alerter.web.selection import company_meant
from tests.support.builders import a_company, a_watchlist

NESTLE = a_company("nestle", name="Nestl\u00e9")
DECOMPOSED = "nestle\u0301"


def test_a_company_is_found_however_its_accents_are_typed() -> None:
    watchlist = a_watchlist(NESTLE, a_company("tiktok"))

    assert found_companies(watchlist, DECOMPOSED) == [NESTLE]
    assert company_meant(DECOMPOSED, watchlist) == "nestle"
