"""The widget as a citizen meets it: found by role and name, never by class."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

SOCKET = re.compile(r"/api/chat/ws$")


def wait_until(page: Page, done: Callable[[], bool]) -> None:
    """Let the page go on until `done`. Raises TimeoutError after ten seconds."""
    for _ in range(200):
        if done():
            return
        page.wait_for_timeout(50)
    raise TimeoutError(f"never done: {done}")


class Chat:
    """One tab with the widget."""

    def __init__(self, page: Page, server_url: str) -> None:
        self.page = page
        self._server_url = server_url
        self.launcher = page.get_by_role("button", name=re.compile("^Spørg os"))
        self.panel = page.get_by_role("dialog")
        self.log = self.panel.get_by_role("log")
        self.input = self.panel.get_by_role("textbox", name="Skriv dit spørgsmål")
        self.restart = self.panel.get_by_role("button", name="Start forfra", exact=True)
        self.human = self.panel.get_by_role("button", name="Tal med et menneske").first

    def visit(self, path: str = "/") -> None:
        """Load a page of the demo and wait for the widget."""
        self.page.goto(self._server_url + path)
        expect(self.launcher.or_(self.panel)).to_be_visible()

    def open(self) -> None:
        """Open the panel and wait for the greeting from the server."""
        self.launcher.click()
        expect(self.said_by("bot")).not_to_have_count(0)
        wait_until(self.page, self._has_session)

    def _has_session(self) -> bool:
        # Not wait_for_function: it evaluates a string in the page, which the page's policy forbids.
        has: bool = self.page.evaluate("() => Object.keys(localStorage).some((key) => key.endsWith(' session'))")
        return has

    def say(self, words: str) -> None:
        """Type and send."""
        self.input.fill(words)
        self.input.press("Enter")

    def ask(self, words: str) -> None:
        """Send and wait until the bot has answered."""
        before = self.said_by("bot").count()
        self.say(words)
        expect(self.said_by("bot")).not_to_have_count(before)

    def said_by(self, author: str) -> Locator:
        """The bubbles of one author."""
        return self.log.locator(f".message.{author} .text")

    @property
    def session(self) -> dict[str, Any]:
        """What the browser has kept: token and code."""
        kept: str = self.page.evaluate(
            "localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith(' session')))"
        )
        session: dict[str, Any] = json.loads(kept)
        return session

    @property
    def focused(self) -> str:
        """The accessible name or text of what has the focus, also inside the widget."""
        name: str = self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                return at?.getAttribute("aria-label") || at?.labels?.[0]?.textContent || at?.textContent.trim() || "";
            }"""
        )
        return name


class Line:
    """The WebSocket between page and server, where a test can add what the server says or lose some of it."""

    def __init__(self, page: Page) -> None:
        self._route: WebSocketRoute | None = None
        self.lost: set[str] = set()
        """Types of frames that never reach the page."""
        self.sent: list[dict[str, Any]] = []
        """Frames the page has sent, over all its connections."""
        self.standing: dict[str, Any] = {}
        """Who answers, as the server's next welcome tells it."""
        self.welcomed = False
        self._seq = 100
        page.route_web_socket(SOCKET, self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        self._route = route
        server = route.connect_to_server()

        def to_page(frame: str | bytes) -> None:
            content = json.loads(frame)
            kind = content["type"]
            if kind == "welcome":
                content |= self.standing
            if kind not in self.lost:
                route.send(json.dumps(content))
            self.welcomed = self.welcomed or kind == "welcome"

        def to_server(frame: str | bytes) -> None:
            self.sent.append(json.loads(frame))
            server.send(frame)

        server.on_message(to_page)
        route.on_message(to_server)

    def server_says(self, **frame: Any) -> None:
        """Bring the page a frame as if from the server."""
        assert self._route
        self._route.send(json.dumps(frame))

    def message(self, author: str, text: str, **more: Any) -> None:
        """Bring the page a message. It is numbered far above the real ones."""
        self._seq += 1
        self.server_says(type="message", message={"seq": self._seq, "author": author, "text": text, **more})

    def cut(self) -> None:
        """Close the connection."""
        assert self._route
        self._route.close()


OpenTab = Callable[..., Chat]
"""Opens the demo page in a tab; see the fixture `open_tab`."""
