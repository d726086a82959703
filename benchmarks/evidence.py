"""Evidence: do the cited words carry what is reported, and only they?

For every field of every report the cited words are replaced by "…" and the story is read again: the
field should change or go. Then 20 random spans of equal length elsewhere: it should stay. A sample of
the stories, so many of every language and spread over its files, takes less than a minute.

    python benchmarks/evidence.py [--companies companies.yml] [--stories N] [FILE…]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.lines import read_story
from services.common.config.configuration import read_watchlist
from services.common.contracts.reading import Evidence, Report
from services.common.contracts.story import Story
from tests.support.blanking import without

QUALITY = Path(__file__).parent.parent / "tests" / "quality"
STORIES = 240
"""Stories with reports that are read: ten of each language. 0 reads all, which takes several minutes."""
RANDOM_SPANS = 20
LONGEST, MOST_WORDS = 60, 8


def main() -> None:
    """Print, by field, how often the cited words matter and how often others do."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--companies", type=Path, default=QUALITY / "companies.yml")
    options.add_argument("--errors", action="store_true", help="list the fields that stayed")
    options.add_argument("--stories", type=int, default=STORIES, help="how many; 0 for all")
    options.add_argument("files", nargs="*", type=Path)
    given = options.parse_args()
    files = given.files or [
        file
        for folder in ("stories", "cases", "unseen")
        for file in sorted((QUALITY / folder).glob("*.jsonl"))
    ]
    pipeline = Pipeline.of(read_watchlist(given.companies))
    cited: dict[str, Counter[bool]] = defaultdict(Counter)
    others: dict[str, Counter[bool]] = defaultdict(Counter)
    is_short: Counter[bool] = Counter()
    draw = random.Random(0)  # noqa: S311  no secret
    for story_id, story, reports in _sample(pipeline, files, given.stories):
        for report in reports:
            is_short.update(
                len(found.quote) <= LONGEST and len(found.quote.split()) <= MOST_WORDS
                for found in report.evidence
            )
            for field, spans in _by_field(report).items():
                name = field.partition(":")[0]
                changed = _changes(pipeline, without(story, spans), report, field)
                cited[name][changed] += 1
                if given.errors and not changed:
                    print(f"{story_id}: {report.type} {field}: {[s.quote for s in spans]}")
                for elsewhere in _elsewhere(story, report, spans, draw):
                    others[name][_changes(pipeline, without(story, elsewhere), report, field)] += 1
    print(f"{'field':10} {'n':>6} {'gone without':>14} {'gone elsewhere':>15}")
    for name in sorted(cited):
        _print(name, cited[name], others[name])
    _print("all", sum(cited.values(), Counter()), sum(others.values(), Counter()))
    print(f"short (60 characters, 8 words): {is_short[True] / is_short.total():.1%} of spans")


def _sample(
    pipeline: Pipeline, files: Iterable[Path], most: int
) -> Iterator[tuple[str, Story, tuple[Report, ...]]]:
    """Yield stories that report something, as many of every language, evenly spread over its own."""
    reporting: dict[str, list[tuple[str, Story, tuple[Report, ...]]]] = defaultdict(list)
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            story_id, story = read_story(line)
            document, reports = pipeline.told(story)
            if reports:
                reporting[document.language].append((story_id, story, reports))
    for of_language in reporting.values():
        share = most // len(reporting) or len(of_language)
        step = max(len(of_language) / share, 1.0)
        for number in range(min(share, len(of_language))):
            yield of_language[int(number * step)]


def _print(name: str, cited: Counter[bool], others: Counter[bool]) -> None:
    moved = others[True] / others.total() if others.total() else 0.0
    share = cited[True] / cited.total()
    print(f"{name:10} {cited.total():6} {share:14.1%} {moved:15.1%}")


def _by_field(report: Report) -> dict[str, list[Evidence]]:
    grouped: dict[str, list[Evidence]] = defaultdict(list)
    for found in report.evidence:
        grouped[found.field].append(found)
    return grouped


def _elsewhere(
    story: Story, report: Report, spans: list[Evidence], draw: random.Random
) -> Iterator[list[Evidence]]:
    """Yield spans as long as the field's first that touch nothing that the report cites."""
    length = spans[0].end - spans[0].start
    taken = [(found.part, found.start, found.end) for found in report.evidence]
    parts = {"title": story.title, "text": story.text}
    places = [
        (part, start)
        for part, text in parts.items()
        for start in range(max(len(text) - length + 1, 0))
        if all(
            part != other or start + length <= first or last <= start
            for other, first, last in taken
        )
    ]
    for part, start in draw.sample(places, min(RANDOM_SPANS, len(places))):
        quote = parts[part][start : start + length]
        yield [Evidence(field="type", part=part, start=start, end=start + length, quote=quote)]


def _changes(pipeline: Pipeline, story: Story, before: Report, field: str) -> bool:
    after = _same(pipeline.told(story)[1], before)
    if after is None:
        return True
    name, _, which = field.partition(":")
    match name:
        case "company":
            return {(p.id, p.role) for p in before.companies if p.id == which} != {
                (p.id, p.role) for p in after.companies if p.id == which
            }
        case "other":
            return which not in {party.name for party in after.others}
        case "countries":
            return before.countries != after.countries
        case "type":
            return False
        case _:
            return bool(getattr(before, name) != getattr(after, name))


def _same(reports: Iterable[Report], before: Report) -> Report | None:
    companies = {party.id for party in before.companies}
    return next(
        (
            report
            for report in reports
            if report.type == before.type
            and (report.focus == before.focus)
            and companies & {party.id for party in report.companies}
        ),
        None,
    )


if __name__ == "__main__":
    main()
