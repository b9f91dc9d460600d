"""What the tests of publishing share."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.engine.contract import Engine
from bot.engine.model_file import newest_model
from bot.storage.database import Database
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Draft
from bot.studio.publications import Publication
from bot.studio.state import SHARED, State
from bot.studio.studio import Studio
from tests.studio import small_town

ANNE, BO = ("1", "Anne"), ("2", "Bo")

PHRASINGS = tuple(
    """må jeg låne en hoppeborg
hoppeborg til sommerfest
vi skal holde gadefest og vil leje kommunens hoppeborg
hvad koster det at låne hoppeborgen en lørdag
kan foreningen få hoppeborgen med hjem
hoppeborg børnefødselsdag
er hoppeborgen ledig i uge 30
låne oppustelig borg
hoppepude til vejfest
hvor henter man hoppeborgen
skal vi selv blæse hoppeborgen op
aflevere hoppeborg igen
der er hul i hoppeborgen vi lånte
booking af hoppeborg
hopeborg lån
hvem udlåner hoppeborge
vores børnehave vil gerne låne en hoppeborg""".splitlines()
)


def hoppeborg(**changes: Any) -> State:
    """A service the town did not have."""
    fields = {
        "title": "Lån en hoppeborg",
        "authority": "kommune",
        "department": "kultur_og_fritid",
        "keywords": ["hoppeborg", "lån hoppeborg"],
        "answer": "Du kan låne en hoppeborg. Ring til os.",
        "links": [{"label": "Lån", "url": "https://www.odder.dk", "kind": "self_service", "status": "checked"}],
    }
    tests = ("findes der en hoppeborg man kan leje",)
    return replace(State(SHARED, "hoppeborg", "kultur", fields, PHRASINGS, tests), **changes)


def open_studio(town: Path, engine: Engine, **settings: Any) -> tuple[Studio, Database]:
    """The town's studio; close the database afterwards."""
    chosen = small_town.settings(town, **settings)
    database = Database(chosen.database)
    return Studio.open(chosen, database, engine, town / "models"), database


async def drafted(studio: Studio, state: State, author: tuple[str, str] = ANNE) -> Draft:
    """The state as a draft."""
    opened = await studio.drafts.open(state.id, state.layer)
    draft = await studio.drafts.save(state, opened.version, *author)
    assert draft
    return draft


async def reworded(studio: Studio, answer: str, service: str = "storskrald") -> Draft:
    """A draft with another answer."""
    state = studio.files.read(service)
    assert state
    return await drafted(studio, replace(state, fields={**state.fields, "answer": answer}))


async def made_ready(studio: Studio, town: Path, *drafts: Draft, reason: str = "Nyt") -> Publication:
    """A publication as the worker leaves it, with a copy of the first model for the one it would train."""
    publication = await studio.publications.start(*ANNE, reason, drafts)
    work = town / "var" / "publications" / publication.id
    shutil.copytree(town / "data", work / "data")
    ContentFiles(work / "data").write([change.state for change in publication.changes])
    before = newest_model(town / "models")
    model = f"20990101-{publication.id[:8]}.tar.gz"
    (work / "model").mkdir()
    shutil.copy(before, work / "model" / model)
    return await studio.publications.change(
        publication.id,
        state="ready",
        progress=100,
        model=model,
        model_before=before.name,
        content=studio.going_live.content(),
    )


async def reached(studio: Studio, publication: Publication, *states: str, seconds: float = 240) -> Publication:
    """Wait until the publication is in one of the states."""
    until = asyncio.get_running_loop().time() + seconds
    while True:
        found = await studio.publications.get(publication.id)
        assert found
        if found.state in states:
            return found
        assert found.state != "failed", found.report["problems"]
        assert asyncio.get_running_loop().time() < until, found.state
        await asyncio.sleep(0.1)


def content(town: Path) -> dict[str, bytes]:
    """Every content file."""
    return {str(path.relative_to(town)): path.read_bytes() for path in sorted(town.glob("data/**/*.yml"))}


def models(town: Path) -> list[str]:
    """The models' names."""
    return sorted(path.name for path in town.glob("models/*"))


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a script that sees the checkout, its output in a pipe."""
    environment = {**os.environ, "PYTHONPATH": str(small_town.ROOT)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
