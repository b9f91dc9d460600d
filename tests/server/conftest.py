"""The real server on a real port, in the test's own event loop, with a small engine."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio
import websockets
from sanic import Sanic
from websockets.legacy.client import WebSocketClientProtocol

from bot.desk.context import Desk
from bot.server.app import create_app
from bot.settings import Settings
from tests.server.engines import EchoEngine

# Without it Sanic lets one process start only one server.
Sanic.test_mode = True

# Neither is anything published in these tests.
NO_HURRY = {
    "studio": False,
    "session_per_minute": 1e6,
    "session_burst": 10**6,
    "address_per_minute": 1e6,
    "address_burst": 10**6,
}


@dataclass
class Server:
    """A running server."""

    http: httpx.AsyncClient
    port: int
    engine: EchoEngine
    settings: Settings
    desk: Desk
    app: Sanic

    async def session(self) -> dict[str, Any]:
        """A new conversation."""
        answer = await self.http.post("/api/chat/session", json={})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def send(self, token: str, text: str, client_id: str | None = None) -> httpx.Response:
        """A message over HTTP."""
        content = {"client_id": client_id or str(uuid4()), "text": text}
        return await self.http.post("/api/chat/messages", json=content, headers={"Authorization": f"Bearer {token}"})

    @asynccontextmanager
    async def socket(self, token: str | None = None, after: int = 0, **options: Any) -> AsyncIterator[Browser]:
        """A WebSocket that has said hello."""
        async with websockets.connect(f"ws://127.0.0.1:{self.port}/api/chat/ws", **options) as connection:  # type: ignore[attr-defined]
            browser = Browser(connection)
            await browser.send(type="hello", token=token, after=after)
            browser.welcome = await browser.next("welcome")
            yield browser


class Browser:
    """The browser's end of a WebSocket."""

    def __init__(self, connection: WebSocketClientProtocol) -> None:
        self.connection = connection
        self.welcome: dict[str, Any] = {}

    async def send(self, **event: Any) -> None:
        await self.connection.send(json.dumps(event))

    async def say(self, text: str, client_id: str | None = None) -> str:
        client_id = client_id or str(uuid4())
        await self.send(type="message", client_id=client_id, text=text)
        return client_id

    async def event(self) -> dict[str, Any]:
        return dict(json.loads(await asyncio.wait_for(self.connection.recv(), 5)))

    async def next(self, kind: str) -> dict[str, Any]:
        """The next event of a kind; others in between are let go."""
        while (event := await self.event())["type"] != kind:
            pass
        return event

    async def answer(self) -> dict[str, Any]:
        """The next message that isn't the citizen's own."""
        while (message := (await self.next("message"))["message"])["author"] == "citizen":
            pass
        return dict(message)

    async def quiet(self) -> list[dict[str, Any]]:
        """Everything that came before the answer to a ping."""
        await self.send(type="ping")
        events = []
        while (event := await self.event())["type"] != "pong":
            events.append(event)
        return events


StartServer = Callable[..., Awaitable[Server]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[StartServer]:
    """Start a server: `await start(engine, **settings)`; all are stopped after the test."""
    async with AsyncExitStack() as stack:

        async def start_one(
            engine: EchoEngine | None = None, app_options: dict[str, Any] | None = None, **changed: Any
        ) -> Server:
            settings = Settings(**{"var": tmp_path, **NO_HURRY, **changed})
            return await stack.enter_async_context(serving(settings, engine or EchoEngine(), app_options or {}))

        yield start_one


@pytest_asyncio.fixture
async def server(start: StartServer) -> Server:
    """A server with the echo engine."""
    return await start()


@asynccontextmanager
async def serving(settings: Settings, engine: EchoEngine, app_options: dict[str, Any]) -> AsyncIterator[Server]:
    """A server while the context is open."""
    app = create_app(settings, engine, **app_options)
    # A socket of our own, as Sanic takes port 0 for "the default".
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    serving = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert serving is not None
    await serving.startup()
    await serving.before_start()
    await serving.after_start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
        yield Server(http, port, engine, settings, app.ctx.desk, app)
    await serving.before_stop()
    serving.server.close()
    for connection in list(serving.connections):
        connection.close_if_idle()
    await serving.after_stop()
