"""The bot engine: a Rasa agent in a thread of its own, so that a busy model never holds up the gateway."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import make_url

from bot.answers.knowledge import DANISH, FOLDERS, knowledge
from bot.answers.reply import Reply
from bot.engine import lean_import
from bot.engine.model_file import newest_model
from bot.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")


class RasaEngine:
    """See `Engine` in contract.py. Conversations' trackers are kept in the same database as everything else.

    Args:
        settings: names the database.
        models: folder of trained models; the newest is served.
    """

    def __init__(self, settings: Settings, models: Path = Path("models")) -> None:
        self._settings = settings
        self._models = models
        self._agent: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._agent is not None

    async def start(self) -> None:
        """Import Rasa, load the newest model. Raises FileNotFoundError when nothing is trained yet."""
        self._thread.start()
        await self._in_thread(self._load())

    async def stop(self) -> None:
        """End the thread after the turn in hand."""
        self._agent = None
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        """One turn of one conversation."""
        return await self._in_thread(self._reply(conversation_id, text, metadata))

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation's tracker."""
        await self._in_thread(self._forget(conversation_id))

    async def _in_thread(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _load(self) -> None:
        if self._settings.lean:
            lean_import.install()
        from rasa.core.agent import Agent
        from rasa.shared.core.domain import Domain

        from bot.engine.action_endpoint import action_endpoint
        from bot.engine.live_trackers import LiveTrackerStore

        for language in (DANISH, *FOLDERS):
            knowledge(language)
        agent = Agent(
            tracker_store=LiveTrackerStore(Domain.empty(), **_tracker_database(self._settings.database)),
            action_endpoint=action_endpoint(Path("endpoints.yml")),
        )
        agent.load_model(newest_model(self._models))
        # The first message pays for lazy set-up inside Rasa; let it not be a citizen's.
        await agent.parse_message("hej")
        self._agent = agent

    async def _reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        from rasa.core.channels.channel import UserMessage

        from bot.engine.channel import ReplyChannel

        channel = ReplyChannel()
        message = UserMessage(text, channel, conversation_id, input_channel=channel.name(), metadata=metadata)
        try:
            await self._agent.handle_message(message)
        except Exception:
            self._agent.tracker_store.drop(conversation_id)
            raise
        return channel.replies

    async def _forget(self, conversation_id: str) -> None:
        store = self._agent.tracker_store
        store.drop(conversation_id)
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter_by(sender_id=conversation_id).delete()
            session.commit()


def create_engine(settings: Settings) -> RasaEngine:
    """The engine the server starts with by default."""
    return RasaEngine(settings)


def _tracker_database(address: str) -> dict[str, Any]:
    """SQLAlchemy address → the arguments of Rasa's SQL tracker store."""
    url = make_url(address)
    return {
        "dialect": url.drivername,
        "host": url.host,
        "port": url.port,
        "db": url.database,
        "username": url.username,
        "password": url.password,
        "query": dict(url.query) or None,
    }
