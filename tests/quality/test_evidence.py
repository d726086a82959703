"""What a report cites is what it rests on: without these words it is not told. benchmarks/evidence.py
does the same for every field, and for other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.lines import read_story
from services.common.config.configuration import read_watchlist
from services.common.contracts.reading import Evidence, Report
from tests.support.blanking import without

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "cases").glob("*.jsonl"))


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.of(read_watchlist(FOLDER / "companies.yml"))


def cited(report: Report, field: str) -> list[Evidence]:
    return [found for found in report.evidence if found.field == field]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_without_the_words_of_its_type_a_report_is_not_told(file: Path, pipeline: Pipeline) -> None:
    stays = []
    reports = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        story_id, story = read_story(line)
        for report in pipeline.read(story).reports:
            reports += 1
            again = pipeline.read(without(story, cited(report, "type")))
            companies = {party.id for party in report.companies}
            if any(
                other.type == report.type and companies & {p.id for p in other.companies}
                for other in again.reports
            ):
                stays.append(story_id)

    assert len(stays) <= 0.05 * reports


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_evidence_is_short(file: Path, pipeline: Pipeline) -> None:
    quotes = [
        found.quote
        for line in file.read_text(encoding="utf-8").splitlines()
        for report in pipeline.read(read_story(line)[1]).reports
        for found in report.evidence
    ]

    long = [quote for quote in quotes if len(quote) > 60 or len(quote.split()) > 8]

    assert len(long) <= 0.05 * len(quotes)
