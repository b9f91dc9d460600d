"""What an editor is told about a line: against the real trained model of a small town."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.agent import RasaEngine
from bot.studio.content_files import ContentFiles
from bot.studio.phrasing_check import Finding, PhrasingCheck
from bot.texts import Texts
from tests.server.engines import EchoEngine
from tests.studio import small_town

TEXTS = Texts.load(Path(__file__).parents[2] / "data" / "texts" / "desk.yml")


@pytest.fixture
async def check(town: Path) -> AsyncIterator[PhrasingCheck]:
    engine = RasaEngine(small_town.settings(town), town / "models")
    await engine.start()
    yield PhrasingCheck(ContentFiles(town / "data"), engine, TEXTS)
    await engine.stop()


def line_of(town: Path, service_id: str) -> str:
    """A longer phrasing of the service."""
    state = ContentFiles(town / "data").read(service_id)
    assert state
    return next(line for line in state.phrasings if len(line) > 30)


def kinds(found: list[Finding]) -> dict[str, Finding]:
    return {one.kind: one for one in found}


async def test_a_line_of_another_service_is_named(check: PhrasingCheck, town: Path) -> None:
    line = line_of(town, "bibliotek")
    found = kinds(await check.line("pas", line.upper() + "!"))
    assert found["taken"].service == "bibliotek"
    assert found["taken"].severity == "error"
    assert found["taken"].title in found["taken"].text
    near = kinds(await check.line("pas", line + " a"))
    assert near["near"].other == line
    assert near["near"].severity == "warning"
    assert "taken" not in near


async def test_a_line_of_the_same_list_is_a_twin(check: PhrasingCheck) -> None:
    others = ["hvor fornyer jeg mit gamle pas", "noget helt andet"]
    assert kinds(await check.line("pas", "Hvor fornyer jeg mit gamle pas?", others))["twin"].other == others[0]
    assert kinds(await check.line("pas", "hvor fornyer jeg mit gamle pass", others))["near_twin"].other == others[0]
    assert not {"twin", "near_twin"} & set(kinds(await check.line("pas", "kan jeg få pas til min hund", others)))


async def test_the_live_model_says_when_it_is_sure_of_another_or_knows_already(check: PhrasingCheck) -> None:
    found = kinds(await check.line("pas", "mit sundhedskort er blevet væk og jeg skal have et nyt sundhedskort"))
    assert found["clash"].service == "sundhedskort"
    assert (found["clash"].probability or 0) > 0.75
    assert "procent" in found["clash"].text
    known = await check.line("sundhedskort", "mit sundhedskort er blevet væk og jeg skal have et nyt sundhedskort")
    assert kinds(known)["known"].severity == "good"
    assert await check.line("pas", "xyzzy plugh kvaks") == []


async def test_what_is_no_sentence_is_refused(check: PhrasingCheck) -> None:
    assert [one.kind for one in await check.line("pas", "/restart")] == ["form"]
    assert [one.kind for one in await check.line("pas", "   ")] == ["form"]


async def test_a_new_phrasing_in_the_files_is_known_at_once(check: PhrasingCheck, town: Path) -> None:
    line = "må man fiske i havnen om natten"
    assert "taken" not in kinds(await check.line("pas", line))
    files = ContentFiles(town / "data")
    state = files.read("bibliotek")
    assert state
    files.write([replace(state, phrasings=(*state.phrasings, line))])
    assert kinds(await check.line("pas", line))["taken"].service == "bibliotek"


def test_a_list_is_thin_smells_or_repeats_itself(town: Path) -> None:
    check = PhrasingCheck(ContentFiles(town / "data"), EchoEngine(), TEXTS)
    found = kinds(check.whole("pas", [f"jeg vil gerne have pas nummer {n}" for n in range(10)]))
    assert set(found) == {"thin", "smell"}
    assert "10" in found["smell"].text
    varied = ["pas", "nyt pas", "Pas!", *(f"{word} pas" for word in "abcdefghijklmn")]
    assert set(kinds(check.whole("pas", varied))) == {"twin"}


async def test_without_a_model_lines_are_still_compared(town: Path) -> None:
    check = PhrasingCheck(ContentFiles(town / "data"), EchoEngine(), TEXTS)
    assert set(kinds(await check.line("pas", line_of(town, "bibliotek")))) == {"taken"}


async def test_a_line_is_checked_while_it_is_typed(check: PhrasingCheck) -> None:
    lines = [f"hvordan får jeg nummer {n} fornyet" for n in range(30)]
    await check.line("pas", lines[0])
    begun = time.process_time()
    for line in lines:
        await check.line("pas", line, lines[:15])
    assert (time.process_time() - begun) / len(lines) < 0.03
