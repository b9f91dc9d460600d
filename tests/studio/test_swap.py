"""Exchanging the model under a running engine: real models, real conversations."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers.knowledge import knowledge
from bot.catalogue.problem import ContentError
from bot.engine.agent import RasaEngine
from bot.studio.content_files import ContentFiles
from tests.studio import small_town


@pytest.fixture
async def engine(town: Path) -> AsyncIterator[RasaEngine]:
    running = RasaEngine(small_town.settings(town), town / "models")
    await running.start()
    yield running
    await running.stop()


def reword(town: Path, answer: str) -> None:
    files = ContentFiles(town / "data")
    state = files.read("storskrald")
    assert state
    files.write([replace(state, fields={**state.fields, "answer": answer})])


def copy_of_model(town: Path) -> Path:
    model = next(town.glob("models/*.tar.gz"))
    return Path(shutil.copy(model, town / "models" / "ny.tar.gz"))


async def ask(engine: RasaEngine, talk: str, text: str) -> str:
    replies = await engine.reply(talk, text, {})
    return "\n".join(reply.text for reply in replies)


async def test_model_and_content_change_in_one_instant_and_a_conversation_keeps_its_subject(
    engine: RasaEngine, town: Path
) -> None:
    before = await ask(engine, "a", "storskrald")
    reword(town, "Vi henter nu sofaen om onsdagen.")
    assert await ask(engine, "b", "storskrald") == before
    await engine.swap(copy_of_model(town))
    assert engine.model == town / "models" / "ny.tar.gz"
    assert "onsdagen" in await ask(engine, "b", "storskrald")
    assert "onsdagen" in knowledge().catalogue.entries["storskrald"].service.answer
    price = (await engine.reply("a", "/pris", {}))[0]
    assert price.meta["service"] == "storskrald"


async def test_a_model_that_does_not_load_leaves_what_was(engine: RasaEngine, town: Path) -> None:
    before = await ask(engine, "a", "storskrald")
    broken = town / "models" / "broken.tar.gz"
    broken.write_bytes(b"no model")
    with pytest.raises(Exception, match="can not be loaded"):
        await engine.swap(broken)
    (town / "data" / "services" / "affald.yml").write_text("subject: [", encoding="utf-8")
    with pytest.raises(ContentError):
        await engine.swap(copy_of_model(town))
    assert await ask(engine, "b", "storskrald") == before


async def test_no_turn_is_lost_while_models_change(engine: RasaEngine, town: Path) -> None:
    reword(town, "Vi henter nu sofaen om onsdagen.")
    model = copy_of_model(town)
    answers: list[str] = []

    async def talk(name: str) -> None:
        for _ in range(40):
            answers.append(await ask(engine, name, "storskrald"))

    talking = [asyncio.create_task(talk(f"t{number}")) for number in range(5)]
    await asyncio.sleep(0.1)
    await engine.swap(model)
    assert not all(one.done() for one in talking)
    await asyncio.gather(*talking)
    assert len(answers) == 200
    assert len(set(answers)) == 2


async def test_why_a_message_is_understood_as_it_is(engine: RasaEngine, town: Path) -> None:
    why = await engine.explain("nej jeg mente STORSKRALLD")
    assert why["ranking"][0]["service"] == "storskrald"
    assert why["counts"] == "STORSKRALLD"
    assert why["words"] == [{"written": "STORSKRALLD", "read": "storskralld", "stem": "storskralld"}]
    assert why["decision"]["kind"] in ("answer", "ask", "search")
    assert 0 < why["milliseconds"] < 500
    other = await engine.explain("storskrald", copy_of_model(town))
    assert other["ranking"][0]["service"] == "storskrald"
    assert engine.model != town / "models" / "ny.tar.gz"
