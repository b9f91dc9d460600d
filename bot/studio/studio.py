"""The studio put together."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.catalogue.municipality import load_municipality
from bot.engine.contract import Engine
from bot.settings import Settings
from bot.storage.database import Database, StorageDown
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Drafts
from bot.studio.going_live import GoingLive
from bot.studio.journal import FilesBusy
from bot.studio.phrasing_check import PhrasingCheck
from bot.studio.publications import Publications
from bot.studio.publish_worker import PublishWorker
from bot.studio.try_out import TryOut
from bot.texts import Texts

logger = logging.getLogger(__name__)


@dataclass
class Studio:
    """See bot/studio/__init__.py."""

    files: ContentFiles
    drafts: Drafts
    phrasings: PhrasingCheck
    publications: Publications
    going_live: GoingLive
    tryout: TryOut
    texts: Texts
    worker: PublishWorker
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    def open(cls, settings: Settings, database: Database, engine: Engine, models: Path = Path("models")) -> Studio:
        """Everything of one installation. Raises ContentError when the municipality's file is broken."""
        municipality = load_municipality(settings.municipality)
        texts = Texts.load(settings.texts.with_name("desk.yml"), municipality.placeholders())
        files = ContentFiles(settings.municipality.parents[1])
        drafts = Drafts(database, files, texts)
        publications = Publications(database, drafts, texts, four_eyes=settings.studio_four_eyes)
        folder = settings.var / "publications"
        going_live = GoingLive(
            publications,
            engine,
            data=files.data,
            models=models,
            folder=folder,
            texts=texts,
            git=settings.studio_git,
        )
        worker = PublishWorker(
            settings, database, publications, going_live, files=files, models=models, folder=folder, texts=texts
        )
        phrasings = PhrasingCheck(files, engine, texts)
        return cls(
            files=files,
            drafts=drafts,
            phrasings=phrasings,
            publications=publications,
            going_live=going_live,
            tryout=TryOut(settings, engine, files, publications, folder, texts),
            texts=texts,
            worker=worker,
        )

    async def start(self) -> None:
        """Finish a publication that was cut off, then work in the background. Call before the engine loads."""
        with suppress(StorageDown, FilesBusy):  # tried again by the worker
            await self.going_live.settle()
            await self.going_live.note_served()
        self._tasks = [asyncio.create_task(self.worker.run()), asyncio.create_task(self._warm())]

    async def stop(self) -> None:
        """End the background work; a build in hand is cut off."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _warm(self) -> None:
        """Read all content once, so that the first editor need not wait."""
        await asyncio.to_thread(self.phrasings.warm)
        await asyncio.to_thread(self.files.services)
