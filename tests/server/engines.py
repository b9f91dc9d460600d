"""Small engines for the failure paths; the trained model has its own tests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.engine.contract import Reply
from bot.settings import Settings


class EchoEngine:
    """Says what it heard, with a button. Remembers what it was asked."""

    def __init__(self) -> None:
        self.ready = False
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.forgotten: list[str] = []
        self.swapped: list[Path] = []

    async def start(self) -> None:
        self.ready = True

    async def stop(self) -> None:
        self.ready = False

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        self.asked.append((conversation_id, text, metadata))
        buttons = ({"title": "Mere om det", "payload": '/mere{"om": "det"}'},)
        return [Reply(f"Du skrev: {text}", (), buttons, {"decision": "echo"})]

    async def forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)

    async def swap(self, model: Path) -> None:
        self.swapped.append(model)

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        decision = {"kind": "search", "services": [], "confidence": 0.0, "aspect": None}
        return {"text": text, "decision": decision, "ranking": [], "acts": [], "counts": text, "questions": [text]}


class SlowEngine(EchoEngine):
    """Takes `seconds` for each answer."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        await asyncio.sleep(self.seconds)
        return await super().reply(conversation_id, text, metadata)


class BrokenEngine(EchoEngine):
    """Fails, and says in its error what the citizen wrote."""

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        raise KeyError(text)


class ColdEngine(EchoEngine):
    """Can't load its model."""

    async def start(self) -> None:
        raise FileNotFoundError("no model")


def echo(settings: Settings) -> EchoEngine:
    """For `ODDER_ENGINE=tests.server.engines:echo`."""
    return EchoEngine()


def slow(settings: Settings) -> SlowEngine:
    """For `ODDER_ENGINE=tests.server.engines:slow`: long enough to be killed in the middle of an answer."""
    return SlowEngine(1.5)
