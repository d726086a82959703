from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.document import Document
from services.classifier.facts.days.told import dates_in
from services.classifier.lexicon.calendars import bengali, islamic, solar_hijri
from services.classifier.lexicon.folding import fold
from services.classifier.lexicon.load import lexicon
from services.classifier.pipeline import Pipeline
from services.classifier.steps.fold import fold as fold_document
from tests.support.builders import a_company, a_story, a_watchlist


def _dates(language: str, text: str, published: date | None = None) -> list[str]:
    padded = f"{'x' * 60} {text}"
    document = Document(
        title="",
        text=padded,
        published=published,
        folded=fold(f"\n{padded}"),
        grammar=lexicon(language).grammar,
    )
    return sorted({found.date for found in dates_in(document, 0, len(document.folded.text))})


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "from March 5, 2024", "2024-03-05"),
        ("en", "from 5 March 2024", "2024-03-05"),
        ("en", "as of 31/12/2024", "2024-12-31"),
        ("en", "as of 12/31/2024", "2024-12-31"),
        ("id", "mulai 17 Agustus 2024", "2024-08-17"),
        ("ms", "mulai 9 Ogos 2024", "2024-08-09"),
        ("vi", "từ ngày 5 tháng 3 năm 2024", "2024-03-05"),
        ("vi", "từ tháng 12/2024", "2024-12"),
        ("th", "25 กุมภาพันธ์ 2563", "2020-02-25"),
        ("th", "ตั้งแต่วันที่ 1 ม.ค. 2568", "2025-01-01"),
        ("th", "วันที่ 5 เดือนมีนาคม พ.ศ. 2567", "2024-03-05"),
        ("fa", "۱۱ دی ۱۳۹۱", "2012-12-31"),
        ("fa", "از ۱ فروردین ۱۴۰۳", "2024-03-20"),
        ("fa", "۱۴۰۳/۰۵/۱۲", "2024-08-02"),
        ("ar", "اعتبارا من 1 كانون الثاني 2025", "2025-01-01"),
        ("ar", "5 مارس 2024", "2024-03-05"),
        ("ar", "1 محرم 1445", "2023-07-19"),
        ("ur", "5 مارچ 2024", "2024-03-05"),
        ("bn", "৩১ জানুয়ারি ২০২৪", "2024-01-31"),
        ("bn", "১ পৌষ ১৪৩১", "2024-12-16"),
        ("hi", "5 फरवरी 2024 से", "2024-02-05"),
        ("ta", "5 மார்ச் 2024", "2024-03-05"),
        ("ja", "令和6年4月1日から", "2024-04-01"),
        ("ja", "令和元年5月1日", "2019-05-01"),
        ("ja", "2025年4月末で", "2025-04-30"),
        ("ko", "2024년 3월 5일부터", "2024-03-05"),
        ("zh", "2024年3月5日起", "2024-03-05"),
        ("zh", "民國113年4月1日", "2024-04-01"),
        ("zh", "113年4月1日起", "2024-04-01"),
        ("ru", "с 1 сентября 2022 г.", "2022-09-01"),
        ("uk", "з 1 вересня 2022 року", "2022-09-01"),
        ("tr", "12 Ocak 2024 tarihinden itibaren", "2024-01-12"),
        ("de", "ab dem 1. Jänner 2024", "2024-01-01"),
        ("es", "desde el 3 de setiembre de 2024", "2024-09-03"),
        ("pt", "3 de setembro de 2025", "2025-09-03"),
        ("fr", "à partir du 1er janvier 2025", "2025-01-01"),
        ("it", "dal 5 marzo 2024", "2024-03-05"),
        ("nl", "vanaf 5 maart 2024", "2024-03-05"),
        ("pl", "od 5 marca 2024", "2024-03-05"),
    ],
)
def test_dates_are_read_as_newspapers_write_them(language: str, text: str, expected: str) -> None:
    assert _dates(language, text) == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "from today", ["2025-02-13"]),
        ("en", "said on Monday", []),
        ("id", "mulai besok", ["2025-02-14"]),
        ("ja", "13日、発表した", ["2025-02-13"]),
        ("ja", "13日間", []),
        ("ko", "오는 28일부터", ["2025-02-28"]),
        ("vi", "từ ngày 1/3", ["2025-03-01"]),
        ("fa", "از ۱ اسفند", ["2025-02-19"]),
        ("zh", "即日起", ["2025-02-13"]),
        ("pt", "já no dia 20, confirmou", ["2025-02-20"]),
        ("es", "el día 20 de abril", ["2025-04-20"]),
        ("hi", "20 तारीख को", ["2025-02-20"]),
        ("ru", "20 числа", ["2025-02-20"]),
        ("th", "วันที่ 20 นี้", ["2025-02-20"]),
        ("vi", "trong ngày 18-20", []),
        ("ko", "24일부로", ["2025-02-24"]),
        ("nl", "op 1 september", ["2025-09-01"]),
    ],
)
def test_what_has_no_year_is_counted_from_the_story(
    language: str, text: str, expected: list[str]
) -> None:
    assert _dates(language, text, date(2025, 2, 13)) == expected
    assert _dates(language, text) == []


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_every_day_is_one_day_of_the_solar_calendar(day: date) -> None:
    year = day.year - 621
    found = [
        (y, m, d)
        for y in (year - 1, year)
        for m in range(1, 13)
        for d in range(1, 32)
        if solar_hijri(y, m, d) == day
    ]

    assert len(found) == 1


def test_other_calendars_agree_with_known_days() -> None:
    assert solar_hijri(1399, 12, 30) == date(2021, 3, 20)
    assert solar_hijri(1402, 12, 30) is None
    assert islamic(1446, 9, 1) == date(2025, 3, 1)
    assert bengali(1431, 1, 1) == date(2024, 4, 14)
    assert bengali(1430, 12, 1) == date(2024, 3, 15)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Updated: 5 March 2024, 10:15"),
        ("tr", "Yayın Tarihi: 5 Mart 2024"),
        ("uk", "Дата публікації: 5 березня 2024 12:12"),
        ("bn", "প্রকাশিত: ১৪:০১, ৫ মার্চ ২০২৪"),
    ],
)
def test_a_date_alone_in_its_line_is_that_of_the_page(language: str, line: str) -> None:
    text = f"The ministry told its reasons in a letter.\n{line}\nMore about it tomorrow."
    grammar = lexicon(language).grammar
    document = fold_document(
        Document(title="TikTok", text=text, language=language, grammar=grammar)
    )

    found = dates_in(document, 0, len(document.folded.text))

    assert not found


def test_a_date_alone_in_its_line_that_is_still_to_come_is_not_that_of_the_page() -> None:
    story = a_story(
        title="TikTok closes",
        text="TikTok will shut its app for good, the firm said.\nClosing date: 31 May 2026\nUsers may save files.",
        published=datetime(2026, 3, 10, tzinfo=UTC),
    )

    (report,) = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok"))).read(story).reports

    assert report.date == "2026-05-31"


def test_the_day_of_the_story_itself_is_no_date() -> None:
    story = a_story(
        title="India bans TikTok",
        text="NEW DELHI (5 March 2024): India has banned TikTok for reasons of security.",
        language="en",
    )

    [report] = Pipeline.of(a_watchlist()).read(story).reports

    assert report.date is None


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        # A weekday, today, a day in brackets, where the story has its own date (a Thursday).
        ("en", "Regulator bans TikTok", "The court banned TikTok on Tuesday.", "2024-05-14"),
        (
            "pt",
            "Brasil proíbe o TikTok",
            "A justiça proibiu nesta quarta-feira (15) o TikTok.",
            "2024-05-15",
        ),
        (
            "pl",
            "Sąd zakazał TikToka",
            "Sąd zakazał w środę aplikacji TikTok w całym kraju.",
            "2024-05-15",
        ),
        ("ru", "Суд запретил TikTok", "Суд сегодня запретил TikTok в стране.", "2024-05-16"),
        # Days in words, two names of one month, cases, a year before its day.
        ("fa", "تیک‌تاک فیلتر شد", "تیک‌تاک از سه‌شنبه چهاردهم مه ۲۰۲۴ فیلتر شد.", "2024-05-14"),
        (
            "ar",
            "حظر تيك توك في العراق",
            "حظر العراق تطبيق تيك توك يوم 14 مايو/أيار 2024.",
            "2024-05-14",
        ),
        ("tr", "TikTok yasaklandı", "TikTok 2024 mayısında Türkiye'de yasaklandı.", "2024-05"),
        ("bn", "টিকটক নিষিদ্ধ", "২০২৪ সালের ৫ মে থেকে টিকটক নিষিদ্ধ।", "2024-05-05"),
        # Since when, and what is undone.
        (
            "es",
            "Bloquean TikTok",
            "La policía bloqueó TikTok por ignorar el veto que rige desde abril de 2016.",
            None,
        ),
        (
            "ru",
            "Власти вернули доступ к TikTok",
            "TikTok был заблокирован с августа 2023 года.",
            None,
        ),
    ],
)
def test_the_day_is_that_of_the_newest_stage(
    language: str, title: str, text: str, expected: str | None
) -> None:
    tiktok = a_company("tiktok", "تيك توك", "تیک‌تاک", "টিকটক", name="TikTok")
    story = a_story(
        title=title, text=text, language=language, published=datetime(2024, 5, 16, 9, tzinfo=UTC)
    )

    reports = Pipeline.of(a_watchlist(tiktok)).read(story).reports

    assert [report.date for report in reports] == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "not before 3 May 2024", []),
        ("ta", "மார்ச் 12-ம் தேதிக்குள்", []),
        ("it", "entro il 3 maggio 2024", []),
        ("zh", "2024年5月3日之前", []),
        # A part of a month has the year that is next to the story's.
        ("de", "ende juli", ["2024-07"]),
        ("tr", "haziran sonuna kadar", ["2024-06"]),
        ("pl", "pod koniec marca", []),
        ("vi", "vào đầu tháng 6", ["2024-06"]),
        ("pl", "w grudniu 2025 r.", ["2025-12"]),
        ("uk", "у квітні 2017 року", ["2017-04"]),
        ("ru", "в ноябре 2023 года", ["2023-11"]),
        # "From today" is the day on which it is said.
        ("zh", "滴滴15日宣布,即日起恢复", ["2024-05-15"]),
        # "11月" holds no January.
        ("zh", "自11月1日起,服务停止", ["2024-11-01"]),
        ("ja", "11月1日から停止", ["2024-11-01"]),
        ("zh", "12月2日起", ["2024-12-02"]),
    ],
)
def test_deadlines_are_none_and_parts_of_months_are_months(
    language: str, text: str, expected: list[str]
) -> None:
    assert _dates(language, text, date(2024, 5, 16)) == expected


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "de",
            "TikTok übernimmt Konkurrenten",
            "Der Vertrag wurde am Dienstag in Rom unterzeichnet.",
        ),
        ("zh", "TikTok收购对手", "TikTok周二收购了对手,双方签署了协议。"),
        ("ko", "TikTok, 경쟁사 인수", "TikTok은 화요일에 경쟁사를 인수하는 계약을 맺었다."),
    ],
)
def test_a_weekday_is_read_where_words_are_not_set_apart_and_where_only_the_signing_is_told(
    language: str, title: str, text: str
) -> None:
    story = a_story(
        title=title, text=text, language=language, published=datetime(2024, 5, 16, 9, tzinfo=UTC)
    )

    reports = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok"))).read(story).reports

    assert [report.date for report in reports] == ["2024-05-14"]


@pytest.mark.parametrize(
    ("language", "title", "published"),
    [
        ("en", "Meta bought TikTok on Wednesday", date(1, 1, 1)),
        ("en", "India banned TikTok yesterday", date(1, 1, 1)),
        ("de", "Indien verbietet TikTok ab morgen", date(9999, 12, 31)),
    ],
)
def test_a_day_before_the_first_year_or_after_the_last_is_none(
    language: str, title: str, published: date
) -> None:
    at = datetime.combine(published, time(), UTC)
    story = a_story(title=title, language=language, key="edge", published=at)

    [report] = Pipeline.of(a_watchlist()).read(story).reports

    assert report.date is None


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        # The day stands in another sentence than what happened.
        (
            "en",
            "TikTok buys Zelmo",
            "The price is not told. Both sides put their names to it on Tuesday evening.",
            "2024-05-14",
        ),
        (
            "vi",
            "TikTok mua lại Zelmo",
            "Hai bên ký hợp đồng sáng nay. Giá trị không được tiết lộ.",
            "2024-05-16",
        ),
        (
            "id",
            "TikTok batal diakuisisi Zelmo",
            "Kedua pihak tidak meneruskannya, tulis perusahaan dalam keterbukaan, Selasa (14/5).",
            "2024-05-14",
        ),
        (
            "it",
            "Il Garante vieta TikTok",
            "Il servizio non può più funzionare nel nostro Paese. La decisione è arrivata giovedì.",
            "2024-05-16",
        ),
        # What is new did not happen months ago.
        (
            "tr",
            "Türkiye TikTok'u yasakladı",
            "Karar çarşamba günü çıktı. Uygulama 21 Şubat'ta da yasaklanmıştı.",
            "2024-05-15",
        ),
        ("fr", "La France interdit TikTok", "Une plainte avait été déposée en mars 2023.", None),
        # A plan to ban has no day; a closing has the day that comes, not that of the telling.
        (
            "de",
            "Minister will TikTok verbieten",
            "Das sagte er am Mittwoch. Ein Gesetzentwurf ist in Arbeit.",
            None,
        ),
        (
            "en",
            "TikTok closes its London plant",
            "The firm told its staff on 14 May. The gates shut for good on 30 June.",
            "2024-06-30",
        ),
        (
            "th",
            "TikTok เลิกให้บริการในไทย",
            "TikTok ประกาศเมื่อวันที่ 14 พฤษภาคม 2567 ว่าจะยุติการให้บริการ มีผลตั้งแต่วันที่ 23 มิถุนายนเป็นต้นไป",
            "2024-06-23",
        ),
        ("ja", "TikTok、工場を閉鎖", "TikTokは14日、工場を数年のうちに閉鎖すると発表した。", None),
        # A deal is made on no day that is still to come: then it closes.
        ("zh", "TikTok收购Zelmo", "TikTok5月14日宣布收购Zelmo,预计7月1日完成交割。", "2024-05-14"),
        ("nl", "Weg is TikTok", "TikTok sloot maandag voorgoed de deuren.", "2024-05-13"),
    ],
)
def test_news_happened_in_the_week_before_it_is_told_and_closings_come(
    language: str, title: str, text: str, expected: str | None
) -> None:
    story = a_story(
        title=title, text=text, language=language, published=datetime(2024, 5, 16, 9, tzinfo=UTC)
    )

    reports = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok"))).read(story).reports

    assert [report.date for report in reports] == [expected]


def _date_of(language: str, title: str, published: datetime) -> str | None:
    pipeline = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok")))
    [report] = pipeline.read(a_story(title=title, language=language, published=published)).reports
    return report.date


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Ban on TikTok takes effect Monday"),
        ("en", "Italy bans TikTok from Monday"),
        ("de", "TikTok-Verbot tritt am Montag in Kraft"),
        ("fr", "L'interdiction de TikTok entre en vigueur lundi"),
        ("es", "La prohibición de TikTok entra en vigor el lunes"),
        ("pt", "Proibição do TikTok entra em vigor na segunda-feira"),
        ("nl", "Verbod op TikTok gaat maandag in"),
        ("ru", "Запрет TikTok вступает в силу в понедельник"),
        ("pl", "Zakaz TikTok wchodzi w życie w poniedziałek"),
        ("uk", "Заборона TikTok набуває чинності у понеділок"),
        ("tr", "TikTok yasağı pazartesi gününden itibaren geçerli"),
        ("ar", "حظر TikTok يبدأ اعتبارا من الاثنين"),
        ("id", "TikTok diblokir mulai Senin"),
        ("vi", "Cấm TikTok từ thứ Hai"),
        ("hi", "TikTok पर सोमवार से प्रतिबंध"),
        ("ko", "월요일부터 TikTok 금지"),
        ("ja", "月曜日からTikTokを禁止"),
        ("it", "TikTok vietata dall'Italia da lunedì"),
    ],
)
def test_a_weekday_from_which_something_holds_is_the_next_one(language: str, title: str) -> None:
    assert _date_of(language, title, datetime(2026, 11, 27, 9, tzinfo=UTC)) == "2026-11-30"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Italy banned TikTok on Monday"),
        ("de", "Italien hat TikTok am Montag verboten"),
        ("hi", "TikTok पर सोमवार को प्रतिबंध"),
    ],
)
def test_a_weekday_is_else_the_last_one(language: str, title: str) -> None:
    assert _date_of(language, title, datetime(2026, 11, 27, 9, tzinfo=UTC)) == "2026-11-23"
