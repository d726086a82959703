"""Labels: what a person says of a story, and which part of the labelled stories it belongs to.

docs/events.md defines what is labelled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.classifier.workbench.lines import BrokenLineError
from services.common.contracts.reading import Focus, Role, Stage
from services.common.event_types import event_types
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

_SHARE_TO_LOOK_AT = 0.6
PARTS = ("all", "look", "scored", "fitted", "held")
"""Parts of the labelled stories: `scored` is `fitted` and `held` together."""


def may_be_looked_at(story_id: str) -> bool:
    """Return whether a labelled story is one of the 60 % that cues may be mended by.

    The others are only scored: who reads them tunes to them, and the figures mean nothing more.
    """
    return _tenth(story_id) < 10 * _SHARE_TO_LOOK_AT


def is_in(part: str, story_id: str) -> bool:
    """Return whether a labelled story belongs to one of `PARTS`.

    Nobody reads what is scored. Confidence is fitted to one half of it, since what cues were mended
    by looks surer than news is, and judged by the other, `held`.
    """
    if part == "all":
        return True
    if part in {"look", "scored"}:
        return may_be_looked_at(story_id) == (part == "look")
    return not may_be_looked_at(story_id) and (_tenth(story_id) < 8) == (part == "fitted")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledEvent:
    """An event as a person labelled it, with tracked companies only."""

    type: str
    stage: str
    is_main: bool
    roles: Mapping[CompanyId, str]
    countries: frozenset[str]
    date: str | None
    amount: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a person says of one story. `has_events` counts untracked events too."""

    story_id: str
    language: str
    events: tuple[LabelledEvent, ...]
    mentions: frozenset[CompanyId]
    has_events: bool


def read_labels(fields: Mapping[str, Any], ids: Mapping[str, CompanyId]) -> Labels:
    """Return the labels of a story; `ids` maps casefolded names and aliases to companies."""
    events: list[LabelledEvent] = []
    for event in fields.get("events", ()):
        roles = {
            ids[party["name"].casefold()]: party["role"]
            for party in event["companies"]
            if party["name"].casefold() in ids
        }
        if roles:
            events.append(
                LabelledEvent(
                    type=event["type"],
                    stage=event["stage"],
                    is_main=event["focus"] == Focus.MAIN,
                    roles=roles,
                    countries=frozenset(event.get("countries") or ()),
                    date=event.get("date"),
                    amount=event.get("amount"),
                )
            )
    return Labels(
        story_id=fields["id"],
        language=fields.get("lang") or "und",
        events=tuple(events),
        mentions=frozenset(
            ids[name.casefold()] for name in fields.get("mentions", ()) if name.casefold() in ids
        ),
        has_events=bool(fields.get("events")),
    )


def named_in(fields: Mapping[str, Any]) -> set[str]:
    """Return the names of companies in the labels of a story, casefolded, tracked or not."""
    parties = [party["name"] for event in fields["events"] for party in event["companies"]]
    return {name.casefold() for name in (*parties, *(fields.get("mentions") or ()))}


def ids_by_name(watchlist: Watchlist) -> dict[str, CompanyId]:
    """Return the company of every name and alias, casefolded; a name of its own wins over an alias."""
    ids: dict[str, CompanyId] = {}
    for company in watchlist.companies.values():
        for alias in company.names:
            ids.setdefault(alias.text.casefold(), company.id)
    ids.update({c.name.casefold(): c.id for c in watchlist.companies.values()})
    return ids


def require_labels(fields: Mapping[str, Any]) -> None:
    """Return where a line's labels have the form of docs/events.md: a slip would look like a miss.

    Raises:
        BrokenLineError: they have not; the message has the key, and of which event.
    """
    events = fields.get("events")
    if not isinstance(events, list):
        raise BrokenLineError('"events" is no list: write [] where the story tells none')
    for number, event in enumerate(events, 1):
        if not isinstance(event, dict):
            raise BrokenLineError(f"event {number} is not a JSON object")
        for mistake in _mistakes(event):
            raise BrokenLineError(f"event {number}: {mistake}")
    mentions = fields.get("mentions") or []
    if not isinstance(mentions, list) or not all(isinstance(name, str) for name in mentions):
        raise BrokenLineError('"mentions" is no list of names')


def _mistakes(event: Mapping[str, Any]) -> Iterator[str]:
    known = {"type": event_types(), "stage": map(str, Stage), "focus": map(str, Focus)}
    for key, values in known.items():
        yield from _no_value(key, event.get(key), list(values))
    parties = event.get("companies")
    if not isinstance(parties, list):
        yield '"companies" is no list'
        return
    for party in parties:
        if not isinstance(party, dict) or not isinstance(party.get("name"), str):
            yield 'a company needs "name" and "role"'
        else:
            yield from _no_value("role", party.get("role"), [str(role) for role in Role])


def _no_value(key: str, given: object, known: Sequence[str]) -> Iterator[str]:
    if given is None:
        yield f'"{key}" is missing'
    elif given not in known:
        yield f"there is no {key} {json.dumps(given)}: write one of {', '.join(known)}"


def _tenth(story_id: str) -> int:
    return int(hashlib.sha256(story_id.encode()).hexdigest(), 16) % 10
