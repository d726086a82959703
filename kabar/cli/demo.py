"""kabar demo: everything on sample feeds, in a fresh directory."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click

from kabar.cli.options import port_option, settings_with
from kabar.shipped import shipped
from services.common import lifecycle
from services.common.config.feeds import LOOPBACK
from services.common.lifecycle import Process, Task
from services.common.settings import Settings
from services.common.stop import Stop


@click.command()
@port_option
def demo(port: int | None) -> None:
    """Run the whole pipeline on sample feeds served over loopback; end it with Ctrl-C.

    The page is at http://127.0.0.1:8700 unless --port says otherwise. Alerts appear on stdout, what
    the sample server serves and what goes wrong on stderr; KABAR_LOG=debug shows more.
    """
    with tempfile.TemporaryDirectory(prefix="kabar-demo-") as directory:
        asked = settings_with(port=port)
        settings = replace(
            asked,
            config=Path(directory) / "config",
            data=Path(directory) / "data",
            allow_networks=LOOPBACK,
            bus="sqlite",
            store="sqlite",
            log=_log_level(asked),
        )
        sys.exit(lifecycle.run(_build, settings, service="kabar"))


def _log_level(asked: Settings) -> str:
    """Return what to log from: five lines on polls a second would hide the alerts.

    Who has the page listen elsewhere needs the login link, which is logged too.
    """
    is_here = asked.host == Settings().host and asked.public_url is None
    return "warning" if is_here and asked.log == "info" else asked.log


def _build(settings: Settings) -> AbstractAsyncContextManager[Process]:
    return _with_samples(settings)


@asynccontextmanager
async def _with_samples(settings: Settings) -> AsyncIterator[Process]:
    """Yield the all-in-one process, with the sample server as one more task."""
    from kabar import embedded, samples  # noqa: PLC0415  signals come before heavy imports
    from services.common.clock import SystemClock  # noqa: PLC0415

    feeds = samples.read_sample_feeds(shipped("samples") / "feeds")
    listener = lifecycle.listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    samples.write_demo_configuration(shipped("samples"), settings.config, feeds, base)
    server = samples.SampleServer(feeds, clock=SystemClock(), announce=_announce)

    async def serve_samples(stop: Stop) -> None:
        # Now the page's port is this process's.
        click.echo(f"The page is at {_page(settings)} (Ctrl-C ends it).", err=True)
        await lifecycle.serve(server.app, on=listener, stop=stop)

    with listener:
        async with embedded.build(settings) as process:
            yield replace(process, tasks=(Task("samples", serve_samples), *process.tasks))


def _page(settings: Settings) -> str:
    from services.alerter.parts import DEFAULT_PORT  # noqa: PLC0415  a second of imports

    return settings.public_url or f"http://127.0.0.1:{settings.port or DEFAULT_PORT}"


def _announce(url: str, title: str) -> None:
    click.echo(f"served {url}  {title}", err=True)
