from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.terms import LONGEST, MOST_WANTED, Wanted, fold, terms_of, wanted_terms


def is_found(question: str, text: str) -> bool:
    terms = terms_of([text])
    return all(
        any(term.startswith(one.text) for term in terms) if one.is_beginning else one.text in terms
        for one in wanted_terms(question)
    )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("tiktok", "India bans TikTok"),
        ("nordea uberna", "Nordea übernahm Société Générale"),
        ("societe", "Société Générale"),
        ("strasse", "Die Straße"),
        ("ORSTED", "Ørsted closes"),
        ("izmir", "İzmir'de kapatıldı"),
        ("kapatildi", "İzmir'de kapatıldı"),
        ("viet nam", "Việt Nam cấm"),
        ("запрет", "Запретили ТикТок"),
        ("еще", "ещё один"),
        ("заборон", "Україна забороняє"),
        ("تيك توك", "تِيك تُوك محظور"),
        ("الامارات", "الإمارات"),
        ("میکنند", "می‌کنند"),
        ("کتاب", "كتاب"),
        ("2024", "سال ۲۰۲۴"),
        ("बाइटडांस", "बाइटडांस पर प्रतिबंध"),
        ("प्रतिबन", "पर प्रतिबन्ध लगा।"),
        ("টিকটক", "টিকটক নিষিদ্ধ"),
        ("டிக்டாக்", "டிக்டாக் தடை"),
        ("禁止", "印度禁止字节跳动"),
        ("字节跳动", "印度禁止字节跳动"),
        ("禁", "印度禁止"),
        ("ティック", "ティックトック禁止"),
        ("ﾃｨｯｸ", "ティックトック禁止"),
        ("틱톡", "틱톡이 금지됐다"),
        ("ติ๊กต็อก", "อินเดียแบนติ๊กต็อกแล้ว"),
        ("tiktok 禁止", "TikTok禁止令"),
        ("αθηνα", "Αθήνα"),
    ],
)
def test_a_word_is_found_in_every_script(question: str, text: str) -> None:
    assert is_found(question, text), (wanted_terms(question), terms_of([text]))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("tik", "Antik"),
        ("us", "used"),
        ("ban", "turban"),
        ("跳字", "字节跳动"),
        ("톡틱", "틱톡이"),
        ("कि", "को"),
        ("か", "が"),
    ],
)
def test_what_is_not_there_is_not_found(question: str, text: str) -> None:
    assert not is_found(question, text)


def test_a_short_word_is_found_whole_only() -> None:
    assert wanted_terms("US tiktok") == [
        Wanted("us", is_beginning=False),
        Wanted("tiktok", is_beginning=True),
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert is_found(text, text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert terms_of([fold(text)]) == terms_of([text])


def test_what_is_long_is_cut() -> None:
    assert terms_of(["a" * 500]) == {"a" * LONGEST}
    assert len(wanted_terms(" ".join(map(str, range(100))))) == MOST_WANTED
