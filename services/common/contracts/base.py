"""What every contract shares: strict validation, open enumerations, text that can travel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
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


def is_plain(text: object) -> bool:
    """Return whether a value is a text in which `require_clean_fields` finds no fault, at one look."""
    return isinstance(text, str) and text.isprintable() and len(text) <= MAX_NAME_CODE_POINTS


def require_clean_fields(contract: Any, *, code_points: int = MAX_NAME_CODE_POINTS) -> None:
    """Make every value of `contract` one that travels and comes back equal; times become UTC.

    Raises:
        ValueError: a text, also inside a tuple, holds a lone surrogate or a control character or is
            too long; a number is no finite one; a time has no zone.
    """
    # A reading goes through here some thirty times: half of tracking it, when this is slow.
    names, values_of = _fields_of(type(contract))
    for name, value in zip(names, values_of(contract), strict=False):
        if value is None or value is False:
            continue
        if isinstance(value, str):
            # A text that can be printed holds neither surrogate nor control: nearly all are passed here.
            if len(value) > code_points or not value.isprintable():
                require_clean(_called(contract, name), value, code_points=code_points)
        elif isinstance(value, tuple):
            # All of one kind: what is no text checked itself when it was built.
            if value and isinstance(value[0], str):
                _require_clean_texts(_called(contract, name), value, code_points=code_points)
        elif isinstance(value, datetime):
            if value.tzinfo is not UTC:
                object.__setattr__(contract, name, _utc(_called(contract, name), value))
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{_called(contract, name)} is {value}, no number.")


def _require_clean_texts(name: str, texts: tuple[str, ...], *, code_points: int) -> None:
    for text in texts:
        require_clean(name, text, code_points=code_points)


def _called(contract: object, field: str) -> str:
    return f"{type(contract).__name__}.{field}"


def _fields_of(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a contract's fields, and what reads their values in one call."""
    if (found := _FIELDS.get(kind)) is None:
        names = tuple(field.name for field in fields(kind))
        # With one name attrgetter gives the value itself; a name twice, and it gives both.
        read = attrgetter(*names) if len(names) > 1 else attrgetter(*names, *names)
        found = _FIELDS[kind] = (names, read)
    return found


_FIELDS: dict[type[Any], tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}


def _utc(name: str, time: datetime) -> datetime:
    if time.utcoffset() is None:
        raise ValueError(f"{name} is a time without a zone.")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{name} lies outside the years 1 to 9999.") from error
