"""The control socket: `control.sock` in the data directory, for its owner alone.

A socket's path may have 107 bytes only, so both sides reach it through a descriptor of its
directory, where the system has /proc.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.common.errors import ConfigurationError

SOCKET_NAME = "control.sock"


@contextmanager
def control_listener(directory: Path) -> Iterator[socket.socket]:
    """Give a listening socket on `directory`/control.sock, and remove it afterwards.

    Call it while holding the directory's lock: a socket that a dead process left is replaced.

    Raises:
        ConfigurationError: the directory does not take a socket.
    """
    with socket_address(directory) as (address, descriptor):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(listener, address, descriptor)
        except OSError as error:
            listener.close()
            raise ConfigurationError(
                f"{directory / SOCKET_NAME} cannot be made: {error.strerror}. The data directory "
                "must stand on a file system that takes sockets, and be ours to write."
            ) from error
        try:
            yield listener
        finally:
            listener.close()
            _remove(descriptor)


@contextmanager
def socket_address(directory: Path) -> Iterator[tuple[str, int]]:
    """Give an address of the control socket that is short enough, and its directory's descriptor.

    Raises:
        ConfigurationError: there is no such directory.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {directory} cannot be used: {error.strerror}."
        ) from error
    try:
        through = Path(f"/proc/self/fd/{descriptor}")
        yield str((through if through.exists() else directory) / SOCKET_NAME), descriptor
    finally:
        os.close(descriptor)


def _bind(listener: socket.socket, address: str, descriptor: int) -> None:
    _remove(descriptor)
    # The file gets the mode of the unbound socket, so there is no moment in which others may ask.
    os.fchmod(listener.fileno(), 0o600)
    listener.bind(address)
    os.chmod(SOCKET_NAME, 0o600, dir_fd=descriptor)
    listener.listen(128)
    listener.setblocking(False)


def _remove(descriptor: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SOCKET_NAME, dir_fd=descriptor)
