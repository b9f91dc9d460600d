"""The real server under citizens: start, memory, waits alone and in a crowd, and how much it can do.

The citizens run in this process, on the same machine as the server and at its cost, and only over 127.0.0.1. A wait is the time from
sending a message to having the bot's first bubble. Each citizen opens a new conversation after every TALK messages.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx
from websockets.legacy.client import WebSocketClientProtocol, connect

from bench.figures import Latency
from bench.sample import SEED
from bench.watched import Watched
from bot.answers.knowledge import knowledge

TALK = 5
CROWD = 16
FULL = 32
"""Citizens who together ask as fast as they are answered, to find the most the server can do."""

_READY_WITHIN = 120.0
_PATIENCE = 10.0
"""Seconds after which a message counts as failed."""
_NO_LIMITS = {
    "ODDER_SESSION_PER_MINUTE": "1e6",
    "ODDER_SESSION_BURST": "1000000",
    "ODDER_ADDRESS_PER_MINUTE": "1e6",
    "ODDER_ADDRESS_BURST": "1000000",
    "ODDER_CONNECTIONS_PER_ADDRESS": "1000",
}


@dataclass
class Waits:
    """What a number of citizens met: seconds of each answered message; by reason, messages that were not answered; seconds in all."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    took: float = 0.0

    def summary(self) -> dict[str, float]:
        """Percentiles in ms, messages a second, and failures. Raises RuntimeError with their reasons when nothing was answered."""
        if not self.seconds:
            raise RuntimeError(f"no message was answered: {dict(self.failures)}")
        latency = Latency.of(self.seconds)
        return {
            "p50_ms": latency.p50,
            "p95_ms": latency.p95,
            "per_second": len(self.seconds) / self.took,
            "messages": len(self.seconds),
            "failures": self.failures.total(),
        }


class Citizen(Protocol):
    """One browser."""

    async def begin(self) -> None:
        """Open a new conversation."""

    async def ask(self, text: str) -> str:
        """Send a message; the first bubble of the answer. Raises OSError, httpx.HTTPError or TimeoutError when none came."""


class ByHttp:
    """Over `POST /api/chat/messages`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._session: dict[str, str] = {}

    async def begin(self) -> None:
        """See Citizen."""
        self._session = {}
        self._session = {"Authorization": f"Bearer {(await self._post('session', {}))['token']}"}

    async def ask(self, text: str) -> str:
        """See Citizen."""
        answered = await self._post("messages", {"client_id": str(uuid4()), "text": text})
        return next((str(one["text"]) for one in answered["messages"] if one["author"] == "bot"), "")

    async def _post(self, act: str, content: dict[str, str]) -> dict[str, Any]:
        answer = await self._http.post(f"/api/chat/{act}", json=content, headers=self._session)
        answer.raise_for_status()
        return dict(answer.json())


class BySocket:
    """Over the WebSocket."""

    def __init__(self, connection: WebSocketClientProtocol) -> None:
        self._connection = connection
        self._greeted = False

    async def begin(self) -> None:
        """See Citizen."""
        await self._send(type="reset" if self._greeted else "hello")
        self._greeted = True
        while (await self._event())["type"] != "welcome":
            pass

    async def ask(self, text: str) -> str:
        """See Citizen."""
        client_id = str(uuid4())
        await self._send(type="message", client_id=client_id, text=text)
        seq: int | None = None
        while True:
            event = await self._event()
            if event["type"] == "error":
                raise OSError(event["code"])
            if event["type"] == "ack" and event["client_id"] == client_id:
                seq = event["seq"]
            elif event["type"] == "message" and seq is not None:
                message = event["message"]  # bubbles of the answer before may still come
                if message["author"] == "bot" and message["seq"] > seq:
                    return str(message["text"])

    async def _send(self, **event: Any) -> None:
        await self._connection.send(json.dumps(event))

    async def _event(self) -> dict[str, Any]:
        return dict(json.loads(await self._connection.recv()))


def measure_server(work: Path, texts: Sequence[str], messages: int, seconds: float) -> dict[str, Any]:
    """Start `python -m bot.server` with the newest model and a database of its own, and measure.

    Args:
        work: folder for the database and the log.
        texts: what citizens write, in random order, again from the start when all are used.
        messages: how many in each measurement of waits.
        seconds: length of the measurement of the most the server can do.

    Returns:
        `start_s`, `ready_mb`, `peak_mb`, and by name of measurement what `Waits.summary` gives.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {**_NO_LIMITS, "ODDER_PORT": str(port), "ODDER_VAR": str(work / "var")}
    with Watched((sys.executable, "-m", "bot.server"), work / "server.log", environment) as server:
        start_s = _ready(server, f"http://127.0.0.1:{port}/ready")
        ready_mb = server.memory_mb()
        waits = asyncio.run(_all_waits(port, texts, messages, seconds))
        return {"start_s": start_s, "ready_mb": ready_mb, "peak_mb": server.peak_mb, **waits}


def _ready(server: Watched, address: str) -> float:
    while server.running and server.seconds < _READY_WITHIN:
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return server.seconds
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server was not ready within {server.seconds:.0f} s; see its log")


async def _all_waits(port: int, texts: Sequence[str], messages: int, seconds: float) -> dict[str, Any]:
    shuffled = random.Random(SEED).sample(texts, len(texts))
    endless = itertools.cycle(shuffled)

    def first(count: int) -> Iterator[str]:
        return itertools.islice(endless, count)

    def until_end() -> Iterator[str]:
        end = time.perf_counter() + seconds
        return itertools.takewhile(lambda _: time.perf_counter() < end, endless)

    await _crowd(port, BySocket, 1, first(20))  # the first messages of a process are not typical
    return {
        "http_alone": (await _crowd(port, ByHttp, 1, first(messages))).summary(),
        "socket_alone": (await _crowd(port, BySocket, 1, first(messages))).summary(),
        "http_crowd": (await _crowd(port, ByHttp, CROWD, first(messages))).summary(),
        "socket_crowd": (await _crowd(port, BySocket, CROWD, first(messages))).summary(),
        "full": (await _crowd(port, BySocket, FULL, until_end())).summary(),
    }


async def _crowd(port: int, kind: Callable[[Any], Citizen], count: int, texts: Iterator[str]) -> Waits:
    """`count` citizens who share the texts and never pause: each sends its next when it has an answer."""
    apology = knowledge().texts.say("engine_failed")
    waits = Waits()
    async with AsyncExitStack() as stack:
        citizens = []
        for _ in range(count):
            channel: Any = (
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE)
                if kind is ByHttp
                else connect(f"ws://127.0.0.1:{port}/api/chat/ws")
            )
            citizens.append(kind(await stack.enter_async_context(channel)))
        begun = time.perf_counter()
        await asyncio.gather(*(_talk(citizen, texts, waits, apology) for citizen in citizens))
        waits.took = time.perf_counter() - begun
    return waits


async def _talk(citizen: Citizen, texts: Iterator[str], waits: Waits, apology: str) -> None:
    for number, text in enumerate(texts):
        try:
            if number % TALK == 0:
                await asyncio.wait_for(citizen.begin(), _PATIENCE)
            begun = time.perf_counter()
            answer = await asyncio.wait_for(citizen.ask(text), _PATIENCE)
        except (OSError, httpx.HTTPError, TimeoutError) as error:
            waits.failures[repr(error)] += 1
            continue
        if not answer or answer == apology:
            waits.failures["apology" if answer else "silence"] += 1
        else:
            waits.seconds.append(time.perf_counter() - begun)
