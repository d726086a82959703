"""kabar healthcheck: for a container engine or a supervisor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import click

from services.common.errors import ConfigurationError
from services.common.settings import read_settings

_DEFAULT_PORT = 8700
_ANSWERS_WITHIN_SECONDS = 3
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where such a process is asked


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@click.command()
@click.option(
    "--url", help="Where the process listens; as KABAR_HOST and KABAR_PORT say unless told."
)
def healthcheck(url: str | None) -> None:
    """Exit 0 when the process is alive, and ready or a standby; else 1 with the reasons."""
    base = _checked(url) if url else _own_url()
    try:
        alive, ready = _ask(base, "/livez"), _ask(base, "/readyz")
    except (OSError, HTTPException, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise click.ClickException(
            f"{base} does not answer: {reason}. Start kabar, or say where it listens: --url."
        ) from error
    if not alive.is_success:
        raise click.ClickException(f"Not alive: {alive.text}")
    if not ready.is_success and not _is_standby(ready):
        raise click.ClickException(f"Not ready: {ready.text}")


def _checked(url: str) -> str:
    """Return an address with its scheme.

    Raises:
        click.UsageError: it is none of http or https.
    """
    base = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(base)
        is_asked = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        is_asked = False
    if not is_asked:
        raise click.UsageError(f'"{url}" is no address: write it as http://127.0.0.1:8700')
    return base


def _ask(base: str, path: str) -> _Answer:
    """Return what `path` answers. A container engine asks every few seconds for ever, so this takes
    the standard library: httpx would double the time.
    """
    parts = urlsplit(base)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=_ANSWERS_WITHIN_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return _Answer(answer.status, answer.read(65_536).decode("utf-8", "replace"))
    finally:
        connection.close()


def _own_url() -> str:
    try:
        settings = read_settings()
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error
    host = _EVERYWHERE.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.port or _DEFAULT_PORT}"


def _is_standby(answer: _Answer) -> bool:
    from services.common.telemetry.health import STANDBY  # noqa: PLC0415  only who is not ready pays

    try:
        return bool(json.loads(answer.text)["status"] == STANDBY)
    except (ValueError, KeyError, TypeError):
        return False
