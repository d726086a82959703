"""Which addresses feeds and webhooks may reach: the public Internet, and what the operator allows.

The table is our own: Python 3.11's `is_global` calls NAT64, 6to4, site-local and multicast addresses
global. IPv4 addresses hide in several kinds of IPv6 addresses and are judged as what they are.

Sources: IANA's special-purpose address registries; RFC 4291, 4380, 3056, 6052, 5214, 2765.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from services.common.errors import RefusedAddressError

IPv4 = ipaddress.IPv4Address
IPv6 = ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REFUSED: dict[str, str] = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "a carrier's own network",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's metadata",
    "169.254.0.0/16": "link-local or a cloud's metadata",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "a private network",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved or broadcast",
    "::/128": "this host",
    "::1/128": "loopback",
    "64:ff9b:1::/48": "a network's own NAT64",
    "100::/64": "discarded",
    "2001::/23": "reserved",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "a private network or a cloud's metadata",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_REFUSED_NETWORKS = tuple((ipaddress.ip_network(text), name) for text, name in _REFUSED.items())
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_TEREDO = ipaddress.IPv6Network("2001::/32")
# The last 32 bits are an IPv4 address: compatible, mapped, translated (SIIT), NAT64.
_IPV4_AT_THE_END = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
_ISATAP = 0x0000_5EFE  # the 32 bits before the IPv4 address, the universal/local bit aside


class AddressGuard:
    """Says of an address whether it may be connected to.

    `allowed_networks` are the operator's own exemptions (`KABAR_ALLOW_NETWORKS`); an IPv4 network in
    them also exempts its addresses where they hide in IPv6 ones.
    """

    def __init__(self, allowed_networks: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed_networks)

    def is_exempt(self, address: str) -> bool:
        """Return whether the operator's list names this numeric address."""
        return all(self._names(part) for part in _meanings(address))

    def refusal(self, address: str) -> str | None:
        """Return what kind of address this numeric one is when it is refused, else None."""
        for part in _meanings(address):
            if not self._names(part) and (kind := _kind(part)) is not None:
                return kind
        return None

    def refusal_of_url(self, url: str) -> str | None:
        """Return the kind of a refused address; None for any other and for a name, since nobody is asked."""
        host = urlsplit(url).hostname or ""
        address = "127.0.0.1" if host == "localhost" else numeric(host)
        return None if address is None else self.refusal(address)

    def check(self, address: str) -> None:
        """Return when the numeric `address` may be connected to.

        Raises:
            RefusedAddressError: it may not. Do not try again; the operator can allow its network.
        """
        if (kind := self.refusal(address)) is not None:
            raise RefusedAddressError(
                f"{address} is not reached: {kind}. KABAR_ALLOW_NETWORKS can exempt it."
            )

    def _names(self, address: IPv4 | IPv6) -> bool:
        return any(address in network for network in self._allowed)


def numeric(host: str) -> str | None:
    """Return the address that `host` spells out, None where it is a name.

    Also one in the ways that resolvers know besides: 127.1, 0x7f000001, 2130706433.
    """
    host = host.rstrip(".")
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    try:
        return str(IPv4(socket.inet_aton(host)))
    except (OSError, ValueError):
        return None


def _meanings(address: str) -> list[IPv4 | IPv6]:
    """Return the addresses that `address` reaches: those hidden in it, or itself."""
    plain = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(plain, IPv4):
        return [plain]
    return list(_hidden(plain)) or [plain]


def _hidden(address: IPv6) -> Iterator[IPv4 | IPv6]:
    value = int(address)
    if value in {0, 1}:
        return
    if any(address in network for network in _IPV4_AT_THE_END):
        yield IPv4(value & 0xFFFF_FFFF)
    elif address in _SIX_TO_FOUR:
        yield IPv4((value >> 80) & 0xFFFF_FFFF)
    elif address in _TEREDO:
        yield IPv4((value >> 64) & 0xFFFF_FFFF)  # its server
        yield IPv4(~value & 0xFFFF_FFFF)  # the client behind it, with all bits turned
    elif (value >> 32) & 0xFDFF_FFFF == _ISATAP:
        yield address
        yield IPv4(value & 0xFFFF_FFFF)


def _kind(address: IPv4 | IPv6) -> str | None:
    for network, kind in _REFUSED_NETWORKS:
        if address in network:
            return kind
    if isinstance(address, IPv6) and address not in _GLOBAL_UNICAST:
        return "not an address of the public Internet"
    return None
