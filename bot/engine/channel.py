"""How replies leave Rasa."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.answers.reply import Reply


class ReplyChannel(OutputChannel):
    """Collects the structured replies of one turn."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in trackers."""
        return "odder-chat"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """A structured reply if the action gave one, otherwise the plain text of a response."""
        custom = message.get("custom")
        if custom:
            self.replies.append(Reply.from_dict(custom))
        elif message.get("text"):
            self.replies.append(Reply(message["text"], (), tuple(message.get("buttons") or ())))
