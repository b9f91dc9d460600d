"""A publication from draft to citizen and back again, with real training and a real engine."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import update

from bot.clock import now
from bot.engine.agent import RasaEngine
from bot.engine.model_file import newest_model
from bot.storage.studio_tables import locks
from bot.studio.publications import FourEyes, NotNow, Publication
from bot.studio.studio import Studio
from tests.server.engines import EchoEngine
from tests.studio import small_town
from tests.studio.publishing import (
    ANNE,
    BO,
    PHRASINGS,
    content,
    drafted,
    hoppeborg,
    models,
    open_studio,
    python,
    reached,
    reworded,
)


@pytest.fixture
async def engine(town: Path) -> AsyncIterator[RasaEngine]:
    running = RasaEngine(small_town.settings(town), town / "models")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def studio(town: Path, engine: RasaEngine) -> AsyncIterator[Studio]:
    opened, database = open_studio(town, engine, studio_four_eyes=True)
    await opened.start()
    yield opened
    await opened.stop()
    database.close()


async def ask(engine: RasaEngine, text: str) -> str:
    replies = await engine.reply(f"talk about {text}", text, {})
    return "\n".join(reply.text for reply in replies)


async def test_from_draft_to_citizen_and_back(studio: Studio, engine: RasaEngine, town: Path) -> None:
    before, model_before = content(town), newest_model(town / "models")
    draft = await drafted(studio, hoppeborg())
    heard: list[Publication] = []
    studio.publications.hear(heard.append)
    publication = await studio.publications.start(*ANNE, "Borgerne spørger efter hoppeborgen", [draft])
    assert not any("hoppeborg" in line for line in (await ask(engine, "må jeg låne en hoppeborg")).splitlines())
    ready = await reached(studio, publication, "ready")
    assert content(town) == before
    assert newest_model(town / "models") == model_before

    states = list(dict.fromkeys(one.state for one in heard))
    assert states == ["queued", "checking", "training", "comparing", "ready"]
    progress = [one.progress for one in heard]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert ready.report["problems"] == []
    better = {one["text"]: one for one in ready.report["compare"]["better"]}
    assert better["må jeg låne en hoppeborg"]["right"] == "service/hoppeborg"
    assert better["findes der en hoppeborg man kan leje"]["source"] == "test"
    assert ready.report["compare"]["right_after"] > ready.report["compare"]["right_before"]
    assert set(ready.report["seconds"]) == {"check", "train", "compare"}
    tried = await studio.tryout.explain("hoppeborgen er punkteret", publication.id)
    assert tried["ranking"][0]["title"] == "Lån en hoppeborg"
    assert len(tried["ranking"][0]["nearest"]) == 3
    assert (await studio.tryout.explain("hoppeborgen er punkteret"))["ranking"][0]["service"] != "hoppeborg"

    with pytest.raises(FourEyes, match="Anne"):
        await studio.publications.approve(publication.id, *ANNE)
    await studio.publications.approve(publication.id, *BO)
    live = await reached(studio, publication, "live", seconds=30)
    assert live.approved_name == "Bo"
    assert "Du kan låne en hoppeborg" in await ask(engine, "kan man leje en hoppeborg")
    assert studio.files.read("hoppeborg") == hoppeborg()
    assert await studio.drafts.all() == []
    assert newest_model(town / "models").name == live.model
    assert (await studio.publications.last_changed())["hoppeborg"][1] == "Anne"

    undone = await studio.going_live.roll_back(publication.id, *BO, "Den er gået i stykker")
    assert (undone.state, undone.ended_name) == ("rolled_back", "Bo")
    assert content(town) == before
    assert newest_model(town / "models") == model_before
    assert "Du kan låne en hoppeborg" not in await ask(engine, "kan man leje en hoppeborg?")
    assert [one.state for one in await studio.drafts.all()] == [hoppeborg()]


async def test_phrasings_that_clash_stop_before_the_training(studio: Studio, town: Path) -> None:
    before = content(town)
    pas = studio.files.read("pas")
    assert pas
    taken = hoppeborg(phrasings=(*PHRASINGS, pas.phrasings[0].upper()))
    thin = replace(pas, phrasings=pas.phrasings[:3])
    drafts = [await drafted(studio, taken), await drafted(studio, thin)]
    publication = await studio.publications.start(*ANNE, "Prøve", drafts)
    failed = await reached(studio, publication, "failed")
    problems = "\n".join(failed.report["problems"])
    assert f"«{pas.phrasings[0]}»" in problems
    assert "står også under service/hoppeborg (kultur.yml, linje" in problems
    assert "service/pas har 3 formuleringer" in problems
    assert "train" not in failed.report["seconds"]
    assert content(town) == before
    assert len(await studio.drafts.all()) == 2


async def test_a_cancelled_training_ends_at_once(studio: Studio, town: Path) -> None:
    publication = await studio.publications.start(*ANNE, "Prøve", [await reworded(studio, "Ring til os.")])
    await reached(studio, publication, "training")
    (child,) = [one for one in psutil.Process().children() if "bot.studio.build" in one.cmdline()]
    assert child.nice() == 10
    cancelled = await studio.publications.cancel(publication.id, *BO)
    assert cancelled.report["problems"] == ["Afbrudt af Bo."]
    await asyncio.to_thread(psutil.wait_procs, [child], timeout=20)
    assert not child.is_running()
    with pytest.raises(NotNow, match="mislykket"):
        await studio.publications.approve(publication.id, *BO)


async def test_a_training_that_dies_is_told_and_the_next_one_runs(studio: Studio, town: Path) -> None:
    before = content(town)
    publication = await studio.publications.start(*ANNE, "Prøve", [await reworded(studio, "Ring til os.")])
    await reached(studio, publication, "training")
    (child,) = [one for one in psutil.Process().children() if "bot.studio.build" in one.cmdline()]
    child.kill()
    failed = await reached(studio, publication, "failed", seconds=20)
    assert failed.report["problems"] == [studio.texts.say("studio_build_broke")]
    assert content(town) == before
    again = await studio.publications.retry(publication.id, *BO)
    await reached(studio, again, "training", seconds=60)
    await studio.publications.cancel(again.id, *BO)


SERVER = """
import asyncio, sys
from pathlib import Path
from tests.server.engines import EchoEngine
from tests.studio.publishing import ANNE, open_studio, reworded

async def main():
    studio, _ = open_studio(Path(sys.argv[1]), EchoEngine())
    await studio.start()
    await studio.publications.start(*ANNE, "Prøve", [await reworded(studio, "Ring til os.")])
    studio.publications.hear(lambda one: print(one.state, flush=True))
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_server_killed_while_it_trains_leaves_everything_as_it_was(town: Path) -> None:
    before, first = content(town), models(town)
    server = python(SERVER, town)
    assert server.stdout
    for line in iter(server.stdout.readline, ""):
        if line.strip() == "training":
            break
    children = psutil.Process(server.pid).children()
    assert children
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert psutil.wait_procs(children, timeout=20)[1] == []
    assert content(town) == before
    assert models(town) == first

    studio, database = open_studio(town, EchoEngine())
    (interrupted,) = await studio.publications.all()
    assert interrupted.working
    assert not await studio.worker.step(), "the other worker may be alive"
    long_ago = update(locks).values(heartbeat=now() - timedelta(minutes=1))
    await database.write(lambda connection: connection.execute(long_ago))
    await studio.worker.step()
    (failed,) = await studio.publications.all()
    assert (failed.state, failed.report["problems"]) == ("failed", [studio.texts.say("studio_cut_off")])
    again = await studio.publications.retry(failed.id, *BO)
    assert [change.title for change in again.changes] == ["Storskrald"]
    database.close()
