"""Asks a trained model, through Rasa, what it understands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Understood:
    """What the model made of one message. `ranking`: services with probabilities, best first. `seconds`: time to parse."""

    intent: str
    ranking: tuple[tuple[str, float], ...]
    kind: str
    services: tuple[str, ...]
    seconds: float

    @property
    def gives_link(self) -> bool:
        """Whether the citizen gets a link with confidence."""
        return self.intent == "service" and self.kind in ("answer", "answer_both")


def understand(model: Path, texts: Sequence[str]) -> list[Understood]:
    """Parse every text with the model."""
    return asyncio.run(_understand(model, texts))


async def _understand(model: Path, texts: Sequence[str]) -> list[Understood]:
    from rasa.core.agent import Agent  # noqa: PLC0415 (after lean_import)

    agent = Agent.load(str(model))
    await agent.parse_message("hej")
    found = []
    for text in texts:
        begun = time.perf_counter()
        parsed = await agent.parse_message(text.lstrip("/"))
        found.append(_understood(parsed, time.perf_counter() - begun))
    return found


def _understood(parsed: dict[str, Any], seconds: float) -> Understood:
    selector = parsed.get("response_selector", {}).get("service", {})
    decision = parsed.get("decision", {})
    return Understood(
        intent=parsed["intent"]["name"] or "",
        ranking=tuple(
            (item["intent_response_key"].partition("/")[2], item["confidence"]) for item in selector.get("ranking", [])
        ),
        kind=decision.get("kind", "search"),
        services=tuple(decision.get("services", ())),
        seconds=seconds,
    )
