"""Times in the database: integers of microseconds since 1970, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> int:
    """Return `moment`, which is aware, as the database keeps it; nothing is rounded."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(stamp: int) -> datetime:
    """Return the moment of a stamp, in UTC."""
    return _EPOCH + timedelta(microseconds=stamp)
