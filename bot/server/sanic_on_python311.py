"""Two faults in the WebSockets of Sanic 21.12, the newest that Rasa 3.6 takes.

- It hands `asyncio.wait` a bare coroutine, which Python 3.11 refuses: no message can be received.
- A text frame that isn't UTF-8 leaves the connection open and deaf; RFC 6455 (8.1) wants it closed with 1007.

Try without this file when Rasa allows a newer Sanic.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sanic.server.websockets.frame import WebsocketFrameAssembler
from websockets.frames import Frame

_get = WebsocketFrameAssembler.get
_put = WebsocketFrameAssembler.put
_NOT_UTF8 = 1007


def _get_as_task(assembler: WebsocketFrameAssembler, timeout: float | None = None) -> asyncio.Task[Any]:
    return asyncio.ensure_future(_get(assembler, timeout))


async def _put_or_close(assembler: WebsocketFrameAssembler, frame: Frame) -> None:
    try:
        await _put(assembler, frame)
    except UnicodeDecodeError:
        assembler.protocol.fail_connection(_NOT_UTF8)


def mend() -> None:
    """Make Sanic's WebSockets receive. May be called again."""
    WebsocketFrameAssembler.get = _get_as_task
    WebsocketFrameAssembler.put = _put_or_close
