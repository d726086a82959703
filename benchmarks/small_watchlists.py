"""Small watchlists: what is read wrongly where only some companies of the labelled stories are tracked?

The companies are dealt to K watchlists by their ids, and all stories are read with each. So every company is tracked
in exactly one: K = 1 tracks all, and for any other K as many are right as there, and no more wrong, if nobody gets
an event only because nobody tracks whose it is.

    python benchmarks/small_watchlists.py [--part scored] [K…]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.labels import Labels, ids_by_name, may_be_looked_at, read_labels
from services.classifier.workbench.lines import read_story
from services.common.config.configuration import read_watchlist
from services.common.contracts.reading import Focus, Role
from services.common.contracts.story import Story
from services.common.watchlist import Watchlist

QUALITY = Path(__file__).parent.parent / "tests" / "quality"
SETS = {
    "stories": "companies.yml",
    "unseen": "companies.yml",
    "real": "long-companies.yml",
    "long": "long-companies.yml",
}


def main() -> None:
    """Print for every K and set how many companies of main events are right, missed and wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--part", choices=("look", "scored"), default="look")
    options.add_argument("counts", nargs="*", type=int, metavar="K", default=[1, 2, 5, 20])
    given = options.parse_args()
    for parts in given.counts:
        total: Counter[str] = Counter()
        for name in SETS:
            counts = _counts(name, parts, is_look=given.part == "look")
            total += counts
            print(f"K = {parts:<3} {name:8} {_told(counts)}", flush=True)
        print(f"K = {parts:<3} {'all':8} {_told(total)}", flush=True)


def _told(counts: Counter[str]) -> str:
    return "  ".join(f"{kind} {counts[kind]}" for kind in ("right", "missed", "wrong"))


def _counts(name: str, parts: int, *, is_look: bool) -> Counter[str]:
    watchlist = read_watchlist(QUALITY / SETS[name])
    read = [
        (labels, story)
        for labels, story in _stories(name, watchlist)
        if may_be_looked_at(labels.story_id) == is_look
    ]
    found: Counter[str] = Counter()
    for part in range(parts):
        dealt = _dealt(watchlist, part, parts)
        pipeline = Pipeline.of(dealt)
        for labels, story in read:
            wanted = {
                (event.type, company)
                for event in labels.events
                if event.is_main
                for company, role in event.roles.items()
                if role != Role.PARTY and company in dealt.companies
            }
            said = {
                (report.type, company.id)
                for report in pipeline.told(story)[1]
                if report.focus is Focus.MAIN
                for company in report.companies
                if company.role is not Role.PARTY
            }
            found["right"] += len(wanted & said)
            found["missed"] += len(wanted - said)
            found["wrong"] += len(said - wanted)
    return found


def _dealt(watchlist: Watchlist, part: int, parts: int) -> Watchlist:
    """Return one of the watchlists among which all companies are dealt; owners in others are forgotten."""
    kept = {
        company
        for company in watchlist.companies
        if int(hashlib.sha256(company.encode()).hexdigest(), 16) % parts == part
    }
    return Watchlist.of(
        replace(company, owner=company.owner if company.owner in kept else None)
        for company in watchlist.companies.values()
        if company.id in kept
    )


def _stories(name: str, watchlist: Watchlist) -> Iterator[tuple[Labels, Story]]:
    ids = ids_by_name(watchlist)
    for file in sorted((QUALITY / name).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield read_labels(json.loads(line), ids), read_story(line)[1]


if __name__ == "__main__":
    main()
