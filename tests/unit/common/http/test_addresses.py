from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import RefusedAddressError
from services.common.http.addresses import AddressGuard

REFUSED = [
    "0.0.0.0",  # noqa: S104  an address to refuse, not to bind
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001:0:808:808::80ff:fffe",  # Teredo: the client behind it is 127.0.0.1
    "2001:0:7f00:1::f7f7:f7f7",  # Teredo: its server is 127.0.0.1
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2a00:1450::5efe:10.0.0.1",  # ISATAP
    "3fff::1",
    "4000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
REACHED = ["1.1.1.1", "8.8.8.8", "2a00:1450:4001::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address: str) -> None:
    guard = AddressGuard()

    with pytest.raises(RefusedAddressError):
        guard.check(address)


@pytest.mark.parametrize("address", REACHED)
def test_a_public_address_is_reached_whichever_way_it_is_written(address: str) -> None:
    assert AddressGuard().refusal(address) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::"])
def test_an_allowed_network_exempts_its_addresses_where_they_hide_too(address: str) -> None:
    guard = AddressGuard([ipaddress.ip_network("127.0.0.0/8")])

    assert guard.refusal(address) is None
    assert guard.is_exempt(address)
    assert guard.refusal("10.0.0.1") is not None
    assert guard.refusal("::1") is not None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_disguise(plain: ipaddress.IPv4Address) -> None:
    guard = AddressGuard()
    refused = guard.refusal(str(plain)) is not None
    disguises = [
        ipaddress.IPv6Address(int(plain) + (0xFFFF << 32)),
        ipaddress.IPv6Address(int(plain) + (0x64FF9B << 96)),
        ipaddress.IPv6Address((0x2002 << 112) + (int(plain) << 80)),
    ]

    verdicts = {guard.refusal(str(address)) is not None for address in disguises}

    assert verdicts == {refused}


@given(st.ip_addresses(v=6))
def test_every_address_gets_a_verdict(address: ipaddress.IPv6Address) -> None:
    guard = AddressGuard()

    assert guard.refusal(str(address)) is None or not guard.is_exempt(str(address))
