"""Everyone who looks at a conversation now: all the citizen's tabs hear the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from sanic.server.websockets.impl import WebsocketImplProtocol

from bot.live import Live

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
    """Sockets by conversation, in this process; what happens reaches them through `live`, also from other processes."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._leave: dict[tuple[str, Socket], Callable[[], None]] = {}

    def enter(self, conversation_id: str, socket: Socket) -> None:
        """Begin to hear."""
        if (conversation_id, socket) not in self._leave:
            self._leave[conversation_id, socket] = self.hear(conversation_id, socket.send)

    def hear(self, conversation_id: str, heard: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Call `heard` with each event of the conversation, until what is returned is called."""
        return self._live.hear(conversation_id, heard)

    def leave(self, conversation_id: str, socket: Socket) -> None:
        """Cease to hear."""
        end = self._leave.pop((conversation_id, socket), None)
        if end:
            end()

    def tell(self, conversation_id: str, event: dict[str, Any]) -> None:
        """Send an event of the chat protocol to everyone in the conversation."""
        self._live.tell(conversation_id, event)
