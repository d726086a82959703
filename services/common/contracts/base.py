"""What every contract shares: strict validation, open enumerations, text that can travel."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import Any, Self

from pydantic import ConfigDict

from services.common.text import require_clean

STRICT = ConfigDict(strict=True, allow_inf_nan=False)
"""Goes on every contract with pydantic's `with_config`: nothing is coerced at the border."""

MAX_NAME_CODE_POINTS = 4_000


class OpenStrEnum(StrEnum):
    """A closed set that grows: a value of a newer version becomes a member and is kept."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        require_clean(cls.__name__, value, code_points=64)
        member = str.__new__(cls, value)
        member._name_ = value.upper()
        member._value_ = value
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]  # typed as Enum


def require_clean_fields(contract: Any, *, code_points: int = MAX_NAME_CODE_POINTS) -> None:
    """Raise ValueError when a text in `contract`, also inside its tuples, could not travel."""
    for field in fields(contract):
        value = getattr(contract, field.name)
        texts = value if isinstance(value, tuple) else (value,)
        for text in texts:
            if isinstance(text, str):
                require_clean(
                    f"{type(contract).__name__}.{field.name}", text, code_points=code_points
                )
