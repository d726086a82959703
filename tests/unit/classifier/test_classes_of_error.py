"""Classes of error that were found once, each by a story of its own words."""

from __future__ import annotations

import unicodedata

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Reading, Report, Role, Stage
from tests.support.builders import a_company, a_story, a_watchlist


def read(lang: str, title: str, text: str, *companies: str) -> Reading:
    watchlist = a_watchlist(
        *(a_company(name.lower().replace(" ", "-"), name=name) for name in companies)
    )
    return Pipeline.of(watchlist).read(a_story(title=title, text=text, language=lang))


def roles(report: Report) -> dict[str, Role]:
    return {str(party.id): party.role for party in report.companies}


def test_a_pause_right_behind_the_cue_is_no_shutdown_even_where_its_word_begins_a_clause() -> None:
    reading = read(
        "id",
        "Dana Tidak Bisa Dipakai Nanti Malam",
        "Layanan Dana dihentikan sementara pada pukul 02.00 untuk pemeliharaan sistem.",
        "Dana",
    )

    assert reading.reports == ()


def test_a_closing_on_a_day_is_no_closing_of_the_market() -> None:
    [report] = read("id", "Bukalapak Akan Ditutup pada 3 Mei 2025", "", "Bukalapak").reports

    assert (report.type, report.stage, report.date) == ("shutdown", Stage.CONFIRMED, "2025-05-03")
    assert read("id", "Bukalapak Ditutup pada Level 120", "", "Bukalapak").reports == ()


def test_who_may_no_longer_sell_goods_is_banned_and_not_bought() -> None:
    text = "The health ministry has banned the sale of Snus pouches in Norway."

    [report] = read("en", "Snus ordered off the shelves", text, "Snus").reports

    assert (report.type, roles(report)) == ("ban", {"snus": Role.TARGET})


def test_where_trade_is_forbidden_is_the_target_of_the_ban() -> None:
    text = "Pemerintah melarang transaksi jual beli di Facebook Shop mulai 2 Juni 2025."

    [report] = read("id", "Jual Beli di Facebook Shop Dilarang", text, "Facebook Shop").reports

    assert (report.type, roles(report)) == ("ban", {"facebook-shop": Role.TARGET})


def test_the_home_of_companies_and_apps_is_no_country_of_a_ban() -> None:
    text = "Nepal's government has banned WeChat and other apps of Chinese companies."

    [report] = read("en", "Nepal bans WeChat", text, "WeChat").reports

    assert report.countries == ("NP",)


def test_a_country_of_another_clause_is_no_country_of_the_closing() -> None:
    text = "Nissan said it could quit Britain and close its plants if Norway joined the bloc."

    [report] = read("en", "Nissan threatens to go", text, "Nissan").reports

    assert report.countries == ("GB",)


def test_who_is_talked_with_about_a_purchase_does_not_buy() -> None:
    title = "Grab is in talks with Sea about buying a stake in Chope"

    [report] = read("en", title, "", "Grab", "Sea", "Chope").reports

    assert roles(report) == {"grab": Role.ACTOR, "chope": Role.TARGET, "sea": Role.PARTY}


def test_a_postposition_behind_the_word_for_group_still_marks_the_name() -> None:
    watchlist = a_watchlist(
        a_company("sea", "সি"),
        a_company("tiktok", "টিকটক"),
        a_company("chope", "চোপ"),
    )
    story = a_story(title="সি গ্রুপের কাছ থেকে চোপের শেয়ার কেনার চুক্তি করেছে টিকটক", language="bn")

    [report] = Pipeline.of(watchlist).read(story).reports

    assert roles(report)["sea"] is Role.SELLER


def test_two_parts_of_a_form_in_two_sentences_are_no_pair() -> None:
    text = "Grab and Sea have called off the sale of Chope. The deal was announced in 2020."

    [report] = read(
        "en", "Grab abandons its takeover of Chope", text, "Grab", "Sea", "Chope"
    ).reports

    assert roles(report)["sea"] is Role.SELLER


def test_evidence_ends_with_its_word_and_takes_no_character_apart() -> None:
    watchlist = a_watchlist(a_company("tiktok", "টিকটক"))
    story = a_story(title="টিকটককে কিনে নিলেন নতুন মালিক", language="bn")

    reading = Pipeline.of(watchlist).read(story)

    places = [*reading.reports[0].evidence, *reading.mentions[0].places]
    behind = [story.title[place.end : place.end + 1] for place in places]
    assert all(not sign or unicodedata.category(sign)[0] != "M" for sign in behind)
    assert reading.reports[0].evidence[0].quote == "কিনে নিলেন"


def test_a_decimal_sign_of_arabic_script_is_one() -> None:
    title = "فیسبوک واتساپ را به ۱٫۵ میلیارد دلار خرید"

    [report] = read("fa", title, "", "واتساپ").reports

    assert report.amount is not None
    assert (report.amount.currency, report.amount.value) == ("USD", 1_500_000_000)


def test_who_stands_behind_a_noun_of_action_in_arabic_does_it() -> None:
    title = "المنافسة ترفض استحواذ نيكا على توسا"

    [report] = read("ar", title, "", "نيكا", "توسا").reports

    assert report.stage == Stage.REJECTED
    assert roles(report) == {"نيكا": Role.ACTOR, "توسا": Role.TARGET}


def test_a_marker_that_begins_with_a_sign_may_follow_a_number() -> None:
    [report] = read("ar", "نيكا تشتري 30% من توسا", "", "نيكا", "توسا").reports

    assert roles(report) == {"نيكا": Role.ACTOR, "توسا": Role.TARGET}


@pytest.mark.parametrize(
    ("lang", "title", "text"),
    [
        ("en", "Nepal bans Zelmo", "Balto and Dorim vanished on the same day, users say."),
        (
            "fr",
            "Le Népal interdit Zelmo",
            "Balto et Dorim sont également dans le viseur de l'État.",
        ),
        ("id", "Nepal larang Zelmo", "Sanksi serupa dijatuhkan kepada Balto dan Dorim hari itu."),
        (
            "zh",
            "尼泊尔封禁Zelmo",
            "Balto和Dorim也从当地的网络上消失，用户无法打开任何页面，也无法登录账号。",
        ),
    ],
)
def test_the_next_sentence_may_add_names_to_those_that_are_banned(
    lang: str, title: str, text: str
) -> None:
    [report] = read(lang, title, text, "Zelmo", "Balto", "Dorim").reports

    assert roles(report) == dict.fromkeys(("zelmo", "balto", "dorim"), Role.TARGET)


def test_names_that_the_next_sentence_compares_are_not_banned() -> None:
    text = "Balto and Dorim were the largest networks of the country before that day."

    [report] = read("en", "Nepal bans Zelmo", text, "Zelmo", "Balto", "Dorim").reports

    assert roles(report) == {"zelmo": Role.TARGET}


def test_a_title_that_denies_what_the_lead_only_names_rejects_it() -> None:
    title, text = (
        "Zelmo sluit fabriek in Drachten niet",
        "Een bericht over sluiting van Zelmo is onzin.",
    )

    [report] = read("nl", title, text, "Zelmo").reports

    assert report.stage == Stage.REJECTED


def test_a_rival_named_to_say_who_is_bought_has_no_role() -> None:
    [report] = read("en", "Balto acquires 8% of Zelmo rival", "", "Balto", "Zelmo").reports

    assert roles(report) == {"balto": Role.ACTOR}


@pytest.mark.parametrize(
    ("lang", "title", "kind"),
    [
        ("hi", "नेपाल ने TikTok को बंद किया", "ban"),
        ("ur", "نیپال نے TikTok بند کر دی", "ban"),
        ("fa", "نپال TikTok را تعطیل کرد", "ban"),
        ("hi", "TikTok ने नेपाल में सेवा बंद की", "shutdown"),
        ("fa", "در نپال TikTok دفتر خود را تعطیل کرد", "shutdown"),
    ],
)
def test_a_state_that_is_marked_as_who_closes_bans(lang: str, title: str, kind: str) -> None:
    reading = read(lang, title, "", "TikTok")

    assert [report.type for report in reading.reports] == [kind]


@pytest.mark.parametrize(
    ("lang", "title", "text"),
    [
        (
            "en",
            "Zelmo has a record year",
            (
                "The retailer earned more in the past twelve months than ever in its history. In the same "
                "branch Norvik acquires Balto for 3 million dollars."
            ),
        ),
        (
            "de",
            "Zelmo mit Rekordjahr",
            (
                "Der Händler hat in den vergangenen zwölf Monaten so gut verdient wie nie in seiner Geschichte. "
                "In derselben Branche übernimmt Norvik den Konkurrenten Balto."
            ),
        ),
        (
            "ru",
            "Рекордный год компании Zelmo",
            (
                "За двенадцать месяцев торговая сеть заработала больше, чем когда-либо за всю историю. "
                "В той же отрасли Norvik покупает Balto за 3 млн долларов."
            ),
        ),
        (
            "ar",
            "عام قياسي لشركة Zelmo",
            (
                "حققت سلسلة المتاجر خلال اثني عشر شهرا أرباحا لم تعرفها في تاريخها كله. "
                "وفي القطاع نفسه تستحوذ Norvik على Balto مقابل 3 ملايين دولار."
            ),
        ),
        (
            "hi",
            "Zelmo के लिए रिकॉर्ड साल",
            (
                "खुदरा कंपनी ने बारह महीनों में अपने पूरे इतिहास में सबसे ज़्यादा कमाई की। "
                "इसी क्षेत्र में Norvik ने Balto का अधिग्रहण किया।"
            ),
        ),
    ],
)
def test_what_a_lead_tells_of_others_than_the_title_names_is_background(
    lang: str, title: str, text: str
) -> None:
    [report] = read(lang, title, text, "Zelmo", "Norvik", "Balto").reports

    assert (report.type, report.focus) == ("acquisition", Focus.BACKGROUND)


def test_a_deal_of_its_own_in_the_body_gives_another_no_buyer() -> None:
    text = (
        "The price was not told, and nobody in the north of the country wanted to comment on it. "
        "Workers were told on Friday in a letter that nothing would change for any of them. "
        "Norvik acquired Zelmo for 3 million dollars when the two were small."
    )

    report = read("en", "Zelmo sold to an investor", text, "Zelmo", "Norvik").reports[0]

    assert report.focus is Focus.MAIN
    assert roles(report) == {"zelmo": Role.TARGET}


def test_in_japanese_ga_marks_what_is_bought_before_a_passive() -> None:
    [report] = read("ja", "Zelmoが買収される", "", "Zelmo").reports

    assert roles(report) == {"zelmo": Role.TARGET}


def test_who_stands_first_behind_a_noun_does_it_to_who_stands_further_behind() -> None:
    title = "O Banco Central indeferiu a entrada da Norvik na Zelmo"

    [report] = read("pt", title, "", "Zelmo", "Norvik").reports

    assert roles(report) == {"norvik": Role.ACTOR, "zelmo": Role.TARGET}
