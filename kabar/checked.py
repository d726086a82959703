"""Checked: the configuration with every mistake in it, also those that only a service would meet."""

from __future__ import annotations

from dataclasses import replace

from services.alerter.channels.faults import faults_anywhere, faults_of
from services.classifier.lexicon.load import LANGUAGES
from services.common.config.catalogue import catalogue
from services.common.config.configuration import (
    Configuration,
    Loaded,
    process_environment,
    read_configuration,
)
from services.common.config.coverage import (
    coverage_findings,
    unreachable_findings,
    unread_findings,
)
from services.common.config.findings import Finding
from services.common.contracts.subscription import ChannelConfig, Secret
from services.common.http.addresses import AddressGuard
from services.common.settings import Settings


def checked(settings: Settings, *, with_secrets: bool) -> Loaded:
    """Return the configuration and what is wrong with it; with an error there is none to use.

    The secrets of channels, and what else the environment must have for them, are looked for
    `with_secrets` only. No service is asked.
    """
    loaded = _read(settings, with_secrets=with_secrets)
    configuration = loaded.configuration
    if configuration is None and with_secrets:
        # Where only secrets are missing, the rest is looked at all the same.
        configuration = _read(settings, with_secrets=False).configuration
    if configuration is None:
        return loaded
    refusal = AddressGuard(settings.allow_networks).refusal_of_url
    if loaded.configuration is not None and with_secrets:
        refused = faults_of(configuration, settings=settings)
    elif with_secrets:
        refused = _faults_besides_secrets(configuration, settings=settings)
    else:
        refused = faults_anywhere(configuration)
    doubtful = (
        *unreachable_findings(settings.config, configuration, refusal=refusal),
        *unread_findings(settings.config, configuration, languages=LANGUAGES),
        *coverage_findings(settings.config, configuration, shipped=catalogue()),
    )
    found = loaded.with_errors(refused)
    return replace(found, findings=(*found.findings, *doubtful))


def _read(settings: Settings, *, with_secrets: bool) -> Loaded:
    return read_configuration(
        settings.config,
        allow_networks=settings.allow_networks,
        environment=process_environment() if with_secrets else None,
    )


def _faults_besides_secrets(configuration: Configuration, *, settings: Settings) -> list[Finding]:
    """Return the faults of channels that name no secret, and those that no secret can mend."""
    bare = tuple(channel for channel in configuration.channels if not _names_a_secret(channel))
    found = faults_of(replace(configuration, channels=bare), settings=settings)
    return list(dict.fromkeys([*found, *faults_anywhere(configuration)]))


def _names_a_secret(channel: ChannelConfig) -> bool:
    return any(isinstance(value, Secret) for _, value in channel.options)
