"""Fetches other people's pages: politely for them, safely for us.

Politely: one request at a time to a host with a pause between, robots.txt honoured, little read. Safely: only http and https, only
ports of the web, only public computers (checked after each look-up and each redirect; the connection goes to the address that was
checked), and bounds on time, size and redirects whatever the other side does.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from time import monotonic

import certifi
import httpx

from bot.studio.public_address import Address, Network, NotPublic, Resolve, look_up, public_addresses
from bot.studio.robots import Robots

PAGE_BYTES = 64 * 1024
MOST_ADDRESS = 700
"""Characters of a web address; longer ones are not looked at. Fits an index of PostgreSQL in any script."""
_ROBOTS_BYTES = 500 * 1024
"""What a robots.txt may fill (RFC 9309, 2.5)."""
_MOST_CRAWL_DELAY = 10.0


@dataclass(frozen=True)
class FetchRules:
    """How the fetcher behaves.

    `agent`: User-Agent, whose first word robots.txt is read for. `host_delay`: seconds between two requests to a host. `at_once`: hosts
    asked at a time. `timeout`: seconds for a request, body and all. `networks`: those that may be called although they are not public.
    """

    agent: str
    host_delay: float = 1.0
    at_once: int = 8
    timeout: float = 10.0
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443})
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Hop:
    """A redirect: `address` answered `status` and sent on to `target`."""

    address: str
    status: int
    target: str

    @property
    def permanent(self) -> bool:
        """Whether the other side says that the new address holds for good."""
        return self.status in (301, 308)


@dataclass(frozen=True)
class Answer:
    """What one address answered. `body` is cut off where reading stopped; `whole` tells whether it was."""

    address: str
    status: int
    headers: httpx.Headers
    body: bytes
    whole: bool

    @property
    def content_type(self) -> str:
        """E.g. `text/html`; empty when not told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text, in the encoding it says it has; what can't be read becomes `\\ufffd`."""
        told = Message()
        told["content-type"] = self.headers.get("content-type", "")
        try:
            return self.body.decode(told.get_content_charset() or "utf-8", "replace")
        except (LookupError, ValueError):
            return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Followed:
    """Where an address led in the end."""

    hops: tuple[Hop, ...]
    answer: Answer


class Unfetched(Exception):
    """No answer.

    `kind`: timeout, tls, unreachable (no such host, or it takes no calls), unsafe (not ours to call), broken (not HTTP), loop (too many
    redirects), cookies (redirects that only someone who keeps cookies gets out of), robots. `hops`: redirects until then.
    """

    def __init__(self, kind: str, detail: str = "", hops: tuple[Hop, ...] = ()) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail[:200]
        self.hops = hops


class PoliteFetch:
    """One round of fetching; remembers each host's robots.txt and last request. Use as `async with`.

    Args:
        rules: how to behave.
        resolve: how a host's addresses are found.
    """

    def __init__(self, rules: FetchRules, resolve: Resolve = look_up) -> None:
        self.rules = rules
        self._resolve = resolve
        self._robots = Robots(self._robots_file, rules.agent)
        self._slots = asyncio.Semaphore(rules.at_once)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked_at: defaultdict[str, float] = defaultdict(lambda: float("-inf"))
        # Those of the system, where a municipality adds its own, and the usual ones, as a small container may have none.
        trusted = ssl.create_default_context()
        trusted.load_verify_locations(certifi.where())
        # A connection is never used again: another site may live on the same address.
        self._transport = httpx.AsyncHTTPTransport(
            verify=trusted, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def __aenter__(self) -> PoliteFetch:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._transport.aclose()

    async def follow(self, method: str, address: str, most_bytes: int = PAGE_BYTES) -> Followed:
        """Ask an address, and those it redirects to. Raises Unfetched."""
        return await self._follow(method, address, most_bytes, ask_robots=True)

    async def _follow(self, method: str, address: str, most_bytes: int, *, ask_robots: bool) -> Followed:
        hops: list[Hop] = []
        cookies = False
        while True:
            try:
                if ask_robots and not await self._robots.allow(str(destination(address, self.rules.ports))):
                    raise Unfetched("robots")
                answer = await self._ask(method, address, most_bytes)
                target = _target(answer)
            except Unfetched as error:
                raise Unfetched(error.kind, error.detail, tuple(hops)) from error
            if target is None:
                return Followed(tuple(hops), answer)
            hops.append(Hop(address, answer.status, target))
            cookies = cookies or "set-cookie" in answer.headers
            if len(hops) > self.rules.redirects or target in {hop.address for hop in hops}:
                raise Unfetched("cookies" if cookies else "loop", target, tuple(hops))
            address = target

    async def _robots_file(self, address: str) -> tuple[int, str]:
        answer = (await self._follow("GET", address, _ROBOTS_BYTES, ask_robots=False)).answer
        return answer.status, answer.text()

    async def _ask(self, method: str, address: str, most_bytes: int) -> Answer:
        url = destination(address, self.rules.ports)
        async with self._turn(url):
            try:
                async with asyncio.timeout(self.rules.timeout):
                    return await self._connect_and_ask(method, url, most_bytes)
            except (TimeoutError, httpx.TimeoutException) as error:
                raise Unfetched("timeout") from error
            except NotPublic as error:
                raise Unfetched("unsafe", str(error)) from error
            except httpx.ConnectError as error:
                raise Unfetched("tls" if _about_tls(error) else "unreachable", str(error)) from error
            except (OSError, UnicodeError) as error:
                raise Unfetched("unreachable", str(error)) from error
            except (httpx.TransportError, zlib.error) as error:
                raise Unfetched("broken", str(error)) from error

    async def _connect_and_ask(self, method: str, url: httpx.URL, most_bytes: int) -> Answer:
        host = url.raw_host.decode("ascii")
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        *others, last = await public_addresses(host, port, self._resolve, self.rules.networks)
        for address in others:
            try:
                return await self._ask_at(address, method, url, most_bytes)
            except httpx.ConnectError:
                continue  # e.g. IPv6 where this machine has none
        return await self._ask_at(last, method, url, most_bytes)

    async def _ask_at(self, address: Address, method: str, url: httpx.URL, most_bytes: int) -> Answer:
        request = httpx.Request(
            method,
            # The address, so that nothing looks the name up a second time; the name goes in the header and to TLS.
            url.copy_with(host=str(address)),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": self.rules.agent,
                "Accept": "*/*",
                "Accept-Language": "da, en;q=0.5",
                "Accept-Encoding": "identity",
            },
            extensions={
                "sni_hostname": url.raw_host.decode("ascii"),
                "timeout": httpx.Timeout(self.rules.timeout).as_dict(),
            },
        )
        response = await self._transport.handle_async_request(request)
        raw, whole = bytearray(), True
        try:
            if method != "HEAD" and not response.has_redirect_location:
                async for chunk in response.aiter_raw():
                    raw += chunk
                    if len(raw) > most_bytes:
                        whole = False
                        break
        finally:
            await response.aclose()
        body, complete = unpacked(bytes(raw[:most_bytes]), response.headers.get("content-encoding", ""), most_bytes)
        return Answer(str(url), response.status_code, response.headers, body, whole and complete)

    @asynccontextmanager
    async def _turn(self, url: httpx.URL) -> AsyncIterator[None]:
        host = url.host.removeprefix("www.")
        async with self._turns[host]:
            wanted = min(self._robots.delay(str(url)) or 0.0, _MOST_CRAWL_DELAY)
            pause = max(self.rules.host_delay, wanted)
            await asyncio.sleep(self._asked_at[host] + pause - monotonic())
            async with self._slots:
                try:
                    yield
                finally:
                    self._asked_at[host] = monotonic()


def destination(address: str, ports: frozenset[int]) -> httpx.URL:
    """The address, taken apart. Raises Unfetched («unsafe») for what isn't an ordinary web address."""
    try:
        url = httpx.URL(address)
        port = url.port
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Unfetched("unsafe", address) from error
    usual = {"http": 80, "https": 443}
    if url.scheme not in usual or not url.host or url.userinfo or len(address) > MOST_ADDRESS:
        raise Unfetched("unsafe", address)
    if (port or usual[url.scheme]) not in ports:
        raise Unfetched("unsafe", address)
    return url.copy_with(fragment=None)


def unpacked(packed: bytes, encoding: str, most_bytes: int) -> tuple[bytes, bool]:
    """At most `most_bytes` of what was packed, and whether that is all. Some servers pack though asked not to."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return packed, True
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # reads the header to tell gzip from deflate
    body = unpack.decompress(packed, most_bytes)
    return body, unpack.eof


def _target(answer: Answer) -> str | None:
    """Where a redirect sends us; None when it is none."""
    location = answer.headers.get("location")
    if answer.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        return str(httpx.URL(answer.address).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Unfetched("broken", location) from error


def _about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
