"""Sanic 21.12 (the newest that Rasa 3.6 takes) hands `asyncio.wait` a bare coroutine, which Python 3.11 refuses.

Without this no WebSocket message can be received. It can go when Rasa allows Sanic 22.12 or newer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sanic.server.websockets.frame import WebsocketFrameAssembler

_get = WebsocketFrameAssembler.get


def _get_as_task(assembler: WebsocketFrameAssembler, timeout: float | None = None) -> asyncio.Task[Any]:
    return asyncio.ensure_future(_get(assembler, timeout))


def mend() -> None:
    """Make `recv` of Sanic's WebSockets work. May be called again."""
    WebsocketFrameAssembler.get = _get_as_task
