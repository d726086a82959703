"""Settings: what the environment says, read once, all mistakes at once.

Every setting is `KABAR_<NAME>`; `KABAR_<NAME>_FILE` names a file that holds it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from yarl import URL

from services.common.durations import parse_duration
from services.common.errors import ConfigurationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PREFIX = "KABAR_"
# docker-compose.yml reads it in .env, all of which the alerter's container is given.
_OF_COMPOSE = {"KABAR_CONFIG_DIR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The process's settings; the defaults run `kabar run` on a laptop. Addresses are URLs."""

    config: Path = Path("config")
    data: Path = Path("data")
    bus: str = "sqlite"
    store: str = "sqlite"
    host: str = "127.0.0.1"
    port: int | None = None
    allow_networks: tuple[Network, ...] = ()
    public_url: str | None = None
    contact: str | None = None
    proxy: str | None = field(default=None, repr=False)
    smtp: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    alert_horizon: timedelta = timedelta(hours=24)
    disk_low: int = 200_000_000
    log: str = "info"

    @property
    def kafka_servers(self) -> tuple[str, ...]:
        """Return the brokers as host:port, empty where the bus is SQLite."""
        return _servers(self.bus) if self.bus != "sqlite" else ()


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `environment` gives, the process's own unless told.

    Raises:
        ConfigurationError: with one line for each setting that cannot be used.
    """
    variables = os.environ if environment is None else environment  # noqa: TID251  the one place
    values: dict[str, object] = {}
    mistakes: list[str] = []
    for name, parse in _PARSERS.items():
        variable = _PREFIX + name.upper()
        try:
            text = _text_of(variable, variables)
            if text is not None:
                values[name] = parse(text)
        except UnicodeDecodeError:
            mistakes.append(f"{variable}_FILE: the file is not UTF-8.")
        except OSError as error:
            mistakes.append(f"{variable}_FILE: {error.filename} cannot be read: {error.strerror}.")
        except ValueError as error:
            mistakes.append(f"{variable}: {error}")
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))
    return Settings(**values)  # type: ignore[arg-type]  # each parser gives its field's type


def misspelt(config: Path, environment: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each variable that looks like a setting and is none: it does nothing.

    One that subscriptions.yml in the directory `config` names is a secret, whatever it looks like, and so may be
    others that begin with KABAR_.
    """
    variables = os.environ if environment is None else environment  # noqa: TID251  as above
    known = {f"{_PREFIX}{name.upper()}" for name in _PARSERS}
    known_or_named = known | _OF_COMPOSE | _named_in(config)
    names = sorted(
        each.removesuffix("_FILE")
        for each in variables
        if each.startswith(_PREFIX) and each not in known_or_named
    )
    return [
        f"{name} is no setting; did you mean {near}?"
        for name in names
        if name not in known_or_named and (near := _near(name, known))
    ]


def _named_in(config: Path) -> set[str]:
    """Return the variables of ours that subscriptions.yml names, also where it has mistakes."""
    path = config / "subscriptions.yml"
    try:
        if not path.is_file():  # a pipe would be waited for
            return set()
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return set(re.findall(rf"\b{_PREFIX}\w+", text))


def _near(name: str, known: Collection[str]) -> str | None:
    """Return the setting that `name` is almost, or says more than: KABAR_LOG_LEVEL is KABAR_LOG."""
    longer = [each for each in known if name.startswith(f"{each}_")]
    ends = {each.removeprefix(_PREFIX): each for each in known}
    close = get_close_matches(name.removeprefix(_PREFIX), ends, n=1, cutoff=0.75)
    return next(iter([*longer, *(ends[end] for end in close)]), None)


def _text_of(variable: str, variables: Mapping[str, str]) -> str | None:
    """Return the setting's text, None where it is absent or empty."""
    file_variable = f"{variable}_FILE"
    if file := variables.get(file_variable, "").strip():
        if variables.get(variable):
            raise ValueError(f"set it or {file_variable}, not both.")
        return Path(file).read_text(encoding="utf-8").strip() or None
    return variables.get(variable, "").strip() or None


def _bus(text: str) -> str:
    if text == "sqlite" or (text.startswith("kafka://") and all(map(_is_server, _servers(text)))):
        return text
    shown = "what was set" if "@" in text else f'"{text}"'
    raise ValueError(f"{shown} is neither sqlite nor kafka://host:port[,host:port].")


def _servers(bus: str) -> tuple[str, ...]:
    return tuple(server.strip() for server in bus.removeprefix("kafka://").split(","))


def _is_server(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(_HOST.fullmatch(host)) and _is_port(port) and int(port) > 0


# No user and password before the host: no broker would be asked with them.
_HOST = re.compile(r"[\w.-]+|\[[0-9a-fA-F:.%]+\]")


def _is_port(text: str) -> bool:
    return text.isdecimal() and int(text) < 65_536


def _store(text: str) -> str:
    if text == "sqlite" or text.startswith("unix://"):
        return text
    return _with_password(text, {"redis", "rediss"}, form="sqlite or redis://[:password@]host:port")


def _port(text: str) -> int:
    # 0 would be a port that neither the login link nor the health check could name.
    if _is_port(text) and int(text) > 0:
        return int(text)
    raise ValueError(f'"{text}" is not a port: write a number from 1 to 65535.')


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        meant = _network_around(text)
    hint = f"did you mean {meant}?" if meant else "write one as in 10.0.0.0/8, with commas between."
    raise ValueError(f'"{text}" is no network: {hint}')


def _network_around(address: str) -> Network | None:
    """Return the network that an address with the length of a network stands in."""
    try:
        return ipaddress.ip_network(address, strict=False)
    except ValueError:
        return None


def _size(text: str) -> int:
    """Return the bytes that `text` says."""
    number, unit = text[:-1], text[-1:]
    if number.isdecimal() and unit in _UNITS:
        return int(number) * _UNITS[unit]
    raise ValueError(f'"{text}" is not a size: write an integer and M or G, as in 200M.')


_UNITS = {"M": 1_000_000, "G": 1_000_000_000}


def _url(text: str) -> str:
    """Return the address as browsers send it: letters beyond ASCII, of a name too, are encoded."""
    try:
        text = text if text.isascii() else str(URL(text))
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(
            f'"{text}" is not an address with http:// or https://, as in https://kabar.example.org.'
        )
    return text.rstrip("/")


def _proxy(text: str) -> str:
    return _with_password(
        text, {"http", "https"}, form="http[s]://[user:password@]host:port"
    ).rstrip("/")


def _smtp(text: str) -> str:
    return _with_password(text, {"smtp", "smtps"}, form="smtp[s]://[user:password@]host:port")


def _sender(text: str) -> str:
    """Return a sender as mails name one: an address, with a name before it or without."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        raise ValueError(
            f'"{text}" is no sender: write kabar@example.org or kabar <kabar@example.org>.'
        )
    return text


def _with_password(text: str, schemes: Collection[str], *, form: str) -> str:
    """Return an address that may hold a password, which no message may show, nor may its parts.

    A slash in a password ends the host: the port is then a piece of the password.
    """
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"write {form}, with / ? # and @ in a password as %2F %3F %23 %40.")
    return text


def _log(text: str) -> str:
    if text in {"debug", "info", "warning", "error"}:
        return text
    raise ValueError(f'"{text}" is not one of debug, info, warning, error.')


_PARSERS: dict[str, Callable[[str], object]] = {
    "config": Path,
    "data": Path,
    "bus": _bus,
    "store": _store,
    "host": str,
    "port": _port,
    "allow_networks": _networks,
    "public_url": _url,
    "contact": str,
    "proxy": _proxy,
    "smtp": _smtp,
    "mail_from": _sender,
    "alert_horizon": parse_duration,
    "disk_low": _size,
    "log": _log,
}
