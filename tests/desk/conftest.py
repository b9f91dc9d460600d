"""The real server on a real port, and browsers of its staff."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from bot.desk.permission import Role, Staff
from bot.settings import Settings
from tests.server.conftest import NO_HURRY, Server, serving
from tests.server.engines import EchoEngine

PASSWORD = "korrekt hest batteri hæfteklamme"

OpenDesk = Callable[..., Awaitable["Office"]]


@dataclass
class Office:
    """A running server with a desk, and the browsers of those who work there."""

    server: Server
    stack: AsyncExitStack

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def browser(self) -> Browser:
        """A browser that is not logged in."""
        client = httpx.AsyncClient(base_url=self.url, headers={"Accept": "text/html"}, timeout=20)
        return Browser(await self.stack.enter_async_context(client))

    async def hire(self, *roles: Role, name: str = "Mette Hansen", email: str = "mette@kommune.dk") -> Staff:
        """A colleague who has chosen PASSWORD."""
        accounts = self.server.desk.accounts
        _, token = await accounts.invite(name, email, roles, None)
        return await accounts.choose_password(token, PASSWORD)

    async def logged_in(self, *roles: Role, **who: str) -> Browser:
        """The browser of a new colleague, logged in."""
        staff = await self.hire(*roles, **who)
        browser = await self.browser()
        answer = await browser.log_in(staff.email)
        assert answer.status_code == 303, answer.text
        return browser


class Browser:
    """Fills in forms as they stand on the page."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def fill_in(self, page: str, fields: dict[str, Any], to: str | None = None) -> httpx.Response:
        """Open `page` and send its form with its CSRF token; `to` when the form's action is another path."""
        token = csrf_of(await self.get(page))
        return await self.http.post(to or page, data={"csrf": token, **fields})

    async def log_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.fill_in("/desk/login", {"email": email, "password": password, **more})

    async def log_out(self) -> httpx.Response:
        return await self.fill_in("/desk/profile", {}, to="/desk/logout")


def csrf_of(page: httpx.Response) -> str:
    """The token in a page's head."""
    found = re.search(r'<meta name="csrf" content="(\w+)">', page.text)
    assert found, page.text
    return found[1]


@pytest_asyncio.fixture
async def open_desk(tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Start a server: `await open_desk(**settings)`."""
    async with AsyncExitStack() as stack:

        async def start(**changed: Any) -> Office:
            unhurried = {"login_per_minute": 1e6, "login_burst": 10**6, **NO_HURRY}
            settings = Settings(**{"var": tmp_path, **unhurried, **changed})
            return Office(await stack.enter_async_context(serving(settings, EchoEngine(), {})), stack)

        yield start


@pytest_asyncio.fixture
async def office(open_desk: OpenDesk) -> Office:
    """A server with a desk and nobody in it."""
    return await open_desk()
