"""Stages: what speaks for each is weighed, told in the explanation, and fitted on labelled events."""

from __future__ import annotations

import pytest

from services.classifier.calibration.stages import Choice, fit
from services.classifier.document import Document
from services.classifier.explanation import explanation
from services.classifier.lexicon.shared_words import stage_weights
from services.classifier.pipeline import Pipeline
from services.classifier.steps.stage import EVERY, weight_of
from services.common.contracts.reading import Stage
from tests.support.builders import a_company, a_story, a_watchlist
from tests.unit.classifier.test_structure import a_told, pipeline


def a_choice(stage: Stage, sign: str) -> Choice:
    signs = {each: {"base": 1.0} for each in Stage}
    signs[stage][sign] = 1.0
    return Choice(signs, stage, 1.0)


def test_a_fit_learns_which_stage_a_sign_speaks_for() -> None:
    told = [a_choice(Stage.PROPOSED, "word near the cue")] * 20
    told += [a_choice(Stage.CONFIRMED, "a plain title with a verb")] * 20

    weights = fit(told)

    assert weight_of(weights, Stage.PROPOSED, "word near the cue") > 1
    assert weights["confirmed"]["a plain title with a verb"] > 1
    assert weights[EVERY]["word near the cue"] > 0


def test_events_of_one_stage_teach_nothing() -> None:
    with pytest.raises(ValueError, match="two stages"):
        fit([a_choice(Stage.REJECTED, "a negated cue")] * 5)


def test_what_stages_are_fitted_to_has_weights_for_all() -> None:
    assert stage_weights().keys() == {*Stage, EVERY}


def test_the_explanation_adds_up_the_signs_of_a_stage() -> None:
    watchlist = a_watchlist(a_company("Zelmo"), a_company("Norvik"))
    story = a_story(title="Norvik in talks to buy Zelmo, sources say", text="")

    told = explanation(Pipeline.of(watchlist).document(story))

    assert "stage rumoured: " in told
    assert "    rumoured " in told
    assert "first in order +" in told


def a_document(title: str, *, language: str = "en", text: str = "") -> Document:
    watchlist = a_watchlist(a_company("Zelmo"), a_company("Norvik"))
    return Pipeline.of(watchlist).document(a_story(title=title, text=text, language=language))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("pt", "Celular sem carregador da Zelmo não pode mais ser vendido"),
        ("it", "Zelmo non torna indietro, addio allo stabilimento di Corropoli"),
    ],
)
def test_a_word_that_denies_something_else_denies_no_cue(language: str, title: str) -> None:
    triggers = a_document(title, language=language).triggers

    assert triggers
    assert not any(trigger.is_negated for trigger in triggers)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Norvik bid for Zelmo not approved, talks go on"),
        ("id", "Akuisisi Zelmo oleh Norvik belum rampung"),
        ("vi", "Zelmo chưa hoàn tất đăng ký nên bị chặn"),
    ],
)
def test_what_is_not_yet_done_is_no_word_for_done(language: str, title: str) -> None:
    told = explanation(a_document(title, language=language))

    assert not any(
        "word" in line and line.lstrip().startswith("confirmed") for line in told.splitlines()
    )


def test_a_word_between_the_parts_of_a_cue_tells_its_stage() -> None:
    [told] = a_document("Zelmo faces the chop in Jakarta unless it cleans up").candidates

    assert told.stage is Stage.PROPOSED


def test_a_word_within_a_longer_one_says_nothing() -> None:
    [told] = a_document("EU approves Norvik's proposed takeover of Zelmo").candidates

    assert told.stage is Stage.CONFIRMED
    assert Stage.PROPOSED not in told.stage_terms


def test_what_the_title_denies_is_rejected() -> None:
    [told] = a_document("Norvik will not buy Zelmo", text="A report said that it would.").candidates

    assert told.stage is Stage.REJECTED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Ist Balto verboten? Nein"),
        ("en", "Is Balto banned? No"),
        ("en", "Will Balto close? No, says Norvik"),
        ("fr", "Balto va-t-elle fermer ? Non"),
        ("es", "¿Cierra Balto? No"),
        ("it", "Balto chiude? No, dice l'azienda"),
        ("zh", "Balto被禁了吗？没有，官方说"),
        ("ja", "Baltoは禁止された？ いいえ"),
        ("ru", "Balto запрещён? Нет"),
        ("tr", "Balto yasaklandı mı? Hayır"),
        ("ar", "هل تم حظر Balto؟ لا"),
        ("hi", "क्या Balto पर प्रतिबंध लगा? नहीं"),
    ],
)
def test_a_question_that_its_title_answers_with_no_is_rejected(lang: str, text: str) -> None:
    [report] = pipeline().read(a_told(lang, text)).reports
    assert report.stage is Stage.REJECTED


def test_a_question_without_an_answer_is_not_rejected() -> None:
    [report] = pipeline().read(a_told("en", "Is Balto banned? Nobody knows")).reports
    assert report.stage is Stage.RUMOURED


@pytest.mark.parametrize(
    "text",
    [
        "Is Norvik safe? / No, and so Italy bans Norvik.",
        "Is Norvik buying Zelmo? / No. 1 carmaker Norvik signed the deal for Zelmo.",
    ],
)
def test_what_answers_another_question_or_none_rejects_nothing(text: str) -> None:
    [report] = pipeline().read(a_told("en", text)).reports
    assert report.stage is not Stage.REJECTED
