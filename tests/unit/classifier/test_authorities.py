"""What an authority's order makes of a stopped sale, a buried merger and a hoped-for return."""

from __future__ import annotations

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(a_company("zelmo", name="Zelmo"), a_company("norvik", name="Norvik"))


def told(language: str, title: str, text: str) -> list[tuple[str, str, list[str]]]:
    reports = (
        Pipeline.of(WATCHLIST).read(a_story(title=title, text=text, language=language)).reports
    )
    return [
        (report.type, str(report.stage), sorted(str(party.id) for party in report.companies))
        for report in reports
    ]


def test_a_stopped_sale_is_that_of_goods_where_the_lead_bans_them() -> None:
    events = told(
        "es",
        "Zelmo se queda en el almacén: Indecopi frena su venta en todo el país",
        "La comisión mandó hoy inmovilizar todos los lotes de Zelmo.",
    )

    assert events == [("ban", "confirmed", ["zelmo"])]


def test_a_merger_that_a_court_buries_is_a_deal_that_failed() -> None:
    events = told("pt", "Tribunal enterra a união entre Zelmo e Norvik", "O placar foi de 5 a 1.")

    assert events == [("acquisition", "rejected", ["norvik", "zelmo"])]


def test_a_banned_app_that_hopes_to_be_back_has_not_closed() -> None:
    events = told(
        "zh",
        "工信部下架泽莫等App",
        "工信部今天宣布禁止Zelmo继续提供下载。公司称,争取早日重新上线。",
    )

    assert [event for event, _, _ in events] == ["ban"]
