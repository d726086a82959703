"""kabar channels: the ways out; a test through one, and what a type of channel would be handed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from urllib.parse import quote

import click

from kabar.cli.api import database_here, read_api
from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.cli.table import table
from services.alerter.channels.email import Mailing
from services.alerter.channels.payloads import PAYLOAD_TYPES, payload_of
from services.alerter.channels.registry import Outside, build_channel
from services.alerter.control.trial import PATH
from services.alerter.database.suppressions import suppressed_in
from services.alerter.render.specimen import event_body_of, message_on
from services.alerter.trial import WITHIN_SECONDS, keep_test, send_test, trial_of
from services.alerter.unknown import no_such
from services.common.clock import SystemClock
from services.common.config.configuration import process_environment, read_configuration
from services.common.contracts.codec import encode
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from services.common.ids import ChannelId
from services.common.settings import Settings


@click.group()
def channels() -> None:
    """Show the channels, test one, print what it would be handed."""


@channels.command("list")
@json_option
@config_option
@data_option
def list_channels(config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """List the configured channels, with the answer of those that are paused or disabled.

    Their options are not shown: some are secrets.
    """
    body = read_api(settings_with(config=config, data=data), "channels", {})
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for line in table([_row(channel) for channel in body["channels"]]):
        click.echo(line)
    if not body["channels"]:
        click.echo("No channel.", err=True)


def _row(channel: Mapping[str, Any]) -> list[str]:
    state = f"{channel['state']}: {channel['reason']}" if channel["reason"] else channel["state"]
    return [channel["id"], channel["type"], channel["origin"], state]


@channels.command("test")
@click.argument("name")
@json_option
@config_option
@data_option
def test_channel(name: str, config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Send a message marked as a test to the channel NAME, once.

    The running process sends it through its own channel; where none runs, it is sent from here. It
    stands among the deliveries, as a test. Exits 0 when the channel took it, else 1.
    """
    settings = settings_with(config=config, data=data)
    try:
        # What a console is told must not stand among the JSON.
        trial = _asked(settings, name, stdout=sys.stderr if as_json else sys.stdout)
    except RefusedByProcessError as error:
        raise click.ClickException(str(error)) from error
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    if as_json:
        click.echo(json.dumps(trial, ensure_ascii=False))
    else:
        said = "took the test" if trial["taken"] else "did not take the test"
        status = f" ({trial['status']})" if trial["status"] is not None else ""
        reason = f": {trial['reason']}" if trial["reason"] else "."
        click.echo(f"{name} {said}{status}{reason}")
    raise SystemExit(0 if trial["taken"] else 1)


@channels.command()
@click.argument("kind", metavar="TYPE", type=click.Choice(PAYLOAD_TYPES))
@click.option(
    "--event",
    "event",
    type=click.File("rb"),
    required=True,
    help="An event as JSON, as GET /api/v1/events/{id} or `kabar events --json` have it; - for stdin.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it on one line.")
def render(kind: str, event: Any, *, as_json: bool) -> None:
    """Print what a channel of TYPE would be handed for an event. Nothing is sent."""
    now = SystemClock().now()
    try:
        body = event_body_of(_json_of(event))
    except ValueError as error:
        raise click.ClickException(
            f"{event.name} holds no event: {error}. `kabar events --json` prints events."
        ) from error
    payload = payload_of(kind, message_on(body, now=now), now=now)
    click.echo(json.dumps(payload, ensure_ascii=False, indent=None if as_json else 2))


def _json_of(file: BinaryIO) -> Any:
    try:
        return json.load(file)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg}") from error


def _asked(settings: Settings, name: str, *, stdout: TextIO) -> dict[str, Any]:
    """Return the trial as the running process has it, else one made here, with a console on `stdout`."""
    path = PATH.format(channel=quote(name, safe=""))
    answered = ask_process(settings.data, "POST", path, within_seconds=WITHIN_SECONDS + 5)
    if answered is not None:
        return answered
    return asyncio.run(_tested_here(settings, name, stdout=stdout))


async def _tested_here(settings: Settings, name: str, *, stdout: TextIO) -> dict[str, Any]:
    configuration = read_configuration(
        settings.config,
        allow_networks=settings.allow_networks,
        environment=process_environment(),
    ).require()
    found = [config for config in configuration.channels if config.id == name]
    if not found:
        names = [config.id for config in configuration.channels]
        raise RefusedByProcessError(no_such("channel", name, names))
    async with database_here(settings.data) as database, _outside(settings) as outside:

        def mailing(channel: ChannelId) -> Mailing:
            return Mailing(suppressed=lambda: database.read(suppressed_in, channel))

        channel = build_channel(
            found[0],
            replace(outside, stdout=stdout, secrets=configuration.secrets, mailing=mailing),
        )
        test = await send_test(channel, name=found[0].id, clock=outside.clock)
        await database.write(keep_test, test)
    body: dict[str, Any] = json.loads(encode(trial_of(test)))
    return body


@asynccontextmanager
async def _outside(settings: Settings) -> AsyncIterator[Outside]:
    http = guarded_client(
        allowed_networks=settings.allow_networks, proxy=settings.proxy, contact=settings.contact
    )
    try:
        yield Outside(
            http=http, clock=SystemClock(), smtp=settings.smtp, mail_from=settings.mail_from
        )
    finally:
        await http.aclose()
