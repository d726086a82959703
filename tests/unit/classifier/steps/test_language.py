"""Languages of texts too short for statistics."""

from __future__ import annotations

import pytest

from services.classifier.steps.language import language_of


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("India bans TikTok", "en"),
        ("INDIA BANS TIKTOK", "en"),
        ("EU bans Huawei", "en"),
        ("Meta acquires Manus", "en"),
        ("Indonesia blokir TikTok", "id"),
        ("Peru bans TikTok", "en"),
        ("Malaysia sekat TikTok", "ms"),
        ("پاکستان میں TikTok پر پابندی", "ur"),
        ("ایران TikTok را مسدود کرد", "fa"),
        ("الهند تحظر TikTok", "ar"),
    ],
)
def test_the_event_words_decide_where_a_headline_is_too_short_to_be_sure(
    title: str, language: str
) -> None:
    assert language_of(title) == language
