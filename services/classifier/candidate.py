"""Candidate: an event on its way through the steps, before it is known whether it is reported."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from operator import attrgetter
from typing import Self

from services.classifier.growing import Growing
from services.classifier.spans import Name, Stranger, Trigger
from services.common.contracts.reading import Amount, Focus, Role, Stage
from services.common.ids import CompanyId


class Ground(IntEnum):
    """What a role rests on, the surest last."""

    GUESSED = -1
    BORROWED = 0
    TALKS = 1
    PLACE = 2
    WORD = 3
    FAMILY = 4


@dataclass(frozen=True, kw_only=True)
class Candidate(Growing):
    """An event as the steps see it grow: triggers, then roles, stage, focus and facts."""

    event_type: str
    triggers: tuple[Trigger, ...]
    roles: Mapping[CompanyId, Role] = field(default_factory=dict)
    role_places: Mapping[CompanyId, Name] = field(default_factory=dict)
    grounds: Mapping[CompanyId, Ground] = field(default_factory=dict)
    apart: frozenset[CompanyId] = frozenset()
    """Who by the words beside a name has no part in it: later steps guess none for them."""
    stage: Stage = Stage.CONFIRMED
    stage_place: tuple[int, int] | None = None
    stage_terms: Mapping[Stage, Mapping[str, float]] = field(default_factory=dict)
    focus: Focus = Focus.BACKGROUND
    countries: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    date: str | None = None
    date_place: tuple[int, int] | None = None
    amount: Amount | None = None
    amount_place: tuple[int, int] | None = None
    authority: tuple[int, int] | None = None
    others: Mapping[str, Stranger] = field(default_factory=dict)
    scope: tuple[int, int] | None = None
    scope_name: str | None = None
    confidence: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    """What each feature adds to the log-odds of being right."""
    is_doubted: bool = False
    """A single cue tells it, and hardly any sign bears that out: it is reported as background."""

    @property
    def first(self) -> Trigger:
        """Return the foremost cue."""
        return min(self.triggers, key=attrgetter("start"))

    @property
    def sentences(self) -> set[int]:
        """Return the sentences that tell it."""
        return {trigger.sentence for trigger in self.triggers}

    @property
    def is_past(self) -> bool:
        """Return whether all that tells it tells what was before."""
        return all(trigger.is_past for trigger in self.triggers)

    @property
    def is_borrowed(self) -> bool:
        """Return whether only other sentences say who has a part in it."""
        return set(self.grounds.values()) == {Ground.BORROWED}

    def companies(self, role: Role) -> set[CompanyId]:
        """Return who has a role in it."""
        return {company for company, held in self.roles.items() if held is role}

    def all_as(self, role: Role) -> Self:
        """Return the same with one role for all who have any."""
        return self.but(roles=dict.fromkeys(self.roles, role))

    def with_parts(self, parts: Mapping[Name, Role], ground: Ground) -> Self:
        """Return the same with roles for those who are named at some places, or others than before."""
        if not parts:
            return self
        return self.but(
            roles={**self.roles, **{name.company: role for name, role in parts.items()}},
            role_places={**self.role_places, **{name.company: name for name in parts}},
            grounds={**self.grounds, **{name.company: ground for name in parts}},
        )

    def with_roles_of(self, other: Candidate, roles: Mapping[CompanyId, Role]) -> Self:
        """Return the same with roles for some who stand in another candidate, on what they rest on there."""
        return self.but(
            roles={**self.roles, **roles},
            role_places={**self.role_places, **{one: other.role_places[one] for one in roles}},
            grounds={**self.grounds, **{one: other.grounds[one] for one in roles}},
        )

    def without(self, companies: Collection[CompanyId]) -> Self:
        """Return the same without the roles of some companies."""
        return self.but(
            roles={one: role for one, role in self.roles.items() if one not in companies},
            role_places={one: at for one, at in self.role_places.items() if one not in companies},
            grounds={one: each for one, each in self.grounds.items() if one not in companies},
        )
