"""Confidence: fitted on labelled stories, without a file the fixed table, never against its signs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kabar.cli.calibrate import calibrate
from services.classifier.lexicon.shared_words import confidence_weights
from services.classifier.pipeline import Pipeline
from services.classifier.steps.weigh import AT_LEAST_ZERO, AT_MOST_ZERO, LEAST, MOST, TABLE
from services.classifier.workbench.calibration.confidence import Outcome, fit, probability
from services.classifier.workbench.evaluation import expected_error
from tests.support.builders import a_company, a_story, a_watchlist


def seen(name: str, *, right: int, wrong: int) -> list[Outcome]:
    told = {"base": 1.0, name: 1.0}
    return [Outcome(told, is_right=True)] * right + [Outcome(told, is_right=False)] * wrong


def test_a_fit_says_what_was_right_as_often() -> None:
    weights = fit(seen("cue in title", right=90, wrong=10) + seen("a past cue", right=30, wrong=70))

    assert probability(weights, {"base": 1, "cue in title": 1}) == pytest.approx(0.9, abs=0.03)
    assert probability(weights, {"base": 1, "a past cue": 1}) == pytest.approx(0.3, abs=0.04)


def test_a_fit_keeps_the_signs_whatever_it_has_seen() -> None:
    misleading = [
        outcome for name in AT_LEAST_ZERO for outcome in seen(name, right=5, wrong=50)
    ] + [outcome for name in AT_MOST_ZERO for outcome in seen(name, right=50, wrong=5)]

    weights = fit([*misleading, *seen("base", right=50, wrong=50)])

    assert {weights[name] for name in AT_LEAST_ZERO | AT_MOST_ZERO} == {0.0}


def test_the_same_stories_in_another_order_give_the_same_file() -> None:
    told = seen("cue in title", right=9, wrong=1) + seen("has an actor", right=6, wrong=4)

    assert fit(told) == fit(told[::-1])


@pytest.mark.parametrize("told", [[], seen("base", right=3, wrong=0)], ids=["none", "alike"])
def test_what_teaches_nothing_is_refused(told: list[Outcome]) -> None:
    with pytest.raises(ValueError, match="some of each kind are needed"):
        fit(told)


def test_the_error_is_the_distance_from_the_share_that_was_right() -> None:
    told = [(0.95, True)] * 9 + [(0.95, False)] + [(0.35, False)] * 10

    assert expected_error(told) == pytest.approx((10 * 0.05 + 10 * 0.35) / 20)
    assert expected_error([]) is None


def test_the_shipped_file_has_a_weight_for_every_feature() -> None:
    assert confidence_weights().keys() == TABLE.keys()


def test_a_plain_headline_is_surer_than_an_aside() -> None:
    pipeline = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok")))

    plain = pipeline.read(a_story(title="India bans TikTok", text="", language="en"))
    aside = pipeline.read(
        a_story(
            title="Short video apps compete for advertisers",
            text="TikTok grew last year. Sales rose. " * 5 + "India bans TikTok.",
            language="en",
        )
    )

    assert LEAST <= aside.reports[0].confidence < plain.reports[0].confidence <= MOST


def test_calibrate_prints_what_weigh_reads(tmp_path: Path) -> None:
    companies = tmp_path / "companies.yml"
    companies.write_text("companies:\n  - {id: tiktok, name: TikTok}\n", encoding="utf-8")
    ban = {
        "type": "ban",
        "stage": "confirmed",
        "focus": "main",
        "companies": [{"name": "TikTok", "role": "target"}],
    }
    stories = tmp_path / "stories.jsonl"
    stories.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": f"s{number}",
                    "lang": "en",
                    "title": "India bans TikTok",
                    "events": [ban] if number % 5 else [],
                    "mentions": ["TikTok"],
                }
            )
            for number in range(40)
        ),
        encoding="utf-8",
    )

    result = CliRunner().invoke(calibrate, ["--companies", str(companies), str(stories)])

    assert result.exit_code == 0
    assert "of them right.\nweights:\n  base: " in result.stdout
    assert result.stdout.count("\n") == len(TABLE) + 3
