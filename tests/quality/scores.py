"""What the classifier scores on the labelled stories here; `python -m tests.quality.scores` pins it.

Pinning writes floors.json: a figure that falls below its floor fails the test. Pin again only after a
change that raises figures, or with the reason for a fall in the commit; what is lowered is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.evaluation import FIELDS, evaluate, summary
from services.classifier.workbench.labels import Labels, ids_by_name, read_labels
from services.classifier.workbench.lines import read_story
from services.common.config.configuration import read_watchlist
from services.common.contracts.reading import Reading

FOLDER = Path(__file__).parent
FLOORS = FOLDER / "floors.json"
_MARGIN = 0.02
_OFTEN = 15


def scores() -> dict[str, dict[str, float]]:
    """Return one figure for each field, by "set language": F1, accuracy, or the rate of false alarms.

    Under "set all" also one for each type, stage and role that is labelled often enough.
    """
    found: dict[str, dict[str, float]] = {}
    for name, companies, files in (
        ("stories", "companies.yml", sorted((FOLDER / "stories").glob("*.jsonl"))),
        ("cases", "companies.yml", sorted((FOLDER / "cases").glob("*.jsonl"))),
        ("unseen", "companies.yml", sorted((FOLDER / "unseen").glob("*.jsonl"))),
        ("money", "companies.yml", sorted((FOLDER / "money").glob("*.jsonl"))),
        ("long", "long-companies.yml", sorted((FOLDER / "long").glob("*.jsonl"))),
        ("real", "long-companies.yml", sorted((FOLDER / "real").glob("*.jsonl"))),
        ("fresh", "long-companies.yml", sorted((FOLDER / "fresh").glob("*.jsonl"))),
        ("negatives", "long-companies.yml", sorted((FOLDER / "negatives").glob("*.jsonl"))),
        ("sums", "own-companies.yml", sorted((FOLDER / "sums").glob("*.jsonl"))),
        ("own", "own-companies.yml", [FOLDER / "own.jsonl"]),
    ):
        for language, score in evaluate(_pairs(FOLDER / companies, files)).items():
            figures = summary(score)
            found[f"{name} {language}"] = {
                field: round(value, 3)
                for field in FIELDS
                if (value := _figure(figures[field])) is not None
            }
            if language == "all":
                found[f"{name} all"] |= {
                    part: round(
                        (counts.f1 if part.startswith("type ") else counts.precision) or 0, 3
                    )
                    for part, counts in sorted(score.parts.items())
                    if counts.n + counts.wrong >= _OFTEN
                }
    return found


def _figure(figures: dict[str, float | int | None]) -> float | None:
    return next((figures[key] for key in ("f1", "accuracy", "rate") if key in figures), None)


def _pairs(companies: Path, files: list[Path]) -> Iterator[tuple[Labels, Reading]]:
    watchlist = read_watchlist(companies)
    pipeline, ids = Pipeline.of(watchlist), ids_by_name(watchlist)
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield read_labels(json.loads(line), ids), pipeline.read(read_story(line)[1])


def pinned(
    figures: dict[str, dict[str, float]], floors: dict[str, dict[str, float]]
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Return new floors a little below `figures`, and what had to be lowered.

    A floor that still holds stays where it is when it is the higher one: only what fell lowers it.
    """
    new: dict[str, dict[str, float]] = {}
    lowered: list[str] = []
    for key, found in sorted(figures.items()):
        new[key] = {}
        for field, value in found.items():
            is_rate = field == "false alarms"
            near = round(value + _MARGIN if is_rate else value - _MARGIN, 3)
            old = floors.get(key, {}).get(field, near)
            holds = value <= old if is_rate else value >= old
            if not holds:
                lowered.append(f"{key}: {field} from {old} to {near}")
            stricter = min(old, near) if is_rate else max(old, near)
            new[key][field] = stricter if holds else near
    return new, lowered


def main() -> None:
    """Pin the present figures, a little below what they are; print what had to be lowered."""
    floors, lowered = pinned(scores(), json.loads(FLOORS.read_text(encoding="utf-8")))
    sys.stdout.write("\n".join(lowered or ["Nothing was lowered."]) + "\n")
    FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
