"""Entries: a subscription as an entry of subscriptions.yml has it, the way back from reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, time, timedelta
from typing import Any

import yaml

from services.common.config.hours import DAYS
from services.common.contracts.subscription import (
    Conditions,
    Digest,
    Quiet,
    Send,
    Subscription,
)
from services.common.durations import format_duration


def subscription_entry(subscription: Subscription) -> dict[str, Any]:
    """Return `subscription` with the keys of subscriptions.yml; None where there is nothing.

    Reading it gives the subscription again, but for its origin. What the file leaves to a default is
    written out.
    """
    return {
        "id": subscription.id,
        "name": subscription.name,
        "when": _keyed(subscription.when),
        "send": [_keyed(send) for send in subscription.sends],
        "paused_until": _value(subscription.paused_until),
    }


def entries_yaml(value: Mapping[str, Any]) -> str:
    """Return `value` as YAML, in any script, its keys in their order."""
    text: str = yaml.safe_dump(
        _without_nothing(value), allow_unicode=True, sort_keys=False, width=1_000
    )
    return text


_KEYS = {"begins": "from", "ends": "to"}
"""Keys of the file that are no names in Python, or say less there."""


def _keyed(part: Conditions | Send | Quiet | Digest) -> dict[str, Any]:
    """Return the fields of a part under the keys of the file, which are their names but for two."""
    return {
        _KEYS.get(field.name, field.name): _days(part.days)
        if field.name == "days" and isinstance(part, Quiet | Digest)
        else _value(getattr(part, field.name))
        for field in fields(part)
    }


def _value(value: Any) -> Any:
    match value:
        case timedelta():
            return format_duration(value)
        case time():
            return f"{value:%H:%M}"
        case date() | str():
            return str(value)
        case tuple():
            return [_value(item) for item in value]
        case None | int() | float():
            return value
    return _without_nothing(_keyed(value))


def _days(days: frozenset[int]) -> list[str]:
    return [DAYS[day - 1] for day in sorted(days)]


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _without_nothing(held) for key, held in value.items()}
        return {key: held for key, held in kept.items() if held not in (None, {})}
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    return value
