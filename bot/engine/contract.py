"""What the gateway asks of a bot engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from bot.answers.reply import Reply

__all__ = ["Engine", "Reply"]


class Engine(Protocol):
    """Turns one message of a conversation into zero or more bubbles."""

    async def start(self) -> None:
        """Load the model. `ready` is true when it returns."""

    async def stop(self) -> None:
        """Let go of everything held."""

    @property
    def ready(self) -> bool:
        """Whether `reply` can be asked now."""

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        """Answer `text`, which is masked, or a payload beginning with "/"."""

    async def forget(self, conversation_id: str) -> None:
        """Drop all that is remembered of a conversation."""

    async def swap(self, model: Path) -> None:
        """Serve another model, with the content files as they are now; the exchange falls between two turns.

        Conversations go on. Raises whatever loading raises (ContentError, Rasa's errors); what was served before then stays.
        """

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        """What a model makes of a message, and why; the one being served unless another is named. Shape: bot/engine/explain.py."""
