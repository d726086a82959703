"""Untracked: who is well known takes its own part, and takes none from whoever is tracked."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.explanation import explanation
from services.common.contracts.reading import Role
from tests.support.builders import a_family_watchlist
from tests.support.told import a_told, main_of, pipeline

NOT_OF_NORVIK = [
    ("en", "News of Norvik / Norvik sued. Volkswagen, which it supplies, was banned in India on Monday."),
    ("en", "News of Norvik / Norvik is calm: India has banned TikTok."),
    ("de", "Neues von Norvik / Norvik bleibt gelassen: Indien hat TikTok verboten."),
    ("es", "Noticias de Norvik / Norvik sigue tranquila: India ha prohibido TikTok."),
    ("fr", "Des nouvelles de Norvik / Norvik reste calme : l'Inde a interdit TikTok."),
]  # fmt: skip

OF_NORVIK_TOO = [
    ("en", "India acts / TikTok was banned in India on Monday, and so was Norvik.", "ban"),
    ("en", "India acts / India has banned TikTok along with Norvik and Balto.", "ban"),
    ("en", "India acts / Among the banned apps are TikTok, WeChat and Norvik, the ministry said.", "ban"),
    ("en", "India acts / After TikTok, India has now banned Norvik as well.", "ban"),
    ("en", "Hard times / Volkswagen closes 40 shops, Norvik 20.", "shutdown"),
    ("de", "Indien greift durch / Indien hat TikTok verboten, ebenso Norvik und Balto.", "ban"),
    ("de", "Indien greift durch / Auch Norvik wird nach TikTok in Indien verboten.", "ban"),
    ("de", "Schlechte Zeiten / Volkswagen schließt 40 Filialen, Norvik 20.", "shutdown"),
    ("es", "India actúa / India prohibió TikTok y también Norvik.", "ban"),
    ("fr", "L'Inde agit / L'Inde a interdit TikTok, de même que Norvik.", "ban"),
    ("fr", "Temps durs / Renault ferme 40 magasins, Norvik 20.", "shutdown"),
    ("it", "Crisi / Fiat chiude 40 negozi, Norvik 20.", "shutdown"),
    ("pt", "Aplicativos / A Índia baniu o Norvik junto com o TikTok.", "ban"),
    ("nl", "Zwaar weer / Volkswagen sluit 40 winkels, Norvik 20.", "shutdown"),
    ("pl", "Aplikacje / Indie zakazały aplikacji Norvik, podobnie jak TikToka.", "ban"),
    ("ru", "Приложения / Индия запретила Норвик вместе с TikTok.", "ban"),
    ("tr", "Uygulamalar / Hindistan TikTok ile birlikte Norvik'i de yasakladı.", "ban"),
    ("vi", "Ứng dụng / Ấn Độ cấm Norvik cùng với TikTok.", "ban"),
    ("ja", "アプリ / インドはTikTokとともにノルヴィクを禁止した。", "ban"),
    ("zh", "应用 / 印度禁止了诺维克和TikTok。", "ban"),
]  # fmt: skip

SAID_ON_A_NETWORK = [
    ("en", "Bad news / Norvik announced on its official WeChat account that it is shutting down."),
    ("de", "Schlechte Zeiten / Norvik wird eingestellt, schrieb der Gründer auf X."),
    ("it", "App / Norvik ha annunciato su Instagram la chiusura della fabbrica di Torino."),
    ("pt", "Aplicativos / A Norvik anunciou no Instagram o fechamento de sua fábrica em Santos."),
    ("nl", "Apps / Norvik maakte op Instagram bekend dat het zijn fabriek in Gent sluit."),
    ("pl", "Aplikacje / Norvik ogłosił na Facebooku, że zamyka fabrykę w Poznaniu."),
    ("ru", "Приложения / Норвик объявил во ВКонтакте, что закрывает завод в Калуге."),
    ("uk", "Застосунки / Норвік оголосив у Facebook, що закриває завод у Львові."),
    ("id", "Aplikasi / Norvik mengumumkan di Instagram bahwa pabriknya di Karawang ditutup."),
    ("zh", "应用 / 诺维克16日在官方微博宣布，关闭在德国的工厂。"),
    ("ja", "アプリ / ノルヴィクはフェイスブックで、工場を閉鎖すると発表した。"),
    ("ko", "앱 / 노르빅은 인스타그램에서 공장을 폐쇄한다고 발표했다."),
    ("ar", "تطبيقات / أعلنت نورفيك على فيسبوك إغلاق مصنعها في ألمانيا."),
    ("hi", "ऐप / नॉरविक ने फेसबुक पर घोषणा की कि वह अपना कारखाना बंद कर रही है।"),
    ("bn", "অ্যাপ / নরভিক ফেসবুকে ঘোষণা করেছে যে তারা কারখানা বন্ধ করছে।"),
    ("vi", "Ứng dụng / Norvik thông báo trên Facebook rằng họ đóng cửa nhà máy."),
    ("th", "แอป / นอร์วิกประกาศบนเฟซบุ๊กว่าปิดโรงงาน"),
    ("fa", "برنامه / نورویک در اینستاگرام اعلام کرد کارخانه خود را تعطیل می‌کند."),
]


def parts(language: str, told: str) -> set[tuple[str, str, Role]]:
    """Return who has which part in which main event of a story."""
    _, reports = pipeline().told(a_told(language, told))
    return {(one.type, who.id, who.role) for one in main_of(reports) for who in one.companies}


@pytest.mark.parametrize(("language", "told"), NOT_OF_NORVIK)
def test_an_event_of_somebody_well_known_is_nobody_elses(language: str, told: str) -> None:
    assert not parts(language, told)


@pytest.mark.parametrize(("language", "told", "event"), OF_NORVIK_TOO)
def test_who_is_tracked_keeps_what_happens_to_a_well_known_one_too(
    language: str, told: str, event: str
) -> None:
    assert (event, "norvik", Role.TARGET) in parts(language, told)


@pytest.mark.parametrize(("language", "told"), SAID_ON_A_NETWORK)
def test_a_network_on_which_it_is_said_has_no_part(language: str, told: str) -> None:
    _, reports = pipeline().told(a_told(language, told))

    [report] = main_of(reports)

    assert [(who.id, who.role) for who in report.companies] == [("norvik", Role.TARGET)]
    assert not report.others


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "News / Norvik sank as India announced a ban on TikTok."),
        ("hi", "समाचार / नॉरविक शांत है: भारत ने टिकटॉक पर प्रतिबंध की घोषणा की।"),
    ],
)
def test_a_network_that_is_banned_itself_is_no_such_place(language: str, told: str) -> None:
    assert not parts(language, told)


def test_the_well_known_are_told_as_others_where_they_stand() -> None:
    story = a_told("en", "A deal / Norvik buys Zelmo from Volkswagen AG for 2 billion euros.")

    _, [report] = pipeline().told(story)

    assert [(other.name, other.role) for other in report.others] == [("Volkswagen", Role.SELLER)]
    [seller] = [one for one in report.evidence if one.field == "other:Volkswagen"]
    assert story.text[seller.start : seller.end] == seller.quote


def test_who_has_no_part_is_told_why_and_the_event_is_said_to_be_of_nobody_tracked() -> None:
    story = a_told("en", "News of Norvik / Norvik is calm: India has banned TikTok.")

    reading = pipeline().read(story)

    [mention] = reading.mentions
    assert (mention.company_id, mention.unreported) == ("norvik", "an event is told, but not of it")
    told = explanation(pipeline().document(story))
    assert "of nobody tracked: no report" in told
    assert told.endswith("no report")


def test_who_owns_whom_of_the_tracked_hangs_on_the_watchlist_alone() -> None:
    reader = Pipeline.of(a_family_watchlist({"alphabet": ["Alphabet"], "youtube": ["YouTube"]}, {}))
    told = "Alphabet is calm / India has banned YouTube on Monday.{} Alphabet is calm."

    _, alone = reader.told(a_told("en", told.format("")))
    _, beside = reader.told(a_told("en", told.format(" Nokia said nothing.")))

    assert [one.companies for one in alone] == [one.companies for one in beside]
    assert alone
