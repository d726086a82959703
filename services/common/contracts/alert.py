"""Alert: the decision that a subscription is to be told of an event."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, require_clean_fields
from services.common.contracts.reading import Stage
from services.common.ids import AlertId, CompanyId, EventId, SubscriptionId


class Reason(OpenStrEnum):
    """Why a subscription is told."""

    NEW = "new"
    """The first alert of this event to this subscription."""
    STAGE = "stage"
    """The event moved to a stage that the subscription asks for."""
    CORRECTION = "correction"
    """What it was told turned out otherwise; told whatever its conditions say."""
    WITHDRAWN = "withdrawn"
    """No story says it any longer."""
    LATE = "late"
    """Like new, when a later fact made the event match; or it has one more target that they follow."""


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One subscription, one event, one reason. `change_seq` names the EventChange that it tells.

    `companies` are those that the event named then; None where nobody kept them. `still_in` are the
    countries in which it stood then, though it was rejected or reversed in others. An alert that tells of
    both has `stage` of those that it is about and `other_stage` of the rest, and names in `ended_in` where
    it was rejected or reversed.
    """

    id: AlertId
    subscription: SubscriptionId
    event: EventId
    reason: Reason
    stage: Stage
    round: int
    change_seq: int
    at: AwareDatetime
    companies: tuple[CompanyId, ...] | None = None
    still_in: tuple[str, ...] = ()
    ended_in: tuple[str, ...] = ()
    other_stage: Stage | None = None

    def __post_init__(self) -> None:
        require_clean_fields(self)
