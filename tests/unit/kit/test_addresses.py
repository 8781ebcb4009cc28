"""Inward addresses are known in every notation."""

import pytest

from tongxi.kit.addresses import is_public, may_be_allowed


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_ones_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.0.192",
        "168.63.129.16",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "0177.0.0.1", "2130706433", "0x7f.1", "localhost", "",
    ],
)  # fmt: skip
def test_all_others_do_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "fd12::7", "192.168.0.9"])
def test_an_administrator_may_open_the_own_network(address: str) -> None:
    assert may_be_allowed(address)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "224.0.0.1", "0.0.0.0",
     "2002:a9fe:a9fe::", "64:ff9b::a9fe:a9fe"],
)  # fmt: skip
def test_metadata_of_clouds_stays_closed_even_then(address: str) -> None:
    assert not may_be_allowed(address)
