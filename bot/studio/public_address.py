"""Which computers the server may call on behalf of an editor: only those that all of the internet can reach."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A host's name and a port → its addresses. Raises OSError when there are none."""

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 that a gateway turns into IPv4 (RFC 6052, RFC 8215)."""


class NotPublic(Exception):
    """The host is, or hides, a computer that outsiders can't reach. The message is its address."""


async def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver knows for `host`. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


async def public_addresses(host: str, port: int, resolve: Resolve, known: Sequence[Network] = ()) -> list[Address]:
    """Addresses of `host` to connect to. The caller must use these and not look the name up again: the answer may change.

    Args:
        known: networks that may be called although they are not public.

    Raises:
        NotPublic: as soon as one of the addresses is none of ours to call.
        OSError: there is no such host.
    """
    # The zone of a link-local address (fe80::1%eth0) is no part of the address.
    addresses = [ip_address(found.partition("%")[0]) for found in await resolve(host, port)]
    for address in addresses:
        if not is_public(address) and not any(address in network for network in known):
            raise NotPublic(str(address))
    return addresses


def is_public(address: Address) -> bool:
    """Whether anyone on the internet could reach the address; of IPv6 that carries an IPv4 address, both must be public."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _NAT64) or address.is_site_local:
            return False
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if any(inner is not None and not is_public(inner) for inner in carried):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast and not address.is_reserved
