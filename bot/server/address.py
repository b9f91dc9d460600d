"""Who is calling, and from which site: never taken from a header that anyone can write."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from sanic.request import Request

Networks = Sequence[IPv4Network | IPv6Network]


def client_address(request: Request, proxies: Networks) -> str:
    """The caller's IP address: the nearest hop in X-Forwarded-For that isn't one of our own proxies."""
    address = str(request.ip)
    hops = [hop.strip() for hop in ",".join(request.headers.getall("x-forwarded-for", [])).split(",")]
    while _is_proxy(address, proxies) and hops:
        address = hops.pop() or address
    return address


def origin_allowed(request: Request, allowed: Sequence[str], proxies: Networks) -> bool:
    """Whether the page that calls may: our own, one that the settings name, or no page at all (no Origin)."""
    origin = request.headers.get("origin")
    if origin is None or "*" in allowed or origin in allowed:
        return True
    return urlsplit(origin).netloc == _host(request, proxies)


def came_by_https(request: Request, proxies: Networks) -> bool:
    """Whether the browser's connection is encrypted, here or at our own proxy."""
    forwarded = request.headers.get("x-forwarded-proto")
    if forwarded and _is_proxy(str(request.ip), proxies):
        return bool(forwarded.lower() == "https")
    return request.scheme in ("https", "wss")


def own_address(request: Request, proxies: Networks) -> str:
    """The address the browser uses for this server, e.g. `https://chat.odder.dk`."""
    scheme = "https" if came_by_https(request, proxies) else "http"
    return f"{scheme}://{_host(request, proxies)}"


def _host(request: Request, proxies: Networks) -> str:
    forwarded = request.headers.get("x-forwarded-host")
    if forwarded and _is_proxy(str(request.ip), proxies):
        return forwarded
    return request.headers.get("host", "")


def _is_proxy(address: str, proxies: Networks) -> bool:
    try:
        return any(ip_address(address) in network for network in proxies)
    except ValueError:
        return False
