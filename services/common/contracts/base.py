"""What every contract shares: strict validation, open enumerations, text that can travel."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

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

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe it as text that may take other values: no schema may refuse a newer version."""
        described = handler.resolve_ref_schema(handler(core_schema))
        described["examples"] = described.pop("enum")
        return described


def require_clean_fields(contract: Any, *, code_points: int = MAX_NAME_CODE_POINTS) -> None:
    """Make every value of `contract` one that travels and comes back equal; times become UTC.

    Raises:
        ValueError: a text, also inside a tuple, holds a lone surrogate or a control character or is
            too long; a number is no finite one; a time has no zone.
    """
    for field in fields(contract):
        value = getattr(contract, field.name)
        name = f"{type(contract).__name__}.{field.name}"
        if isinstance(value, datetime):
            object.__setattr__(contract, field.name, _utc(name, value))
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} is {value}, no number.")
        else:
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    require_clean(name, text, code_points=code_points)


def _utc(name: str, time: datetime) -> datetime:
    if time.utcoffset() is None:
        raise ValueError(f"{name} is a time without a zone.")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{name} lies outside the years 1 to 9999.") from error
