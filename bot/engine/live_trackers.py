"""Trackers in SQL, with those of live conversations kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

LIVE = 2_000
"""Conversations remembered; some 100 kB each after a long talk."""


class LiveTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, which otherwise reads and rebuilds every event of a conversation for every message: a third of the time.

    Args:
        most: conversations remembered; 0 when several processes serve the same conversations, as each would miss the others' turns.
    """

    def __init__(self, domain: Domain, most: int = LIVE, **database: Any) -> None:
        """Takes the other arguments of SQLTrackerStore too."""
        super().__init__(domain, **database)
        self._most = most
        self._live: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker, from memory if it is there."""
        return self._live.get(sender_id) or await super().retrieve(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write new events to SQL and keep the tracker at hand."""
        await super().save(tracker)
        self._live[tracker.sender_id] = tracker
        self._live.move_to_end(tracker.sender_id)
        if len(self._live) > self._most:
            self._live.popitem(last=False)

    def drop(self, sender_id: str) -> None:
        """Read the tracker from SQL next time: a turn that failed may have left it half changed."""
        self._live.pop(sender_id, None)
