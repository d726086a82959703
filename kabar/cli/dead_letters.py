"""kabar dead-letters: what failed, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from kabar.cli.bus import bus_of
from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.data_directory import BUS_FILE
from services.common.clock import SystemClock
from services.common.dead_letter_routes import PATH, letter_body, letters_body, mark_body
from services.common.dead_letters import IncompleteLetterError, LetterBox, UnknownLetterError
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.settings import Settings

_NO = (UnknownLetterError, IncompleteLetterError, BusUnavailableError, RefusedByProcessError)
"""Answers that are a no (exit code 1), with their sentence."""

_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True)

ByHand = Callable[[LetterBox], Awaitable[dict[str, Any]]]


@click.group("dead-letters")
def dead_letters() -> None:
    """Show, replay or drop what failed; resume a service that stopped taking records."""


@dead_letters.command("list")
@config_option
@data_option
@json_option
def list_(config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Show the letters that are open, oldest first."""

    async def by_hand(box: LetterBox) -> dict[str, Any]:
        return letters_body(await box.open_letters())

    settings = settings_with(config=config, data=data)
    body = _ask(settings, "GET", "", by_hand)
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for letter in body["dead_letters"]:
        click.echo(_line(letter))
    if not body["dead_letters"]:
        click.echo("No dead letter.", err=True)


@dead_letters.command()
@click.argument("id_", metavar="ID")
@config_option
@data_option
@json_option
def show(id_: str, config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Show one letter with its record."""

    async def by_hand(box: LetterBox) -> dict[str, Any]:
        return letter_body(await box.letter(id_))

    settings = settings_with(config=config, data=data)
    letter = _ask(settings, "GET", f"/{id_}", by_hand)
    if as_json:
        click.echo(json.dumps(letter, ensure_ascii=False))
        return
    click.echo(_line(letter))
    click.echo(f"key {letter['key']}, {letter['body_bytes']} bytes")
    click.echo(letter["record"])


@dead_letters.command()
@_ids
@config_option
@data_option
@json_option
def replay(ids: tuple[str, ...], config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Publish the records again, to the topics that they came from."""
    settings = settings_with(config=config, data=data)
    _mark_each(ids, settings, "replay", LetterBox.replay, as_json=as_json)


@dead_letters.command()
@_ids
@config_option
@data_option
@json_option
def drop(ids: tuple[str, ...], config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Close the letters without doing anything."""
    settings = settings_with(config=config, data=data)
    _mark_each(ids, settings, "drop", LetterBox.drop, as_json=as_json)


@dead_letters.command()
@config_option
@data_option
@json_option
def resume(config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Let a service take records again that stopped because too many failed."""
    settings = settings_with(config=config, data=data)
    try:
        body = ask_process(settings.data, "POST", f"{PATH}/resume")
    except RefusedByProcessError as error:
        raise click.ClickException(str(error)) from error
    if body is None:
        raise click.ClickException(
            f"No process runs on {settings.data}; the next start takes records anyway."
        )
    click.echo(json.dumps(body) if as_json else f"{body['closed']} resumed")


def _mark_each(
    ids: tuple[str, ...],
    settings: Settings,
    verb: str,
    mark: Callable[[LetterBox, str], Awaitable[Any]],
    *,
    as_json: bool,
) -> None:
    """Mark one after the other; the first that cannot be ends the command with 1."""
    for id_ in ids:

        async def by_hand(box: LetterBox, id_: str = id_) -> dict[str, Any]:
            return mark_body(await mark(box, id_))

        body = _ask(settings, "POST", f"/{id_}/{verb}", by_hand)
        click.echo(json.dumps(body) if as_json else f"{body['id']} {body['mark']}")


def _ask(settings: Settings, method: str, path: str, by_hand: ByHand) -> dict[str, Any]:
    """Return what the process on the data directory answers, or what is done by hand without one."""
    try:
        answer = ask_process(settings.data, method, PATH + path)
        return asyncio.run(_on_the_bus(settings, by_hand)) if answer is None else answer
    except _NO as error:
        raise click.ClickException(str(error)) from error
    except ConfigurationError as error:
        raise Refused(str(error)) from error


async def _on_the_bus(settings: Settings, by_hand: ByHand) -> dict[str, Any]:
    path = settings.data / BUS_FILE
    if not settings.kafka_servers and not path.exists():
        raise Refused(f"There is no {path}: name the data directory with --data.")
    async with bus_of(settings) as bus:
        return await by_hand(LetterBox(bus, SystemClock()))


def _line(letter: dict[str, Any]) -> str:
    origin = letter["origin"]
    place = f"{origin['topic']}/{origin['partition']}@{origin['offset']}"
    return f"{letter['id']}  {letter['at']}  {letter['service']}  {place}  {letter['error']}"
