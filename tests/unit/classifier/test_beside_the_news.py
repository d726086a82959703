"""What one cue alone says beside a story's news is no news of its own; whom a front names alone is bought."""

from __future__ import annotations

import pytest

from services.classifier.workbench.explanation import explanation
from services.common.contracts.reading import Focus
from tests.support.told import a_told, pipeline


def told(language: str, text: str) -> dict[str, tuple[Focus, dict[str, str]]]:
    return {
        report.type: (report.focus, {str(p.id): p.role.value for p in report.companies})
        for report in pipeline().read(a_told(language, text)).reports
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            (
                "Nepal verbietet Pixeo / Die Regierung hat die App Pixeo verboten. Anbieter müssen Pixeo sperren."
                " Der Dienst stellt den Betrieb ein."
            ),
        ),
        (
            "es",
            (
                "Nepal prohíbe Pixeo / El Gobierno prohibió la aplicación Pixeo. Los proveedores deben bloquear"
                " Pixeo. La plataforma cesó sus operaciones."
            ),
        ),
        (
            "id",
            (
                "Pemerintah blokir Pixeo / Kominfo memblokir aplikasi Pixeo. Pixeo dilarang beroperasi. Layanan"
                " itu berhenti beroperasi."
            ),
        ),
        ("zh", "尼泊尔禁用Pixeo / 政府宣布封禁Pixeo。运营商被要求屏蔽Pixeo。该应用停止服务。"),
    ],
)
def test_that_a_banned_service_stops_is_what_its_ban_does(language: str, text: str) -> None:
    events = told(language, text)

    assert events["ban"][0] is Focus.MAIN
    assert events["shutdown"][0] is Focus.BACKGROUND


def test_one_word_of_a_ban_beside_a_deal_is_no_news() -> None:
    events = told(
        "en",
        "Court blocks Norvik's takeover of Zelmo / The judge barred Norvik from buying Zelmo. The merger of"
        " Norvik and Zelmo is off. Zelmo's drug was banned.",
    )

    assert events["acquisition"] == (Focus.MAIN, {"norvik": "actor", "zelmo": "target"})
    assert events["ban"][0] is Focus.BACKGROUND


def test_a_company_that_closes_because_of_a_ban_is_still_in_both() -> None:
    events = told("en", "Pixeo shuts its offices after ban / Pixeo was banned on Monday.")

    assert {focus for focus, _ in events.values()} == {Focus.MAIN}
    assert events.keys() == {"ban", "shutdown"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Zelmo bleibt, wie es ist / Norvik zieht sein Übernahmeangebot zurück, teilte der Konzern mit.",
        ),
        (
            "en",
            "Zelmo stays as it is / Norvik withdraws its takeover bid, the group said on Tuesday.",
        ),
        (
            "nl",
            "Zelmo blijft zelfstandig / Norvik trekt zijn overnamebod in, zei het concern dinsdag.",
        ),
    ],
)
def test_whom_the_front_names_alone_is_what_a_deal_without_a_target_buys(
    language: str, text: str
) -> None:
    assert told(language, text)["acquisition"][1] == {"norvik": "actor", "zelmo": "target"}


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        (
            "Norvik to exit London Stock Exchange / Zelmo agreed to buy Norvik for 2 billion.",
            "acquisition",
        ),
        ("UK bans crypto broker Norvik / The regulator has banned Norvik.", "ban"),
        (
            "Norvik fans outraged as Turkey blocks the app / Turkey's regulator blocked Norvik on Monday.",
            "ban",
        ),
        (
            "After strike, Norvik back in India / India lifted its ban on Norvik on Monday.",
            "ban",
        ),
    ],
)
def test_what_is_harmless_in_a_title_hides_no_other_news(text: str, event_type: str) -> None:
    assert told("en", text)[event_type][0] is Focus.MAIN


@pytest.mark.parametrize(
    ("language", "title", "text", "again"),
    [
        (
            "en",
            "Spanish grocer shuts down its shops in Brazil",
            (
                "It was cheap for those who stay and hard for those who do not. Balto told "
                "the stock exchange on Friday. Balto goes on at home."
            ),
            "The last shop closes in June.",
        ),
        (
            "de",
            "Spanischer Händler schließt alle Läden in Brasilien",
            (
                "Der Abschied war billig für die einen und hart für die anderen, heißt es. Balto "
                "teilte es am Freitag der Börse mit. Balto macht zu Hause weiter."
            ),
            "Der letzte Laden schließt im Juni.",
        ),
        (
            "pt",
            "Rede espanhola de supermercados deixa o Brasil",
            (
                "A despedida saiu barata para uns e foi dura para os outros, dizem os que ficam. O "
                "grupo Balto informou a bolsa na sexta-feira. A Balto segue em casa."
            ),
            "A última loja fecha em junho.",
        ),
    ],
)
def test_what_is_told_once_and_unsure_is_news_only_where_it_is_told_again(
    language: str, title: str, text: str, again: str
) -> None:
    once = told(language, f"{title} / {text}")
    twice = told(language, f"{title} / {text} {again}")

    assert once["shutdown"] == (Focus.BACKGROUND, {"balto": "target"})
    assert twice["shutdown"] == (Focus.MAIN, {"balto": "target"})


@pytest.mark.parametrize(
    ("language", "title", "telling", "other"),
    [
        (
            "en",
            "A valley without looms",
            "Norvik said on Monday that its mill in Lower Dale, where 300 people weave, will close.",
            "The union's spokesman said that nobody there had expected so much, and hopes for talks.",
        ),
        (
            "de",
            "Die Webstühle im Tal verstummen",
            "Norvik wird die Weberei in Unterdorf, in der 300 Menschen arbeiten, im Herbst schließen.",
            "Damit habe dort niemand gerechnet, sagte ein Sprecher der Gewerkschaft am Montag.",
        ),
        (
            "id",
            "Mesin tenun di lembah itu berhenti",
            "Norvik akan menutup pabrik di Sukamaju, tempat 300 orang menenun karpet.",
            "Tak seorang pun di sana menduganya, kata juru bicara serikat pekerja.",
        ),
        (
            "ja",
            "谷の織機が止まる",
            "ノルヴィクは、300人がじゅうたんを織る下谷の工場を閉鎖する。",
            "労働組合の広報担当者は、現地では誰も予想していなかったと話した。",
        ),
    ],
)
def test_a_title_that_names_nobody_leaves_its_news_to_the_first_paragraph(
    language: str, title: str, telling: str, other: str
) -> None:
    first = told(language, f"{title} / {telling} {other}")
    behind = told(language, f"{title} / {other} {telling}")
    further_down = told(language, f"{title} / {other}\n\n{telling}")

    assert first["shutdown"] == (Focus.MAIN, {"norvik": "target"})
    assert behind["shutdown"] == (Focus.MAIN, {"norvik": "target"})
    assert further_down["shutdown"] == (Focus.BACKGROUND, {"norvik": "target"})


def test_what_is_sure_is_news_though_it_is_told_once() -> None:
    events = told("en", "Balto buys Zelmo / Both said so on Friday. Shares rose. Nobody knew.")

    assert events["acquisition"][0] is Focus.MAIN


def test_a_ban_that_a_title_tells_of_an_authority_is_news_whomever_it_names() -> None:
    rest = (
        "Phones that Norvik makes lack a paper, a spokesman said on Thursday. Shops were surprised and buyers wait. "
        "Nobody knew more. Norvik opened a shop in May. It is closed on Mondays. It bought Zelmo in 2019."
    )

    by_a_ministry = told("en", f"Ministry: some phones may not be sold / {rest}")
    by_nobody = told("en", f"Some phones may not be sold / {rest}")

    assert by_a_ministry["ban"] == (Focus.MAIN, {"norvik": "target"})
    assert by_nobody["ban"][0] is Focus.BACKGROUND


def test_an_explanation_says_that_an_event_is_doubted() -> None:
    document = pipeline().document(
        a_told(
            "en",
            (
                "Spanish grocer shuts its shops in Brazil / It was cheap for those who stay "
                "and hard for the others. Balto told the stock exchange. Balto goes on at home."
            ),
        )
    )

    assert "shutdown confirmed main, told once and unsure: background" in explanation(document)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "it",
            (
                "Nessun compratore / Il mulino della valle cerca ancora un compratore, dicono i proprietari. Una"
                " decisione è attesa per la fine del mese, hanno detto. Norvik ha acquistato Zelmo per 3 miliardi"
                " di euro."
            ),
        ),
        (
            "fr",
            (
                "Pas encore de repreneur / Le moulin de la vallée cherche toujours un repreneur, disent ses"
                " propriétaires. Une décision est attendue pour la fin du mois, disent-ils. Norvik a racheté Zelmo"
                " pour 3 milliards d'euros."
            ),
        ),
        (
            "vi",
            (
                "Nhà máy chờ ngày mới / Nhà máy trong thung lũng vẫn đang tìm người mua, các chủ sở hữu cho biết."
                " Quyết định dự kiến sẽ có vào cuối tháng này, theo thông báo. Norvik đã mua lại Zelmo với giá"
                " 3 tỷ đô la."
            ),
        ),
        (
            "ms",
            (
                "Kilang menunggu / Kedua-dua pihak meneruskan perbincangan di Berlin pada hari Isnin, kata mereka."
                " Keputusan dijangka dibuat menjelang akhir bulan ini, menurut kenyataan. Norvik mengambil alih"
                " Zelmo dengan harga RM3 bilion."
            ),
        ),
    ],
)
def test_a_lead_that_hints_at_a_deal_of_nobody_makes_no_news_of_one_further_down(
    language: str, text: str
) -> None:
    focus, roles = told(language, text)["acquisition"]
    assert (focus, set(roles)) == (Focus.BACKGROUND, {"norvik", "zelmo"})
