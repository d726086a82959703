from __future__ import annotations

import asyncio
from datetime import timedelta

from services.fetcher.places import Place, Places


async def _is_free(places: Places) -> Place | None:
    """Return a place, None where there is none."""
    try:
        async with asyncio.timeout(0.02):
            return await places.take()
    except TimeoutError:
        return None


async def _wait(place: Place, until: asyncio.Event) -> None:
    async with place.waiting():
        await until.wait()


async def _poll(place: Place, until: asyncio.Event) -> None:
    await _wait(place, until)
    place.give_back()


async def test_a_place_that_waits_for_long_is_lent_and_taken_again() -> None:
    places, answered = Places(1, lent_after=timedelta()), asyncio.Event()
    first = await places.take()

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_wait(first, answered))
        second = await places.take()
        answered.set()
        taken = await _is_free(places)
        was_waiting = not waiting.done()
        second.give_back()

    assert was_waiting
    assert taken is None
    assert await _is_free(places) is None
    first.give_back()
    assert await _is_free(places) is not None


async def test_three_are_lent_for_each_place() -> None:
    places, answered = Places(1, lent_after=timedelta()), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(_poll(await places.take(), answered))
        fifth = await _is_free(places)
        answered.set()

    assert fifth is None
    assert await _is_free(places) is not None
    assert await _is_free(places) is None


async def test_what_could_not_be_lent_is_lent_once_it_may() -> None:
    places = Places(1, lent_after=timedelta(milliseconds=1))
    first, others = asyncio.Event(), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(_poll(await places.take(), first))
        for _ in range(3):
            group.create_task(_poll(await places.take(), others))
        fifth = await _is_free(places)
        first.set()
        sixth = await places.take()
        sixth.give_back()
        others.set()

    assert fifth is None


async def test_a_place_that_does_not_wait_long_is_not_lent() -> None:
    places = Places(1)
    place = await places.take()

    async with place.waiting():
        assert await _is_free(places) is None


async def test_who_was_not_answered_waits_for_no_place() -> None:
    places = Places(1, lent_after=timedelta())
    place = await places.take()

    waiting = asyncio.ensure_future(_wait(place, asyncio.Event()))
    other = await places.take()
    waiting.cancel()
    await asyncio.wait([waiting])
    place.give_back()

    assert waiting.cancelled()
    assert await _is_free(places) is None
    other.give_back()
    assert await _is_free(places) is not None
