"""Growing: what steps return with something added."""

from __future__ import annotations

from typing import Self


class Growing:
    """What steps return with something added.

    A step in a thousand stories a second cannot afford `dataclasses.replace`, which reads and checks
    every field; hence no slots.
    """

    def but(self, **changes: object) -> Self:
        """Return the same with some fields changed."""
        new = object.__new__(type(self))
        object.__setattr__(new, "__dict__", self.__dict__ | changes)
        return new
