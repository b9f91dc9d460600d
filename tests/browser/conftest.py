"""A real server and a real Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from tests.browser.chat import Chat, Line, OpenTab, wait_until
from tests.browser.running_server import RunningServer

ENGINE = os.environ.get("ODDER_TEST_ENGINE", "tests.browser.engine:create_engine")
CHROMIUM = os.environ.get("ODDER_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server that all tests share."""
    running = RunningServer(tmp_path_factory.mktemp("var"), ENGINE)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server to stop and start."""
    running = RunningServer(tmp_path, ENGINE)
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each test has its own contexts."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make browsers of citizens. Fails the test afterwards if a page broke its policy or a script failed."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def refuse(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", refuse)
        page.on(
            "console",
            lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
        )

    def make(width: int = 1280, height: int = 800, **options: Any) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="da-DK", **options)
        # Links lead to real authorities: the tests never go there.
        context.route(lambda url: not url.startswith("http://127.0.0.1"), lambda route: route.abort())
        context.set_default_timeout(10_000)
        context.on("page", watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def open_tab(new_context: Callable[..., BrowserContext], server: RunningServer) -> OpenTab:
    """Open the demo page: in a new browser, or in `context` as one more tab."""

    def make(context: BrowserContext | None = None, path: str = "/", **options: Any) -> Chat:
        chat = Chat((context or new_context(**options)).new_page(), server.url)
        chat.visit(path)
        return chat

    return make


@pytest.fixture
def new_chat_with_line(new_context: Callable[..., BrowserContext], server: RunningServer) -> tuple[Chat, Line]:
    """An open chat whose WebSocket the test has a hand on."""
    page = new_context().new_page()
    line = Line(page)
    chat = Chat(page, server.url)
    chat.visit()
    chat.open()
    wait_until(page, lambda: line.welcomed)
    return chat, line
