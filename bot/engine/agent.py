"""The bot engine: a Rasa agent in a thread of its own, so that a busy model never holds up the gateway."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import make_url

from bot.answers.knowledge import Languages, answering_from, load_languages, serve
from bot.answers.reply import Reply
from bot.engine import lean_import
from bot.engine.explain import explained
from bot.engine.model_file import newest_model
from bot.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class _Served:
    """A model and the content that belongs to it. A turn takes both at its beginning and keeps them to its end."""

    agent: Any
    languages: Languages
    model: Path


class RasaEngine:
    """See `Engine` in contract.py. Conversations' trackers are kept in the same database as everything else.

    Args:
        settings: names the database and the content files.
        models: folder of trained models; the newest is served.
    """

    def __init__(self, settings: Settings, models: Path = Path("models")) -> None:
        self._settings = settings
        self._models = models
        self._served: _Served | None = None
        self._tried: tuple[Path, Any] | None = None
        self._trackers: Any = None
        self._locks: Any = None
        self._loading = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._served is not None

    @property
    def model(self) -> Path | None:
        """The model file being served."""
        return self._served.model if self._served else None

    async def start(self) -> None:
        """Import Rasa, load the newest model. Raises FileNotFoundError when nothing is trained yet."""
        self._thread.start()
        await self._in_thread(self._begin())

    async def stop(self) -> None:
        """End the thread after the turn in hand."""
        self._served = self._tried = None
        serve({})
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        """One turn of one conversation."""
        return await self._in_thread(self._reply(conversation_id, text, metadata))

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation's tracker."""
        await self._in_thread(self._forget(conversation_id))

    async def swap(self, model: Path) -> None:
        """Load the model and the content beside what is served, in a thread of its own, then exchange both at once."""
        async with self._loading:
            loaded = await asyncio.to_thread(self._load, model)
            await self._in_thread(self._exchange(loaded))

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        """See Engine. A model that is not served is kept until another is asked for."""
        if model is None or model == self.model:
            return await self._in_thread(self._explain(text))
        async with self._loading:
            if self._tried is None or self._tried[0] != model:
                self._tried = (model, await asyncio.to_thread(_load_agent, model))
            # In another thread than the citizens' turns: they need not wait for what an editor tries.
            return await asyncio.to_thread(lambda agent: asyncio.run(explained(agent, text)), self._tried[1])

    async def _in_thread(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _begin(self) -> None:
        if self._settings.lean:
            lean_import.install()
        from rasa.shared.core.domain import Domain

        from bot.engine.live_trackers import LiveTrackerStore
        from bot.engine.shared_locks import shared_locks

        trackers = _tracker_database(self._settings.database)
        if self._settings.redis_url:
            trackers |= {"most": 0}
            self._locks = shared_locks(self._settings.redis_url)
        self._trackers = LiveTrackerStore(Domain.empty(), **trackers)
        loaded = self._load(newest_model(self._models))
        # The first message pays for lazy set-up inside Rasa; let it not be a citizen's.
        await loaded.agent.parse_message("hej")
        await self._exchange(loaded)

    def _load(self, model: Path) -> _Served:
        return _Served(_load_agent(model), load_languages(self._settings), model)

    async def _exchange(self, loaded: _Served) -> None:
        """Runs in Rasa's thread without a pause, so no turn begins half-way; turns that have begun end as they began."""
        from bot.engine.action_endpoint import action_endpoint

        agent, processor = loaded.agent, loaded.agent.processor
        before = self._served.agent if self._served else None
        # One lock a conversation, also while its last turn with the old model goes on.
        self._locks = self._locks or processor.lock_store
        agent.lock_store = processor.lock_store = self._locks
        agent.tracker_store = processor.tracker_store = self._trackers
        processor.action_endpoint = (
            before.processor.action_endpoint if before else action_endpoint(Path("endpoints.yml"))
        )
        self._trackers.domain = processor.domain
        self._served = loaded
        serve(loaded.languages)

    async def _reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        from rasa.core.channels.channel import UserMessage

        from bot.engine.channel import ReplyChannel

        served = self._need()
        channel = ReplyChannel()
        message = UserMessage(text, channel, conversation_id, input_channel=channel.name(), metadata=metadata)
        try:
            with answering_from(served.languages):
                await served.agent.handle_message(message)
        except Exception:
            self._trackers.drop(conversation_id)
            raise
        return channel.replies

    async def _explain(self, text: str) -> dict[str, Any]:
        return await explained(self._need().agent, text)

    async def _forget(self, conversation_id: str) -> None:
        store = self._trackers
        store.drop(conversation_id)
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter_by(sender_id=conversation_id).delete()
            session.commit()

    def _need(self) -> _Served:
        if self._served is None:
            raise RuntimeError("the model is not loaded")
        return self._served


def _load_agent(model: Path) -> Any:
    from rasa.core.agent import Agent

    agent = Agent()
    agent.load_model(model)
    return agent


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
