from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.classifier.answer import Answer
from services.classifier.change import MOST_NAMES
from services.classifier.child import MOST_STORIES, ChildUnavailableError, ClassifyingChild
from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import Reading
from services.common.telemetry.metrics import REGISTRY
from tests.support.builders import a_company, a_story, a_watchlist

FAULTY = (sys.executable, "-m", "tests.support.faulty_child")
SOON = timedelta(seconds=5)


def records(*titles: str) -> list[bytes]:
    return [encode(a_story(title=title, language="en")) for title in titles]


def titles(answers: Sequence[Answer]) -> list[str | None]:
    return [
        None if answer.reading is None else decode(Reading, answer.reading).story.title
        for answer in answers
    ]


def hashes(answers: Sequence[Answer]) -> set[str]:
    return {
        decode(Reading, answer.reading).watchlist_hash
        for answer in answers
        if answer.reading is not None
    }


def restarts() -> float | None:
    return REGISTRY.get_sample_value("kabar_child_restarts_total", {"cause": "hung"})


async def test_the_real_child_reads_stories_in_order() -> None:
    async with ClassifyingChild(a_watchlist()) as child:
        answers = await child.classify(records("India bans TikTok", "Rain in Oslo"))

    assert titles(answers) == ["India bans TikTok", "Rain in Oslo"]
    assert answers[0].reports == (("ban", "confirmed"),)


async def test_a_long_batch_says_after_each_request_that_it_moves_on() -> None:
    calls: list[None] = []

    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(
            records(*map(str, range(45))), on_progress=lambda: calls.append(None)
        )

    assert (len(answers), len(calls)) == (45, 3)


async def test_the_next_request_is_there_before_the_one_in_hand_is_answered() -> None:
    given = ["look ahead", *map(str, range(MOST_STORIES))]

    async with ClassifyingChild(a_watchlist(), command=FAULTY, deadline=SOON) as child:
        answers = await child.classify(records(*given))

    assert titles(answers) == given


async def test_answers_and_the_next_request_may_both_be_longer_than_their_pipes_hold() -> None:
    given = [f"{number} at length" for number in range(2 * MOST_STORIES)]
    stories = [encode(a_story(title=title, text="rain " * 5_000)) for title in given]

    before = restarts()
    async with ClassifyingChild(a_watchlist(), command=FAULTY, deadline=SOON) as child:
        answers = await child.classify(stories)

    assert titles(answers) == given
    assert restarts() == before


@pytest.mark.parametrize(
    ("fault", "at"),
    [("die", 0), ("die", MOST_STORIES), ("die", 2 * MOST_STORIES + 4), ("spin", MOST_STORIES - 1)],
)
async def test_a_story_that_fails_takes_no_story_of_the_requests_around_it_with_it(
    fault: str, at: int
) -> None:
    given = list(map(str, range(2 * MOST_STORIES + 5)))
    given[at] = fault

    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(records(*given))

    assert titles(answers) == [None if title == fault else title for title in given]


async def test_stories_that_fail_in_two_requests_on_their_way_take_no_other_with_them() -> None:
    given = list(map(str, range(3 * MOST_STORIES)))
    given[3] = given[MOST_STORIES + 3] = "die"

    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(records(*given))

    assert titles(answers) == [None if title == "die" else title for title in given]


async def test_the_answers_to_stories_that_were_given_up_are_not_taken_for_those_of_the_next() -> (
    None
):
    moved_on = asyncio.Event()
    wanted = [f"wanted {number}" for number in range(MOST_STORIES)]
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        given_up = asyncio.ensure_future(
            child.classify(records(*map(str, range(3 * MOST_STORIES))), on_progress=moved_on.set)
        )
        await moved_on.wait()
        given_up.cancel()
        answers = await child.classify(records(*wanted))

    assert titles(answers) == wanted


async def test_the_stories_of_a_call_are_read_with_one_watchlist_and_those_after_it_with_the_next() -> (
    None
):
    before, changed = a_watchlist(), a_watchlist(a_company("grab"))
    moved_on = asyncio.Event()
    async with ClassifyingChild(before, command=FAULTY) as child:
        reading = asyncio.ensure_future(
            child.classify(records(*map(str, range(25 * MOST_STORIES))), on_progress=moved_on.set)
        )
        await moved_on.wait()
        await child.set_watchlist(changed)
        later = await child.classify(records("one"))
        answers = await reading

    assert hashes(answers) == {before.hash}
    assert hashes(later) == {changed.hash}


async def test_a_story_that_raises_is_answered_as_error_and_the_others_come_out() -> None:
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(records("one", "raise", "two"))

    assert titles(answers) == ["one", None, "two"]
    assert answers[1].error == "RuntimeError: told to raise"
    assert answers[1].traceback_hash


async def test_bytes_that_are_no_story_are_answered_as_error() -> None:
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        [answer] = await child.classify([b"\xff{"])

    assert answer.error.startswith("MalformedRecordError")


async def test_a_child_that_nobody_asks_makes_ready_what_takes_long() -> None:
    async with (
        ClassifyingChild(a_watchlist(), command=(*FAULTY, "idle")) as child,
        asyncio.timeout(60),
    ):
        [answer] = await child.classify(records("ready"))
        while answer.error:  # it was asked before it was idle
            [answer] = await child.classify(records("ready"))

    assert titles([answer]) == ["ready"]


async def test_a_story_that_kills_the_child_takes_no_other_story_with_it() -> None:
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(records("one", "die", "two"))
        later = await child.classify(records("three"))

    assert titles(answers) == ["one", None, "two"]
    assert "died" in answers[1].error
    assert titles(later) == ["three"]


async def test_a_changed_watchlist_is_answered_with_its_hash_and_used_from_then_on() -> None:
    changed = a_watchlist(a_company("grab"))
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        active = await child.set_watchlist(changed)
        [answer] = await child.classify(records("one"))

    assert active == changed.hash
    assert answer.reading is not None
    assert decode(Reading, answer.reading).watchlist_hash == changed.hash


async def test_a_watchlist_that_is_mostly_new_is_used_from_then_on_too() -> None:
    changed = a_watchlist(*(a_company(f"c{number}") for number in range(MOST_NAMES + 1)))
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        assert await child.set_watchlist(changed) == changed.hash
        smaller = a_watchlist(a_company("c1"))
        active = await child.set_watchlist(smaller)

    assert active == smaller.hash


async def test_a_child_that_dies_after_a_change_is_replaced_by_one_that_knows_it() -> None:
    changed = a_watchlist(a_company("grab"))
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        await child.set_watchlist(changed)
        await child.classify(records("die"))
        [answer] = await child.classify(records("one"))

    assert answer.reading is not None
    assert decode(Reading, answer.reading).watchlist_hash == changed.hash


async def test_a_story_that_hangs_is_given_up_and_the_event_loop_goes_on_meanwhile() -> None:
    deadline = timedelta(seconds=2)  # for the story after it too, on a busy machine
    ticks = 0
    async with ClassifyingChild(a_watchlist(), command=FAULTY, deadline=deadline) as child:
        asking = asyncio.ensure_future(child.classify(records("hang", "one")))
        while not asking.done():
            await asyncio.sleep(0.01)
            ticks += 1
        answers = await asking

    assert titles(answers) == [None, "one"]
    assert "hung" in answers[0].error
    assert ticks > 10


async def test_a_story_that_computes_for_ever_is_given_up_by_the_time_that_it_used() -> None:
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        answers = await child.classify(records("spin", "one"))

    assert titles(answers) == [None, "one"]
    assert "hung" in answers[0].error


async def test_a_child_that_cannot_start_says_so() -> None:
    command = (sys.executable, "-c", "raise SystemExit(3)")

    async with ClassifyingChild(a_watchlist(), command=command) as child:
        with pytest.raises(ChildUnavailableError):
            await child.classify([b"{}"])
