"""Whom sentences further down add to an event that title or lead tell of somebody else, or of nobody."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Role
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("velka", name="Velka"),
    a_company("zumo", name="Zumo", owner=CompanyId("velka")),
    a_company("balto", name="Balto"),
    a_company("dorim", name="Dorim"),
    a_company("hestra", name="Hestra"),
)

BETWEEN = (
    "The news came as a surprise to many people who work there. Nobody could be reached on Sunday."
)


def roles(language: str, event_type: str, title: str, text: str) -> dict[str, Role]:
    story = a_story(title=title, text=text, language=language)
    return {
        str(party.id): party.role
        for report in Pipeline.of(WATCHLIST).read(story).reports
        if report.type == event_type and report.focus is Focus.MAIN
        for party in report.companies
    }


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Two messaging apps banned in Nepal",
            (
                "The order of the ministry took effect at midnight across the whole country. Many were "
                "surprised. Concerned are Balto and Dorim."
            ),
        ),
        (
            "de",
            "Nepal verbietet zwei Apps",
            (
                "Die Verfügung des Ministeriums gilt seit Mitternacht im ganzen Land. Viele waren "
                "überrascht. Betroffen sind Balto und Dorim."
            ),
        ),
        (
            "pl",
            "Nepal zakazuje dwóch aplikacji",
            (
                "Decyzja ministerstwa obowiązuje od północy w całym kraju i na całym obszarze. Wielu "
                "było zaskoczonych. Branża nie ma wątpliwości, że chodzi o Balto i Dorim."
            ),
        ),
        (
            "it",
            "Il Nepal vieta due applicazioni",
            (
                "Il provvedimento del ministero vale da mezzanotte in tutto il paese. In molti sono "
                "rimasti sorpresi. Il riferimento è a Balto e Dorim."
            ),
        ),
        (
            "ru",
            "В Непале запретили два приложения",
            (
                "Распоряжение министерства действует с полуночи на всей территории страны. Многие были "
                "удивлены. Речь идет о Balto и Dorim."
            ),
        ),
        (
            "ja",
            "ネパール、2つのアプリを禁止",
            (
                "命令は午前0時から全国で効力を持ち、通信各社にはすでに文書で伝えられているという。"
                "禁止に期限はない。BaltoとDorimが念頭にある。"
            ),
        ),
        (
            "zh",
            "尼泊尔禁止两款应用",
            (
                "该命令自午夜起在全国范围内生效，主管部门已经以书面形式通知了各家电信运营商和有关的服务商。"
                "许多用户感到意外。被禁的分别是Balto和Dorim。"
            ),
        ),
    ],
)
def test_a_sentence_that_says_who_is_meant_names_the_banned(
    language: str, title: str, text: str
) -> None:
    found = roles(language, "ban", title, text)

    assert found == {"balto": Role.TARGET, "dorim": Role.TARGET}


def test_dealers_below_a_ban_are_not_banned() -> None:
    found = roles(
        "en",
        "ban",
        "Regulator bans a talking doll",
        "The toys can record what is said in the room, the agency found in its tests. Balto and Dorim "
        "took it from their shelves. Balto spoke of a rare case.",
    )

    assert found == {}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Spanish grocer shuts down its shops in Brazil",
            (
                "The farewell was cheap for those who stay and hard for those who do not. Balto told the "
                "stock exchange on Friday. The last shop closes in June. Balto goes on at home."
            ),
        ),
        (
            "pt",
            "Rede espanhola de supermercados deixa o Brasil",
            (
                "A despedida saiu barata para uns e foi dura para os outros, dizem os que ficam. O grupo "
                "Balto informou a bolsa na sexta-feira. A última loja fecha em junho. A Balto segue em casa."
            ),
        ),
        (
            "de",
            "Spanischer Händler schließt alle Läden in Brasilien",
            (
                "Der Abschied war billig für die einen und hart für die anderen, heißt es. Balto teilte es "
                "am Freitag der Börse mit. Der letzte Laden schließt im Juni. Balto macht zu Hause weiter."
            ),
        ),
        (
            "fr",
            "Un distributeur espagnol quitte le Brésil",
            (
                "Les adieux auront été faciles pour les uns et durs pour les autres, dit-on. Balto l'a "
                "annoncé vendredi. Le dernier magasin fermera en juin. Balto continue chez lui."
            ),
        ),
    ],
)
def test_a_title_that_names_nobody_tells_of_whom_the_lead_begins_with(
    language: str, title: str, text: str
) -> None:
    assert roles(language, "shutdown", title, text) == {"balto": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Consortium led by Balto buys Dorim",
            (
                "The price is six billion dollars, both sides said on Monday in a statement. The "
                "consortium also includes Hestra."
            ),
        ),
        (
            "de",
            "Konsortium um Balto kauft Dorim",
            (
                "Der Preis beträgt sechs Milliarden Dollar, teilten beide Seiten am Montag mit. Zum "
                "Konsortium gehört auch Hestra."
            ),
        ),
        (
            "es",
            "Balto compra Dorim",
            (
                "El precio es de seis mil millones de dólares, dijeron el lunes las dos partes. La "
                "acompañan en el consorcio los socios de Hestra."
            ),
        ),
        (
            "ms",
            "Balto beli Dorim",
            (
                "Harganya enam bilion dolar, kata kedua-dua pihak pada hari Isnin di ibu negara. Turut "
                "menyertai konsortium ialah Hestra."
            ),
        ),
        (
            "ru",
            "Balto купила Dorim",
            (
                "Цена составляет шесть миллиардов долларов, сообщили в понедельник обе стороны. В "
                "консорциум входит и Hestra."
            ),
        ),
        (
            "ko",
            "Balto, Dorim 인수",
            (
                "가격은 60억 달러라고 양측이 월요일 공동 성명에서 밝혔으며 절차는 연말까지 이어질 예정이라고 한다. "
                "컨소시엄에는 Hestra도 참여한다."
            ),
        ),
        (
            "ar",
            "Balto تستحوذ على Dorim",
            (
                "يبلغ السعر ستة مليارات دولار كما أعلن الطرفان يوم الاثنين في بيان مشترك. ويضم التحالف "
                "أيضا Hestra."
            ),
        ),
        (
            "hi",
            "Balto ने Dorim को खरीदा",
            (
                "दोनों पक्षों ने सोमवार को बताया कि कीमत छह अरब डॉलर है और बाकी बातें बाद में तय होंगी। "
                "कंसोर्टियम में Hestra भी है।"
            ),
        ),
    ],
)
def test_who_belongs_to_the_consortium_buys_too(language: str, title: str, text: str) -> None:
    found = roles(language, "acquisition", title, text)

    assert found == {"balto": Role.ACTOR, "dorim": Role.TARGET, "hestra": Role.ACTOR}


def test_a_consortium_of_an_older_deal_adds_no_buyer() -> None:
    found = roles(
        "en",
        "acquisition",
        "Balto buys Dorim",
        "The price is six billion dollars, both sides said on Monday in a statement. It is paid in "
        "cash, and most of the people keep their work for at least two years. In 2019 a consortium "
        "with Hestra had acquired a port.",
    )

    assert "hestra" not in found


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Velka, the firm behind Zumo, buys Balto"),
        ("de", "Velka, bekannt für Zumo, übernimmt Balto"),
        ("fr", "Velka, la maison mère de Zumo, rachète Balto"),
        ("es", "Velka, conocida por Zumo, compra Balto"),
        ("ru", "Velka, создатель Zumo, купила Balto"),
        ("tr", "Velka, Zumo'nun yapımcısı, Balto'yu satın aldı"),
    ],
)
def test_a_maker_presented_by_its_product_buys_alone(language: str, title: str) -> None:
    assert roles(language, "acquisition", title, "") == {"velka": Role.ACTOR, "balto": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Balto buys Dorim", "It pays 2 billion. Nobody was surprised. The seller is Hestra."),
        ("de", "Balto kauft Dorim", "Der Preis ist geheim. Überrascht war niemand. Verkäufer ist Hestra."),
        ("fr", "Balto rachète Dorim", "Le prix est secret. Personne n'est surpris. Le vendeur est Hestra."),
        ("es", "Balto compra Dorim", "El precio es secreto. Nadie se sorprende. Quien vende es Hestra."),
        ("pt", "Balto compra Dorim", "O preço é secreto. Ninguém se surpreende. Quem vende é a Hestra."),
        ("it", "Balto compra Dorim", "Il prezzo è segreto. Nessuno è sorpreso. A vendere è Hestra."),
        ("ru", "Balto купила Dorim", "Цена не названа. Никто не удивлён. Продавцом выступила Hestra."),
        ("id", "Balto akuisisi Dorim", "Harganya dirahasiakan. Tak ada yang heran. Penjualnya Hestra."),
        ("tr", "Balto, Dorim'i satın aldı", "Fiyat açıklanmadı. Kimse şaşırmadı. Satan taraf Hestra."),
    ],
)  # fmt: skip
def test_who_is_said_to_sell_further_down_is_the_seller(
    language: str, title: str, text: str
) -> None:
    told = roles(language, "acquisition", title, text)

    assert told["hestra"] is Role.SELLER
    assert told["balto"] is Role.ACTOR


def test_who_held_until_now_what_is_bought_sells_it() -> None:
    told = roles(
        "bn",
        "acquisition",
        "Dorim কিনে নিল Balto",
        "দাম জানানো হয়নি। কেউ অবাক হয়নি। এত দিন ব্যবসাটি ছিল Hestra গ্রুপের হাতে।",
    )

    assert told["hestra"] is Role.SELLER


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("ru", "Balto купила Dorim", "Цена не названа. Hestra не является продавцом."),
        ("it", "Balto compra Dorim", "Il prezzo è segreto. Hestra non sarà il venditore."),
        ("es", "Balto compra Dorim", "El precio es secreto. Hestra no será el vendedor."),
    ],
)
def test_who_is_said_not_to_sell_has_no_part(language: str, title: str, text: str) -> None:
    assert "hestra" not in roles(language, "acquisition", title, text)


def test_a_seller_of_an_older_deal_has_no_part_in_this_one() -> None:
    told = roles(
        "en",
        "acquisition",
        "Balto buys Dorim",
        "It pays 2 billion. In 2019, the seller was Hestra. The market was not surprised.",
    )

    assert "hestra" not in told


def test_a_rival_consortium_that_withdrew_adds_no_buyer() -> None:
    found = roles(
        "en",
        "acquisition",
        "Balto buys Dorim",
        "The price is six billion dollars, both sides said on Monday in a joint statement of theirs. A "
        "consortium with Hestra pulled out of the bidding.",
    )

    assert found == {"balto": Role.ACTOR, "dorim": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("uk", "Санкції проти компаній «Balto», «Лідер», «Dorim» та «Hestra»"),
        ("ru", "Введены санкции против компаний «Balto», «Лидер», «Dorim» и «Hestra»"),
        ("en", 'India bans "Balto", "Leader", "Dorim" and "Hestra"'),
    ],
)
def test_a_quoted_name_that_nobody_tracks_breaks_no_row(language: str, title: str) -> None:
    found = roles(language, "ban", title, "")

    assert found == dict.fromkeys(("balto", "dorim", "hestra"), Role.TARGET)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("bn", "Dorim কিনে নিল Balto", "দাম জানা যায়নি। কেউ অবাক হয়নি। এত দিন ব্যবসাটি ছিল Hestra-এর হাতে।"),
        ("vi", "Balto mua lại Dorim", "Giá không được tiết lộ. Số cổ phần trên thuộc về Hestra."),
    ],
)  # fmt: skip
def test_who_owned_it_until_now_sells(language: str, title: str, text: str) -> None:
    told = roles(language, "acquisition", title, text)

    assert told["hestra"] is Role.SELLER


@pytest.mark.parametrize(
    ("event_type", "title", "further"),
    [
        ("ban", "Nepal bans Balto", "The same applies to Dorim."),
        ("ban", "Nepal bans Balto", "Dorim was banned as well."),
        ("ban", "Nepal bans Balto", "Also on the list are Dorim and Hestra."),
        ("shutdown", "Velka closes Balto", "Dorim goes the same way."),
        ("shutdown", "Velka closes Balto", "Its sister site Dorim will disappear too."),
    ],
)
def test_a_sentence_further_down_says_whom_it_hits_too(
    event_type: str, title: str, further: str
) -> None:
    text = (
        f"{title} at the end of March, as everybody in the trade had expected. {BETWEEN} {further}"
    )

    assert roles("en", event_type, title, text).get("dorim") is Role.TARGET


@pytest.mark.parametrize(
    "further", ["Last year the same applied to Dorim.", "Customers turn to Dorim as well."]
)
def test_a_sentence_further_down_that_tells_no_such_thing_hits_nobody(further: str) -> None:
    text = f"Nepal bans Balto from Monday, the ministry has said. {BETWEEN} {further}"

    assert "dorim" not in roles("en", "ban", "Nepal bans Balto", text)


@pytest.mark.parametrize(
    ("further", "role"),
    [
        ("The seller is the fund Dorim, which had bought it in 2015.", Role.SELLER),
        ("So far it has belonged to Dorim.", Role.SELLER),
        ("Dorim keeps 20 per cent.", Role.SELLER),
        ("In 2019 the seller was Dorim, when Hestra gave up.", None),
    ],
)
def test_who_sells_is_told_further_down(further: str, role: Role | None) -> None:
    text = f"Velka has agreed to buy Balto for 300 million euros. {BETWEEN} {further}"

    assert roles("en", "acquisition", "Velka buys Balto", text).get("dorim") is role


@pytest.mark.parametrize(
    "further",
    ["The sale to Dorim was agreed on Monday.", "Half goes to Dorim.", "Dorim won the auction."],
)
def test_who_buys_is_told_further_down(further: str) -> None:
    text = f"The bike maker Balto changes hands for 300 million euros. {BETWEEN} {further}"

    assert roles("en", "acquisition", "Balto is sold", text).get("dorim") is Role.ACTOR


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Velka buys Balto", "Velka will buy Balto. Dorim bought a smaller maker last year."),
        (
            "de",
            "Velka kauft Balto",
            "Velka kauft Balto für 300 Millionen Euro. Das Angebot von Dorim wurde abgelehnt.",
        ),
        (
            "fr",
            "Velka rachète Balto",
            "Velka va racheter Balto. Dorim a racheté un fabricant plus petit l'an dernier.",
        ),
    ],
)
def test_who_bought_another_before_or_lost_has_no_part(
    language: str, title: str, text: str
) -> None:
    assert roles(language, "acquisition", title, text) == {
        "velka": Role.ACTOR,
        "balto": Role.TARGET,
    }
