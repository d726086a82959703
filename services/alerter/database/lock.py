"""The lock of the one active alerter: whoever holds `alerter.lock` writes the database."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from services.common.errors import ConfigurationError

FILE_NAME = "alerter.lock"


class ActiveLock:
    """A lock on a file that the system gives back when its holder dies, however it dies."""

    def __init__(self, data: Path, *, file_name: str = FILE_NAME) -> None:
        self._path = data / file_name
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Return whether this process is the active one now.

        Raises:
            ConfigurationError: the file cannot be made, or is another user's.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            is_foreign = isinstance(error, PermissionError)
            advice = "Run this as the user that runs kabar" if is_foreign else "Make that possible"
            raise ConfigurationError(
                f"{self._path} cannot be written: {error.strerror}. {advice}, or choose another "
                "data directory."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let a standby take over; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
