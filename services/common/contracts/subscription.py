"""Subscription: who wants what, where to and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from services.common.contracts.reading import Role, Stage
from services.common.ids import ChannelId, SubscriptionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must hold of an event; None is no condition.

    `companies` are company ids or `tag:<tag>`; a followed company covers what it owns. `countries`
    match a worldwide event always, `EU` its members and the other way round. `outlets` is the least
    number of outlets that tell it. `roles` are those of a company that is followed, of any where none
    is asked for. `languages` and `sources` (outlets) want one story among them; what `not_sources`
    tell alone does not count. `confidence` is the least, from 0 to 1. One of `words` must stand in a
    headline or quote, in whatever case.
    """

    companies: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    stages: tuple[Stage, ...] | None = None
    countries: tuple[str, ...] | None = None
    outlets: int | None = None
    roles: tuple[Role, ...] | None = None
    languages: tuple[str, ...] | None = None
    confidence: float | None = None
    sources: tuple[str, ...] | None = None
    not_sources: tuple[str, ...] | None = None
    words: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nothing is sent: held, never dropped.

    `days` are ISO weekdays (1 is Monday) on which a window starts; it may end on the next day.
    """

    days: frozenset[int]
    begins: time
    ends: time
    zone: str


class WhenEmpty(StrEnum):
    """What a digest does when there is nothing to tell."""

    NOTHING = "nothing"
    WEEKLY = "weekly"
    """Once a week it says so, with what was read: a proof of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One message on each of `days` at a wall-clock time of `zone`."""

    days: frozenset[int]
    at: time
    zone: str
    empty: WhenEmpty = WhenEmpty.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The channel that stands in for a message that was not sent `after` so long.

    It does so at once where the message can never be sent: refused, or its channel paused or gone.
    """

    to: ChannelId
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One way out of a subscription. `burst` zero: each alert is a message of its own.

    What meets `urgent` (companies, types, stages, countries) waits for no digest and no quiet hours.
    """

    to: ChannelId
    burst: timedelta
    max_per_hour: int | None
    quiet: Quiet | None = None
    digest: Digest | None = None
    urgent: Conditions | None = None
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who wants what. `origin` says where it was made, as `file:line` or `database`.

    Before the day `paused_until` begins, in UTC, nothing is sent; what came meanwhile is not sent then.
    """

    id: SubscriptionId
    name: str
    when: Conditions = field(default_factory=Conditions)
    sends: tuple[Send, ...] = ()
    origin: str = "database"
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret stands: an environment variable, a file, or inline; shown as its place only."""

    env: str | None = None
    file: str | None = None
    value: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if sum(part is not None for part in (self.env, self.file, self.value)) != 1:
            raise ValueError("A secret has one place: env, file, or the value itself.")


class OnUnknown(StrEnum):
    """What becomes of a message that was being sent when kabar died, where repeats are shown."""

    RESEND = "resend"
    """It goes again, marked as possibly repeated."""
    HOLD = "hold"
    """It stays unknown until somebody redelivers it."""


ON_UNKNOWN = "on_unknown"
"""The option of every channel that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """A way out as configured: its type and that type's options, checked for the type.

    `options` values are plain text, numbers, booleans, tuples of text, or Secret.
    """

    id: ChannelId
    type: str
    options: tuple[tuple[str, str | int | bool | tuple[str, ...] | Secret], ...] = ()
    origin: str = ""

    @property
    def on_unknown(self) -> OnUnknown:
        """Return what becomes of a message of which nobody knows whether it arrived."""
        return OnUnknown(str(dict(self.options).get(ON_UNKNOWN, OnUnknown.RESEND)))
