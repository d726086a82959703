from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from services.alerter.web.live import MOST_MISSED, QUEUE_LENGTH, Live
from services.common.contracts.event import ChangeKind, EventChange
from services.common.ids import StoryId
from services.common.telemetry.metrics import REGISTRY
from tests.support.builders import NOON
from tests.support.events import an_event


class _History:
    """The history of events, in memory."""

    def __init__(self, changes: int = 0) -> None:
        self.changes = [_change(seq) for seq in range(1, changes + 1)]

    async def changes_after(self, seq: int, *, limit: int) -> Sequence[EventChange]:
        return [change for change in self.changes if change.seq > seq][:limit]

    async def last_seq(self) -> int:
        return self.changes[-1].seq if self.changes else 0

    def append(self, count: int = 1) -> None:
        self.changes += [_change(len(self.changes) + 1 + number) for number in range(count)]


class _Stop:
    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def wait(self) -> None:
        await self.asked.wait()


async def _render(changes: Sequence[EventChange]) -> list[str]:
    return [f"change {change.seq}" for change in changes]


@asynccontextmanager
async def following(history: _History) -> AsyncIterator[Live]:
    live, stop = Live(history, render=_render), _Stop()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live.run(stop))
        yield live
        stop.asked.set()


async def seqs(messages: AsyncIterator[bytes], count: int) -> list[int]:
    """Return the ids of the next `count` messages that have one."""
    found: list[int] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            frame = await anext(messages)
            if frame.startswith(b"id: "):
                found.append(int(frame.split(b"\n")[0][4:]))
    return found


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  what it waits for offers no event
            await asyncio.sleep(0)


async def test_a_new_page_gets_what_comes_and_nothing_of_before() -> None:
    history = _History(changes=3)
    async with following(history) as live:
        page = live.messages(None)
        await anext(page)

        history.append(2)
        live.wake()

        assert await seqs(page, 2) == [4, 5]


async def test_a_page_that_was_away_gets_exactly_what_it_missed_and_then_what_comes() -> None:
    history = _History(changes=5)
    async with following(history) as live:
        page = live.messages(2)
        missed = await seqs(page, 3)
        history.append(2)
        live.wake()
        coming = await seqs(page, 2)

    assert (missed, coming) == ([3, 4, 5], [6, 7])


async def test_what_arrives_while_the_missed_is_read_comes_once() -> None:
    history = _History(changes=2)
    async with following(history) as live:
        page = live.messages(0)
        await anext(page)
        history.append(2)
        live.wake()
        await until(lambda: any(not page.empty() for page in live._pages))

        first = await seqs(page, 4)
        history.append()
        live.wake()

        assert (first, await seqs(page, 1)) == ([1, 2, 3, 4], [5])


async def test_who_missed_too_much_is_told_to_load_the_page_anew() -> None:
    history = _History(changes=MOST_MISSED + 1)
    async with following(history) as live:
        page = live.messages(0)
        await anext(page)

        assert (await anext(page)).startswith(b"event: resync\n")


async def test_a_page_of_a_history_that_is_no_more_is_told_to_load_anew() -> None:
    async with following(_History(changes=3)) as live:
        page = live.messages(5_000)
        await anext(page)

        assert (await anext(page)).startswith(b"event: resync\n")


async def test_a_page_that_does_not_keep_up_is_cut_off_and_comes_back_without_a_gap() -> None:
    history = _History()
    async with following(history) as live:
        slow = live.messages(0)
        await anext(slow)
        history.append(1)
        live.wake()
        assert await seqs(slow, 1) == [1]

        history.append(QUEUE_LENGTH + 50)
        live.wake()
        await until(lambda: not live.open_pages)
        rest = [frame async for frame in slow]

        back = live.messages(1)
        assert rest == []
        assert await seqs(back, QUEUE_LENGTH + 50) == list(range(2, QUEUE_LENGTH + 52))


async def test_every_stream_ends_with_the_process() -> None:
    history = _History()
    async with following(history) as live:
        pages = [live.messages(None) for _ in range(3)]
        for page in pages:
            await anext(page)

    async with asyncio.timeout(5):
        assert [[frame async for frame in page] for page in pages] == [[], [], []]
    assert live.open_pages == 0


def _change(seq: int) -> EventChange:
    return EventChange(
        seq=seq, at=NOON, kind=ChangeKind.OPENED, cause=StoryId("st_1"), event=an_event()
    )


async def test_the_pages_that_listen_are_counted() -> None:
    def counted() -> float | None:
        return REGISTRY.get_sample_value("kabar_page_clients")

    before = counted() or 0
    async with following(_History()) as live:
        page = live.messages(None)
        await anext(page)
        listening = counted()

        await page.aclose()  # type: ignore[attr-defined]  # an async generator

    assert (listening, counted()) == (before + 1, before)
