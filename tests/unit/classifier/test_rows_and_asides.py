"""Sentences as long stories have them: who does what is said with rows, descriptions and asides."""

from __future__ import annotations

from functools import cache

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

NAMES = ("Norvik", "Zelmo", "Balto", "Pixeo", "Gurten")


@cache
def pipeline() -> Pipeline:
    return Pipeline.of(a_watchlist(*(a_company(name.lower(), name=name) for name in NAMES)))


def told(lang: str, text: str) -> list[tuple[str, dict[str, str]]]:
    """Return type and roles of every report; who is only named along the way is left out."""
    reading = pipeline().read(a_story(title="", text=text, language=lang))
    return [
        (
            report.type,
            {str(c.id): str(c.role) for c in report.companies if str(c.role) != "party"},
        )
        for report in reading.reports
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "en",
            "Zelmo will be sold to the French dairy group Norvik, both companies said on Monday.",
        ),
        (
            "de",
            "Zelmo wird an den Schweizer Baustoffkonzern Norvik verkauft, wie beide mitteilten.",
        ),
        (
            "nl",
            "Zelmo wordt verkocht aan het Franse zuivelconcern Norvik, meldden beide bedrijven.",
        ),
        ("fr", "Zelmo sera vendu au groupe agroalimentaire Norvik, ont annoncé les deux sociétés."),
        ("es", "Zelmo será vendida al fondo soberano noruego Norvik, anunciaron ambas empresas."),
        (
            "it",
            "Zelmo sarà venduta al colosso caseario francese Norvik, hanno annunciato le due aziende.",
        ),
        (
            "pt",
            "A Zelmo será vendida ao grupo cimenteiro francês Norvik, anunciaram as duas empresas.",
        ),
    ],
)
def test_what_describes_a_name_may_stand_between_it_and_its_preposition(
    lang: str, text: str
) -> None:
    assert told(lang, text) == [("acquisition", {"norvik": "actor", "zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "en",
            "Norvik, the family firm from Alba behind Balto and Pixeo, agreed to acquire Zelmo.",
        ),
        ("de", "Norvik, der Familienbetrieb hinter den Marken Balto und Pixeo, übernimmt Zelmo."),
        ("nl", "Norvik, het familiebedrijf achter de merken Balto en Pixeo, neemt Zelmo over."),
        ("fr", "Norvik, le groupe familial connu pour Balto et Pixeo, va racheter Zelmo."),
        ("es", "Norvik, la empresa familiar que fabrica Balto y Pixeo, compra Zelmo."),
        ("it", "Norvik, il gruppo di famiglia noto per Balto e Pixeo, acquista Zelmo."),
        ("pt", "A Norvik, a empresa familiar conhecida por Balto e Pixeo, compra a Zelmo."),
    ],
)
def test_what_an_apposition_names_takes_no_part(lang: str, text: str) -> None:
    assert told(lang, text) == [("acquisition", {"norvik": "actor", "zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Le Zelmo, le Balto et le Pixeo sont interdits en France depuis lundi."),
        ("es", "El Gobierno prohíbe la Zelmo, la Balto y la Pixeo en todo el país."),
        ("it", "Il governo vieta la Zelmo, la Balto e la Pixeo in tutto il paese."),
        ("pt", "O governo proíbe a Zelmo, a Balto e a Pixeo em todo o país."),
        ("de", "Die Regierung verbietet den Zelmo, den Balto und den Pixeo im ganzen Land."),
    ],
)
def test_each_name_of_a_row_may_have_its_article(lang: str, text: str) -> None:
    assert told(lang, text) == [("ban", {"zelmo": "target", "balto": "target", "pixeo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Norvik completes the takeover of Zelmo and of Balto, it said on Monday."),
        ("fr", "Norvik a bouclé le rachat de Zelmo et de Balto, a-t-il annoncé lundi."),
        ("nl", "Norvik rondt de overname van Zelmo en van Balto af, meldt het concern."),
        ("de", "Norvik schließt die Übernahme von Zelmo und von Balto ab, teilte der Konzern mit."),
    ],
)
def test_each_name_of_a_row_may_have_the_preposition_of_the_first(lang: str, text: str) -> None:
    assert told(lang, text) == [
        ("acquisition", {"norvik": "actor", "zelmo": "target", "balto": "target"})
    ]


def test_a_name_behind_a_comma_and_an_article_is_no_row() -> None:
    text = "Norvik kauft Zelmo, die Balto bleibt selbstständig."

    assert told("de", text) == [("acquisition", {"norvik": "actor", "zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Le conseil d'administration de Zelmo rejette l'offre de Norvik."),
        ("es", "El consejo de Zelmo rechaza la oferta de Norvik, que considera hostil."),
        ("it", "Il consiglio di Zelmo respinge l'offerta di Norvik, giudicata inadeguata."),
        ("pt", "O conselho da Zelmo rejeita a oferta da Norvik, que considera hostil."),
        ("en", "The board of Zelmo rejects the offer from Norvik, calling it hostile."),
    ],
)
def test_whose_board_refuses_is_what_was_to_be_bought(lang: str, text: str) -> None:
    assert told(lang, text) == [("acquisition", {"norvik": "actor", "zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "Balto se desprende de su filial Zelmo, que pasa a manos de Norvik."),
        ("it", "Balto si libera della controllata Zelmo, che passa a Norvik."),
        ("fr", "Balto se sépare de sa filiale Zelmo, qui passe sous le contrôle de Norvik."),
    ],
)
def test_a_relative_pronoun_makes_the_name_before_it_the_subject(lang: str, text: str) -> None:
    assert told(lang, text) == [
        ("acquisition", {"balto": "seller", "norvik": "actor", "zelmo": "target"})
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "El Gobierno ha tumbado la opa de Norvik sobre Zelmo."),
        ("it", "Il governo ha fermato con il golden power la scalata di Norvik a Zelmo."),
        ("pt", "O Cade barrou a oferta da Norvik sobre a Zelmo."),
    ],
)
def test_of_a_stopped_bid_the_first_name_bids_and_the_second_was_to_be_bought(
    lang: str, text: str
) -> None:
    assert told(lang, text) == [("acquisition", {"norvik": "actor", "zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Zelmo can no longer be used on government phones, the cabinet office said."),
        ("de", "Zelmo darf in Italien vorerst nicht mehr angeboten werden, entschied die Behörde."),
        ("nl", "Zelmo mag in Nederland niet langer worden verkocht, heeft de rechter bepaald."),
        ("fr", "Zelmo ne pourra plus être commercialisé en France, a tranché l'agence sanitaire."),
        ("it", "Zelmo non potrà più essere venduto in Italia, ha deciso l'agenzia del farmaco."),
        ("pt", "A Zelmo não poderá mais ser vendida no Brasil, decidiu a Anvisa."),
    ],
)
def test_what_may_no_longer_be_sold_is_banned_and_not_sold(lang: str, text: str) -> None:
    assert told(lang, text) == [("ban", {"zelmo": "target"})]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("it", "Norvik acquista 40 treni da Zelmo per 200 milioni di euro."),
        ("es", "Norvik compra 40 trenes a Zelmo por 200 millones de euros."),
        ("pt", "A Norvik comprou 40 trens da Zelmo por 200 milhões de euros."),
        ("fr", "Norvik a acheté 40 rames à Zelmo pour 200 millions d'euros."),
        ("en", "Norvik bought 40 locomotives from Zelmo in a deal worth €200 million."),
    ],
)
def test_so_and_so_many_things_are_goods_and_no_company(lang: str, text: str) -> None:
    assert told(lang, text) == []


@pytest.mark.parametrize("share", ["41 proc.", "41 proc. akcji"])
def test_so_and_so_many_per_cent_are_a_stake_and_no_goods(share: str) -> None:
    assert told("pl", f"Norvik kupuje {share} Zelmo") == [
        ("acquisition", {"norvik": "actor", "zelmo": "target"})
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The owners of Zelmo are selling the company, people familiar with it said."),
        ("fr", "Les actionnaires de Zelmo étudient une cession de l'entreprise."),
        ("nl", "De aandeelhouders van Zelmo onderzoeken een verkoop van het bedrijf."),
        ("it", "I proprietari di Zelmo valutano una vendita della società."),
    ],
)
def test_what_its_owners_sell_is_the_target(lang: str, text: str) -> None:
    assert [roles for _, roles in told(lang, text)] in ([{"zelmo": "target"}], [])


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Zelmo's app went dark on payday and customers were locked out for hours."),
        ("it", "Zelmo ha chiuso il secondo trimestre con utili in crescita del 12%."),
        ("fr", "Zelmo veut reprendre la main face à ses concurrents."),
        ("pt", "As lojas da Zelmo ficaram fechadas na segunda-feira por causa do temporal."),
    ],
)
def test_results_outages_and_weather_are_no_event(lang: str, text: str) -> None:
    assert told(lang, text) == []


def test_a_description_does_not_reach_into_the_sentence_before() -> None:
    title = "Norvik quits Russia, hands plant to local managers"
    text = "Food group Norvik has sold its plant near Tula to the management there."

    reports = pipeline().read(a_story(title=title, text=text, language="en")).reports

    [deal] = [report for report in reports if report.type == "acquisition"]
    assert [str(party.role) for party in deal.companies] == ["seller"]


@pytest.mark.parametrize("where", ["cities", "towns", "renowned shops"])
def test_who_is_named_in_an_aside_that_tells_of_no_owner_does_not_close(where: str) -> None:
    text = f"The start-up, which lent its bikes in {where} through Zelmo, shuts down."

    assert told("en", text) == []


def test_who_is_named_as_the_owner_of_what_closes_has_no_part() -> None:
    assert told("fr", "Norvik, détenu par Zelmo, ferme ses portes.") == [
        ("shutdown", {"norvik": "target"})
    ]


@pytest.mark.parametrize(
    ("lang", "text", "roles"),
    [
        (
            "pt",
            "Zelmo vende à Norvik o Balto",
            {"norvik": "actor", "balto": "target", "zelmo": "seller"},
        ),
        ("es", "Prohíben Balto en Norvik", {"balto": "target"}),
        ("en", "Norvik buys Zelmo of Balto", {"norvik": "actor", "zelmo": "target"}),
        ("nl", "Gurten verkoopt Balto aan Norvik en Zelmo", None),
    ],
)
def test_a_word_for_and_joins_names_in_its_own_language_only(
    lang: str, text: str, roles: dict[str, str] | None
) -> None:
    both = {"norvik": "actor", "zelmo": "actor", "balto": "target", "gurten": "seller"}
    assert [found for _, found in told(lang, text)] == [roles or both]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Zelmo, not Norvik, buys Balto"),
        ("en", "Not Norvik but Zelmo buys Balto"),
        ("de", "Zelmo, nicht Norvik, übernimmt Balto"),
        ("de", "Nicht Norvik, sondern Zelmo kauft Balto"),
        ("nl", "Zelmo, niet Norvik, koopt Balto"),
        ("nl", "Niet Norvik, maar Zelmo neemt Balto over"),
        ("fr", "Zelmo, et non Norvik, rachète Balto"),
        ("fr", "Ce n'est pas Norvik mais Zelmo qui rachète Balto"),
        ("es", "Zelmo, y no Norvik, compra Balto"),
        ("es", "Zelmo, no Norvik, compra Balto"),
        ("pt", "Zelmo, e não Norvik, compra a Balto"),
        ("it", "Zelmo, e non Norvik, compra Balto"),
        ("it", "Non Norvik ma Zelmo compra Balto"),
        ("pl", "Zelmo, a nie Norvik, przejmuje Balto"),
        ("pl", "Nie Norvik, lecz Zelmo przejmuje Balto"),
        ("ru", "Zelmo, а не Norvik, покупает Balto"),
        ("uk", "Zelmo, а не Norvik, купує Balto"),
        ("id", "Zelmo, bukan Norvik, akuisisi Balto"),
        ("vi", "Zelmo, chứ không phải Norvik, mua lại Balto"),
        ("tr", "Norvik değil Zelmo Balto'yu satın alıyor"),
        ("zh", "Zelmo而非Norvik收购Balto"),
        ("ja", "NorvikではなくZelmoがBaltoを買収"),
        ("hi", "Norvik नहीं, Zelmo ने Balto को खरीदा"),
        ("ur", "Norvik نہیں، Zelmo نے Balto کو خرید لیا"),
        ("ta", "Norvik அல்ல, Zelmo தான் Balto வாங்குகிறது"),
        ("ar", "Zelmo وليس Norvik تستحوذ على Balto"),
    ],
)
def test_whom_a_word_denies_has_no_part(lang: str, text: str) -> None:
    assert [found for _, found in told(lang, text)] == [{"zelmo": "actor", "balto": "target"}]


def test_whom_a_word_denies_is_not_banned() -> None:
    assert told("en", "Balto, not Norvik, banned in Italy") == [("ban", {"balto": "target"})]
