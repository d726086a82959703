"""Sagas: is a user told once of each happening, when many outlets tell it in many languages over months?

    .venv/bin/python -m tests.quality.sagas [--part look|scored] [--stories]

Each file of `tests/quality/streams/` is the stream of stories of one saga: its happenings, what is told
beside them, and stories without an event. All stories pass the classifier, tracking and matching in the
order in which they were published, for one subscription that asks for everything. A third of the sagas is
scored only: nobody mends by them. `--stories` prints what was made of each story of the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zlib import crc32

from services.alerter.matching import match
from services.classifier.pipeline import Pipeline
from services.classifier.workbench.lines import read_story
from services.common.config.configuration import read_watchlist
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.story import Story
from services.common.ids import EventId, StoryId
from tests.support.alerting import a_subscription
from tests.support.happenings import b_cubed
from tests.support.tracker import Tracker

FOLDER = Path(__file__).parent
COMPANIES = FOLDER / "streams-companies.yml"
_HORIZON = timedelta(hours=24)
_TOLD_ANEW = frozenset({Reason.NEW, Reason.LATE})


@dataclass(frozen=True, slots=True)
class Label:
    """That a story tells of a happening as its news, and how far it is by this story."""

    happening: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Telling:
    """A story of a saga, with its label by type of event."""

    saga: str
    story: Story
    labels: Mapping[str, Label]


@dataclass(slots=True)
class Outcome:
    """What became of the stories of some sagas."""

    tellings: Sequence[Telling]
    readings: dict[StoryId, Reading] = field(default_factory=dict)
    homes: dict[tuple[StoryId, str], EventId] = field(default_factory=dict)
    alerts: list[tuple[Alert, EventChange]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well the sagas were told; counts of happenings, of their stages, and of alerts."""

    happenings: int
    told_once: int
    told_again: int
    """Alerts that tell a happening as new that had been told."""
    swallowed: int
    """Happenings of which no alert was, though a story of theirs was read: it joined another event."""
    unread: int
    false_alerts: int
    """Alerts as of something new, by stories that tell nothing of the kind."""
    stages: int
    stages_told: int
    """Of the stages that stories tell: those that an alert told, by such a story."""
    wrong_turns: int
    """Alerts of a stage, or corrections, by a story that does not tell that stage."""
    precision: float
    recall: float
    """B³ of the events, over what was read of the happenings."""

    def __str__(self) -> str:
        """Return the figures as a sentence."""
        return (
            f"{self.happenings} happenings: {self.told_once} told once, {self.unread + self.swallowed} never,"
            f" {self.told_again} alerts that tell one again, {self.false_alerts} of nothing;"
            f" {self.stages_told} of {self.stages} stages told, {self.wrong_turns} that were not;"
            f" B³ precision {self.precision:.2f} recall {self.recall:.2f}"
        )


def tellings(folder: Path = FOLDER / "streams", *, part: str = "all") -> list[Telling]:
    """Return the stories of all sagas of a part, in the order in which they were published."""
    found = [
        _telling(path.stem, line)
        for path in sorted(folder.glob("*.jsonl"))
        if part == "all" or is_scored(path.stem) == (part == "scored")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(found, key=lambda telling: telling.story.revised_at)


def is_scored(saga: str) -> bool:
    """Return whether the stories of a saga may not be read by who mends."""
    return crc32(saga.encode()) % 3 == 0


def _telling(saga: str, line: str) -> Telling:
    _, story = read_story(line)
    fields = json.loads(line)
    labels = {
        event["type"]: Label(event["happening"], Stage(event["stage"]))
        for event in fields["events"]
    }
    return Telling(saga, replace(story, outlet=fields["outlet"]), labels)


def follow(tellings: Sequence[Telling], companies: Path = COMPANIES) -> Outcome:
    """Return what the whole way from story to alert makes of `tellings`."""
    watchlist = read_watchlist(companies)
    pipeline = Pipeline.of(watchlist)
    tracker = Tracker(watchlist=watchlist, horizon=_HORIZON)
    everything = a_subscription()
    outcome = Outcome(tellings)
    told: list[Alert] = []
    for telling in tellings:
        reading = pipeline.read(telling.story)
        outcome.readings[telling.story.story_id] = reading
        for change in tracker.read(reading, now=telling.story.revised_at):
            events = (change.event.id, *change.event.absorbed)
            alerts = match(
                change,
                subscriptions=[everything],
                told={everything.id: [alert for alert in told if alert.event in events]},
                watchlist=watchlist,
            )
            told += alerts
            outcome.alerts += [(alert, change) for alert in alerts]
    for (story, report), event in tracker.homes().items():
        [kind] = {one.type for one in outcome.readings[story].reports if one.report_id == report}
        outcome.homes.setdefault((story, kind), event)
    return outcome


def figures(outcome: Outcome) -> Figures:
    """Return how well the sagas of `outcome` were told."""
    labels = {
        (telling.story.story_id, kind): label
        for telling in outcome.tellings
        for kind, label in telling.labels.items()
    }
    every = {label.happening for label in labels.values()}
    read = {label.happening for key, label in labels.items() if key in outcome.homes}
    told: Counter[str] = Counter()
    false_alerts = wrong_turns = 0
    stages_told = set()
    for alert, change in outcome.alerts:
        label = labels.get((change.cause, change.event.type))
        if label is None:
            false_alerts += alert.reason in _TOLD_ANEW
            wrong_turns += alert.reason not in _TOLD_ANEW
            continue
        told[label.happening] += alert.reason in _TOLD_ANEW
        wrong_turns += alert.reason not in _TOLD_ANEW and alert.stage is not label.stage
        if alert.stage is label.stage:
            stages_told.add((label.happening, label.stage))
    both = {key: label for key, label in labels.items() if key in outcome.homes}
    numbers = {happening: number for number, happening in enumerate(sorted(every))}
    precision, recall = b_cubed(
        {str(key): str(outcome.homes[key]) for key in both},
        {str(key): numbers[label.happening] for key, label in both.items()},
    )
    return Figures(
        happenings=len(every),
        told_once=sum(told[happening] == 1 for happening in every),
        told_again=sum(max(0, told[happening] - 1) for happening in every),
        swallowed=sum(told[happening] == 0 for happening in read),
        unread=len(every - read),
        false_alerts=false_alerts,
        stages=len({(label.happening, label.stage) for label in labels.values()}),
        stages_told=len(stages_told),
        wrong_turns=wrong_turns,
        precision=precision,
        recall=recall,
    )


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield what was made of each story, saga by saga."""
    alerts: dict[StoryId, list[Alert]] = {}
    for alert, change in outcome.alerts:
        alerts.setdefault(change.cause, []).append(alert)
    by_saga: dict[str, list[Telling]] = {}
    for telling in outcome.tellings:
        by_saga.setdefault(telling.saga, []).append(telling)
    for saga, of_saga in sorted(by_saga.items()):
        yield f"# {saga}"
        names: dict[EventId, str] = {}
        for telling in of_saga:
            yield from _made_of(telling, outcome, names, alerts)


def _made_of(
    telling: Telling,
    outcome: Outcome,
    names: dict[EventId, str],
    alerts: Mapping[StoryId, Iterable[Alert]],
) -> Iterator[str]:
    story = telling.story
    wanted = [f"{kind} {one.happening} {one.stage}" for kind, one in telling.labels.items()]
    yield f"{story.story_id} {story.published:%Y-%m-%d} {story.language} {story.title}"
    yield f"    tells {'; '.join(wanted) or 'nothing'}"
    for report in outcome.readings[story.story_id].reports:
        home = outcome.homes.get((story.story_id, report.type))
        name = _name(home, names) if home else "no event"
        parties = ", ".join(f"{one.id} {one.role}" for one in report.companies)
        yield (
            f"    read {report.focus} {report.type} {report.stage} ({parties};"
            f" {' '.join(report.countries)} {report.date or ''} {report.scope or ''}) -> {name}"
        )
    for alert in alerts.get(story.story_id, ()):
        yield f"    ALERT {alert.reason} {_name(alert.event, names)} {alert.stage}"


def _name(event: EventId, names: dict[EventId, str]) -> str:
    return names.setdefault(event, f"event {len(names) + 1}")


def main() -> None:
    """Print the figures of a part."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--part", choices=("look", "scored", "all"), default="all")
    options.add_argument("--stories", action="store_true")
    options.add_argument("--folder", type=Path, default=FOLDER / "streams")
    options.add_argument("--companies", type=Path, default=COMPANIES)
    given = options.parse_args()
    outcome = follow(tellings(given.folder, part=given.part), given.companies)
    if given.stories:
        visible = [one for one in outcome.tellings if not is_scored(one.saga)]
        sys.stdout.writelines(f"{line}\n" for line in lines(replace(outcome, tellings=visible)))
    sys.stdout.write(f"{figures(outcome)}\n")


if __name__ == "__main__":
    main()
