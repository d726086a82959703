"""The data directory: what its files are called, and holding it against every other kabar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from services.alerter.database.lock import FILE_NAME as ALERTER_LOCK
from services.alerter.database.lock import ActiveLock
from services.common.bus.sqlite import require_bus
from services.common.errors import ConfigurationError
from services.common.sqlite_file import require_readable

BUS_FILE = "bus.db"
STORE_FILE = "feeds.db"
RUN_LOCK = "run.lock"
"""Held by whoever has the bus and the FeedStore."""


def made(data: Path) -> Path:
    """Return `data`, made where it was not there.

    Raises:
        ConfigurationError: it cannot be made.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{data} cannot be the data directory: {error.strerror}. Choose another with --data."
        ) from error
    return data


def bus_file(data: Path, *, otherwise: str) -> Path:
    """Return the file of the bus in `data`.

    Raises:
        ConfigurationError: there is none, and `otherwise` says what that means; or it is no bus.
    """
    path = data / BUS_FILE
    require_readable(path)
    if not path.is_file():
        raise ConfigurationError(f"There is no bus in {data}: {otherwise}.")
    require_bus(path)
    return path


@contextmanager
def unused(data: Path, *, otherwise: str) -> Iterator[None]:
    """Hold `data` against every kabar, all-in-one or an alerter alone.

    Raises:
        ConfigurationError: one runs there; `otherwise` says what to do.
    """
    with ExitStack() as stack:
        for name in (RUN_LOCK, ALERTER_LOCK):
            if not stack.enter_context(ActiveLock(data, file_name=name)).try_acquire():
                raise ConfigurationError(f"A kabar runs on {data}: {otherwise}.")
        yield
