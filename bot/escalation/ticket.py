"""What it means that a chat waits for a human: closed lists and the shape of a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

REASONS = ("asked", "frustration", "two_misses", "personal_case", "editor_marked", "danger")
OUTCOMES = ("solved", "referred", "no_answer", "misunderstood")
VIEWS = ("waiting", "mine", "all_open", "closed")


class Taken(Exception):
    """Somebody else was first, or the citizen is no longer waiting. `owner_name` is None in the second case."""

    def __init__(self, owner_name: str | None) -> None:
        super().__init__(owner_name)
        self.owner_name = owner_name


@dataclass(frozen=True)
class Ticket:
    """One stay with the humans. `state`: queued, human, closed, cancelled (by the citizen) or returned (to the bot)."""

    id: str
    conversation_id: str
    code: str
    state: str
    reason: str
    service: str | None
    department: str | None
    owner_id: str | None
    owner_name: str | None
    waiting_since: datetime
    claimed_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    unread: int
    """Messages of the citizen after the last one a human has seen."""
    last_text: str
    """The citizen's last words, masked."""
    danger: bool
    """Whether the bot saw an emergency in this conversation."""
