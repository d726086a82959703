"""DeadLetter: a record that could not be handled, kept with its origin and the error."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, require_clean_fields
from services.common.ids import DeadLetterId


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a record stood on the bus."""

    topic: str
    partition: int
    offset: int

    def __post_init__(self) -> None:
        require_clean_fields(self)


class LetterMark(OpenStrEnum):
    """What became of a letter."""

    DROPPED = "dropped"
    REPLAYED = "replayed"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record that a service could not handle, or a mark on an earlier letter.

    `key` is the record's own; `body` its bytes in base64, cut at 64 KiB with `body_bytes` the full
    length. `traceback_hash` is equal for failures at the same place. With `mark` set it is no letter but
    says what became of the one with this id; `list` folds them.
    """

    id: DeadLetterId
    service: str
    origin: Origin
    error: str
    traceback_hash: str
    at: AwareDatetime
    key: str = ""
    body: str = ""
    body_bytes: int = 0
    mark: LetterMark | None = None

    def __post_init__(self) -> None:
        require_clean_fields(self, code_points=100_000)
        if len(base64.b64decode(self.body, validate=True)) > self.body_bytes:
            raise ValueError("A letter holds no more than the record had.")

    @property
    def record(self) -> bytes:
        """Return the record's bytes, as far as they were kept."""
        return base64.b64decode(self.body)

    @property
    def is_complete(self) -> bool:
        """Return whether the whole record was kept, so that it can be replayed."""
        return len(self.record) == self.body_bytes
