"""Who should hear that something happened: in this process, and through Redis in the others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

DESK = "desk"
"""The room of all staff: that something changed, never what a citizen wrote."""

Listener = Callable[[dict[str, Any]], None]

_CHANNEL = "odder:live"
_RETRY_SECONDS = 1.0
_MOST_WAITING = 10_000


class Live(Protocol):
    """Rooms with listeners. A room is a conversation's id or DESK."""

    async def start(self) -> None:
        """Begin to hear other processes."""

    async def stop(self) -> None:
        """Cease to hear them."""

    def tell(self, room: str, event: dict[str, Any]) -> None:
        """Tell everyone in the room. Never waits, never fails."""

    def hear(self, room: str, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with each event of the room. Returns what ends it."""


class MemoryLive:
    """The rooms of one process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    async def start(self) -> None:
        """See Live."""

    async def stop(self) -> None:
        """See Live."""

    def tell(self, room: str, event: dict[str, Any]) -> None:
        """See Live."""
        for listener in list(self._listeners.get(room, ())):
            listener(event)

    def hear(self, room: str, listener: Listener) -> Callable[[], None]:
        """See Live."""
        self._listeners[room].add(listener)

        def leave() -> None:
            self._listeners[room].discard(listener)
            if not self._listeners[room]:
                del self._listeners[room]

        return leave


class RedisLive(MemoryLive):
    """The rooms of several processes.

    Listeners of the same process hear at once, also while Redis is away; those elsewhere then catch up from the database when
    their browser asks again.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._origin = uuid4().hex
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """See Live."""
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """See Live."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, room: str, event: dict[str, Any]) -> None:
        """See Live."""
        super().tell(room, event)
        with suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(json.dumps([self._origin, room, event], ensure_ascii=False))

    async def _publish(self) -> None:
        async with Redis.from_url(self._url, socket_timeout=2.0, socket_connect_timeout=2.0) as redis:
            while True:
                event = await self._outgoing.get()
                try:
                    await redis.publish(_CHANNEL, event)
                except (RedisError, OSError):
                    logger.error("redis away: other workers don't hear")
                    await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        while True:
            with suppress(RedisError, OSError):
                async with Redis.from_url(self._url, socket_connect_timeout=2.0) as redis, redis.pubsub() as heard:
                    await heard.subscribe(_CHANNEL)
                    async for message in heard.listen():
                        if message["type"] == "message":
                            self._deliver(message["data"])
            await asyncio.sleep(_RETRY_SECONDS)

    def _deliver(self, data: bytes) -> None:
        origin, room, event = json.loads(data)
        if origin != self._origin:
            super().tell(room, event)
