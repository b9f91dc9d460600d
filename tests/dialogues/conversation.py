"""A citizen's conversation with the real server over HTTP, and what the server kept of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx


@dataclass(frozen=True)
class Answer:
    """What one turn led to.

    `own` is the citizen's message as the server kept it, `bubbles` the bot's messages, each with its `meta` from the database.
    `error` is the code of a refusal; then `own` is empty and the one bubble holds the words of the refusal.
    """

    own: dict[str, Any]
    bubbles: list[dict[str, Any]]
    error: str | None
    seconds: float

    @property
    def text(self) -> str:
        """All bubbles in one."""
        return "\n".join(bubble["text"] for bubble in self.bubbles)

    def cards(self, kind: str) -> list[dict[str, str]]:
        """All `links` or `buttons`."""
        return [card for bubble in self.bubbles for card in bubble[kind]]

    def told(self, key: str) -> list[Any]:
        """The values of one key of `meta`, bubble by bubble, without the empty ones."""
        return [bubble["meta"][key] for bubble in self.bubbles if bubble["meta"].get(key)]


@dataclass
class Conversation:
    """One citizen, from the greeting on. `lines` is the conversation so far, for people to read."""

    http: httpx.Client
    database: Path
    lines: list[str] = field(default_factory=list)
    _token: str = ""
    _code: str = ""
    _offered: dict[str, str] = field(default_factory=dict)

    def open(self) -> dict[str, Any]:
        """Start a new one, or come back to it. Returns the server's answer."""
        session = self.http.post("/api/chat/session", json={"token": self._token or None}).raise_for_status().json()
        self._token, self._code = session["token"] or self._token, session["code"]
        return dict(session)

    def say(self, text: str) -> Answer:
        """Write in own words."""
        return self._send({"text": text}, text)

    def press(self, title: str) -> Answer:
        """Press the button last shown with this title. Raises KeyError when no button had it."""
        return self.send_payload(self._offered[title], title)

    def send_payload(self, payload: str, title: str = "") -> Answer:
        """What a page could send without any button."""
        return self._send({"payload": payload, "title": title}, f"[{title or payload}]")

    def _send(self, content: dict[str, str], shown: str) -> Answer:
        self.lines.append(f"  citizen: {shown[:200]}")
        headers = {"Authorization": f"Bearer {self._token}"}
        response = self.http.post("/api/chat/messages", json={"client_id": str(uuid4()), **content}, headers=headers)
        seconds = response.elapsed.total_seconds()
        body = response.json()
        if "error" in body:
            refusal = {"text": body["error"]["text"], "links": [], "buttons": [], "meta": {}}
            self.lines.append(f"  refused: {body['error']}")
            return Answer({}, [refusal], body["error"]["code"], seconds)
        self._token = body.get("token") or self._token
        own, *bubbles = body["messages"]
        kept = self._kept_meta()
        for bubble in bubbles:
            bubble["meta"] = kept[bubble["seq"]]
            self._offered |= {button["title"]: button["payload"] for button in bubble["buttons"]}
            self.lines.append(_line(bubble))
        return Answer(own, bubbles, None, seconds)

    def _kept_meta(self) -> dict[int, dict[str, Any]]:
        query = "select seq, meta from messages join conversations on conversations.id = conversation_id where code = ?"
        with sqlite3.connect(self.database) as database:
            return {seq: json.loads(meta) for seq, meta in database.execute(query, (self._code,))}


def _line(bubble: dict[str, Any]) -> str:
    cards = [f"<{link['url']}>" for link in bubble["links"]] + [f"[{button['title']}]" for button in bubble["buttons"]]
    return f"  bot: {bubble['text']!r} {' '.join(cards)}\n       {bubble['meta']}"
