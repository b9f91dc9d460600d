"""Into the files and out again: all or nothing, whatever happens in between."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from bot.engine.model_file import newest_model
from bot.storage.database import Database
from bot.studio.build_lock import BuildLock
from bot.studio.journal import Entry, apply
from bot.studio.publications import NothingToPublish, NotNow
from bot.studio.state import State
from bot.studio.studio import Studio
from tests.server.engines import EchoEngine
from tests.storage.conftest import postgres_url, url
from tests.studio.publishing import (
    ANNE,
    BO,
    content,
    drafted,
    hoppeborg,
    made_ready,
    models,
    open_studio,
    python,
    reached,
    reworded,
)

__all__ = ["postgres_url", "url"]


@pytest.fixture
def untrained_town(built_town: Path, tmp_path: Path) -> Path:
    """A town with a file in the place of its model: nothing here reads it."""
    town = Path(shutil.copytree(built_town, tmp_path / "town"))
    (town / "models").mkdir()
    (town / "models" / "first.tar.gz").write_bytes(b"first")
    return town


@pytest.fixture
def engine() -> EchoEngine:
    running = EchoEngine()
    running.ready = True
    return running


@pytest.fixture
async def studio(untrained_town: Path, engine: EchoEngine) -> AsyncIterator[Studio]:
    opened, database = open_studio(untrained_town, engine)
    yield opened
    database.close()


async def test_files_model_and_engine_go_live_together(
    studio: Studio, engine: EchoEngine, untrained_town: Path
) -> None:
    drafts = [await drafted(studio, hoppeborg()), await reworded(studio, "Ring til os.")]
    drafts.append(await drafted(studio, State("odder", "haveaffald", gone=True)))
    publication = await made_ready(studio, untrained_town, *drafts)
    await studio.publications.approve(publication.id, *BO)
    await studio.worker.step()
    live = await reached(studio, publication, "live")
    assert engine.swapped == [untrained_town / "models" / str(live.model)]
    assert studio.files.read("hoppeborg")
    assert studio.files.read("haveaffald", "odder") == State("odder", "haveaffald", gone=True)
    assert await studio.drafts.all() == []
    assert not (untrained_town / "var" / "publications" / live.id / "data").exists()


async def test_a_draft_changed_since_stays_and_stands_on_the_new_files(studio: Studio, untrained_town: Path) -> None:
    draft = await reworded(studio, "Ring til os.")
    publication = await made_ready(studio, untrained_town, draft)
    later = replace(draft.state, fields={**draft.state.fields, "title": "Store ting"})
    await studio.drafts.save(later, draft.version, *BO)
    await studio.going_live.go_live(publication)
    (kept,) = await studio.drafts.all()
    assert [one.field for one in await studio.drafts.diff(kept)] == ["title"]


async def test_files_changed_by_hand_since_the_training_are_not_overwritten(
    studio: Studio, engine: EchoEngine, untrained_town: Path
) -> None:
    publication = await made_ready(studio, untrained_town, await reworded(studio, "Ring til os."))
    state = studio.files.read("pas")
    assert state
    studio.files.write([replace(state, fields={**state.fields, "title": "Rettet i git"})])
    by_hand = content(untrained_town)
    await studio.publications.approve(publication.id, *BO)
    await studio.worker.step()
    (failed,) = await studio.publications.all()
    assert failed.state == "failed"
    assert "ændret" in failed.report["problems"][0]
    assert content(untrained_town) == by_hand
    assert engine.swapped == []
    assert len(await studio.drafts.all()) == 1


async def test_a_model_that_does_not_load_undoes_everything(studio: Studio, untrained_town: Path) -> None:
    class Refusing(EchoEngine):
        async def swap(self, model: Path) -> None:
            raise ValueError("broken model")

    opened, database = open_studio(untrained_town, Refusing())
    before = content(untrained_town)
    publication = await made_ready(opened, untrained_town, await drafted(opened, hoppeborg()))
    with pytest.raises(NotNow, match="Alt er som før"):
        await opened.going_live.go_live(publication)
    assert content(untrained_town) == before
    assert newest_model(untrained_town / "models").name == "first.tar.gz"
    assert models(untrained_town) == ["first.tar.gz"]
    assert not opened.going_live.unsettled
    database.close()


CUT_OFF = """
import asyncio, os, signal, sys
from pathlib import Path
import bot.studio.journal as journal
from tests.server.engines import EchoEngine
from tests.studio.publishing import open_studio

write, left = journal.write_file, [int(sys.argv[3])]

def write_and_die(path, content):
    write(path, content)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    studio, _ = open_studio(Path(sys.argv[1]), EchoEngine())
    journal.write_file = write_and_die
    await studio.going_live.go_live(await studio.publications.get(sys.argv[2]))

asyncio.run(main())
"""


@pytest.mark.parametrize("writes", [1, 2, 4])
async def test_killed_half_way_is_finished_at_the_next_start(
    studio: Studio, engine: EchoEngine, untrained_town: Path, writes: int
) -> None:
    """The first write is the journal; then come the files."""
    before = content(untrained_town)
    publication = await made_ready(studio, untrained_town, await drafted(studio, hoppeborg()))
    assert python(CUT_OFF, untrained_town, publication.id, writes).wait() == -signal.SIGKILL
    after = content(untrained_town)
    assert sum(after.get(name) != before.get(name) for name in after) == writes - 1
    assert newest_model(untrained_town / "models").name == "first.tar.gz"

    again, database = open_studio(untrained_town, engine)
    await again.start()
    assert again.files.read("hoppeborg") == hoppeborg()
    assert newest_model(untrained_town / "models").name == publication.model
    found = await again.publications.get(publication.id)
    assert found
    assert found.state == "live"
    assert await again.drafts.all() == []
    assert not again.going_live.unsettled
    await again.stop()
    undone = await again.going_live.roll_back(publication.id, *BO, "")
    assert undone.state == "rolled_back"
    assert content(untrained_town) == before
    database.close()


async def test_only_the_latest_is_rolled_back_and_not_over_work_by_hand(studio: Studio, untrained_town: Path) -> None:
    start = content(untrained_town)
    first = await made_ready(studio, untrained_town, await reworded(studio, "Første."))
    await studio.going_live.go_live(first)
    second = await made_ready(studio, untrained_town, await reworded(studio, "Anden."))
    await studio.going_live.go_live(second)
    with pytest.raises(NotNow, match="seneste"):
        await studio.going_live.roll_back(first.id, *BO, "")
    state = studio.files.read("storskrald")
    assert state
    studio.files.write([replace(state, fields={**state.fields, "price": "Gratis."})])
    with pytest.raises(NotNow, match=r"affald\.yml"):
        await studio.going_live.roll_back(second.id, *BO, "")
    studio.files.write([state])
    await studio.going_live.roll_back(second.id, *BO, "")
    assert newest_model(untrained_town / "models").name == first.model
    await studio.going_live.roll_back(first.id, *BO, "")
    assert content(untrained_town) == start
    assert newest_model(untrained_town / "models").name == "first.tar.gz"
    (draft,) = await studio.drafts.all()
    assert draft.state.fields["answer"] == "Anden."


async def test_a_planned_publication_waits_for_its_time(studio: Studio, untrained_town: Path) -> None:
    publication = await made_ready(studio, untrained_town, await reworded(studio, "Ring til os."))
    await studio.publications.approve(publication.id, *BO, at=now() + timedelta(hours=1))
    assert not await studio.worker.step()
    await studio.publications.change(publication.id, scheduled_at=now() - timedelta(seconds=1))
    assert await studio.worker.step()
    await reached(studio, publication, "live")


async def test_the_other_workers_follow(studio: Studio, untrained_town: Path) -> None:
    other_engine = EchoEngine()
    other_engine.ready = True
    other, database = open_studio(untrained_town, other_engine)
    await other.going_live.note_served()
    publication = await made_ready(studio, untrained_town, await reworded(studio, "Ring til os."))
    await studio.going_live.go_live(publication)
    await other.worker.step()
    await other.worker.step()
    await studio.going_live.roll_back(publication.id, *BO, "")
    await other.worker.step()
    folder = untrained_town / "models"
    assert other_engine.swapped == [folder / str(publication.model), folder / "first.tar.gz"]
    database.close()


async def test_both_changed_and_nothing_changed_are_no_publication(studio: Studio, untrained_town: Path) -> None:
    with pytest.raises(NothingToPublish):
        await studio.publications.start(*ANNE, "", [])
    draft = await reworded(studio, "Ring til os.")
    state = studio.files.read("storskrald")
    assert state
    studio.files.write([replace(state, fields={**state.fields, "answer": "Rettet i git."})])
    with pytest.raises(NotNow, match="Svar"):
        await studio.publications.start(*ANNE, "", [draft])
    publication = await studio.publications.start(*ANNE, "", [await studio.drafts.rebase(draft)])
    assert publication.changes[0].differences[0].before == "Rettet i git."


async def test_what_goes_live_is_committed_in_the_authors_name(untrained_town: Path, engine: EchoEngine) -> None:
    def git(*command: str) -> str:
        return subprocess.run(["git", *command], cwd=untrained_town, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    git("add", "data")
    git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", "Start")
    (untrained_town / "data" / "authorities.yml").open("a", encoding="utf-8").write("# mit eget arbejde\n")
    studio, database = open_studio(untrained_town, engine, studio_git=True)
    publication = await made_ready(studio, untrained_town, await drafted(studio, hoppeborg()), reason="Hoppeborg")
    await studio.going_live.go_live(publication)
    assert git("log", "-1", "--format=%an: %s") == "Anne: Hoppeborg\n"
    assert set(git("show", "--format=", "--name-only", "HEAD").split()) == {
        "data/nlu/kultur.yml",
        "data/services/kultur.yml",
        "data/tests/kultur.yml",
    }
    await studio.going_live.roll_back(publication.id, *BO, "Fortrudt")
    assert git("log", "-1", "--format=%an: %s") == "Bo: Fortrudt\n"
    assert [line for line in git("status", "--short").splitlines() if "data/" in line] == [" M data/authorities.yml"]
    database.close()


def test_doing_it_again_changes_nothing(tmp_path: Path) -> None:
    live, new, model = tmp_path / "live.yml", tmp_path / "new.yml", tmp_path / "model"
    live.write_text("old", encoding="utf-8")
    new.write_text("new", encoding="utf-8")
    model.write_bytes(b"m")
    entry = Entry(
        "1", "live", {str(live): str(new), str(tmp_path / "gone.yml"): None}, str(tmp_path / "m.tar.gz"), str(model)
    )
    for _ in range(2):
        apply(entry)
        assert live.read_text(encoding="utf-8") == "new"
        assert (tmp_path / "m.tar.gz").read_bytes() == b"m"
        model.unlink(missing_ok=True)


async def test_one_builds_at_a_time(url: str) -> None:
    databases = [Database(url), Database(url)]
    one, other = (BuildLock(database, name) for database, name in zip(databases, ("one", "other")))
    taken = await asyncio.gather(one.take(), other.take())
    assert sorted(taken) == [False, True]
    holder, waiting = (one, other) if taken[0] else (other, one)
    assert await holder.beat()
    assert not await waiting.beat()
    await holder.let_go()
    assert await waiting.take()
    for database in databases:
        database.close()
