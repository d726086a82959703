"""One writing thread for one SQLite file: what is asked for at the same time shares a transaction."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from services.common.bus.jobs import Job

T = TypeVar("T")

_MOST_PER_TRANSACTION = 1_000


class GroupCommit:
    """The only writer of a file. `write` returns after the fsync that its transaction shared.

    The connection must be in autocommit mode (`isolation_level=None`) and belongs to the thread from
    now on; `close` closes it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: queue.SimpleQueue[Job[sqlite3.Connection] | None] = queue.SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` inside a transaction and return its result when that is durable.

        What `job` raises comes out here, and takes back what it wrote and nothing of others: who is refused
        for want of room must not keep from writing whoever would make some.

        Raises:
            sqlite3.Error: nothing was kept, of the others in the transaction neither if it was that which failed.
        """
        if self._is_closed:
            raise sqlite3.ProgrammingError("The file was closed.")
        asked = Job.of(job)
        self._jobs.put(asked)
        result: T = await asked.done
        return result

    async def close(self) -> None:
        """Return when what was asked for is written and the connection is closed."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, is_last = self._together_with(first)
            self._transact(jobs)
            if is_last:
                break
        self._connection.close()

    def _together_with(
        self, first: Job[sqlite3.Connection]
    ) -> tuple[list[Job[sqlite3.Connection]], bool]:
        """Return the jobs that wait by now, and whether the end was asked for behind them."""
        jobs = [first]
        while len(jobs) < _MOST_PER_TRANSACTION:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _transact(self, jobs: list[Job[sqlite3.Connection]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._outcome(job) for job in jobs]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            self._roll_back()
            for job in jobs:
                job.fail(error)
        else:
            for tell in outcomes:
                tell()

    def _outcome(self, job: Job[sqlite3.Connection]) -> Callable[[], None]:
        """Do a job; return what tells it, once all is durable, what came of it."""
        self._connection.execute("SAVEPOINT job")
        try:
            result = job.work(self._connection)
        except Exception as error:
            if not self._connection.in_transaction:
                raise  # as for a full disk: SQLite has taken back all of it
            self._connection.execute("ROLLBACK TO job")
            return partial(job.fail, error)
        finally:
            if self._connection.in_transaction:
                self._connection.execute("RELEASE job")
        return partial(job.succeed, result)

    def _roll_back(self) -> None:
        """Leave nothing of a transaction; what a broken disk leaves makes the next one fail too."""
        # The thread must live, or whoever writes next waits for ever.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.rollback()
