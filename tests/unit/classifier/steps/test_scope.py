from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

_PIPELINE = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok")))


def _scopes(language: str, title: str) -> set[str | None]:
    story = a_story(title=title, text="", language=language)
    return {report.scope for report in _PIPELINE.read(story).reports}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Canada bans TikTok on government devices", "government devices"),
        ("en", "Australia bans TikTok for under 16s", "minors"),
        ("en", "TikTok closes its factory", "plant"),
        ("id", "Pemerintah larang TikTok di perangkat pemerintah", "government devices"),
        ("ms", "TikTok diharamkan pada peranti kerajaan", "government devices"),
        ("es", "Prohíben TikTok a los menores de 16 años", "minors"),
        ("pt", "Governo proíbe TikTok nas escolas", "schools"),
        ("fr", "La France interdit TikTok aux moins de 15 ans", "minors"),
        ("de", "Regierung verbietet TikTok auf Diensthandys", "government devices"),
        ("it", "Il governo vieta TikTok nelle scuole", "schools"),
        ("nl", "Kabinet verbiedt TikTok op werktelefoons", "government devices"),
        ("pl", "Zakaz TikToka w szkołach", "schools"),
        ("ru", "Власти запретили TikTok в школах", "schools"),
        ("uk", "Уряд заборонив TikTok у школах", "schools"),
        ("tr", "TikTok kamu cihazlarında yasaklandı", "government devices"),
        ("zh", "澳大利亚禁止未成年人使用TikTok", "minors"),
        ("ja", "TikTok、工場を閉鎖", "plant"),
        ("ko", "TikTok 공장 폐쇄", "plant"),
        ("vi", "Chính phủ cấm TikTok trên thiết bị của chính phủ", "government devices"),
        ("th", "รัฐบาลแบน TikTok ในโรงเรียน", "schools"),
    ],
)
def test_a_scope_is_told_in_the_same_words_in_every_language(
    language: str, title: str, expected: str
) -> None:
    assert _scopes(language, title) == {expected}


def test_without_a_limit_or_in_another_clause_there_is_no_scope() -> None:
    assert _scopes("en", "India bans TikTok") == {None}
    assert _scopes("en", "India bans TikTok while schools stay open") == {None}


def test_the_scope_has_the_storys_own_words_as_evidence() -> None:
    story = a_story(title="Regierung verbietet TikTok auf Diensthandys", text="", language="de")

    [report] = _PIPELINE.read(story).reports

    assert [found.quote for found in report.evidence if found.field == "scope"] == ["Diensthandys"]
