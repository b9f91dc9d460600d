"""Asks the lists for danger and a trained model, through Rasa, what they understand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.conversation.emergency import EmergencyCheck

DANGER = "noed_"
"""Beginning of the intents for danger."""


@dataclass(frozen=True)
class Understood:
    """What was made of one message.

    Attributes:
        intent: the model's.
        ranking: services with probabilities, best first.
        kind: of the decision.
        services: of the decision.
        seconds: the model took.
        alarm: kind of danger, by the lists or by the model; None when there is none.
    """

    intent: str
    ranking: tuple[tuple[str, float], ...]
    kind: str
    services: tuple[str, ...]
    seconds: float
    alarm: str | None = None

    @property
    def gives_link(self) -> bool:
        """Whether the citizen gets a link with confidence."""
        return not self.alarm and self.intent == "service" and self.kind in ("answer", "answer_both")


def understand(model: Path, texts: Sequence[str], emergency: EmergencyCheck) -> list[Understood]:
    """Put every text to the lists and the model, as the gateway does."""
    return asyncio.run(_understand(model, texts, emergency))


async def _understand(model: Path, texts: Sequence[str], emergency: EmergencyCheck) -> list[Understood]:
    from rasa.core.agent import Agent  # noqa: PLC0415 (after lean_import)

    agent = Agent.load(str(model))
    await agent.parse_message("hej")
    found = []
    for text in texts:
        begun = time.perf_counter()
        parsed = await agent.parse_message(text.lstrip("/"))
        seconds = time.perf_counter() - begun
        found.append(_understood(parsed, seconds, emergency.kind(text)))
    return found


def _understood(parsed: dict[str, Any], seconds: float, listed: str | None) -> Understood:
    selector = parsed.get("response_selector", {}).get("service", {})
    decision = parsed.get("decision", {})
    intent = parsed["intent"]["name"] or ""
    return Understood(
        intent=intent,
        ranking=tuple(
            (item["intent_response_key"].partition("/")[2], item["confidence"]) for item in selector.get("ranking", [])
        ),
        kind=decision.get("kind", "search"),
        services=tuple(decision.get("services", ())),
        seconds=seconds,
        alarm=listed or (intent.removeprefix(DANGER) if intent.startswith(DANGER) else None),
    )
