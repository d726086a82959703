"""Tracking: does it put together what outlets tell of one happening, and keep apart what differs?

50 happenings and 50 pairs of different ones of a company, each told by 10 outlets in 3 languages; half
of the reports are corrupted as the classifier would (tests/support/happenings.py). Per seed: B³, events
corrected without need, and true ends told by the fourth outlet: of those that were read so, and of all.

    python benchmarks/tracking.py [--seeds 5]
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta

from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Stage
from tests.support.builders import NOON
from tests.support.happenings import World, a_world, b_cubed
from tests.support.tracker import Tracker

ENDS = frozenset({Stage.REJECTED, Stage.REVERSED})


def main() -> None:
    """Print the figures of each seed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seeds", type=int, default=5)
    sums = [0, 0, 0, 0, 0]
    for seed in range(options.parse_args().seeds):
        begun = time.process_time()
        world = a_world(seed)
        tracker = read(world)
        took = time.process_time() - begun
        precision, recall = b_cubed(*stories_of(world, tracker))
        well = b_cubed(*stories_of(world, tracker, only_well_read=True))
        wrong, quiet = corrections(world, tracker)
        in_time, ended = told_in_time(world, tracker)
        of_all, _ = told_in_time(world, tracker, only_read_so=False)
        sums = [
            one + more
            for one, more in zip(sums, (wrong, quiet, in_time, of_all, ended), strict=True)
        ]
        print(
            f"seed {seed}: {len(world.told)} stories, {len(world.happenings)} happenings,"
            f" {len(tracker.events())} events; B³ precision {precision:.3f} recall {recall:.3f}"
            f" (well read: {well[0]:.3f} {well[1]:.3f}); false corrections {wrong} of {quiet} events;"
            f" ends by the fourth outlet read so {in_time}, by the fourth at all {of_all} of {ended};"
            f" {took:.0f} CPU s",
            flush=True,
        )
    wrong, quiet, in_time, of_all, ended = sums
    print(
        f"all: false corrections {wrong / quiet:.1%} of {quiet} events; ends told by the fourth outlet"
        f" read so {in_time / ended:.1%}, by the fourth at all {of_all / ended:.1%} of {ended}"
    )


def read(world: World) -> Tracker:
    """Return a tracker that has read every story of a world in the order in which they came."""
    tracker = Tracker(watchlist=world.watchlist, horizon=timedelta(days=400))
    for told in world.told:
        tracker.read(told.reading, now=max(told.reading.story.seen_at, NOON))
    return tracker


def stories_of(
    world: World, tracker: Tracker, *, only_well_read: bool = False
) -> tuple[dict[str, str], dict[str, int]]:
    """Return the event and the happening of every story."""
    homes = {str(story): str(event) for (story, _), event in tracker.homes().items()}
    truth = {
        str(told.reading.story.story_id): told.happening
        for told in world.told
        if not (only_well_read and told.is_corrupted)
    }
    return homes, truth


def corrections(world: World, tracker: Tracker) -> tuple[int, int]:
    """Return how many events were turned without need, of how many that never came to an end."""
    by_number = {happening.number: happening for happening in world.happenings}
    homes, truth = stories_of(world, tracker)
    of_event: dict[str, set[int]] = {}
    for story, event in homes.items():
        of_event.setdefault(event, set()).add(truth[story])
    turned = {
        str(change.event.id)
        for change in tracker.changes
        if change.kind is ChangeKind.CORRECTION and change.event.stage in ENDS
    }
    quiet = [
        event
        for event, numbers in of_event.items()
        if not any(by_number[n].stages[-1][1] in ENDS for n in numbers)
    ]
    return sum(event in turned for event in quiet), len(quiet)


def told_in_time(world: World, tracker: Tracker, *, only_read_so: bool = True) -> tuple[int, int]:
    """Return how many true ends an event had by the fourth outlet that told them, of how many.

    Those count that were read as that end; without `only_read_so` all that told it, also misread.
    """
    homes, _ = stories_of(world, tracker)
    ended = [happening for happening in world.happenings if happening.stages[-1][1] in ENDS]
    in_time = 0
    for happening in ended:
        after, stage = happening.stages[-1]
        tellers: list[str] = []
        event = fourth = None
        for told in world.told:
            head = told.reading.story
            if told.happening != happening.number or head.told_at < happening.at + after:
                continue
            if only_read_so and told.reading.reports[0].stage is not stage:
                continue
            if head.outlet not in tellers:
                tellers.append(head.outlet)
                event = homes[str(head.story_id)]
                fourth = head.seen_at
                if len(tellers) == 4:
                    break
        in_time += len(tellers) < 4 or any(
            change.event.stage is stage and fourth is not None and change.at <= max(fourth, NOON)
            for change in tracker.changes
            if str(change.event.id) == event
        )
    return in_time, len(ended)


if __name__ == "__main__":
    main()
