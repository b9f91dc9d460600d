"""Does what is queued: builds publications one at a time, takes planned ones live when their time comes, follows other workers."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.catalogue.problem import ContentError
from bot.clock import now
from bot.engine.model_file import newest_model
from bot.settings import Settings
from bot.storage.database import Database, StorageDown
from bot.storage.studio_tables import WORKING
from bot.studio.atomic_files import write_file
from bot.studio.build_lock import HEARTBEAT_SECONDS, BuildLock
from bot.studio.content_files import ContentFiles
from bot.studio.going_live import GoingLive
from bot.studio.journal import FilesBusy
from bot.studio.publications import NotNow, Publication, Publications
from bot.studio.sentence_files import intent_of
from bot.texts import Texts

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).parents[2]
PAUSE_SECONDS = 2.0
EXPECTED_SECONDS = 60.0
"""Training time that is assumed for the progress bar before anything was trained from here."""
_READY = 100
_SOURCES = ("config.yml", "domain.yml")


class _Stopped(Exception):
    """Somebody cancelled the publication, or another worker took over."""


class PublishWorker:
    """Runs beside the server, in each of its workers.

    Args:
        settings: names the municipality.
        database: where the lock is.
        publications: the record.
        going_live: changes the files.
        files: the live files.
        models: folder of models.
        folder: `var/publications`.
        texts: the desk's sentences.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        publications: Publications,
        going_live: GoingLive,
        *,
        files: ContentFiles,
        models: Path,
        folder: Path,
        texts: Texts,
    ) -> None:
        self._settings = settings
        self._publications = publications
        self._going_live = going_live
        self._files = files
        self._models = models
        self._folder = folder
        self._texts = texts
        self._lock = BuildLock(database, str(uuid4()))

    async def run(self) -> None:
        """Until cancelled. A trouble of the moment is logged and tried again."""
        while True:
            try:
                busy = await self.step()
            except (StorageDown, FilesBusy) as error:
                logger.warning("publishing waits", extra={"reason": type(error).__name__})
                busy = False
            except Exception:
                logger.exception("publishing failed")  # what was being built is marked at the next step
                busy = False
            if not busy:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._publications.work.wait(), PAUSE_SECONDS)
                self._publications.work.clear()

    async def step(self) -> bool:
        """The next thing there is to do; False when there is nothing."""
        if self._going_live.unsettled:
            await self._going_live.settle()
        await self._going_live.follow()
        waiting = await self._publications.in_state("queued", "approved", *WORKING)
        due = [one for one in waiting if one.state == "approved" and (one.scheduled_at or one.created_at) <= now()]
        if due:
            await self._take_live(due[0])
            return True
        if not any(one.state == "queued" or one.working for one in waiting) or not await self._lock.take():
            return False
        try:
            return await self._next_build(waiting)
        finally:
            await self._lock.let_go()

    async def _next_build(self, waiting: list[Publication]) -> bool:
        for one in waiting:
            if one.working:  # we have the lock, so its worker is no more
                await self._fail(one, self._texts.say("studio_cut_off"))
        queued = [one for one in waiting if one.state == "queued"]
        if not queued:
            return False
        building = asyncio.create_task(self._build(queued[0]))
        beating = asyncio.create_task(self._beat())
        done, pending = await asyncio.wait({building, beating}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()
        return True

    async def _beat(self) -> None:
        """Ends when another worker has taken over."""
        while True:
            with suppress(StorageDown):  # it may come back before anybody takes over
                if not await self._lock.beat():
                    return
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _take_live(self, publication: Publication) -> None:
        try:
            await self._going_live.go_live(publication)
        except NotNow as error:
            await self._fail(publication, str(error))

    async def _build(self, publication: Publication) -> None:
        work = self._folder / publication.id
        try:
            job = await self._prepare(publication, work)
            async with _closing(await self._start(work, job)) as process:
                await self._listen(publication, process)
                code = await process.wait()
            report = await asyncio.to_thread(_report, work)
            if code or not report:
                problems = (report or {}).get("problems") or [self._texts.say("studio_build_broke")]
                logger.warning("not built", extra={"publication": publication.id, "log": str(work / "log")})
                await self._fail(publication, *problems, report=report)
                return
            await self._made(publication, work, report)
        except ContentError as error:
            await self._fail(publication, *map(str, error.problems))
        except (_Stopped, NotNow):
            logger.info("publication stopped", extra={"publication": publication.id})
            await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)

    async def _prepare(self, publication: Publication, work: Path) -> dict[str, Any]:
        """The copy of the files with the drafts put in, and what the build must know. Raises ContentError."""
        await self._step(publication, "queued", state="checking", progress=0, content=self._going_live.content())

        def copy() -> dict[str, Any]:
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(self._files.data, work / "data", ignore=shutil.ignore_patterns(".*"))
            for name in _SOURCES:
                shutil.copy(name, work / name)
            live = [(one.text, one.intent) for one in self._files.places()]
            write_file(work / "live.json", json.dumps(live, ensure_ascii=False).encode())
            titles = {change.state.subject: change.draft.subject_title for change in publication.changes}
            ContentFiles(work / "data").write([change.state for change in publication.changes], titles)
            return {
                "services": [change.service for change in publication.changes if not change.state.gone],
                "added": [
                    (line, intent_of(change.service))
                    for change in publication.changes
                    for line in change.state.phrasings
                    if change.before is None or line not in change.before.phrasings
                ],
                "live_model": str(newest_model(self._models).resolve()),
            }

        job = await asyncio.to_thread(copy)
        return {**job, "expected_seconds": await self._expected()}

    async def _start(self, work: Path, job: dict[str, Any]) -> Process:
        await asyncio.to_thread(write_file, work / "job.json", json.dumps(job, ensure_ascii=False).encode())
        data = self._files.data.resolve()
        environment = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "ODDER_MUNICIPALITY": f"data/kommune/{self._settings.municipality.name}",
            "ODDER_TEXTS": _within(self._settings.texts.resolve(), data),
            "RASA_TELEMETRY_ENABLED": "false",
        }
        with (work / "log").open("wb") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.studio.build", "job.json", cwd=work, env=environment, stdin=PIPE, stdout=PIPE,
                stderr=log,
            )  # fmt: skip

    async def _listen(self, publication: Publication, process: Process) -> None:
        """Pass on how far it is. Raises _Stopped when the publication was cancelled."""
        assert process.stdout  # noqa: S101 (asked for above)
        told: tuple[Any, ...] = ()
        async for line in process.stdout:
            with suppress(ValueError):  # a library that prints
                said = json.loads(line)
                news = (said["state"], said["progress"])
                if news != told:
                    told = news
                    with suppress(StorageDown):  # only the progress bar stands still
                        await self._step(publication, *WORKING, state=news[0], progress=news[1])

    async def _made(self, publication: Publication, work: Path, report: dict[str, Any]) -> None:
        made = work / "model" / report["model"]
        model = made.rename(made.with_name(made.name.replace(".tar.gz", f"-{publication.id[:8]}.tar.gz")))
        before = json.loads((work / "job.json").read_bytes())["live_model"]
        await self._step(
            publication, *WORKING, state="ready", progress=_READY, report=report, model=model.name,
            model_before=Path(before).name,
        )  # fmt: skip

    async def _step(self, publication: Publication, *states: str, **values: Any) -> None:
        def still(found: Publication) -> None:
            if found.state not in states:
                raise _Stopped

        await self._publications.change(publication.id, still, **values)

    async def _fail(self, publication: Publication, *problems: str, report: dict[str, Any] | None = None) -> None:
        told = {"hints": [], "compare": None, "seconds": {}, **(report or {}), "problems": list(problems)}
        await self._publications.change(publication.id, state="failed", report=told)
        await asyncio.to_thread(shutil.rmtree, self._folder / publication.id / "data", ignore_errors=True)

    async def _expected(self) -> float:
        """Seconds that training took the last time."""
        done = await self._publications.in_state("ready", "live", "rolled_back")
        seconds = [one.report.get("seconds", {}).get("train") for one in done]
        return float(next((one for one in reversed(seconds) if one), EXPECTED_SECONDS))


class _closing:  # noqa: N801 (as contextlib.closing)
    """A process that ends with the block: nothing else stops it when its publication is cancelled."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def __aenter__(self) -> Process:
        return self._process

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _report(work: Path) -> dict[str, Any] | None:
    path = work / "report.json"
    return json.loads(path.read_bytes()) if path.exists() else None


def _within(path: Path, data: Path) -> str:
    """The path in the copy of the data folder, if it is in the data folder."""
    return f"data/{path.relative_to(data)}" if path.is_relative_to(data) else str(path)
