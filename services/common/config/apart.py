"""Apart: a long configuration is read by a process of its own, so that nothing waits for it here.

200,000 names take two seconds of computing, and beside a thread that computes an event loop gets
along slowly. The process reads once and ends; it says what `configuration_of` would say here, and the
companies come in parts.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from services.common.config.configuration import (
    FileContent,
    Loaded,
    configuration_of,
)
from services.common.garbage import collector_kept_off
from services.common.packed import pack, unpack
from services.common.settings import Network
from services.common.turns import in_turns
from services.common.watchlist import Watchlist

COMMAND = (sys.executable, "-m", "services.common.config.apart")

_READ_WITHIN_SECONDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be read: the arguments of `configuration_of`."""

    contents: Mapping[str, FileContent]
    directory: Path
    allow_networks: Sequence[Network] = ()
    environment: Mapping[str, str] | None = None

    @property
    def content_bytes(self) -> int:
        """Return how long the files are together."""
        return sum(len(content) for content in self.contents.values() if isinstance(content, bytes))

    def here(self) -> Loaded:
        """Return what the files say."""
        return configuration_of(
            self.contents,
            directory=self.directory,
            allow_networks=self.allow_networks,
            environment=self.environment,
        )


class ReadingProcess:
    """Reads in another process, which may be started before it is known what to read.

    Its methods wait: call them in a thread.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have a process ready.

        Raises:
            OSError: it cannot be started.
        """
        self._process = self._process or self._started()

    def read(self, request: Request, known: Watchlist) -> Loaded:
        """Return what `request.here()` would; companies that are the same in `known` are its objects.

        Raises:
            OSError: the process cannot be started, or does not do it. Read here then.
        """
        process = self._process = self._process or self._started()
        try:
            answer, _ = process.communicate(pickle.dumps(request), _READ_WITHIN_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise OSError(f"The reading process took more than {error.timeout} s.") from error
        finally:
            self.end()
        if process.returncode != 0:
            raise OSError(f"The reading process ended with {process.returncode}.")
        return unpacked(pickle.loads(answer), known)  # noqa: S301  our own process

    def end(self) -> None:
        """End the process, where there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError), process:  # waits, and closes the pipes
                pass

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  our own command
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for its parent alone
        )


Packed = tuple[Loaded, str, list[bytes]]
"""What was read without its companies, the watchlist's hash, and the companies in parts."""


def packed(loaded: Loaded) -> Packed:
    """Return `loaded` as it travels."""
    configuration = loaded.configuration
    if configuration is None:
        return loaded, "", []
    watchlist = configuration.watchlist
    bare = replace(configuration, watchlist=Watchlist.checked((), hash=""))
    return (
        replace(loaded, configuration=bare),
        watchlist.hash,
        list(pack(watchlist.companies.values())),
    )


def unpacked(arrived: Packed, known: Watchlist) -> Loaded:
    """Return what was packed, with the objects of `known` where a company is the same there."""
    loaded, watchlist_hash, parts = arrived
    configuration = loaded.configuration
    if configuration is None:
        return loaded
    with collector_kept_off():
        companies = in_turns(unpack(parts, known.companies))
        watchlist = Watchlist.checked(companies, hash=watchlist_hash)
    return replace(loaded, configuration=replace(configuration, watchlist=watchlist))


def main() -> None:
    """Answer the one reading on stdin; there is none when the parent ended before it asked."""
    asked = sys.stdin.buffer.read()
    if asked:
        request: Request = pickle.loads(asked)  # noqa: S301  our own parent
        pickle.dump(packed(request.here()), sys.stdout.buffer)


if __name__ == "__main__":
    main()
