"""Mute and acknowledgement: what people say is not to be told for a while, or any more."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, require_clean_fields
from services.common.contracts.reading import Stage
from services.common.ids import ChannelId, CompanyId, EventId, MuteId, SubscriptionId


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What is not told until `ends_at`: everything that all the fields which are set apply to.

    A muted company covers what it owns. `who` and `why` are for people.
    """

    id: MuteId
    company: CompanyId | None = None
    event: EventId | None = None
    subscription: SubscriptionId | None = None
    channel: ChannelId | None = None
    created_at: AwareDatetime
    ends_at: AwareDatetime
    who: str
    why: str = ""

    def __post_init__(self) -> None:
        require_clean_fields(self)
        if not (self.company or self.event or self.subscription or self.channel):
            raise ValueError("A mute names a company, an event, a subscription or a channel.")


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody has seen an event at a stage: it is told at that stage no more, at a new one it is."""

    event: EventId
    stage: Stage
    at: AwareDatetime
    who: str
    note: str = ""

    def __post_init__(self) -> None:
        require_clean_fields(self)
