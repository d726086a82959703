"""Errors, named for what the caller should do.

KabarError
├── TransientError            try again later, commit nothing
│   ├── BusUnavailableError
│   ├── DiskFailedError
│   ├── StoreUnavailableError
│   └── ChannelUnavailableError
├── PermanentError            trying again gives the same: dead-letter and go on
│   ├── MalformedRecordError
│   ├── RecordTooLargeError
│   ├── RefusedAddressError
│   └── ChannelRefusedError
└── ConfigurationError        stop and tell the operator how to repair it

Adapters translate foreign exceptions into these at the border. Leaves that only one room raises
and catches live in that room and inherit from one of the three branches.
"""

from __future__ import annotations

from datetime import timedelta


class KabarError(Exception):
    """The root of every error that we raise on purpose."""


class TransientError(KabarError):
    """Try again later and commit nothing meanwhile."""


class PermanentError(KabarError):
    """Trying again gives the same result: dead-letter the record and go on."""


class ConfigurationError(KabarError):
    """The process cannot start or go on with what it was told: stop with exit code 2."""


class BusUnavailableError(TransientError):
    """The bus did not take or give records: broker away, disk full, file locked."""


class DiskFailedError(TransientError):
    """A file of the data directory could not be read or written: no room is left, or the disk fails."""


class StoreUnavailableError(TransientError):
    """The FeedStore did not answer."""


class ChannelUnavailableError(TransientError):
    """The channel could not take the message now.

    `status` is what it answered (HTTP status), None without an answer; `retry_after` is its own wish.
    `is_partial` says that some of its people have the message: it is not the channel that fails.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        is_partial: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.is_partial = is_partial


class MalformedRecordError(PermanentError):
    """The bytes of a record are not what its topic promises."""


class RecordTooLargeError(PermanentError):
    """A record is over `topics.MAX_RECORD_BYTES`; nothing of it was sent."""


class RefusedAddressError(PermanentError):
    """The address is not one that feeds and webhooks may reach (`KABAR_ALLOW_NETWORKS` lists more)."""


class ChannelRefusedError(PermanentError):
    """The channel will never take this message as it is. `status` as in ChannelUnavailableError.

    `is_format` says that it is the form it refuses: the same as plain text may be taken.
    """

    def __init__(self, message: str, *, status: int | None = None, is_format: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.is_format = is_format


class ChannelUnwantedError(PermanentError):
    """Everybody whom the channel would reach has asked for no more messages: settle it as unsent."""
