"""The wire: contracts to bytes and back. JSON in UTF-8, strict, nothing escaped."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from services.common.errors import MalformedRecordError

T = TypeVar("T")


def encode(contract: object) -> bytes:
    """Return the record of a contract; it never fails for one that could be built."""
    return _adapter(type(contract)).serializer.to_json(contract, by_alias=True)


def decode(kind: type[T], record: bytes) -> T:
    """Return the contract that `record` holds; fields that it does not know are ignored.

    Raises:
        MalformedRecordError: it is not one, and the message names the first place. Dead-letter it.
    """
    try:
        adapter: TypeAdapter[T] = _adapter(kind)
        return cast("T", adapter.validator.validate_json(record))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the record"
        raise MalformedRecordError(f"Not a {kind.__name__}: {place}: {first['msg']}") from error


def schema(kind: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema of a contract, as others may validate our records."""
    return _adapter(kind).json_schema(mode="serialization")


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # Building one takes milliseconds, so each kind gets one for the life of the process.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
