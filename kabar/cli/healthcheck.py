"""kabar healthcheck: for a container engine or a supervisor."""

from __future__ import annotations

import click
import httpx

from services.common.errors import ConfigurationError
from services.common.settings import read_settings
from services.common.telemetry.health import STANDBY

_DEFAULT_PORT = 8700
_ANSWERS_WITHIN_SECONDS = 3


@click.command()
@click.option("--url", help="Where the process listens; http://127.0.0.1:PORT unless told.")
def healthcheck(url: str | None) -> None:
    """Exit 0 when the process is alive, and ready or a standby; else 1 with the reasons."""
    base = url or _own_url()
    try:
        with httpx.Client(
            base_url=base, timeout=_ANSWERS_WITHIN_SECONDS, trust_env=False
        ) as client:
            alive, ready = client.get("/livez"), client.get("/readyz")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(f"{base} does not answer: {error}") from error
    if not alive.is_success:
        raise click.ClickException(f"Not alive: {alive.text}")
    if not ready.is_success and not _is_standby(ready):
        raise click.ClickException(f"Not ready: {ready.text}")


def _own_url() -> str:
    try:
        port = read_settings().port
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error
    return f"http://127.0.0.1:{port or _DEFAULT_PORT}"


def _is_standby(answer: httpx.Response) -> bool:
    try:
        return bool(answer.json()["status"] == STANDBY)
    except (ValueError, KeyError, TypeError):
        return False
