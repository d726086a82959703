"""Faults: because of which channels this kabar cannot use a configuration."""

from __future__ import annotations

from collections.abc import Callable

from services.alerter.channels.registry import Outside, build_channel, unsupported
from services.common.clock import SystemClock
from services.common.config.configuration import Configuration
from services.common.config.findings import Finding, Severity
from services.common.contracts.subscription import ChannelConfig
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from services.common.settings import Settings


def faults_of(configuration: Configuration, *, settings: Settings) -> list[Finding]:
    """Return an error for each channel that cannot be made with `settings` and the secrets at hand.

    No service is asked. Call it in a thread: for some types a large package is loaded.
    """
    outside = Outside(
        http=guarded_client(),
        clock=SystemClock(),
        smtp=settings.smtp,
        mail_from=settings.mail_from,
        secrets=configuration.secrets,
    )
    return _faults(configuration, lambda config: _refusal(config, outside))


def faults_anywhere(configuration: Configuration) -> list[Finding]:
    """Return an error for each channel that this kabar cannot make, whatever settings and secrets are."""
    return _faults(configuration, unsupported)


def _faults(
    configuration: Configuration, reason_of: Callable[[ChannelConfig], str | None]
) -> list[Finding]:
    return [
        Finding(file, int(line), 1, Severity.ERROR, reason)
        for config in configuration.channels
        if (reason := reason_of(config)) is not None
        for file, _, line in [config.origin.rpartition(":")]
    ]


def _refusal(config: ChannelConfig, outside: Outside) -> str | None:
    try:
        build_channel(config, outside)
    except ConfigurationError as error:
        return str(error).removeprefix(f"{config.origin}: ")
    return None
