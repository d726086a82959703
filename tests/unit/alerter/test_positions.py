"""Positions that are set back: what is read again is told nobody again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.support.alerting import an_alerter, told_by

BACK = 500


async def test_positions_set_back_by_five_hundred_records_make_no_new_delivery(
    tmp_path: Path,
) -> None:
    def set_back(connection: sqlite3.Connection) -> None:
        connection.execute('UPDATE positions SET "offset" = max("offset" - ?, 0)', (BACK,))

    def delivered(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
        return connection.execute(
            "SELECT delivery_id, state, place FROM deliveries ORDER BY place"
        ).fetchall()

    async with an_alerter(tmp_path) as alerter:
        readings = [
            told_by(f"outlet-{number % 3}", f"{number} is banned", target=f"company-{number // 3}")
            for number in range(BACK + 40)
        ]
        await alerter.publish(*readings)
        await alerter.intake()
        before = await alerter.database.read(delivered)

        await alerter.database.write(set_back)
        await alerter.intake()

        assert await alerter.database.read(delivered) == before
        assert len(before) == (BACK + 40) // 3
