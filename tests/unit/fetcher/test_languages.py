"""What a feed declares as its language is believed as far as its words bear it out."""

from __future__ import annotations

import pytest

from services.fetcher.languages import language_borne_out

ENGLISH = "Norvik to close its store in the country, the company said on Monday after talks with the union."
INDONESIAN = "Norvik menutup toko di negara itu\nPerusahaan mengatakan pada hari Senin bahwa layanan berakhir."


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-US", ENGLISH, "en"),
        ("en_us", "Norvik closes store", "en"),
        ("en-US", INDONESIAN, None),
        ("en", "Суд заблокировал Norvik", None),
        ("id", INDONESIAN, "id"),
        ("in-ID", INDONESIAN, "id"),
        ("cn", "北京禁止诺维克", "zh"),
        ("zh-cn", "東京がノルビックを禁止", None),
        ("uk", ENGLISH, None),
        ("hi", "नॉर्विक पर प्रतिबंध।", "hi"),
        ("bn", "নরভিক নিষিদ্ধ।", "bn"),
        ("ind", INDONESIAN, "id"),
        ("sv", "Norvik stänger sin butik", "sv"),
        ("und", ENGLISH, None),
        ("english", ENGLISH, None),
        ("", ENGLISH, None),
        (None, ENGLISH, None),
        ("en", "2026", "en"),
        ("en", "Norvik closes its store Макс", "en"),
        ("de", "Der Messenger Max (Макс) ist gesperrt", "de"),
        ("id", "WeChat (微信) diblokir", "id"),
        ("zh", "優の良品在台灣被禁止，法院週一表示必須關閉其商店", "zh"),
        ("zh", "Netflix、Disney+ 涨价", "zh"),
        ("ru", f"{ENGLISH} Макс", None),
        ("en", "TikTokが米国で禁止", None),
        ("bg", "Съдът забрани Норвик в страната", "bg"),
        ("mr", "न्यायालयाने बंदी घातली", "mr"),
        ("as", "আদালতে", "as"),
    ],
)
def test_a_declared_language_is_believed_where_the_words_are_in_it(
    declared: str | None, text: str, language: str | None
) -> None:
    assert language_borne_out(declared, text) == language
