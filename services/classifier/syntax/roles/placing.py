"""Placing: a cue with the names around it that no word gives a role, and the roles that words gave to others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import UNDERGONE, Trigger
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.roles.around import Around
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

ADJACENT = 2
"""So few characters part what stands right beside a cue from it."""
NEAR = 16
"""How far behind a cue its object may stand: "of the German"."""


class Placing(NamedTuple):
    """A cue with the names around it that no word gives a role, and the roles that words gave to others."""

    scene: Scene
    around: Around
    taken: set[Role]

    @property
    def trigger(self) -> Trigger:
        """Return the cue."""
        return self.scene.trigger

    @property
    def grammar(self) -> Grammar:
        """Return how the story's language orders words."""
        return self.scene.grammar

    @property
    def sides(self) -> tuple[Role, Role]:
        """Return the roles of who does it and of what it is done to."""
        return sides_of(self.trigger)

    def unless_taken(self, role: Role, chains: Iterable[Chain]) -> dict[Chain, Role]:
        """Return chains with a role that no word gave to another one."""
        return {} if role in self.taken else dict.fromkeys(chains, role)

    def is_next(self) -> bool:
        """Return whether a name stands right behind the cue."""
        return self._is_within(ADJACENT)

    def is_near(self) -> bool:
        """Return whether a name stands behind the cue as its object does."""
        return self._is_within(NEAR)

    def _is_within(self, reach: int) -> bool:
        after = self.around.after
        return bool(after) and after[0].start - self.trigger.end <= reach


def sides_of(trigger: Trigger) -> tuple[Role, Role]:
    """Return the roles of who does it and of what it is done to."""
    if trigger.frame == "sell":
        return Role.SELLER, Role.TARGET
    if trigger.frame in {"refuse", "joins"}:
        return Role.TARGET, Role.ACTOR
    if trigger.event_type != "acquisition" and trigger.frame in {"noun", "close"}:
        return Role.TARGET, Role.TARGET
    return Role.ACTOR, Role.TARGET


def left_over(trigger: Trigger, told: set[Role]) -> Role | None:
    """Return the role of whom a relative clause is about: the one that nobody in it has.

    "Norvik, which bought Zelmo", "Zelmo, which Norvik bought"; None where its names tell both.
    """
    if trigger.frame in {"talks", "merge", "noun", "lifted"} or not told:
        return None
    subject, thing = sides_of(trigger)
    sides = (thing,) if trigger.frame in UNDERGONE else (subject, thing)
    return next((role for role in sides if role not in told), None)


def stands_next(scene: Scene, chain: Chain) -> bool:
    """Return whether nothing but a space parts a verb from a name behind it."""
    end = scene.document.word_end(scene.trigger.end)
    return chain.start >= end and not scene.text[end : chain.start].strip()
