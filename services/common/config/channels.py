"""The channels of subscriptions.yml: the ways out and their options, by type."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.common.config import codes
from services.common.config.fields import (
    Fields,
    identifier,
    mapping_at,
    parsed,
    secret_address,
    web_address,
)
from services.common.config.yaml import Mapping, Node, Scalar
from services.common.contracts.subscription import (
    ON_UNKNOWN,
    ChannelConfig,
    OnUnknown,
    Secret,
)
from services.common.ids import ChannelId

Option = str | int | bool | tuple[str, ...] | Secret

_MAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_NTFY_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret that a channel needs: its place in the file, and what its value must pass."""

    secret: Secret
    node: Node
    check: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of a file. `names` holds those too that could not be read."""

    configs: tuple[ChannelConfig, ...] = ()
    names: frozenset[str] = frozenset()
    secrets: tuple[SecretUse, ...] = ()

    def type_of(self, name: str) -> str | None:
        """Return the type of a channel, None for one that is not here."""
        return next((config.type for config in self.configs if config.id == name), None)


def read_channels(root: Fields) -> Channels:
    """Return what stands under the key `channels`; mistakes go to the page's findings."""
    node = root.node_of("channels")
    if not isinstance(node, Mapping):
        root.mapping("channels", known=())  # says that it is none
        return Channels()
    configs: list[ChannelConfig] = []
    secrets: list[SecretUse] = []
    for name, place in node.keys.items():
        parsed(root.page, place, identifier)
        fields, kind = _fields_of(root, name, node)
        if fields is not None and kind is not None:
            configs.append(_channel(ChannelId(name), kind, fields, place))
            secrets += _secrets(fields, configs[-1], kind)
    return Channels(tuple(configs), frozenset(node.keys), tuple(secrets))


def webhook_secret(text: str) -> str:
    """Return `text` when it can sign: whsec_ and base64 of 24 to 64 bytes.

    Raises:
        ValueError: it cannot; the message does not show it.
    """
    try:
        size = len(base64.b64decode(text.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    if not text.startswith("whsec_") or not 24 <= size <= 64:
        raise ValueError('a webhook secret is "whsec_" and base64 of 24 to 64 bytes')
    return text


def options_of(kind: str) -> tuple[str, ...]:
    """Return the keys that a type of channel takes besides `type`."""
    return (*_KINDS[kind].options, *_OF_EVERY_KIND)


def _fields_of(root: Fields, name: str, channels: Mapping) -> tuple[Fields | None, _Kind | None]:
    """Return a channel's fields, checked against the options of its type."""
    node = channels.values[name]
    of = f'the channel "{name}"'
    shape = node if isinstance(node, Mapping) else Mapping(node.line, node.column)
    stated = shape.values.get("type")
    kind = _KINDS.get(stated.text) if isinstance(stated, Scalar) else None
    # The options of an unknown type cannot be judged.
    known = ("type", *kind.options, *_OF_EVERY_KIND) if kind else shape.keys
    fields = mapping_at(root.page, node, known=known, of=of)
    if fields is None:
        return None, None
    fields.require("type")
    fields.choice("type", _KINDS)
    return fields, kind


def _channel(name: ChannelId, kind: _Kind, fields: Fields, place: Scalar) -> ChannelConfig:
    every = kind.options | _OF_EVERY_KIND
    options = {key: read(fields, key) for key, read in every.items()}
    if not any(all(fields.has(key) for key in keys) for keys in kind.needs):
        ways = ", or ".join(" and ".join(f'"{key}"' for key in keys) for keys in kind.needs)
        fields.page.error(place, f'the channel "{name}" needs {ways}')
    return ChannelConfig(
        id=name,
        type=fields.text("type") or "",
        options=tuple((key, value) for key, value in options.items() if value is not None),
        origin=f"{fields.page.file}:{place.line}",
    )


def _secrets(fields: Fields, config: ChannelConfig, kind: _Kind) -> list[SecretUse]:
    return [
        SecretUse(value, fields.node.values[key], kind.checks.get(key, str))
        for key, value in config.options
        if isinstance(value, Secret)
    ]


def _text(fields: Fields, key: str) -> Option | None:
    return fields.text(key)


def _address(fields: Fields, key: str) -> Option | None:
    return fields.read(key, web_address)


def _topic(fields: Fields, key: str) -> Option | None:
    return fields.read(key, _ntfy_topic)


def _ntfy_topic(text: str) -> str:
    if not _NTFY_TOPIC.fullmatch(text):
        raise ValueError(f'"{text}" is no topic: write up to 64 letters, digits, hyphens and _')
    return text


def _language(fields: Fields, key: str) -> Option | None:
    return fields.read(key, codes.language)


def _on_unknown(fields: Fields, key: str) -> Option | None:
    return fields.choice(key, tuple(OnUnknown))


def _mail_addresses(fields: Fields, key: str) -> Option | None:
    """Return the addresses, each once: whoever stands there in two spellings gets one mail."""
    found: dict[str, str] = {}
    for node in fields.scalars(key):
        found.setdefault(node.text.casefold(), node.text)
        if not _MAIL_ADDRESS.fullmatch(node.text):
            fields.page.error(node, f'"{node.text}" is not a mail address')
    if (nobody := fields.empty_list(key)) is not None:
        fields.page.error(nobody, f'"{key}" names nobody')
    return tuple(found.values())


def _secret(fields: Fields, key: str) -> Option | None:
    """Return where a secret stands: {env: NAME} or {file: PATH}; one in the file gets a warning."""
    node = fields.node_of(key)
    if isinstance(node, Scalar):
        text = fields.text(key)
        hint = "write {env: NAME} or {file: PATH}"
        fields.page.warning(node, f'"{key}" stands here for everyone who reads the file: {hint}')
        return None if text is None else Secret(value=text)
    place = fields.mapping(key, known=("env", "file"))
    if place is None:
        return None
    env, file = place.text("env"), place.text("file")
    if (env is None) == (file is None):
        place.page.error(place.node, f'"{key}" has one place: {{env: NAME}} or {{file: PATH}}')
        return None
    return Secret(env=env, file=file)


_OF_EVERY_KIND: dict[str, Callable[[Fields, str], Option | None]] = {ON_UNKNOWN: _on_unknown}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a type of channel takes.

    `needs` are alternatives: every key of one of them must be there. `checks` are what the values
    of secrets must pass.
    """

    options: dict[str, Callable[[Fields, str], Option | None]]
    needs: tuple[tuple[str, ...], ...] = ((),)
    checks: dict[str, Callable[[str], str]] = field(default_factory=dict)


_KINDS = {
    "console": _Kind(options={}),
    "webhook": _Kind(
        options={"url": _address, "secret": _secret},
        needs=(("url",),),
        checks={"secret": webhook_secret},
    ),
    "slack": _Kind(
        options={"webhook": _secret, "channel": _text, "token": _secret, "language": _language},
        needs=(("webhook",), ("channel", "token")),
        checks={"webhook": secret_address},
    ),
    "email": _Kind(options={"to": _mail_addresses, "language": _language}, needs=(("to",),)),
    "telegram": _Kind(
        options={"chat": _text, "token": _secret, "language": _language},
        needs=(("chat", "token"),),
    ),
    "ntfy": _Kind(
        options={"url": _address, "topic": _topic, "token": _secret, "language": _language},
        needs=(("topic",),),
    ),
    "discord": _Kind(
        options={"webhook": _secret, "language": _language},
        needs=(("webhook",),),
        checks={"webhook": secret_address},
    ),
    "apprise": _Kind(options={"url": _secret, "language": _language}, needs=(("url",),)),
}
CHANNEL_TYPES = tuple(_KINDS)
