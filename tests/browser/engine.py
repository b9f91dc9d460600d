"""A bot with fixed answers, so that the browser tests can run before a model is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.engine.contract import Reply
from bot.settings import Settings

_CARD = Reply(
    "Du bestiller et nyt sundhedskort på borger.dk.\nDu kan også ringe på 87 80 33 33.",
    links=(
        {
            "label": "Bestil nyt sundhedskort",
            "url": "https://www.borger.dk/sundhed-og-sygdom/sygesikring-og-laegevalg/Sundhedskortet",
            "kind": "self_service",
            "note": "Du skal bruge MitID.",
        },
        {"label": "Læs om sundhedskortet", "url": "https://www.borger.dk/sundhed-og-sygdom", "kind": "information"},
    ),
    buttons=(
        {"title": "Vis mig trin for trin", "payload": "/trin_for_trin"},
        {"title": "Tal med et menneske", "payload": "/tal_med_menneske"},
    ),
)


class FixedAnswers:
    """Knows one service and its first step; anything else is repeated."""

    ready = False

    async def start(self) -> None:
        """See Engine."""
        self.ready = True

    async def stop(self) -> None:
        """See Engine."""
        self.ready = False

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        """See Engine."""
        if "kort" in text:
            return [_CARD]
        if text == "/trin_for_trin":
            return [Reply("Trin 1: Find dit MitID frem.", buttons=({"title": "Næste", "payload": "/naeste"},))]
        if text == "/tal_med_menneske":
            return [Reply("Ring til kommunen på 87 80 33 33.", meta={"decision": "human", "escalate": "asked"})]
        return [Reply(f"Du skrev: {text}")]

    async def forget(self, conversation_id: str) -> None:
        """See Engine."""

    async def swap(self, model: Path) -> None:
        """See Engine."""

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        """See Engine."""
        decision = {"kind": "search", "services": [], "confidence": 0.0, "aspect": None}
        return {"text": text, "decision": decision, "ranking": [], "acts": [], "counts": text, "questions": [text]}


def create_engine(settings: Settings) -> FixedAnswers:
    """For `ODDER_ENGINE`."""
    return FixedAnswers()
