"""Puts a trained publication into the files and under the engine, and takes it out again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.engine.contract import Engine
from bot.studio.atomic_files import write_file
from bot.studio.journal import Entry, FilesBusy, Journal, apply
from bot.studio.publications import NotNow, Publication, Publications
from bot.texts import Texts

logger = logging.getLogger(__name__)

TRAINED_ON = ("services", "nlu", "kommune")
"""Folders whose content decides what a model learns and says."""
KEPT = 10
"""Publications whose model and former files are kept, so that they can be rolled back one after the other."""
_GIT_SECONDS = 30
_CHANGED = "changed.json"
_NOT_IN_NAMES = str.maketrans("", "", "<>\n\r")


class GoingLive:
    """The only one that changes the live files.

    Args:
        publications: the record.
        engine: is told to swap.
        data: the live files.
        models: folder of models; the newest is served.
        folder: `var/publications`.
        texts: the desk's sentences.
        git: whether to commit what changes.
    """

    def __init__(
        self,
        publications: Publications,
        engine: Engine,
        *,
        data: Path,
        models: Path,
        folder: Path,
        texts: Texts,
        git: bool,
    ) -> None:
        self._publications = publications
        self._engine = engine
        self._data = data
        self._models = models
        self._folder = folder
        self._texts = texts
        self._git = git
        self._journal = Journal(folder)
        self._served: str | None = None

    def repair(self) -> Entry | None:
        """Finish the files of an act that was cut off. Call before the engine loads; then `await settle()`."""
        with self._journal.alone():
            entry = self._journal.pending()
            if entry:
                logger.warning("finishing a publication that was cut off", extra={"publication": entry.publication})
                apply(entry)
        return entry

    async def settle(self) -> bool:
        """Finish an act that was cut off, also in SQL; False when there was none. Raises FilesBusy."""
        entry = await asyncio.to_thread(self.repair)
        if entry is None:
            return False
        await self._publications.finish(entry.publication, entry.act)
        await asyncio.to_thread(self._journal.end)
        return True

    @property
    def unsettled(self) -> bool:
        """Whether an act was begun and not ended: by another worker just now, or by one that is no more."""
        return self._journal.pending() is not None

    async def note_served(self) -> None:
        """The engine has loaded the newest model: what was published last."""
        latest = await self._publications.latest()
        self._served = latest.serves if latest else None

    async def go_live(self, publication: Publication) -> Publication:
        """Files, engine, record. Raises NotNow, with everything as it was, when it can't be done."""
        async with self._alone():
            entry = await asyncio.to_thread(self._stage, publication)
            await self._put(entry)
            try:
                await self._engine.swap(Path(entry.model))
            except Exception as error:
                logger.exception("the new model did not load", extra={"publication": publication.id})
                await self._undo(publication, Path(entry.model))
                raise NotNow(self._texts.say("studio_model_broken")) from error
            self._served = publication.model
            live = await self._publications.finish(publication.id, "live")
            await asyncio.to_thread(self._journal.end)
        await self._commit(live, live.reason, live.author_name)
        await self._tidy()
        return live

    async def roll_back(self, publication_id: str, by: str, by_name: str, reason: str) -> Publication:
        """Files and model as they were before the latest publication; its work becomes drafts again. Raises NotNow."""
        async with self._alone():
            live = await self._publications.in_state("live")
            found = max(live, key=lambda one: one.live_at or one.created_at, default=None)
            if found is None or found.id != publication_id:
                raise NotNow(self._texts.say("studio_not_latest"))
            model = self._models / str(found.model_before)
            if not model.exists():
                raise NotNow(self._texts.say("studio_model_gone"))
            edited = await asyncio.to_thread(self._edited_since, found)
            if edited:
                raise NotNow(self._texts.say("studio_files_changed_since", filer=", ".join(edited)))
            await self._publications.change(found.id, ended_by=by, ended_name=by_name, ended_reason=reason)
            await self._put(Entry(found.id, "rolled_back", self._copies(found, "before"), str(model)))
            await self._engine.swap(model)
            self._served = found.model_before
            undone = await self._publications.finish(found.id, "rolled_back")
            await asyncio.to_thread(self._journal.end)
        await self._commit(undone, reason or found.reason, by_name)
        return undone

    async def follow(self) -> None:
        """Serve what another worker has put in place."""
        latest = await self._publications.latest()
        wanted = latest.serves if latest else None
        if wanted and wanted != self._served and self._engine.ready:
            await self._engine.swap(self._models / wanted)
            self._served = wanted

    def content(self) -> str:
        """Names what the live files hold now."""
        digest = hashlib.sha256()
        for path in sorted(path for folder in TRAINED_ON for path in (self._data / folder).glob("*.yml")):
            digest.update(f"{path.relative_to(self._data)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        lock = self._journal.alone()
        try:
            await asyncio.to_thread(lock.__enter__)
        except FilesBusy:
            raise NotNow(self._texts.say("studio_files_busy")) from None
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    async def _put(self, entry: Entry) -> None:
        await asyncio.to_thread(self._journal.begin, entry)
        await asyncio.to_thread(apply, entry)

    async def _undo(self, publication: Publication, broken: Path) -> None:
        """The files and the model as they were before; also when this is cut off."""
        before = self._models / str(publication.model_before)
        await self._put(Entry(publication.id, "failed", self._copies(publication, "before"), str(before)))
        await asyncio.to_thread(broken.unlink, missing_ok=True)
        await self._publications.finish(publication.id, "failed")
        await asyncio.to_thread(self._journal.end)

    def _stage(self, publication: Publication) -> Entry:
        """Keep what the files become and what they were. Raises NotNow when they are not those it was made from."""
        if publication.content != self.content():
            raise NotNow(self._texts.say("studio_files_changed", filer=f"{self._data.name}/"))
        work = self._folder / publication.id
        names = changed_files(work / "data", self._data)
        write_file(work / _CHANGED, json.dumps(names).encode())
        for folder, source in (("after", work / "data"), ("before", self._data)):
            for name in names:
                if (source / name).exists():
                    write_file(work / folder / name, (source / name).read_bytes())
        model = str(publication.model)
        return Entry(
            publication=publication.id,
            act="live",
            files=self._copies(publication, "after"),
            model=str(self._models / model),
            model_from=str(work / "model" / model),
        )

    def _copies(self, publication: Publication, folder: str) -> dict[str, str | None]:
        """Live file → its kept copy in `after` or `before`; None where there is no such file."""
        work = self._folder / publication.id
        names = json.loads((work / _CHANGED).read_bytes())
        kept = {name: work / folder / name for name in names}
        return {str(self._data / name): str(copy) if copy.exists() else None for name, copy in kept.items()}

    def _edited_since(self, publication: Publication) -> list[str]:
        """Live files that are no longer as the publication left them."""
        copies = self._copies(publication, "after")
        return [Path(live).name for live, copy in copies.items() if _bytes(live) != (_bytes(copy) if copy else None)]

    async def _commit(self, publication: Publication, message: str, name: str) -> None:
        if not self._git:
            return
        files = [*self._copies(publication, "after")]
        try:
            await asyncio.to_thread(_git_commit, self._data, files, message, name)
        except (OSError, subprocess.SubprocessError):
            logger.exception("git commit failed", extra={"publication": publication.id})
            hint = self._texts.say("studio_git_failed")
            report = {**publication.report, "hints": [*publication.report.get("hints", []), hint]}
            await self._publications.change(publication.id, report=report)

    async def _tidy(self) -> None:
        """Work folders of what is live need only their kept copies; models nobody can roll back to are removed."""
        live = await self._publications.in_state("live")
        for one in live:
            for folder in ("data", "model"):
                await asyncio.to_thread(shutil.rmtree, self._folder / one.id / folder, ignore_errors=True)
        kept = {name for one in live[-KEPT:] for name in (one.model, one.model_before)}
        for one in live[:-KEPT]:
            if one.model_before and one.model_before not in kept:
                (self._models / one.model_before).unlink(missing_ok=True)


def changed_files(new: Path, old: Path) -> list[str]:
    """Content files that differ between two data folders, as paths within them."""
    names = {str(path.relative_to(folder)) for folder in (new, old) for path in folder.rglob("*.yml")}
    return sorted(name for name in names if _bytes(new / name) != _bytes(old / name))


def _bytes(path: str | Path) -> bytes | None:
    return Path(path).read_bytes() if Path(path).exists() else None


def _git_commit(folder: Path, files: list[str], message: str, name: str) -> None:
    """Commit these files and no others. `name`: the author's; the mail address git asks for is made up."""
    person = f"{name.translate(_NOT_IN_NAMES).strip() or 'studio'}"
    environment = {
        **os.environ,
        **{
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", person), ("EMAIL", "studio@localhost"))
        },
    }
    paths = [str(Path(file).resolve()) for file in files]
    for command in (["add", "--all", "--"], ["commit", "--quiet", f"--message={message}", "--only", "--"]):
        subprocess.run(  # noqa: S603 (no shell; the only free text is the message)
            ["git", *command, *paths],  # noqa: S607 (whichever git the machine has)
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            timeout=_GIT_SECONDS,
        )
