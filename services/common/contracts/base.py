"""What every contract shares: strict validation, open enumerations, text that can travel."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Self, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from services.common.text import require_clean

STRICT = ConfigDict(strict=True, allow_inf_nan=False)
"""Goes on every contract with pydantic's `with_config`: nothing is coerced at the border."""

MAX_NAME_CODE_POINTS = 4_000


class OpenStrEnum(StrEnum):
    """A closed set that grows: a value of a newer version becomes a member and is kept."""

    # That of the text which it equals; Enum's own is a function in Python.
    __hash__ = str.__hash__

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
    kind = type(contract)
    shape = _SHAPES.get(kind)
    if shape is None:
        shape = _SHAPES[kind] = _Shape(kind)
    shape.make_utc(contract)
    if not shape.is_clean(contract, code_points):
        _require_clean_one_by_one(contract, code_points)


class _Shape:
    """Where a contract has texts, times and numbers.

    A reading goes through some ten contracts: a fifth of tracking it, when each field is looked at.
    """

    def __init__(self, kind: type[Any]) -> None:
        hints = get_type_hints(kind)
        of = {field.name: _leaves(hints[field.name]) for field in fields(kind)}
        self._texts = _getter([name for name, leaves in of.items() if str in leaves])
        self._tuples = _getter([name for name, leaves in of.items() if tuple in leaves])
        self._numbers = _getter([name for name, leaves in of.items() if float in leaves])
        self._time_names = [name for name, leaves in of.items() if datetime in leaves]
        self._times = _getter(self._time_names)

    def make_utc(self, contract: Any) -> None:
        """Put every time in UTC."""
        for name, time in zip(self._time_names, self._times(contract), strict=False):
            if time is not None and time.tzinfo is not UTC:
                object.__setattr__(contract, name, _utc(_called(contract, name), time))

    def is_clean(self, contract: Any, code_points: int) -> bool:
        """Return whether nothing is wrong with texts and numbers at one look; so it is with nearly all."""
        for number in self._numbers(contract):
            if number is not None and not math.isfinite(number):
                return False
        texts = [text for text in self._texts(contract) if text]
        for some in self._tuples(contract):
            if some:
                texts += some
        # What can be printed holds neither surrogate nor control.
        joined = "".join(texts)
        return joined.isprintable() and len(joined) <= code_points


def _leaves(hint: Any) -> set[type]:
    """Return what a value of a field may be, as far as it can be unclean: members of an enumeration
    and other contracts are checked where they are made.
    """
    if get_origin(hint) is tuple:
        return {tuple} if str in _leaves(get_args(hint)[0]) else set()
    if args := get_args(hint):
        return set().union(*map(_leaves, args))
    hint = getattr(hint, "__supertype__", hint)
    if hint is AwareDatetime:
        return {datetime}
    return {hint} & {str, float, datetime}


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads the fields of these names in one call."""
    if not names:
        return _nothing
    # With one name attrgetter gives the value itself; a name twice, and it gives both.
    return attrgetter(*names) if len(names) > 1 else attrgetter(*names, *names)


def _nothing(_: Any) -> tuple[Any, ...]:
    return ()


_SHAPES: dict[type[Any], _Shape] = {}


def _require_clean_one_by_one(contract: Any, code_points: int) -> None:
    for field in fields(contract):
        name, value = field.name, getattr(contract, field.name)
        if isinstance(value, str):
            require_clean(_called(contract, name), value, code_points=code_points)
        elif isinstance(value, tuple):
            # All of one kind: what is no text checked itself when it was built.
            if value and isinstance(value[0], str):
                _require_clean_texts(_called(contract, name), value, code_points=code_points)
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{_called(contract, name)} is {value}, no number.")


def _require_clean_texts(name: str, texts: tuple[str, ...], *, code_points: int) -> None:
    for text in texts:
        require_clean(name, text, code_points=code_points)


def _called(contract: object, field: str) -> str:
    return f"{type(contract).__name__}.{field}"


def _utc(name: str, time: datetime) -> datetime:
    if time.utcoffset() is None:
        raise ValueError(f"{name} is a time without a zone.")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{name} lies outside the years 1 to 9999.") from error
