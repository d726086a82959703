"""ConfigurationWatcher: the directory's content, followed while the process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from services.common.config.apart import ReadingProcess, Request
from services.common.config.configuration import (
    FILES,
    Configuration,
    FileContent,
    Loaded,
    read_file,
    read_files,
)
from services.common.config.findings import Finding
from services.common.errors import TransientError
from services.common.settings import Network
from services.common.stop import Stop
from services.common.telemetry.metrics import CONFIG_REFUSED, CONFIG_RELOADS, show_config_hash

LOOK_EVERY = timedelta(milliseconds=250)

# A look opens files only when their stat changed, or shortly after: a second change within the file
# system's clock tick leaves the stat as it was.
_OPENING_LOOKS = 4

_LONG_BYTES = 64 * 1024
"""From here on files are read by a process of their own: starting it takes as long as reading them."""

_LOOK_WITHIN_SECONDS = 120  # 200,000 names take two; a hanging network mount would take for ever

_MOST_LOGGED = 100

log = structlog.get_logger()


class ConfigurationWatcher:
    """Reads a directory, and again when its content changed and stayed the same for one look.

    The wait for a second, equal look keeps half-written files out: an editor that empties a file
    before it writes would take all feeds away for a moment. A change is in effect within a second,
    one to 200,000 names within a few; nothing else in this process waits for that.
    With mistakes in the new content the old configuration stays; the log and `findings` name them.
    So it does while one who follows cannot take the new one yet, who is asked again.

        watcher = ConfigurationWatcher(settings.config, allow_networks=settings.allow_networks)
        configuration = watcher.load()
        watcher.follow(fetcher.use)
        Task("reload", watcher.run)
    """

    def __init__(
        self,
        directory: Path,
        *,
        allow_networks: Sequence[Network] = (),
        environment: Mapping[str, str] | None = None,
        long_bytes: int = _LONG_BYTES,
    ) -> None:
        """`environment` is given by the one who needs secrets, as in `read_configuration`."""
        self._directory = directory
        self._allow_networks = allow_networks
        self._environment = environment
        self._long_bytes = long_bytes
        self._apart = ReadingProcess()
        self._active: Configuration | None = None
        self._is_half_taken = False  # some followers have another one than is active
        self._findings: tuple[Finding, ...] = ()
        self._vets: list[Callable[[Configuration], Sequence[Finding]]] = []
        self._followers: list[Callable[[Configuration], Awaitable[None]]] = []
        self._paths = tuple(directory / name for name in FILES)
        self._secret_files: tuple[Path, ...] = ()
        self._stats: tuple[object, ...] = ()
        self._opening_looks = 0
        self._taken: _Content | None = None
        self._seen: _Content | None = None

    @property
    def active(self) -> Configuration:
        """Return the configuration in use."""
        if self._active is None:
            raise RuntimeError("A watcher loads before it is asked.")
        return self._active

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the newest reading found: with an error among it, it is not in use."""
        return self._findings

    def load(self) -> Configuration:
        """Return the configuration as it stands now, and watch from here on.

        Raises:
            ConfigurationError: it has mistakes, one a line of the message.
        """
        self._stats = self._stat()
        loaded = self._read(read_files(self._directory))
        self._findings = loaded.findings
        self._active = loaded.require()
        _log(loaded.findings)
        show_config_hash(self._active.hash)
        return self._active

    def vet(self, faults: Callable[[Configuration], Sequence[Finding]]) -> None:
        """Have `faults` asked, in the thread that reads, of each configuration read from here on.

        One that has some is not taken by anybody, as with any other mistake.
        """
        self._vets.append(faults)

    def follow(self, use: Callable[[Configuration], Awaitable[None]]) -> None:
        """Have `use` called with each new configuration; it is active when all have returned."""
        self._followers.append(use)

    async def run(self, stop: Stop) -> None:
        """Look four times a second until `stop` is asked."""
        try:
            while not stop.is_asked:
                await self.look()
                await stop.pause(LOOK_EVERY)
        finally:
            self._apart.end()

    async def look(self) -> None:
        """Look once, and take a changed configuration into use."""
        async with asyncio.timeout(_LOOK_WITHIN_SECONDS):
            loaded = await asyncio.to_thread(self._changed)
        if loaded is None:
            return
        self._findings = loaded.findings
        _log(loaded.findings)
        CONFIG_REFUSED.set(loaded.configuration is None)
        if loaded.configuration is None:
            CONFIG_RELOADS.labels("refused").inc()
            log.error("configuration_refused", active=self.active.hash, errors=len(loaded.errors))
        elif self._is_half_taken or not _is_same(loaded.configuration, self.active):
            await self._take_or_retry(loaded.configuration)

    async def _take_or_retry(self, configuration: Configuration) -> None:
        try:
            await self._take(configuration)
        except TransientError as error:
            log.warning("configuration_waits", hash=configuration.hash, reason=str(error))
            # The next look finds news, and has seen the content before.
            self._taken, self._opening_looks = None, _OPENING_LOOKS
            self._is_half_taken = True

    async def _take(self, configuration: Configuration) -> None:
        for use in self._followers:
            await use(configuration)
        self._active, self._is_half_taken = configuration, False
        show_config_hash(configuration.hash)
        CONFIG_RELOADS.labels("taken").inc()
        log.info("configuration_taken", hash=configuration.hash)

    def _changed(self) -> Loaded | None:
        """Return what the directory says when it says something new for the second time."""
        stats = self._stat()
        if stats != self._stats:
            self._stats, self._opening_looks = stats, _OPENING_LOOKS
        if self._opening_looks == 0:
            return None
        self._opening_looks -= 1
        before, seen = self._seen, self._content()
        self._seen = seen
        if seen == self._taken:
            self._apart.end()
            return None
        if seen != before:
            self._get_ready(self._reading(seen.files))
            return None
        return self._read(seen.files)

    def _get_ready(self, reading: Request) -> None:
        """Start the process that a second look will want: half a second of imports passes till then."""
        if reading.content_bytes >= self._long_bytes:
            with suppress(OSError):  # then it is told when reading
                self._apart.start()

    def _read(self, files: Mapping[str, FileContent]) -> Loaded:
        loaded = self._vetted(self._loaded(self._reading(files)))
        self._secret_files = loaded.secret_files
        self._taken = self._seen = _Content(files, self._secrets())
        return loaded

    def _vetted(self, loaded: Loaded) -> Loaded:
        """Return `loaded` with what those find in it who have to work with it."""
        configuration = loaded.configuration
        if configuration is None:
            return loaded
        return loaded.with_errors([fault for vet in self._vets for fault in vet(configuration)])

    def _reading(self, files: Mapping[str, FileContent]) -> Request:
        return Request(
            contents=files,
            directory=self._directory,
            allow_networks=self._allow_networks,
            environment=None if self._environment is None else dict(self._environment),
        )

    def _loaded(self, reading: Request) -> Loaded:
        """Return what the files say; long ones are read apart, except before anything else runs."""
        if self._active is None or reading.content_bytes < self._long_bytes:
            return reading.here()
        try:
            return self._apart.read(reading, self._active.watchlist)
        except OSError as error:
            log.warning("configuration_not_read_apart", reason=str(error))
            return reading.here()

    def _stat(self) -> tuple[object, ...]:
        return tuple(_stat(path) for path in (*self._paths, *self._secret_files))

    def _content(self) -> _Content:
        return _Content(read_files(self._directory), self._secrets())

    def _secrets(self) -> tuple[FileContent, ...]:
        return tuple(read_file(path) for path in self._secret_files)


@dataclass(frozen=True, slots=True)
class _Content:
    """What counts as a change: the files' content, and that of the secrets that they name."""

    files: Mapping[str, FileContent]
    secrets: tuple[FileContent, ...]


def _is_same(some: Configuration, other: Configuration) -> bool:
    return some.hash == other.hash and some.secrets == other.secrets


def _log(findings: Sequence[Finding]) -> None:
    """Log the findings, errors before warnings; of very many the first: nothing else runs meanwhile."""
    for finding in sorted(findings, key=lambda one: not one.is_error)[:_MOST_LOGGED]:
        log.warning("configuration_finding", finding=str(finding))
    if len(findings) > _MOST_LOGGED:
        log.warning("configuration_findings_left_out", count=len(findings) - _MOST_LOGGED)


def _stat(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
