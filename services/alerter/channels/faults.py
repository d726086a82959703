"""Faults: because of which channels this kabar cannot use a configuration."""

from __future__ import annotations

from collections.abc import Iterable

from services.alerter.channels.registry import Outside, build_channel, unsupported
from services.common.config.findings import Finding, Severity
from services.common.contracts.subscription import ChannelConfig
from services.common.errors import ConfigurationError


def faults_of(channels: Iterable[ChannelConfig], outside: Outside | None) -> list[Finding]:
    """Return an error for each of `channels` that cannot be made with what is `outside`.

    Where that is not known, only for those that this kabar could never send to.
    """
    return [
        Finding(file, int(line), 1, Severity.ERROR, reason)
        for config in channels
        if (reason := unsupported(config) or _refusal(config, outside)) is not None
        for file, _, line in [config.origin.rpartition(":")]
    ]


def _refusal(config: ChannelConfig, outside: Outside | None) -> str | None:
    if outside is None:
        return None
    try:
        build_channel(config, outside)
    except ConfigurationError as error:
        return str(error).removeprefix(f"{config.origin}: ")
    return None
