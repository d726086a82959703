from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import lexicon
from services.classifier.lexicon.money import number_of, prices_in
from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist
from tests.support.told import a_told, pipeline


def _amounts(language: str, text: str, country: str | None = None) -> list[tuple[str, float]]:
    folded = fold_text(text)
    found = prices_in(folded, 0, len(folded), lexicon(language).grammar, country=country)
    return [(price.amount.currency, price.amount.value) for price in found]


@pytest.mark.parametrize(
    ("language", "text", "currency", "value"),
    [
        ("en", "for $2.1 billion in cash", "USD", 2_100_000_000),
        ("en", "in a $1.5bn deal", "USD", 1_500_000_000),
        ("en", "about Rs 3 lakh crore", "INR", 3_000_000_000_000),
        ("en", "Rs 1,25,000 crore", "INR", 1_250_000_000_000),
        ("en", "one billion dollars", "USD", 1_000_000_000),
        ("en", "half a billion euros", "EUR", 500_000_000),
        ("en", "two and a half", None, 0),
        ("en", "S$1.2 million and no more", "SGD", 1_200_000),
        ("en", "NT$30 billion", "TWD", 30_000_000_000),
        ("en", "HK$8.4bn", "HKD", 8_400_000_000),
        ("en", "A$352 million", "AUD", 352_000_000),
        ("en", "RM2.3 billion", "MYR", 2_300_000_000),
        ("en", "$2 to $3 billion", "USD", 3_000_000_000),
        ("en", "$2-3 billion", "USD", 3_000_000_000),
        ("en", "between $2 billion and $3 billion", "USD", 3_000_000_000),
        ("id", "senilai Rp 1,5 triliun", "IDR", 1_500_000_000_000),
        ("id", "dua miliar rupiah", "IDR", 2_000_000_000),
        ("id", "US$ 840 juta", "USD", 840_000_000),
        ("ms", "RM1.3 bilion", "MYR", 1_300_000_000),
        ("ms", "dua bilion ringgit", "MYR", 2_000_000_000),
        ("bn", "৫০০ কোটি টাকায়", "BDT", 5_000_000_000),
        ("bn", "১ হাজার ৪৯০ কোটি ডলার", "USD", 14_900_000_000),
        ("fa", "۱۴/۹ میلیارد دلار", "USD", 14_900_000_000),
        ("it", "il 41 per cento per 325 milioni", "EUR", 325_000_000),
        ("it", "per 3 milioni di clienti", None, 0),
        ("it", "disposta a pagare tra i 40 e i 60 milioni", "EUR", 60_000_000),
        ("ko", "신생 회사에 50억 추가 투자", "KRW", 5_000_000_000),
        ("ko", "이용자 50억 명", None, 0),
        ("th", "ปิดดีล 1.4 หมื่นล้าน", "THB", 14_000_000_000),
        ("ur", "دو ارب پانچ کروڑ ڈالر", "USD", 2_050_000_000),
        ("ar", "بين مليار و1.4 مليار دولار", "USD", 1_400_000_000),
        ("en", "sold its stores for £1", "GBP", 1),
        ("pl", "sprzedał sklepy za symbolicznego dolara", "USD", 1),
        ("fr", "cède sa filiale pour un euro symbolique", "EUR", 1),
        ("de", "für einen symbolischen Euro", "EUR", 1),
        ("pt", "vendeu a rede pelo valor simbólico de 50 euros", "EUR", 50),
        ("ms", "AS$10.6 bilion", "USD", 10_600_000_000),
        ("bn", "দেড় কোটি টাকা", "BDT", 15_000_000),
        ("bn", "২ লাখ কোটি টাকা", "BDT", 2_000_000_000_000),
        ("hi", "₹१,२०० करोड़", "INR", 12_000_000_000),
        ("hi", "डेढ़ अरब डॉलर", "USD", 1_500_000_000),
        ("hi", "3 लाख करोड़ रुपये", "INR", 3_000_000_000_000),
        ("ta", "ரூ.500 கோடி", "INR", 5_000_000_000),
        ("ta", "௫௦௦ கோடி ரூபாய்", "INR", 5_000_000_000),
        ("ta", "2 பில்லியன் டாலர்", "USD", 2_000_000_000),
        ("ur", "۵۰ کروڑ روپے", "PKR", 500_000_000),
        ("ur", "ڈیڑھ ارب ڈالر", "USD", 1_500_000_000),
        ("ur", "دو کھرب روپے", "PKR", 200_000_000_000),
        ("fa", "۲ میلیارد دلار", "USD", 2_000_000_000),
        ("fa", "۵۰۰ میلیارد تومان", "IRR", 5_000_000_000_000),
        ("fa", "یک و نیم میلیارد دلار", "USD", 1_500_000_000),
        ("vi", "1.200 tỷ đồng", "VND", 1_200_000_000_000),
        ("vi", "2,5 tỷ USD", "USD", 2_500_000_000),
        ("vi", "một tỷ rưỡi đô la", "USD", 1_500_000_000),
        ("th", "1.2 หมื่นล้านบาท", "THB", 12_000_000_000),
        ("th", "๕๐๐ ล้านบาท", "THB", 500_000_000),
        ("th", "3 แสนล้านบาท", "THB", 300_000_000_000),
        ("th", "2 พันล้านดอลลาร์สหรัฐ", "USD", 2_000_000_000),
        ("es", "1.200 millones de euros", "EUR", 1_200_000_000),
        ("es", "350 mdd", "USD", 350_000_000),
        ("es", "mil millones de dólares", "USD", 1_000_000_000),
        ("pt", "R$ 24 bilhões", "BRL", 24_000_000_000),
        ("pt", "9,1 mil milhões de euros", "EUR", 9_100_000_000),
        ("pt", "um bilhão e meio de reais", "BRL", 1_500_000_000),
        ("fr", "3,5 Md€", "EUR", 3_500_000_000),
        ("fr", "un milliard et demi d'euros", "EUR", 1_500_000_000),
        ("fr", "1\u202f600 millions d'euros", "EUR", 1_600_000_000),
        ("de", "1,2 Mrd. Euro", "EUR", 1_200_000_000),
        ("de", "anderthalb Milliarden Dollar", "USD", 1_500_000_000),
        ("it", "3,8 mld di euro", "EUR", 3_800_000_000),
        ("it", "cinque miliardi e mezzo di euro", "EUR", 5_500_000_000),
        ("nl", "237 miljoen euro", "EUR", 237_000_000),
        ("nl", "anderhalf miljard euro", "EUR", 1_500_000_000),
        ("pl", "około miliarda dolarów", "USD", 1_000_000_000),
        ("pl", "półtora miliarda złotych", "PLN", 1_500_000_000),
        ("pl", "900 mln zł", "PLN", 900_000_000),
        ("zh", "6902.14万元人民币", "CNY", 69_021_400),
        ("zh", "二十亿美元", "USD", 2_000_000_000),
        ("zh", "1.5万亿日元", "JPY", 1_500_000_000_000),
        ("zh", "1億2000萬美元", "USD", 120_000_000),
        ("ja", "1兆2000億円", "JPY", 1_200_000_000_000),
        ("ja", "1500億円", "JPY", 150_000_000_000),
        ("ja", "20億ドル", "USD", 2_000_000_000),
        ("ko", "1조6000억원", "KRW", 1_600_000_000_000),
        ("ko", "3억 5000만 달러", "USD", 350_000_000),
        ("ru", "1,5 млрд рублей", "RUB", 1_500_000_000),
        ("ru", "полтора миллиарда долларов", "USD", 1_500_000_000),
        ("ru", "за миллиард евро", "EUR", 1_000_000_000),
        ("uk", "250 млн євро", "EUR", 250_000_000),
        ("uk", "пів мільярда доларів", "USD", 500_000_000),
        ("ar", "٢٫٥ مليار دولار", "USD", 2_500_000_000),
        ("ar", "ملياري دولار", "USD", 2_000_000_000),
        ("ar", "ثلاثة مليارات ريال", "SAR", 3_000_000_000),
        ("tr", "1,5 milyar dolara", "USD", 1_500_000_000),
        ("tr", "bir buçuk milyar lira", "TRY", 1_500_000_000),
        ("tr", "250 milyon TL'ye", "TRY", 250_000_000),
    ],
)
def test_amounts_are_read_as_newspapers_write_them(
    language: str, text: str, currency: str | None, value: float
) -> None:
    expected = [(currency, value)] if currency else []

    assert _amounts(language, text) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a 25 per cent stake and 3 million shares"),
        ("en", "in 2024 it sold 30% of its users"),
        ("de", "25 Prozent und 3 Millionen Aktien"),
        ("zh", "数十亿美元"),
        ("ja", "8.32%の1500万株"),
        ("ru", "30 процентов и 5 млн акций"),
        ("es", "1.200 millones de pesos"),
    ],
)
def test_percentages_share_counts_and_vague_sums_are_no_amounts(language: str, text: str) -> None:
    assert _amounts(language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "country", "currency"),
    [
        ("en", "$2 billion", None, "USD"),
        ("en", "$2 billion", "AU", "AUD"),
        ("en", "US$2 billion", "AU", "USD"),
        ("en", "Rs 2 billion", "PK", "PKR"),
        ("es", "1.200 millones de pesos", "MX", "MXN"),
        ("es", "1.200 millones de pesos", "CO", "COP"),
        ("zh", "12億元", "TW", "TWD"),
        ("ar", "مليون جنيه", None, "EGP"),
    ],
)
def test_money_that_several_countries_have_is_that_of_the_outlet(
    language: str, text: str, country: str | None, currency: str
) -> None:
    [(found, _)] = _amounts(language, text, country)

    assert found == currency


def _grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(min_value=1_000, max_value=999_999_999),
    cents=st.integers(min_value=10, max_value=99) | st.none(),
    point=st.sampled_from(".,"),
)
def test_a_number_written_with_groups_is_read_back(
    number: int, cents: int | None, point: str
) -> None:
    written = _grouped(number, "," if point == "." else ".")
    written += "" if cents is None else f"{point}{cents}"

    assert number_of(written, point) == pytest.approx(number + (cents or 0) / 100)


_SCALES = {
    "en": (("million", 10**6), ("billion", 10**9)),
    "id": (("juta", 10**6), ("triliun", 10**12)),
    "de": (("Millionen", 10**6), ("Milliarden", 10**9)),
    "ru": (("млн", 10**6), ("млрд", 10**9)),
    "hi": (("लाख", 10**5), ("करोड़", 10**7)),
    "th": (("ล้าน", 10**6), ("หมื่นล้าน", 10**10)),
    "ja": (("万", 10**4), ("億", 10**8)),
    "ar": (("مليون", 10**6), ("مليار", 10**9)),
}


@example(language="id", tenths=1_113, which=1)
@settings(max_examples=80, deadline=None)
@given(
    language=st.sampled_from(sorted(_SCALES)),
    tenths=st.integers(min_value=11, max_value=9_999),
    which=st.integers(min_value=0, max_value=1),
)
def test_a_scaled_amount_is_read_back(language: str, tenths: int, which: int) -> None:
    word, scale = _SCALES[language][which]
    point = lexicon(language).grammar.money.point
    written = f"{tenths // 10}{point}{tenths % 10} {word} EUR"

    [(currency, value)] = _amounts(language, written)

    assert (currency, value) == ("EUR", tenths * scale // 10)


def _price(text: str, language: str = "en") -> tuple[str, float] | None:
    watchlist = a_watchlist(a_company("google"), a_company("fitbit"))
    reports = Pipeline.of(watchlist).read(a_story(title=text, text="", language=language)).reports
    amount = reports[0].amount
    return (amount.currency, amount.value) if amount else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Google buys Fitbit, which has revenue of $1.5 billion", None),
        ("Google buys Fitbit for $2.1 billion, valuing it at $3 billion", 2_100_000_000),
        ("Google buys Fitbit, valued at $3 billion", None),
        ("Google buys Fitbit in a deal valued at $3 billion", 3_000_000_000),
        ("Google buys Fitbit at $7.35 a share", None),
        ("Google buys Fitbit for A$352 million ($384.9 million)", 352_000_000),
    ],
)
def test_only_the_price_is_the_amount(text: str, value: float | None) -> None:
    found = _price(text)

    assert (found[1] if found else None) == value


@pytest.mark.parametrize(
    ("told", "language", "text", "currency"),
    [
        ("PK", "bn", "৫০০ কোটি রুপিতে", "PKR"),
        (None, "bn", "৫০০ কোটি রুপিতে", "INR"),
        ("AR", "es", "por 300 millones de pesos", "ARS"),
        ("AR", "en", "for $300 million", "USD"),
    ],
)
def test_a_shared_name_of_money_is_that_of_the_country_that_the_story_tells_of(
    told: str | None, language: str, text: str, currency: str
) -> None:
    folded = fold_text(text)

    [price] = prices_in(folded, 0, len(folded), lexicon(language).grammar, told=told)

    assert price.amount.currency == currency


@pytest.mark.parametrize(
    ("language", "title", "text", "amount"),
    [
        (
            "en",
            "Acme buys Widgetly for $19bn",
            "Acme said it will buy Widgetly at $7.10 a share, or $18.7bn in total.",
            18_700_000_000,
        ),
        (
            "en",
            "Acme is in talks to buy Widgetly",
            (
                "The two companies talk of a sale of Widgetly to Acme, both sides said. No price is known "
                "yet. Its workers wait for news of it. In 2011 Acme sold its farms for $300m."
            ),
            None,
        ),
        (
            "pl",
            "Acme kupuje Widgetly",
            (
                "Firma Acme poinformowała, że kupi Widgetly od założycieli. Wartość transakcji wynosi 40 "
                "mln euro. W 2011 r. Acme kupiła zakład za 70 mln euro."
            ),
            40_000_000,
        ),
        (
            "ko",
            "Acme, Widgetly 인수 추진",
            (
                "Acme가 Widgetly 인수를 추진한다고 회사가 밝혔다. 가격은 알려지지 않았다. "
                "2011년 Acme는 공장을 3000억원에 매각했다."
            ),
            None,
        ),
    ],
)
def test_an_older_deal_does_not_lend_its_price(
    language: str, title: str, text: str, amount: float | None
) -> None:
    watchlist = a_watchlist(a_company("acme", "Acme"), a_company("widgetly", "Widgetly"))
    story = a_story(title=title, text=text, language=language)

    reports = [r for r in Pipeline.of(watchlist).read(story).reports if r.focus == "main"]

    assert [r.amount.value if r.amount else None for r in reports] == [amount]


@pytest.mark.parametrize(
    ("language", "title", "text", "amount"),
    [
        (
            "en",
            "Acme buys Widgetly",
            "Terms of the deal were not disclosed. Acme will put $80 million into new machines.",
            None,
        ),
        (
            "de",
            "Acme kauft Widgetly",
            "Über den Kaufpreis wurde Stillschweigen vereinbart. 80 Millionen Euro gehen in Maschinen.",
            None,
        ),
        (
            "fr",
            "Acme rachète Widgetly",
            "Le montant n'a pas été dévoilé. Le groupe gère 6 milliards d'euros de clients.",
            None,
        ),
        (
            "uk",
            "Acme купує Widgetly",
            "Ціну не називають, на ринку говорять про 2-2,5 млрд гривень.",
            2_500_000_000,
        ),
        (
            "tr",
            "Acme, Widgetly'yi satın aldı",
            "Bedel açıklanmadı. Fon 60 milyon avro harcıyor.",
            None,
        ),
        ("ja", "AcmeがWidgetlyを買収", "買収額は非公表。Acmeは今期、1500億円を投じる。", None),
        ("th", "Acme ซื้อ Widgetly", "ไม่เปิดเผยราคา และมีแผนลงทุน 5 หมื่นล้านบาท", None),
        (
            "en",
            "Acme buys Widgetly for $156 million",
            "Acme buys Widgetly. It pays $156 million, which could rise to 185 if targets are met.",
            156_000_000,
        ),
        (
            "es",
            "Acme compra Widgetly",
            "Acme compra Widgetly. Pagará 156 millones de euros, que podrían llegar a 185.",
            185_000_000,
        ),
    ],
)
def test_a_price_that_is_not_disclosed_is_none_and_one_that_may_rise_is_what_it_may_rise_to(
    language: str, title: str, text: str, amount: float | None
) -> None:
    watchlist = a_watchlist(a_company("acme", "Acme"), a_company("widgetly", "Widgetly"))
    story = a_story(title=title, text=text, language=language)

    reports = Pipeline.of(watchlist).read(story).reports

    assert [r.amount.value if r.amount else None for r in reports] == [amount]


def test_a_headline_that_ends_with_its_figure_has_the_verb_before_it() -> None:
    assert _amounts("hi", "टाटा ने चुकाए 18,000 करोड़") == [("INR", 180_000_000_000)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "between 1.2 billion and 800 million dollars"),
        ("it", "per 1,2 miliardi di euro e 800 milioni di euro"),
        ("en", "$900 thousand and $1 million"),
    ],
)
def test_two_sums_are_not_added_up(language: str, text: str) -> None:
    assert max(value for _, value in _amounts(language, text)) <= 1_200_000_000


def _told(title: str, text: str, *ids: str) -> list[str | None]:
    pipeline = Pipeline.of(a_watchlist(*(a_company(name.lower(), name=name) for name in ids)))
    reports = pipeline.read(a_story(title=title, text=text, language="en")).reports
    main = [report for report in reports if report.focus == "main"]
    return [report.amount.currency if report.amount else None for report in main]


def test_what_others_pay_is_not_the_price_of_a_deal_that_is_still_open() -> None:
    amounts = _told(
        "Norvik is said to explore a bid for Zelmo",
        "Norvik is weighing an offer for Zelmo, two people said. Pixeo paid $2.8 billion in a deal of its own.",
        "Norvik",
        "Zelmo",
        "Pixeo",
    )

    assert amounts == [None]


@pytest.mark.parametrize(
    ("lang", "told", "amount"),
    [
        (
            "ru",
            (
                "Norvik покупает Zelmo / Norvik объявил о покупке Zelmo, выручка которой в прошлом году "
                "составила 48 млрд рублей. Сумма сделки — 15,5 млрд рублей."
            ),
            15_500_000_000,
        ),
        (
            "en",
            (
                "Norvik to buy Zelmo / Norvik agreed to buy Zelmo. Shareholders will receive $27.50 for each "
                "share, which values the transaction at about $2.1 billion."
            ),
            2_100_000_000,
        ),
        (
            "it",
            (
                "Norvik compra Zelmo / Norvik ha acquisito la startup Zelmo per una cifra non resa nota. "
                "Zelmo aveva raccolto 18 milioni di euro."
            ),
            None,
        ),
    ],
)
def test_what_is_called_something_else_further_before_is_no_price_where_one_is_told(
    lang: str, told: str, amount: float | None
) -> None:
    [report] = pipeline().read(a_told(lang, told)).reports

    assert (report.amount.value if report.amount else None) == amount


def test_a_figure_with_another_noun_right_behind_is_no_price() -> None:
    amounts = _told(
        "Norvik buys Zelmo",
        "Norvik has bought Zelmo. Together they would be good for $2.4 billion revenue a year in all.",
        "Norvik",
        "Zelmo",
    )

    assert amounts == [None]


def test_each_of_two_deals_in_a_sentence_has_its_own_price() -> None:
    told = "Norvik buys Balto for $3 billion and Zelmo buys Telegram for $1 billion"

    reports = pipeline().read(a_told("en", told)).reports

    assert {(deal.companies[0].id, deal.amount and deal.amount.value) for deal in reports} == {
        ("norvik", 3_000_000_000),
        ("zelmo", 1_000_000_000),
    }
