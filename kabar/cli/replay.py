"""kabar replay: read older stories again."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click

from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.cli.times import Since
from services.alerter.control.rereading import PATH
from services.common.bus.port import Outgoing
from services.common.clock import SystemClock
from services.common.config.companies import FILE
from services.common.config.configuration import read_watchlist
from services.common.config.findings import suggestion
from services.common.errors import BusUnavailableError, ConfigurationError, TransientError
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

DEFAULT_SINCE = timedelta(days=30)
_NICE = 10  # whoever is live goes first


@click.command()
@click.option("--since", type=Since(), help="A time, or how long ago: 30d unless told.")
@click.option(
    "--companies",
    help="Ids, with commas between; - reads them from stdin, one a line. All unless told.",
)
@json_option
@config_option
@data_option
def replay(
    *,
    since: datetime | None,
    companies: str | None,
    as_json: bool,
    config: Path | None,
    data: Path | None,
) -> None:
    """Read stories of the last weeks again, with the watchlist as it is now.

    What they say of the companies is added to the events; nothing is taken back, and subscriptions get
    one summary. kabar does this by itself when a company appears in companies.yml.
    """
    from kabar.replay import replay as read_again  # noqa: PLC0415  a second of imports

    settings = settings_with(config=config, data=data)
    try:
        if companies is not None and companies != "-":
            _require(_ids(companies), read_watchlist(settings.config / FILE))
        os.nice(_NICE)
        done = asyncio.run(
            read_again(
                settings,
                since=since or SystemClock().now() - DEFAULT_SINCE,
                companies=_ids(companies),
                hand_over=partial(_hand_over, settings.data),
            )
        )
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    except TransientError as error:
        raise click.ClickException(f"{error} Do it again.") from error
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(
            f"{done.stories} stories read again, {done.readings} readings published, "
            f"{done.failed} failed."
        )


def _ids(companies: str | None) -> frozenset[CompanyId] | None:
    if companies is None:
        return None
    names = sys.stdin.read().split() if companies == "-" else companies.split(",")
    return frozenset(CompanyId(name.strip()) for name in names if name.strip())


def _require(companies: Iterable[CompanyId] | None, watchlist: Watchlist) -> None:
    """Refuse an id that nobody has: nothing would be read again, as if no story named it.

    Raises:
        ConfigurationError: the message has the id, and the nearest one that there is.
    """
    for company in sorted(set(companies or ()) - set(watchlist.companies)):
        near = suggestion(company, watchlist.companies)
        raise ConfigurationError(f'No company has the id "{company}"{near or "."}')


async def _hand_over(data: Path, readings: Sequence[Outgoing]) -> None:
    """Give `readings` to the process that runs on `data`, which writes the bus there.

    Raises:
        BusUnavailableError: it did not take them.
    """
    body = b"\n".join(reading.value for reading in readings)
    try:
        answer = await asyncio.to_thread(ask_process, data, "POST", PATH, content=body)
    except RefusedByProcessError as error:
        raise BusUnavailableError(str(error)) from error
    if answer is None:
        raise BusUnavailableError(f"The kabar that uses {data} does not answer.")
