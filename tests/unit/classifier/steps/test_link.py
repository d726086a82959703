"""Which names are found: one line a case, the alias, the text, whether it is the company."""

from __future__ import annotations

import unicodedata

import pytest

from services.classifier.document import Document
from services.classifier.lexicon.aliases import Aliases
from services.classifier.lexicon.grammar import Grammar
from services.classifier.steps.fold import fold
from services.classifier.steps.link import link
from services.classifier.steps.sentences import split
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId

FOUND = [
    # where a word ends
    ("Meta", "Meta shuts its Lisbon office"),
    ("X", "X fined by Brussels"),
    ("Arm", "Arm, the chip designer, slips"),
    ("C&A", "C&A sluit negen filialen"),
    ("AT&T", "(AT&T) sells its stake"),
    ("3M", "3M settles the case"),
    ("Yahoo!", "Yahoo! Japan ends a service"),
    ("L'Oréal", "L’Oréal rachète une marque"),
    ("H&M", "H&M-butiken stänger"),
    ("TikTok", "TikTok’s future is open"),
    ("TikTok", "“TikTok” must go"),
    ("TikTok", "TikTok/ByteDance lose in court"),
    ("Grab", "Grab-GoTo merger off"),
    ("TikTok", "TIKTOK DIBLOKIR"),
    ("TikTok", "#TikTok trends"),
    ("GoTo", "GoTo.com relaunches"),
    # Turkish
    ("TikTok", "TİKTOK YASAKLANDI"),
    ("İş Bankası", "İŞ BANKASI satıldı"),
    ("İş Bankası", "iş bankası hisseleri düştü"),
    ("Isparta", "ISPARTA fabrikası kapandı"),
    ("Işık", "IŞIK HOLDİNG kapandı"),
    ("Getir", "Getir'in ABD'deki faaliyeti bitti"),
    ("Getir", "Getir’i satın aldı"),
    ("Discord", "DISCORD'A ERİŞİM ENGELİ"),
    ("Trendyol", "Trendyol'dan açıklama geldi"),
    # Slavic endings
    ("Orlen", "Zarząd Orlenu zdecydował"),
    ("Orlen", "rozmowy z Orlenem trwają"),
    ("Lotos", "przejęcie Lotosu"),
    ("Eurocash", "przejęcie Eurocashu"),
    ("Яндекс", "долю в Яндексе купили"),
    ("Яндекс", "сделка с Яндексом"),
    ("Газпром", "акции Газпрома растут"),
    ("Тесла", "завод Теслы закрыт"),
    ("Тесла", "купил Теслу"),
    ("Икеа", "Икеа уходит"),
    ("Киевстар", "угода Киевстаром підписана"),
    ("Ёлка", "елка закрыта навсегда"),
    # Indonesian, Malay
    ("TikTok", "TikToknya diblokir"),
    ("TikTok", "TikTok-nya diblokir"),
    ("Gojek", "Gojeklah yang ditutup"),
    # Bengali
    ("টিকটক", "টিকটকের ওপর নিষেধাজ্ঞা"),
    ("টিকটক", "টিকটককে নিষিদ্ধ করল"),
    ("টিকটক", "টিকটকসহ ৫৯টি অ্যাপ"),
    ("উবার", "উবারের কার্যক্রম"),
    ("রবি", "রবির শেয়ার বিক্রি"),
    ("গ্রামীণফোন", "গ্রামীণফোনের সিম"),
    ("টোকোপিডিয়া", "টোকোপিডিয়ার বেশিরভাগ"),
    ("পাঠাও", "পাঠাও-এর অ্যাপ"),
    # Hindi
    ("टिकटॉक", "टिकटॉक पर रोक"),
    ("टिकटॉक", "टिकटॉक, यूट्यूब बंद"),
    ("ज़ोमैटो", "ज़ोमैटो ने खरीदा"),
    ("ज़ोमैटो", "कल ज\u093cोमैटो ने खरीदा"),
    ("एयर इंडिया", "एयर इंडिया का विलय"),
    # Tamil
    ("டிக்டாக்", "டிக்டாக்கை தடை செய்தது"),
    ("கூகுள்", "கூகுளை வாங்கியது"),
    ("கூகுள்", "கூகுளின் சேவை"),
    ("பேஸ்புக்", "பேஸ்புக்கில் முதலீடு"),
    ("ஜியோ", "ஜியோவின் பங்கு"),
    ("டாடா", "டாடாவிற்கு விற்பனை"),
    # Arabic script
    ("تيك توك", "حظر التيك توك"),
    ("أوبر", "وأوبر تغلق مكتبها"),
    ("اوبر", "أوبر تغلق مكتبها"),
    ("أرامكو", "لأرامكو حصة"),
    ("گوگل پلی", "گوگل\u200cپلی رفع شد"),
    ("دیجی\u200cکالا", "دیجی کالا خرید"),
    ("علی\u200cبابا", "علي\u200cبابا فروخت"),
    ("تيك توك", "تـيـك تـوك محظور"),
    ("فيسبوك", "فَيسبوك تغلق"),
    ("ٹک ٹاک", "ٹک ٹاک پر پابندی"),
    # Chinese, Japanese, Korean
    ("抖音", "封禁抖音海外版"),
    ("美团", "美团以27亿美元收购"),
    ("グーグル", "グーグルが買収"),
    ("ライン", "ラインが終了"),
    ("LINE", "LINEヤフーが統合"),
    ("TikTok", "のTikTok利用を禁止"),
    ("セブン&アイ", "セブン＆アイに買収提案"),
    ("ソニー", "ｿﾆｰが撤退"),
    ("TikTok", "ＴｉｋＴｏｋを禁止"),
    ("라인", "라인이 종료된다"),
    ("카카오", "카카오가 인수"),
    ("틱톡", "틱톡을 금지"),
    ("쏘카", "쏘카에서 밝혔다"),
    ("Samsung", "Ｓａｍｓｕｎｇ 공장"),
    # Thai
    ("ไลน์", "ไลน์ประกาศยุติบริการ"),
    ("แกร็บ", "ปิดแกร็บในไทย"),
    ("ทรู", "ทรูควบรวมกิจการ"),
    ("ลาซาด้า", "ลาซาด้าปิดสำนักงาน"),
    ("ชำนาญ", "บริษัท ชํานาญ ปิด"),
    # forms of one text
    ("Điện Máy Xanh", "Điện Máy Xanh đóng cửa"),
    ("Điện Máy Xanh", unicodedata.normalize("NFD", "chuỗi Điện Máy Xanh đóng cửa")),
    ("Nestlé", unicodedata.normalize("NFD", "Nestlé ferme son usine")),
    ("Co-op", "Co\u2011op closes"),
    ("Meta", "Me\u00adta closes"),
]

OTHER_WORDS = [
    # a figure within another
    ("99", "Golden Gate mua 99,98% vốn"),
    ("99", "Norvik now holds 99 % of it"),
    ("Meta", "The metaverse is dead"),
    ("Meta", "Metallica on tour"),
    ("X", "XAU/USD rallies"),
    ("Arm", "Armenia votes"),
    ("3M", "13M users"),
    ("3M", "a 3Mbps line"),
    ("Uber", "Über die Lage"),
    ("Uber", "UberEats quits"),
    ("TikTok", "#TikTokBan trends"),
    ("Getir", "kahveyi getirdi"),
    ("Meta", "metal prices"),
    ("Озон", "озонового слоя"),
    ("ВК", "ВКонтакте работает"),
    ("Сбер", "Сбербанк открыл"),
    ("Grab", "Grabag kecamatan"),
    ("রবি", "রবিবার বন্ধ"),
    ("বিকাশ", "বিকাশমান অর্থনীতি"),
    ("टाटा", "टाटानगर स्टेशन"),
    ("जियो", "जियोसिनेमा बंद"),
    ("ஓலா", "ஓலாந்து அணி"),
    ("كريم", "تكريم الفائز"),
    ("جاز", "جازان المدينة"),
    ("ライン", "オンライン診療"),
    ("ライン", "ガイドライン"),
    ("LINE", "ONLINE講座"),
    ("メタ", "メタバース"),
    ("라인", "온라인 강의"),
    ("라인", "가이드라인 발표"),
    ("카카오", "카카오뱅크 상장"),
    ("ไลน์", "เปิดลงทะเบียนออนไลน์วันนี้"),
]


def names_in(text: str, *aliases: Alias, language: str = "") -> list[str]:
    """Return what stands at the places where the aliases were found."""
    company = Company(id=CompanyId("it"), name=aliases[0].text, names=aliases)
    story = Document(title=text, text="", language=language)
    document = link(split(fold(story)), aliases=Aliases([company]))
    folded = document.folded
    return [text[folded.original(n.start) : folded.original(n.end)] for n in document.names]


@pytest.mark.parametrize(("alias", "text"), FOUND)
def test_a_name_is_found_in_its_forms(alias: str, text: str) -> None:
    assert len(names_in(text, Alias(text=alias))) == 1


@pytest.mark.parametrize(("alias", "text"), OTHER_WORDS)
def test_a_name_is_not_found_inside_another_word(alias: str, text: str) -> None:
    assert names_in(text, Alias(text=alias)) == []


def test_places_are_those_of_the_text_as_it_came() -> None:
    assert names_in("Tik\u00adTok bans", Alias(text="TikTok")) == ["Tik\u00adTok"]
    assert names_in("बंद: ज\u093cोमैटो ने", Alias(text="ज़ोमैटो")) == ["ज\u093cोमैटो"]


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("TikTok", "Why tiktok is gone"),
        ("N11", "Trendyol ile n11 satıldı"),
        ("Zoom", "zoom is down"),
        ("Vimeo", "Also blocked: vimeo.com and others"),
        ("Vimeo", "More from @vimeo"),
        ("Monobank", "Застосунок monobank не працює"),
        ("Foodpanda", "禁止优食取得foodpanda台湾业务"),
        ("Banco Topázio", "A oferta interessa ao banco Topázio"),
    ],
)
def test_a_name_may_stand_in_lower_case_where_no_word_does(alias: str, text: str) -> None:
    assert names_in(text, Alias(text=alias))


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("Sistema", "O Banco Central tira três instituições do sistema"),
        ("Switch", "Customers switch to another app"),
        ("BAT", "Der Minister bat um Geduld"),
        ("Printemps", "L'avis est attendu au printemps"),
        ("Робин", "Птица робин прилетела"),
    ],
)
def test_a_capitalised_name_is_a_word_where_its_text_has_no_capital(alias: str, text: str) -> None:
    assert names_in(text, Alias(text=alias)) == []


@pytest.mark.parametrize(
    ("language", "alias", "text", "found"),
    [
        ("en", "TikTok", "A ban on Tik Tok is near", ["Tik Tok"]),
        ("it", "TikTok", "Chi usa Tik-Tok rischia", ["Tik-Tok"]),
        ("hi", "TikTok", "सरकार ने tik tok पर रोक लगाई", ["tik tok"]),
        ("hi", "टिक टॉक", "सरकार ने टिक-टॉक पर रोक लगाई", ["टिक-टॉक"]),
        ("en", "FaceTime", "He gets no face time with her", []),
        ("en", "FaceTime", "Minister Wants More Face Time With Voters", []),
        ("en", "FaceTime", "Minister Wants More Face Time in Parliament", []),
        ("en", "TikTok", "The ban on Tik Tok in schools", ["Tik Tok"]),
        ("id", "FaceTime", "Menteri Minta Lebih Banyak Face Time dengan Warga", []),
        ("id", "TikTok", "Menteri blokir Tik Tok di sekolah", ["Tik Tok"]),
        ("en", "ShareIt", "If you like this, Share It with friends", []),
    ],
)
def test_a_name_may_stand_in_two_parts_where_its_capitals_or_its_script_tell_it(
    language: str, alias: str, text: str, found: list[str]
) -> None:
    assert names_in(text, Alias(text=alias), language=language) == found


def test_a_name_in_two_parts_is_that_of_who_is_written_so() -> None:
    parted = Company(id=CompanyId("parted"), name="Pix Lab", names=(Alias(text="Pix Lab"),))
    whole = Company(id=CompanyId("whole"), name="PixLab", names=(Alias(text="PixLab"),))
    document = split(fold(Document(title="He sold Pix Lab to them", text="")))

    document = link(document, aliases=Aliases([parted, whole]))

    assert [name.company for name in document.names] == ["parted"]


def test_an_exact_name_wants_its_own_case() -> None:
    gap = Alias(text="Gap", is_exact=True)

    assert names_in("mind the gap", gap) == []
    assert names_in("Gap closes shops", gap) == ["Gap"]


def test_a_name_with_needs_wants_one_of_them_near() -> None:
    sea = Alias(text="Sea", needs=("Shopee", "Garena"))

    assert names_in("The sea rises", sea) == []
    assert names_in("Sea, which owns Shopee, rises", sea) == ["Sea"]


def test_a_name_inside_an_excluded_phrase_is_not_it() -> None:
    meituan = Alias(text="美团", excluded=("南美团队",))

    assert names_in("南美团队夺冠", meituan) == []
    assert names_in("美团收购", meituan) == ["美团"]


def test_the_longest_name_stands_and_shared_names_name_both() -> None:
    aliases = Aliases(
        (
            Company(id=CompanyId("tiktok"), name="TikTok", names=(Alias(text="TikTok"),)),
            Company(id=CompanyId("shop"), name="Shop", names=(Alias(text="TikTok Shop"),)),
            Company(id=CompanyId("twin"), name="Twin", names=(Alias(text="TikTok Shop"),)),
        )
    )

    document = link(fold(Document(title="TikTok Shop closes", text="")), aliases=aliases)

    assert [name.company for name in document.names] == ["shop", "twin"]


def test_letters_of_arabic_script_are_glued_before_a_name_only_where_the_language_does_so() -> None:
    company = Company(id=CompanyId("a"), name="آبل", names=(Alias(text="آبل"),))
    document = fold(Document(title="مقام‌های کابل", text="", language="fa"))
    aliases = Aliases([company])

    apart = document.but(grammar=Grammar(has_prefixes=False))

    assert link(document, aliases=aliases).names
    assert link(apart, aliases=aliases).names == ()


def test_an_everyday_word_in_lower_case_is_no_name() -> None:
    company = Company(id=CompanyId("here"), name="Here", names=(Alias(text="Here"),))
    aliases = Aliases([company])

    grammar = Grammar(common=frozenset({"here"}))

    document = link(
        fold(Document(title="Here we are, here", text="", grammar=grammar)), aliases=aliases
    )

    assert len(document.names) == 1
