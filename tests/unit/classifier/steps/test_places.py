from __future__ import annotations

from importlib.resources import files

import pytest

from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import LANGUAGES, lexicon
from services.classifier.lexicon.shared_words import parsed_file, text_of
from services.classifier.lexicon.spellings import split_forms
from services.classifier.pipeline import Pipeline
from services.common.config.codes import COUNTRIES
from tests.support.builders import a_company, a_story, a_watchlist

_NOBODY_LIVES_THERE = {"AQ", "BV", "GS", "HM", "IO", "TF", "UM"}

_PIPELINE = Pipeline.of(
    a_watchlist(
        a_company("tiktok", name="TikTok"),
        a_company("foodpanda"),
        *(a_company(name.lower(), name=name) for name in ("Norvik", "Balto", "Zelmo")),
    )
)


def _countries(language: str, title: str, text: str = "", country: str | None = None) -> set[str]:
    story = a_story(title=title, text=text, language=language, country=country)
    return {place for report in _PIPELINE.read(story).reports for place in report.countries}


def _of_deals(language: str, title: str, text: str) -> set[str]:
    reports = _PIPELINE.read(a_story(title=title, text=text, language=language)).reports
    return {
        place for report in reports if report.type == "acquisition" for place in report.countries
    }


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "TikTok banned in Kenya", "KE"),
        ("en", "UK court bans TikTok", "GB"),
        ("id", "Pemerintah AS larang TikTok", "US"),
        ("id", "TikTok diblokir di Korsel", "KR"),
        ("ms", "TikTok disekat di Indonesia", "ID"),
        ("bn", "ভারতে TikTok নিষিদ্ধ", "IN"),
        ("hi", "अमेरिका में TikTok पर प्रतिबंध", "US"),
        ("vi", "TikTok bị cấm tại Mỹ", "US"),
        ("th", "สหรัฐฯ แบน TikTok", "US"),
        ("es", "Prohíben TikTok en Colombia", "CO"),
        ("pt", "TikTok é proibido na Índia", "IN"),
        ("fr", "TikTok interdit en Belgique", "BE"),
        ("de", "Frankreich verbietet TikTok", "FR"),
        ("it", "Gli Stati Uniti vietano TikTok", "US"),
        ("nl", "TikTok verboden in België", "BE"),
        ("pl", "Indie zakazały TikToka", "IN"),
        ("zh", "印度封禁TikTok", "IN"),
        ("ja", "インド、TikTokを禁止", "IN"),
        ("ko", "인도, TikTok 금지", "IN"),
        ("ru", "В Индии запретили TikTok", "IN"),
        ("uk", "В Індії заборонили TikTok", "IN"),
        ("ar", "الهند تحظر TikTok", "IN"),
        ("tr", "Hindistan TikTok'u yasakladı", "IN"),
        ("fa", "هند TikTok را ممنوع کرد", "IN"),
        ("ur", "بھارت میں TikTok پر پابندی", "IN"),
    ],
)
def test_a_ban_has_the_country_that_bans(language: str, title: str, expected: str) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("tr", "TikTok'a yasak", "Güney Amerika'da Brezilya, TikTok'a erişimi engelledi.", {"BR"}),
        ("tr", "Türkiye'de TikTok'a yasak", "Bakan Abdullah karar verdi.", {"TR"}),
        ("ru", "В Бразилии запретили TikTok", "Это новость для Южной Америки.", {"BR"}),
        ("zh", "巴西封禁TikTok", "南美用户不满。", {"BR"}),
        ("ja", "ブラジル、TikTokを禁止", "南米で初めて。", {"BR"}),
        ("it", "In America Latina TikTok vietato: lo vieta il Brasile", "", {"BR"}),
    ],
)
def test_a_part_of_the_world_and_a_person_are_no_country(
    language: str, title: str, text: str, expected: set[str]
) -> None:
    assert _countries(language, title, text) == expected


def test_where_the_news_comes_from_is_no_country_of_it() -> None:
    text = "नई दिल्ली, 2 अक्टूबर -- फूडपांडा पाकिस्तान में अपना कारोबार बंद कर रही है।"

    assert _countries("hi", "Foodpanda ने किया कारोबार बंद करने का ऐलान", text) == {"PK"}


def test_where_the_news_comes_from_counts_where_the_country_is_told_again() -> None:
    text = "NEW DELHI, Oct 2 - The government of India has banned TikTok, and so has Nepal."

    assert _countries("en", "Ban on TikTok", text) == {"IN", "NP"}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Grab buys Foodpanda's Indian business", {"IN"}),
        ("en", "Uber buys Foodpanda in Taiwan", {"TW"}),
        ("en", "German group Foodpanda bought by rival", set()),
        ("es", "Compra la filial argentina de Foodpanda", {"AR"}),
        ("fr", "Carrefour rachète la filiale belge de Foodpanda", {"BE"}),
        ("id", "Grab akuisisi bisnis Foodpanda di Thailand", {"TH"}),
    ],
)
def test_a_deal_has_a_country_only_where_a_unit_there_is_sold(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Chinese company TikTok closes its music service"),
        ("en", "TikTok shuts its music app worldwide"),
        ("de", "Der chinesische Konzern TikTok stellt Musikdienst ein"),
        ("ja", "公取委、独占禁止法でTikTokの販売を中止"),
        ("ja", "TikTok、米子の工場を閉鎖"),
        ("ko", "TikTok, 미리 알리지 않고 서비스 종료"),
    ],
)
def test_a_companys_home_and_letters_inside_of_words_are_no_place(
    language: str, title: str
) -> None:
    assert _countries(language, title) <= {"JP"}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("zh", "德国和法国禁止TikTok", {"DE", "FR"}),
        ("tr", "İtalya ve Fransa, TikTok'u yasakladı", {"IT", "FR"}),
        ("fa", "ایتالیا و فرانسه TikTok را ممنوع کردند", {"IT", "FR"}),
        ("ko", "독일과 프랑스, TikTok 금지", {"DE", "FR"}),
        ("en", "Germany bans Chinese TikTok", {"DE"}),
    ],
)
def test_of_countries_in_a_row_before_a_name_none_is_its_home(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "US bans Chinese video app TikTok", "", {"US"}),
        ("en", "India blocks Chinese app TikTok", "", {"IN"}),
        ("de", "Indien verbietet die chinesische Video-App TikTok", "", {"IN"}),
        ("zh", "印度禁止中国应用TikTok", "", {"IN"}),
        (
            "ko",
            "정부, TikTok 차단",
            "개인정보보호위원회가 중국 동영상 서비스 'TikTok'을 차단했다.",
            {"KR"},
        ),
        ("ja", "アメリカ国内でTikTokの配信を禁止", "", {"US"}),
        ("en", "China bans video app TikTok", "", {"CN"}),
    ],
)
def test_where_a_banned_product_is_from_is_no_place_of_the_ban(
    language: str, title: str, text: str, expected: set[str]
) -> None:
    assert _countries(language, title, text) == expected


def test_a_city_stands_for_its_country_but_not_where_the_newsroom_is() -> None:
    assert _countries("en", "TikTok closes its office in Nairobi") == {"KE"}
    assert (
        _countries("en", "TikTok closes its music app", "LONDON - TikTok is closing it.") == set()
    )


def test_the_government_without_a_country_is_that_of_the_outlet() -> None:
    assert _countries("en", "Government bans TikTok", country="NP") == {"NP"}
    assert _countries("en", "Government bans TikTok") == set()


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("ru", "Депутат предложил заблокировать TikTok", {"RU"}),
        ("hi", "सरकार TikTok पर प्रतिबंध लगाने पर विचार कर रही", {"IN"}),
        ("ko", "정부, TikTok 금지", {"KR"}),
        ("es", "El gobierno prohíbe TikTok", set()),
    ],
)
def test_the_government_of_an_unknown_outlet_is_that_of_its_language(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_every_place_where_somebody_lives(language: str) -> None:
    file = files("services.classifier.lexicon").joinpath(language).joinpath("places.yml")
    countries = parsed_file(text_of(file), file.name)["countries"]
    words = lexicon(language).words

    assert countries.keys() == COUNTRIES - _NOBODY_LIVES_THERE | {"EU"}
    for code, forms in countries.items():
        name = fold_text(split_forms(forms)[0])
        hits = [hit for hit in words.find(name) if hit.meaning.layer == "country"]
        assert {(hit.start, hit.end) for hit in hits} == {(0, len(name))}, name
        assert code in {hit.meaning.name for hit in hits}, name


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "South Sudan bans TikTok", "SS"),
        ("en", "Sudan bans TikTok", "SD"),
        ("en", "North Korea bans TikTok", "KP"),
        ("en", "Northern Ireland bans TikTok", "GB"),
        ("en", "DR Congo bans TikTok", "CD"),
        ("en", "TikTok banned in Congo-Brazzaville", "CG"),
        ("en", "TikTok banned in Ivory Coast", "CI"),
        ("en", "Papua New Guinea bans TikTok", "PG"),
        ("en", "Equatorial Guinea bans TikTok", "GQ"),
        ("en", "Guinea-Bissau bans TikTok", "GW"),
        ("en", "TikTok banned in Guinea", "GN"),
        ("en", "American Samoa bans TikTok", "AS"),
        ("en", "Chad bans TikTok", "TD"),
        ("en", "Niger bans TikTok", "NE"),
        ("en", "Nigeria bans TikTok", "NG"),
        ("en", "Georgia governor bans TikTok", "US"),
        ("de", "TikTok in Nordkorea verboten", "KP"),
        ("de", "Demokratische Republik Kongo verbietet TikTok", "CD"),
        ("fr", "TikTok interdit en Papouasie-Nouvelle-Guinée", "PG"),
        ("fr", "TikTok interdit au Congo-Brazzaville", "CG"),
        ("fr", "Le Bénin interdit TikTok", "BJ"),
        ("es", "Prohíben TikTok en Sudán del Sur", "SS"),
        ("it", "Il Mali vieta TikTok", "ML"),
        ("it", "TikTok vietato nel Principato di Monaco", "MC"),
        ("pt", "Coreia do Norte proíbe TikTok", "KP"),
        ("nl", "Zuid-Soedan verbiedt TikTok", "SS"),
        ("pl", "W Sudanie Południowym zakazano TikToka", "SS"),
        ("pl", "W Korei Północnej zakazano TikToka", "KP"),
        ("pl", "Rząd Czadu zakazał TikToka", "TD"),
        ("zh", "南蘇丹封禁TikTok", "SS"),
        ("zh", "巴布亚新几内亚封禁TikTok", "PG"),
        ("ja", "南スーダン、TikTokを禁止", "SS"),
        ("ko", "남수단, TikTok 금지", "SS"),
        ("ko", "북한에서 TikTok 금지", "KP"),
        ("ru", "В Южном Судане запретили TikTok", "SS"),
        ("ru", "В Экваториальной Гвинее запретили TikTok", "GQ"),
        ("ru", "Правительство Того запретило TikTok", "TG"),
        ("uk", "Північна Корея заборонила TikTok", "KP"),
        ("uk", "У Чорногорії заборонили TikTok", "ME"),
        ("ar", "حظر TikTok في جنوب السودان", "SS"),
        ("ar", "كوريا الشمالية تحظر TikTok", "KP"),
        ("tr", "Güney Sudan'da TikTok yasaklandı", "SS"),
        ("tr", "Mali'de TikTok yasaklandı", "ML"),
        ("fa", "سودان جنوبی TikTok را ممنوع کرد", "SS"),
        ("ur", "جنوبی سوڈان میں TikTok پر پابندی", "SS"),
        ("hi", "दक्षिण सूडान में TikTok पर प्रतिबंध", "SS"),
        ("hi", "फिजी में TikTok पर प्रतिबंध", "FJ"),
        ("bn", "উত্তর কোরিয়ায় TikTok নিষিদ্ধ", "KP"),
        ("bn", "টোগোতে TikTok নিষিদ্ধ", "TG"),
        ("ta", "தெற்கு சூடானில் TikTok தடை", "SS"),
        ("ta", "வட கொரியாவில் TikTok தடை", "KP"),
        ("th", "ซูดานใต้แบน TikTok", "SS"),
        ("vi", "Nam Sudan cấm TikTok", "SS"),
        ("id", "TikTok diblokir di Sudan Selatan", "SS"),
        ("ms", "TikTok disekat di Korea Utara", "KP"),
    ],
)
def test_the_longest_name_of_a_country_counts(language: str, title: str, expected: str) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "TikTok closes the shop that sells jersey cloth"),
        ("en", "TikTok bans guinea pig videos"),
        ("en", "Chad Wolf: TikTok shuts down its music service"),
        ("en", "TikTok bans Air Jordan resellers"),
        ("en", "TikTok bans turkey sandwich adverts"),
        ("de", "TikTok schließt seinen Laden für Jersey und Wolle"),
        ("fr", "TikTok ferme son service de musique après la réunion"),
        ("fr", "Dominique et Maurice quittent TikTok, qui ferme"),
        ("es", "TikTok cierra su servicio tras la reunión"),
        ("it", "TikTok vietato: tutti i mali della rete"),
        ("pt", "TikTok encerra o serviço depois da reunião"),
        ("nl", "TikTok verboden: geen guinees biggetje"),
        ("pl", "TikTok zakazany: mali sprzedawcy bez sklepu"),
        ("pl", "TikTok zakazany, Dominika zaskoczona"),
        ("uk", "TikTok заблокували після того, як малі продавці пішли"),
        ("tr", "Mali denetim sonrası TikTok yasaklandı"),
        ("ar", "حظر TikTok بعد تحقيق مالي"),
        ("fa", "TikTok به دلیل فساد مالی ممنوع شد"),
        ("fa", "TikTok روی آیفون ۱۵ پرو ممنوع شد"),
        ("ur", "آج شام TikTok پر پابندی"),
        ("ur", "مالی بدعنوانی پر TikTok پر پابندی"),
        ("hi", "माली की शिकायत पर TikTok पर प्रतिबंध"),
        ("bn", "মালিক জানালেন TikTok নিষিদ্ধ"),
        ("ta", "சாட் செயலி TikTok தடை"),
        ("th", "กาชาดแบน TikTok"),
        ("vi", "TikTok đóng cửa hàng áo dài"),
        ("zh", "沿海地区封禁TikTok"),
        ("zh", "马里奥封禁TikTok"),
        ("ja", "TikTok、リアルタイム配信を終了"),
        ("ja", "TikTok、アルバムを終了"),
        ("ko", "TikTok, 결제 수단 서비스 종료"),
        ("ko", "아이티 기업 TikTok 서비스 종료"),
        ("ko", "TikTok 저지하려 서비스 금지"),
        ("id", "TikTok diblokir setelah jual jersey"),
        ("ms", "TikTok disekat selepas jual jersey"),
    ],
)
def test_what_only_looks_like_a_country_is_none(language: str, title: str) -> None:
    assert _countries(language, title) == set()


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("de", "Bundesnetzagentur verbietet chinesische Kameras von Norvik", "DE"),
        ("de", "Bundesnetzagentur verbietet TikTok in Österreich", "AT"),
        ("it", "Agcom oscura il sito russo di Norvik", "IT"),
        ("fr", "La CNIL interdit l'application chinoise Norvik", "FR"),
        ("en", "FCC bans Chinese routers made by Norvik", "US"),
        ("en", "FTC bars Russian software from Norvik", "US"),
        ("en", "Ofcom bans Chinese broadcaster Norvik", "GB"),
        ("es", "La CNMC prohíbe las cámaras chinas de Norvik", "ES"),
        ("es", "La CNMV prohíbe operar al bróker chipriota Norvik", "ES"),
        ("pt", "Anatel proíbe os roteadores chineses da Norvik", "BR"),
        ("nl", "AFM verbiedt Amerikaanse broker Norvik", "NL"),
        ("pl", "UOKiK zakazał sprzedaży chińskich zabawek Norvik", "PL"),
        ("ru", "Роскомнадзор заблокировал американский сервис Norvik", "RU"),
        ("uk", "СБУ заблокувала російський сервіс Norvik", "UA"),
        ("tr", "BTK Çin uygulaması Norvik'e erişimi engelledi", "TR"),
        ("ja", "総務省、中国製カメラのNorvikを排除", "JP"),
        ("ko", "방통위, 중국산 앱 Norvik 차단", "KR"),
        ("id", "Komdigi blokir aplikasi asal China Norvik", "ID"),
        ("vi", "Bộ Công Thương cấm ứng dụng Trung Quốc Norvik", "VN"),
        ("th", "กสทช. สั่งแบนแอปจีน Norvik", "TH"),
        ("hi", "डीजीसीए ने तुर्की की कंपनी Norvik पर रोक लगाई", "IN"),
        ("ur", "پی ٹی اے نے چینی ایپ Norvik پر پابندی لگا دی", "PK"),
        ("fa", "دادستانی برنامه اسرائیلی Norvik را فیلتر کرد", "IR"),
    ],
)
def test_what_is_banned_comes_from_elsewhere_than_the_authority(
    language: str, title: str, expected: str
) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("it", "Il garante irlandese blocca Norvik", "IE"),
        ("pl", "Urząd ochrony danych: włoski urząd zakazał Norvik", "IT"),
        ("de", "Österreichische Datenschutzbehörde verbietet Norvik", "AT"),
        ("en", "FCC chair praises ban as India blocks Norvik", "IN"),
        ("en", "China bans Norvik after FCC move", "CN"),
        ("de", "Frankreich sperrt Norvik, Bundesnetzagentur prüft", "FR"),
        ("fr", "L'Italie bloque Norvik, la CNIL enquête", "IT"),
        ("es", "Colombia bloquea Norvik; la CNMC estudia medidas", "CO"),
        ("ja", "インド、Norvikを禁止　総務省は静観", "IN"),
        ("ru", "Индия заблокировала Norvik, Роскомнадзор следит", "IN"),
        ("zh", "印度封禁Norvik，工信部回应", "IN"),
        ("en", "India on Monday banned Norvik, days after the FCC did", "IN"),
        ("en", "FCC chief hails India's ban on Norvik", "IN"),
        ("en", "After FCC warning, India's telecom regulator blocks Norvik", "IN"),
        ("fr", "L'Inde va interdire Norvik, la CNIL réfléchit", "IN"),
        ("pt", "A Índia decidiu proibir a Norvik; Anatel acompanha", "IN"),
        ("pl", "Indie w poniedziałek zakazały Norvik, UOKiK bada sprawę", "IN"),
        ("ru", "Индия с понедельника заблокировала Norvik, Роскомнадзор следит", "IN"),
        ("uk", "Індія вчора заборонила Norvik, СБУ вивчає", "IN"),
        ("tr", "Hindistan, Norvik'i yasakladı; BTK inceliyor", "IN"),
        ("id", "India pada Senin memblokir Norvik, Komdigi memantau", "IN"),
        ("vi", "Ấn Độ vừa chặn Norvik, Bộ Công Thương theo dõi", "IN"),
    ],
)
def test_an_authority_of_another_country_or_beside_the_ban_is_not_who_bans(
    language: str, title: str, expected: str
) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "German carmaker Norvik to close Detroit plant", "US"),
        ("es", "Norvik cerrará su fábrica de Zaragoza, según la prensa alemana", "ES"),
        ("it", "La turca Norvik chiude lo stabilimento di Torino", "IT"),
        ("de", "US-Konzern Norvik schließt Werk in Leipzig", "DE"),
        ("fr", "L'américain Norvik ferme son usine de Lyon", "FR"),
        ("nl", "Duitse Norvik sluit fabriek in Rotterdam", "NL"),
        ("pl", "Niemiecki Norvik zamyka fabrykę w Łodzi", "PL"),
        ("pt", "Alemã Norvik fecha fábrica em São Paulo", "BR"),
        ("tr", "Alman Norvik İzmir'deki fabrikasını kapatıyor", "TR"),
        ("ru", "Немецкая Norvik закрывает завод в Калуге", "RU"),
        ("uk", "Німецька Norvik закриває завод у Львові", "UA"),
        ("ja", "米Norvik、名古屋の工場を閉鎖", "JP"),
        ("ko", "독일 Norvik, 부산 공장 폐쇄", "KR"),
        ("zh", "德国Norvik关闭上海工厂", "CN"),
        ("vi", "Tập đoàn Đức Norvik đóng cửa nhà máy ở Hải Phòng", "VN"),
        ("id", "Norvik asal Jerman tutup pabrik di Surabaya", "ID"),
        ("hi", "जर्मन कंपनी Norvik ने पुणे का कारखाना बंद किया", "IN"),
        ("en", "Norvik closes its plant in Germany, London headquarters says", "DE"),
        ("en", "Norvik quits Russia, Moscow office to close", "RU"),
        (
            "de",
            "Norvik schließt alle Filialen in Polen, wie die Zentrale in Berlin mitteilte",
            "PL",
        ),
        ("fr", "Norvik, basé à Paris, ferme son usine espagnole", "ES"),
        ("en", "Detroit carmaker Norvik closes Mexican plant", "MX"),
        ("en", "London-based Norvik closes Polish plant", "PL"),
        ("pl", "Norvik z siedzibą w Warszawie zamyka niemiecką fabrykę", "DE"),
        ("ja", "東京のNorvik、ポーランド工場を閉鎖", "PL"),
        ("ko", "서울의 Norvik, 폴란드 공장 폐쇄", "PL"),
    ],
)
def test_a_closing_is_where_its_city_is_and_not_where_the_company_is_from(
    language: str, title: str, expected: str
) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        (
            "de",
            "Norvik verabschiedet sich aus Russland",
            "Norvik verkauft sein Werk an Balto.",
            "RU",
        ),
        (
            "fr",
            "Norvik quitte l'Italie",
            "Norvik a annoncé la vente de ses magasins à Balto.",
            "IT",
        ),
        ("it", "Norvik lascia la Spagna", "Norvik vende la sua rete a Balto.", "ES"),
        ("pt", "Norvik deixa a Argentina", "A Norvik vende suas lojas à Balto.", "AR"),
        ("nl", "Norvik verlaat Duitsland", "Norvik verkoopt zijn winkels aan Balto.", "DE"),
        ("pl", "Norvik opuszcza Rosję", "Norvik sprzedaje swoją fabrykę firmie Balto.", "RU"),
        ("ru", "Norvik уходит из России", "Norvik продаёт завод компании Balto.", "RU"),
        ("tr", "Norvik Rusya'dan çekiliyor", "Norvik fabrikasını Balto'ya satıyor.", "RU"),
        ("ja", "Norvik、ロシアから撤退", "Norvikは工場をBaltoに売却する。", "RU"),
        ("ko", "Norvik, 러시아에서 철수", "Norvik은 공장을 Balto에 매각한다.", "RU"),
        ("id", "Norvik hengkang dari Rusia", "Norvik menjual pabriknya kepada Balto.", "RU"),
        ("th", "Norvik ถอนตัวจากรัสเซีย", "Norvik ขายโรงงานให้ Balto", "RU"),
    ],
)
def test_a_deal_is_about_the_country_that_its_seller_quits(
    language: str, title: str, text: str, expected: str
) -> None:
    assert _of_deals(language, title, text) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Norvik closes its plant in Spain and sells its software unit to Balto", ""),
        ("fr", "Norvik ferme son usine d'Espagne", "Norvik vend ses logiciels à Balto."),
        ("ja", "Norvik、スペイン工場を閉鎖", "Norvikはソフト事業をBaltoに売却する。"),
        ("ru", "Norvik закрывает завод в Испании", "Norvik продаёт софт компании Balto."),
        ("en", "Norvik quits Russia", "Balto, a rival, is selling its network to Zelmo."),
    ],
)
def test_a_deal_is_not_about_the_country_of_a_plant_that_closes(
    language: str, title: str, text: str
) -> None:
    assert not _of_deals(language, title, text)


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        (
            "en",
            "Last shift at the glassworks",
            (
                "Zelmo is closing its glassworks and lays off all 180 workers, the board said on Tuesday after a meeting. "
                "Nobody in the town had expected that, the mayor said.\nIn 2018 it had closed a mill in Poland."
            ),
            set(),
        ),
        (
            "en",
            "Last shift at the glassworks",
            (
                "Zelmo is closing its glassworks in Denmark, the board said on Tuesday after a meeting of several hours. "
                "Nobody in the town had expected that, the mayor said.\nIn 2018 it had closed a mill in Poland."
            ),
            {"DK"},
        ),
        (
            "tr",
            "Fabrikanın kapısına kilit",
            (
                "Zelmo fabrikasını mart sonunda kapatacağını salı günü bütün çalışanlarına yazılı olarak bildirdi. "
                "Alman Norvik grubu kararı maliyetlerle açıkladı."
            ),
            set(),
        ),
        (
            "pl",
            "Zakaz sprzedaży napoju",
            (
                "Główny inspektor zakazał w czwartek sprzedaży wszystkich napojów Zelmo z powodu wykrytych w nich bakterii. "
                "Firma przeprasza klientów i obiecuje im zwrot pieniędzy.\nPodobny zakaz obowiązuje już w Czechach."
            ),
            {"PL"},
        ),
        (
            "pl",
            "Zakaz sprzedaży napoju w Czechach",
            "Tamtejszy urząd zakazał w czwartek sprzedaży wszystkich napojów Zelmo z powodu wykrytych w nich bakterii.",
            {"CZ"},
        ),
    ],
)
def test_history_further_down_and_whose_home_is_named_say_nothing_of_where(
    language: str, title: str, text: str, expected: set[str]
) -> None:
    assert _countries(language, title, text) == expected


_UNITS = Pipeline.of(
    a_watchlist(
        a_company("balto", name="Balto"),
        a_company("zelmo", name="Zelmo"),
        a_company("norvik", name="Norvik"),
        a_company("norvik-italia", name="Norvik Italia"),
        a_company("banco-italia", name="Banco Italia"),
    )
)


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("it", "Norvik vende Norvik Italia a Balto", {"IT"}),
        ("it", "Norvik vende Banco Italia a Balto", set()),  # what it is called is only its home
        ("it", "Balto compra Norvik Italia", set()),
        ("en", "Norvik sells Zelmo in Thailand and Malaysia to Balto", {"TH", "MY"}),
        ("en", "Norvik sells Zelmo in Thailand, as Malaysia grows", {"TH"}),
    ],
)
def test_a_deal_is_limited_to_the_country_in_the_name_of_the_sellers_unit_and_to_a_list(
    language: str, title: str, expected: set[str]
) -> None:
    reports = _UNITS.read(a_story(title=title, language=language)).reports

    assert {place for report in reports for place in report.countries} == expected
