"""Everyone who looks at a conversation now: all the citizen's tabs hear the same."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any

from sanic.server.websockets.impl import WebsocketImplProtocol

_MOST_WAITING = 200
"""Events a slow browser may be behind before it is cut off; it then reconnects and fetches what it missed."""


class Socket:
    """One open WebSocket with its own outgoing queue, so that a slow one holds up nobody else."""

    def __init__(self, connection: WebsocketImplProtocol) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._writer = asyncio.create_task(self._write())

    def send(self, event: dict[str, Any]) -> None:
        """Put an event in line."""
        try:
            self._waiting.put_nowait(json.dumps(event, ensure_ascii=False))
        except asyncio.QueueFull:
            self._connection.fail_connection(1013)

    async def flush(self) -> None:
        """Wait till all in line is sent."""
        await self._waiting.join()

    def close(self) -> None:
        """Stop sending."""
        self._writer.cancel()

    async def _write(self) -> None:
        while True:
            await self._connection.send(await self._waiting.get())
            self._waiting.task_done()


class Rooms:
    """Sockets by conversation."""

    def __init__(self) -> None:
        self._sockets: dict[str, set[Socket]] = defaultdict(set)

    def enter(self, conversation_id: str, socket: Socket) -> None:
        """Begin to hear."""
        self._sockets[conversation_id].add(socket)

    def leave(self, conversation_id: str, socket: Socket) -> None:
        """Cease to hear."""
        self._sockets[conversation_id].discard(socket)
        if not self._sockets[conversation_id]:
            del self._sockets[conversation_id]

    def tell(self, conversation_id: str, event: dict[str, Any]) -> None:
        """Send an event of the chat protocol to everyone in the conversation."""
        for socket in list(self._sockets.get(conversation_id, ())):
            socket.send(event)
