from __future__ import annotations

import pytest

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.steps.clean import clean
from services.classifier.steps.fold import fold

GRAMMAR = Grammar(boilerplate_lines=("by", "photo:"))


def cleaned(*, title: str, text: str) -> Document:
    return clean(fold(Document(title=title, text=text, grammar=GRAMMAR)))


def test_a_byline_is_furniture() -> None:
    document = cleaned(title="", text="By Ana Ruiz\nPhoto:AP")

    assert len(document.furniture) == 2


def test_the_title_is_furniture_where_the_text_begins_with_it_again() -> None:
    document = cleaned(title="Norvik buys Zelmo", text="Norvik buys Zelmo\nThe deal is signed.")

    [(start, end)] = document.furniture
    assert document.folded.text[start:end] == "norvik buys zelmo"


def test_a_caption_ends_with_its_agency_and_photographer_and_a_report_does_not() -> None:
    caption = (
        "Drivers before the gate. They hope for the merger of Norvik and Zelmo. REUTERS/Ann Field"
    )
    prose = "Norvik buys Zelmo, sources told Reuters / AFP on Monday. The price is open."
    signed = "The deal closes in May. (Reuters/AFP)\nBalto stays out. dpa/lno\nZelmo cheers. Reuters/Ann Field"
    text = f"{caption}\n{prose}\n{signed}"
    document = cleaned(title="Norvik", text=text)

    [(start, end)] = document.furniture
    assert document.folded.text[start:end] == caption.lower()


def test_an_invitation_to_a_network_is_furniture_and_a_story_about_one_is_not() -> None:
    text = "WhatsApp Group Join Now\nJoin our Telegram channel\nTelegram joins a rival\n"
    document = cleaned(title="Norvik buys Zelmo", text=text)

    assert len(document.furniture) == 2


def test_a_bar_of_icons_is_furniture() -> None:
    text = "icon-facebook icon-twitter icon-whatsapp\nNorvik buys Zelmo"
    document = cleaned(title="Norvik", text=text)

    assert document.furniture


def test_a_longer_word_that_begins_like_furniture_is_none() -> None:
    document = cleaned(title="Bybit buys a rival", text="")

    assert document.furniture == ()


def test_a_caption_with_its_credit_and_the_stamp_of_a_page_are_furniture() -> None:
    text = (
        "Monday, 15 May 2025 | 18:59\nThe head office in Oslo on a rainy day. Photo: Agency\n"
        "The firm opens at 18:59 and has 2025 shops in all of the country, it said on Monday."
    )
    document = cleaned(title="Bybit buys a rival", text=text)

    assert len(document.furniture) == 2


def test_a_title_and_a_sentence_with_a_clock_are_none() -> None:
    text = "The shop closed on 12/3 at 18:00 sharp, said its owner."
    document = cleaned(title="Photo: 12/3/2025 18:00", text=text)

    assert document.furniture == ()


@pytest.mark.parametrize(
    "lead",
    [
        "Norvik cambia de imagen: cierra Zelmo",
        "Norvik quitte la photo : Zelmo ferme ses portes",
        "Norvik buys Zelmo. The price was not told. Photo: Agency",
        "12/3/2025 18:00 Norvik buys Zelmo",
        "18:59 Uhr, 12.3.2025: Norvik kauft Zelmo",
        "Norvik将于2025年12月31日18:00永久停止运营。",
        "ノルヴィクは2025年12月31日18:00にサービスを終了する。",
        "노르빅 2025년 12월 31일 18:00 서비스 종료",
    ],
)
def test_a_first_line_that_tells_something_is_none(lead: str) -> None:
    document = cleaned(title="News of the day", text=lead)

    assert document.furniture == ()
