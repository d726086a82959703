"""The control socket: `control.sock` in the data directory, for its owner alone.

A socket's path may have 107 bytes only, so both sides reach it through a descriptor of its
directory, where the system has /proc.

Services that share a directory share the socket: the alerter's replaces whatever is there, since it has
the page's API; the others leave one that answers alone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from starlette.types import ASGIApp

from services.common.errors import ConfigurationError
from services.common.lifecycle import serve
from services.common.stop import Stop

SOCKET_NAME = "control.sock"

log = structlog.get_logger()


async def serve_control(app: ASGIApp, directory: Path, stop: Stop) -> None:
    """Serve `app` on the control socket of `directory` until `stop`, replacing what is there.

    Raises:
        ConfigurationError: the directory does not take a socket.
    """
    with control_listener(directory) as listener:
        await serve(app, on=listener, stop=stop)


async def serve_control_where_free(app: ASGIApp, directory: Path, stop: Stop) -> None:
    """Do as `serve_control`, unless another service of this directory answers there already."""
    if _answers(directory):
        log.info("control_socket_taken", directory=str(directory))
        await stop.wait()
    else:
        await serve_control(app, directory, stop)


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
        bound = _identity(descriptor)
        try:
            yield listener
        finally:
            listener.close()
            if _identity(descriptor) == bound:  # else another service has put its own there
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


def _answers(directory: Path) -> bool:
    """Return whether a service answers on the socket of `directory`, which is made where missing."""
    with contextlib.suppress(OSError):  # what cannot be made is named when it is opened
        directory.mkdir(parents=True, exist_ok=True)
    with socket_address(directory) as (address, _), socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(address) == 0


def _identity(descriptor: int) -> int | None:
    """Return which socket stands there, None for none."""
    try:
        found = os.stat(SOCKET_NAME, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found.st_ino if stat.S_ISSOCK(found.st_mode) else None
