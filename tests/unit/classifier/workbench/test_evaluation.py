from __future__ import annotations

from services.classifier.workbench.evaluation import Counts, Score, evaluate, interval
from services.classifier.workbench.labels import LabelledEvent, Labels, ids_by_name, read_labels
from services.common.contracts.reading import Amount, Involvement, Mention, Role, Stage
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_reading, a_report, a_story, a_watchlist

TIKTOK = CompanyId("tiktok")


def labels(*events: LabelledEvent, has_events: bool = True) -> Labels:
    return Labels(
        story_id="s",
        language="en",
        events=events,
        mentions=frozenset({TIKTOK}),
        has_events=has_events,
    )


def ban(stage: str = "confirmed", **changes: object) -> LabelledEvent:
    fields: dict[str, object] = {
        "type": "ban",
        "stage": stage,
        "is_main": True,
        "roles": {TIKTOK: "target"},
        "countries": frozenset({"IN"}),
        "date": None,
        "amount": None,
    }
    return LabelledEvent(**{**fields, **changes})  # type: ignore[arg-type]  # the fields above


def test_names_and_aliases_are_mapped_casefolded() -> None:
    watchlist = a_watchlist(a_company("tiktok", "টিকটক", name="TikTok"))

    told = read_labels(
        {
            "id": "s",
            "lang": "en",
            "events": [
                {
                    "type": "ban",
                    "stage": "confirmed",
                    "focus": "main",
                    "companies": [
                        {"name": "TIKTOK", "role": "target"},
                        {"name": "?", "role": "party"},
                    ],
                    "countries": ["IN"],
                    "date": None,
                    "amount": None,
                }
            ],
            "mentions": ["টিকটক"],
        },
        ids_by_name(watchlist),
    )

    assert told.events == (ban(),)
    assert told.mentions == {TIKTOK}


def test_a_right_reading_scores_one_everywhere() -> None:
    story = a_story()
    report = a_report(story.story_id, countries=("IN",))
    reading = a_reading(story, report, mentions=(Mention(company_id=TIKTOK),))

    score = evaluate([(labels(ban()), reading)])["en"]

    for field in ("type", "alert", "stage", "role", "focus", "countries", "mentions"):
        assert score.counts[field].precision == 1, field
    assert score.errors == []


def test_a_wrong_stage_and_amount_are_named_as_errors() -> None:
    story = a_story()
    report = a_report(
        story.story_id,
        stage=Stage.PROPOSED,
        countries=("IN",),
        amount=Amount(currency="USD", value=3),
    )

    score = evaluate([(labels(ban()), a_reading(story, report))])["all"]

    assert score.counts["stage"].precision == 0
    assert "s: stage: confirmed, read as proposed" in score.errors
    assert "s: amount: None, read as USD 3" in score.errors


def test_a_main_report_of_a_story_without_event_is_a_false_alarm() -> None:
    story = a_story()
    reading = a_reading(story, a_report(story.story_id))

    score = evaluate([(labels(has_events=False), reading)])["all"]

    assert score.counts["false alarms"].wrong == 1


def test_parties_are_no_alerts() -> None:
    story = a_story()
    report = a_report(
        story.story_id,
        companies=(
            Involvement(id=TIKTOK, role=Role.TARGET),
            Involvement(id=CompanyId("apple"), role=Role.PARTY),
        ),
    )

    score = evaluate([(labels(ban()), a_reading(story, report))])["all"]

    assert (score.counts["alert"].found, score.counts["alert"].wrong) == (1, 0)


def test_an_interval_holds_the_figure_and_is_drawn_the_same_each_time() -> None:
    score = Score(
        types_by_story=[Counts(found=1)] * 30 + [Counts(missed=1)] * 5 + [Counts(wrong=1)] * 5
    )

    low, high = interval(score) or (0.0, 0.0)

    assert low < 60 / 70 < high
    assert interval(score) == (low, high)
    assert interval(Score()) is None
