"""What a report costs does not grow with the square of what is known of its company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.alerter.tracking import assignment, stage
from services.alerter.tracking.clusters import Cluster, cluster
from services.alerter.tracking.sighting import Sighting
from tests.support.one_company import MIXED, SEPARATE, reports_about_one
from tests.support.tracker import Tracker


def test_each_report_of_an_event_is_looked_at_once_to_name_the_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = 0

    class Watched(list[Sighting]):
        def __iter__(self) -> Iterator[Sighting]:
            nonlocal looks
            looks += 1
            return super().__iter__()

    tracker = Tracker(horizon=timedelta(days=30))
    *many, last = reports_about_one(150, SEPARATE)
    tracker.read(*many)

    def watched(*arguments: Any, **named: Any) -> list[Cluster]:
        clusters = cluster(*arguments, **named)
        return [replace(one, mains=Watched(one.mains)) for one in clusters]

    monkeypatch.setattr(assignment, "cluster", watched)
    tracker.read(last)

    assert len(tracker.events()) == 150
    assert looks < 10 * 150


def test_what_many_countries_tell_is_not_counted_again_from_the_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    votes = 0
    add = stage._Fold.add

    def counted(fold: stage._Fold, vote: Sighting) -> None:
        nonlocal votes
        votes += 1
        add(fold, vote)

    tracker = Tracker(horizon=timedelta(days=30))
    readings = list(reports_about_one(700, MIXED))
    tracker.read(*readings[:650])
    monkeypatch.setattr(stage._Fold, "add", counted)
    tracker.read(*readings[650:])

    assert votes < 50 * 1_000
