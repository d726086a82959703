"""Subscriptions of files and those made here, as one configuration; making, changing and removing them.

What was made here is kept as it was sent, and read anew with each configuration: a channel or company
that came or went since is seen. Where a file has the same id, the file's holds.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

import structlog

from services.alerter.database.connections import Database
from services.alerter.database.made import (
    Body,
    keep_subscription,
    made_subscriptions,
    remove_subscription,
)
from services.alerter.database.silence import hold_back_removed
from services.alerter.unknown import no_such
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.config.findings import Severity
from services.common.config.submitted import (
    DATABASE,
    READ_ONLY_KEYS,
    FieldFinding,
    Submitted,
    read_submitted,
)
from services.common.config.subscriptions import Known
from services.common.contracts.subscription import Subscription
from services.common.errors import KabarError
from services.common.ids import SubscriptionId, fingerprint

MOST_BYTES = 64 * 1024
"""Of one subscription as JSON."""

log = structlog.get_logger()


class RefusedSubscriptionError(KabarError):
    """It has mistakes, which `findings` name with their fields. Nothing was changed."""

    def __init__(self, findings: Iterable[FieldFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings))


class TakenSubscriptionError(KabarError):
    """The id is taken, or stands in a file, which the message names: change it there."""


class ChangedSubscriptionError(KabarError):
    """Somebody else changed it since it was shown. Nothing was changed now."""


class UnknownSubscriptionError(KabarError):
    """There is no such subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A configuration with the subscriptions that were made here.

    `findings` says per subscription made here what is wrong with it by now. `overridden` are those
    that a file replaces.
    """

    configuration: Configuration
    findings: Mapping[SubscriptionId, tuple[FieldFinding, ...]] = field(default_factory=dict)
    overridden: Mapping[SubscriptionId, Subscription] = field(default_factory=dict)


def completed(configuration: Configuration, made: Iterable[Body]) -> Completed:
    """Return `configuration` with the subscriptions that were `made` here."""
    bodies = list(made)
    if not bodies:
        return Completed(configuration=configuration)
    of_files = {one.id for one in configuration.subscriptions}
    channels = {config.id for config in configuration.channels}
    known = Known.of(configuration.watchlist.companies.values())
    usable: list[Subscription] = []
    overridden: dict[SubscriptionId, Subscription] = {}
    findings: dict[SubscriptionId, tuple[FieldFinding, ...]] = {}
    for body in bodies:
        read = read_submitted(body, channels=configuration.channels, known=known)
        if (subscription := read.subscription) is None:
            continue
        sends = tuple(send for send in subscription.sends if send.to in channels)
        subscription = replace(subscription, sends=sends)
        findings[subscription.id] = read.findings
        if subscription.id in of_files:
            overridden[subscription.id] = subscription
        else:
            usable.append(subscription)
    return Completed(
        configuration=replace(configuration, subscriptions=(*configuration.subscriptions, *usable)),
        findings=findings,
        overridden=overridden,
    )


class SubscriptionBook:
    """The subscriptions of one alerter.

    `configuration` gives that of the files; `on_change` is awaited after each change here, and takes
    it into use.
    """

    def __init__(
        self,
        database: Database,
        made: Iterable[Body],
        *,
        configuration: Callable[[], Configuration],
        clock: Clock,
    ) -> None:
        self._database = database
        self._made = {SubscriptionId(str(body["id"])): body for body in made}
        self._configuration = configuration
        self._clock = clock
        self._changing = asyncio.Lock()
        self._completed: tuple[Configuration, Completed] | None = None
        self.on_change: Callable[[], Awaitable[None]] = _nothing

    @classmethod
    async def open(
        cls, database: Database, *, configuration: Callable[[], Configuration], clock: Clock
    ) -> Self:
        """Return the book with what was made here so far."""
        made = await database.read(made_subscriptions)
        return cls(database, made, configuration=configuration, clock=clock)

    @property
    def now(self) -> Completed:
        """Return the configuration in use with what was made here."""
        return self.complete(self._configuration())

    def complete(self, configuration: Configuration) -> Completed:
        """Return `configuration` with what was made here; remembered until either changes."""
        if self._completed is None or self._completed[0] is not configuration:
            self._completed = (configuration, completed(configuration, self._made.values()))
        return self._completed[1]

    async def add(self, body: object) -> Subscription:
        """Return the subscription that `body` describes, when it is in use.

        Raises:
            RefusedSubscriptionError: it has mistakes.
            TakenSubscriptionError: its id is taken, here or in a file.
        """
        async with self._changing:
            subscription = self._read(body)
            self._require_free(subscription.id)
            await self._keep(subscription.id, body)
            return subscription

    async def change(self, name: SubscriptionId, body: object, *, shown: str = "") -> Subscription:
        """Return what `name` is from now on: what `body` describes, which may leave out the id. `shown` is
        the version that was before the eyes of who changes it; empty for whichever it is.

        Raises:
            UnknownSubscriptionError: there is none of that name.
            ChangedSubscriptionError: it is another version by now.
            RefusedSubscriptionError: it has mistakes, or another id.
            TakenSubscriptionError: it stands in a file.
        """
        async with self._changing:
            subscription = self._changed(name, body)
            if shown and shown != self.version_of(name):
                raise ChangedSubscriptionError(f"Somebody else changed {name} meanwhile.")
            await self._keep(name, _named(body, name))
            return subscription

    async def remove(self, name: SubscriptionId) -> None:
        """Take `name` out of use; what it was told stays in the history, what waits for it is not sent.

        Raises:
            UnknownSubscriptionError: there is none of that name.
            TakenSubscriptionError: it stands in a file.
        """
        async with self._changing:
            if name not in self._made:
                self._require_made(name)
            is_of_file = any(one.id == name for one in self._configuration().subscriptions)
            await self._database.write_now(
                _remove, name, is_of_file=is_of_file, now=self._clock.now()
            )
            self._made.pop(name, None)
            await self._take_into_use("subscription_removed", name)
            if not is_of_file:
                # Until now it was followed: something may have been planned for it since.
                await self._database.write(hold_back_removed, name, now=self._clock.now())

    def draft(
        self, body: object, *, instead_of: SubscriptionId | None
    ) -> tuple[SubscriptionId, Configuration]:
        """Return the id in `body` and the configuration as it would be with it; nothing is kept.

        Raises:
            RefusedSubscriptionError, TakenSubscriptionError: as `add`; or as `change`, with
                UnknownSubscriptionError, where it goes `instead_of` one that was made here.
        """
        if instead_of is None:
            subscription = self._read(body)
            self._require_free(subscription.id)
        else:
            subscription = self._changed(instead_of, body)
        now = self.now.configuration
        others = [one for one in now.subscriptions if one.id != subscription.id]
        return subscription.id, replace(now, subscriptions=(*others, subscription))

    def body_of(self, name: SubscriptionId) -> Body | None:
        """Return what was sent here as `name`; None for one of a file or none at all."""
        return self._made.get(name)

    def version_of(self, name: SubscriptionId) -> str:
        """Return which version of what was sent here as `name` is in use; empty for none."""
        body = self._made.get(name)
        return "" if body is None else fingerprint(json.dumps(body, sort_keys=True))

    def _read(self, body: object) -> Subscription:
        read = self._checked(body)
        if read.errors or read.subscription is None:
            raise RefusedSubscriptionError(read.errors or _nothing_in_it())
        return read.subscription

    def _changed(self, name: SubscriptionId, body: object) -> Subscription:
        """Return what `name` is with `body`."""
        self._require_made(name)
        subscription = self._read(_named(body, name))
        if subscription.id != name:
            message = f'an id stays as it is: "{name}"'
            raise RefusedSubscriptionError([FieldFinding("id", Severity.ERROR, message)])
        return subscription

    def _checked(self, body: object) -> Submitted:
        try:
            size = len(json.dumps(body))
        except (TypeError, ValueError, RecursionError):
            size = MOST_BYTES + 1
        if size > MOST_BYTES:
            message = f"this is longer than {MOST_BYTES // 1024} KB, or no JSON"
            raise RefusedSubscriptionError([FieldFinding("", Severity.ERROR, message)])
        configuration = self._configuration()
        known = Known.of(configuration.watchlist.companies.values())
        return read_submitted(body, channels=configuration.channels, known=known)

    def _require_not_in_file(self, name: SubscriptionId) -> None:
        for one in self._configuration().subscriptions:
            if one.id == name:
                raise TakenSubscriptionError(f'"{name}" stands in {one.origin}: change it there.')

    def _require_free(self, name: SubscriptionId) -> None:
        self._require_not_in_file(name)
        if name in self._made:
            raise TakenSubscriptionError(
                f'"{name}" is taken: choose another id, or change that one.'
            )

    def _require_made(self, name: SubscriptionId) -> None:
        self._require_not_in_file(name)
        if name not in self._made:
            raise UnknownSubscriptionError(no_such("subscription", name, self._made))

    async def _keep(self, name: SubscriptionId, body: object) -> None:
        kept: dict[str, Any] = dict(body) if isinstance(body, Mapping) else {}
        for key in READ_ONLY_KEYS:
            kept.pop(key, None)
        await self._database.write_now(keep_subscription, name, kept, now=self._clock.now())
        self._made[name] = kept
        await self._take_into_use("subscription_kept", name)

    async def _take_into_use(self, what: str, name: SubscriptionId) -> None:
        self._completed = None
        await self.on_change()
        log.info(what, subscription=name, origin=DATABASE)


def _named(body: object, name: SubscriptionId) -> object:
    """Return `body` with the id that it may leave out."""
    return {**body, "id": body.get("id") or name} if isinstance(body, Mapping) else body


def _remove(
    connection: sqlite3.Connection, name: SubscriptionId, *, is_of_file: bool, now: datetime
) -> None:
    """Remove what was made here; where a file has the same id, what waits is for that one."""
    remove_subscription(connection, name)
    if not is_of_file:
        hold_back_removed(connection, name, now=now)


async def _nothing() -> None:
    return None


def _nothing_in_it() -> tuple[FieldFinding, ...]:
    return (FieldFinding("", Severity.ERROR, "a subscription is a mapping (key: value)"),)
