"""Doctor: whether kabar can run here, question by question. Asks, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kabar.backup import DATABASES
from kabar.checked import checked
from kabar.counted import counted
from services.alerter.channels.relay import Relay
from services.alerter.database.connections import FILE_NAME
from services.alerter.database.schema import fault_of
from services.common.contracts.topics import TOPICS
from services.common.errors import ConfigurationError, TransientError
from services.common.settings import Settings, misspelt
from services.common.sqlite_file import damage_of, reading_uri, require_readable
from services.common.wiring import shared_bus
from services.fetcher.wiring import open_store

_ANSWERS_WITHIN_SECONDS = 10
_MEGABYTE = 1_000_000


class Verdict(StrEnum):
    """How a question was answered. Only an error keeps kabar from running."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found on one subject, as a sentence that says what to do where something is."""

    subject: str
    verdict: Verdict
    sentence: str


async def examine(settings: Settings) -> list[Answer]:
    """Return what was found: programs, configuration, data directory, and what else is used."""
    answers = [_programs(), *_misspelt(settings), _configuration(settings), _directory(settings)]
    answers += [
        answer for name in DATABASES if (answer := _database(settings.data / name)) is not None
    ]
    if settings.kafka_servers:
        answers.append(await _asked("bus", settings, _topics))
    if settings.store != "sqlite":
        answers.append(await _asked("store", settings, _store))
    if settings.smtp is not None:
        answers.append(await _asked("mail", settings, _mail))
    return answers


def _programs() -> Answer:
    versions = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}."
    return Answer(subject="programs", verdict=Verdict.OK, sentence=versions)


def _misspelt(settings: Settings) -> list[Answer]:
    return [
        Answer(subject="settings", verdict=Verdict.WARNING, sentence=sentence)
        for sentence in misspelt(settings.config)
    ]


def _configuration(settings: Settings) -> Answer:
    loaded = checked(settings, with_secrets=True)
    errors, findings = len(loaded.errors), len(loaded.findings)
    if findings:
        verdict = Verdict.ERROR if errors else Verdict.WARNING
        found = f"{counted(errors, 'error')}, {counted(findings - errors, 'warning')}"
        sentence = f"{settings.config} has {found}; `kabar check` names each."
        return Answer(subject="configuration", verdict=verdict, sentence=sentence)
    return Answer(
        subject="configuration",
        verdict=Verdict.OK,
        sentence=f"{settings.config} has no mistake.",
    )


def _directory(settings: Settings) -> Answer:
    """Return whether the data directory, or the nearest above it that is there, can be written."""
    there = settings.data.absolute()
    while not there.exists():
        there = there.parent
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        sentence = f"{there} cannot be written: be its owner, or choose another with --data."
        return Answer(subject="data", verdict=Verdict.ERROR, sentence=sentence)
    free = shutil.disk_usage(there).free
    is_low = free < settings.disk_low
    room = f"{free // _MEGABYTE} MB are free in {there}"
    least = f"; below {settings.disk_low // _MEGABYTE} MB kabar is not ready: make room."
    return Answer(
        subject="data",
        verdict=Verdict.ERROR if is_low else Verdict.OK,
        sentence=room + (least if is_low else "."),
    )


def _database(path: Path) -> Answer | None:
    """Return whether SQLite finds a database whole, and kabar can go on with it; None where there is none."""
    try:
        require_readable(path)
    except ConfigurationError as error:
        return Answer(subject=path.name, verdict=Verdict.ERROR, sentence=str(error))
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(reading_uri(path), uri=True)) as connection:
            damage = damage_of(connection)
            fault = _fault(connection, path) if damage is None else None
    except sqlite3.Error as error:
        damage, fault = str(error), None
    if fault is not None:
        return Answer(subject=path.name, verdict=Verdict.ERROR, sentence=fault)
    if damage is None:
        return Answer(subject=path.name, verdict=Verdict.OK, sentence=f"{path} is whole.")
    sentence = (
        f"{path} is damaged: {damage}. docs/operations.md, Backup and Rebuild, says what to do."
    )
    return Answer(subject=path.name, verdict=Verdict.ERROR, sentence=sentence)


def _fault(connection: sqlite3.Connection, path: Path) -> str | None:
    """Return why the alerter does not go on with the database at `path`; of other files nothing is known."""
    return fault_of(connection, path) if path.name == FILE_NAME else None


async def _asked(
    subject: str, settings: Settings, question: Callable[[Settings], Awaitable[str]]
) -> Answer:
    """Return the answer to a question that goes over the network."""
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_SECONDS):
            sentence = await question(settings)
    except TimeoutError:
        sentence = f"No answer within {_ANSWERS_WITHIN_SECONDS} s."
        return Answer(subject=subject, verdict=Verdict.ERROR, sentence=sentence)
    except (ConfigurationError, TransientError, OSError) as error:
        return Answer(subject=subject, verdict=Verdict.ERROR, sentence=str(error))
    return Answer(subject=subject, verdict=Verdict.OK, sentence=sentence)


async def _topics(settings: Settings) -> str:
    async with shared_bus(settings) as bus:
        for topic in TOPICS:
            await bus.topic_id(topic)
    return f"{settings.bus} answers and has every topic."


async def _store(settings: Settings) -> str:
    async with open_store(settings) as store:
        # The mark comes with the first feed that could be read.
        is_used = await store.installation() is not None or await store.states()
    return "KABAR_STORE answers" + ("." if is_used else "; no fetcher has used it yet.")


async def _mail(settings: Settings) -> str:
    relay = Relay.of(settings.smtp or "")
    place = f"{relay.host}:{relay.port}"

    def connect() -> None:
        with socket.create_connection((relay.host, relay.port), timeout=_ANSWERS_WITHIN_SECONDS):
            pass

    try:
        await asyncio.to_thread(connect)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(
            f"{place} takes no connection: {reason}. Mend KABAR_SMTP, or the server."
        ) from error
    return f"{place} takes connections."
