"""Drafts on a real database beside the real files: nobody's work is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.storage.database import Database
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Conflict, Draft, Drafts
from bot.studio.state import SHARED, State
from bot.texts import Texts

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load(ROOT / "data" / "texts" / "desk.yml")
ANNE, BO = ("1", "Anne"), ("2", "Bo")


@pytest.fixture
def drafts(tmp_path: Path, files: ContentFiles) -> Iterator[Drafts]:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    yield Drafts(database, files, TEXTS)
    database.close()


def changed(state: State | None, **fields: Any) -> State:
    assert state
    return replace(state, fields={**state.fields, **fields})


async def kept(saving: Any) -> Draft:
    draft = await saving
    assert draft
    return draft


async def test_a_draft_is_kept_and_is_what_the_next_editor_opens(drafts: Drafts, files: ContentFiles) -> None:
    opened = await drafts.open("affald")
    assert opened.draft is None
    draft = await kept(drafts.save(changed(opened.state, title="Skrald"), opened.version, *ANNE))
    assert (await drafts.open("affald")).state == draft.state
    assert [one.author_name for one in await drafts.all()] == ["Anne"]
    assert files.read("affald") == opened.state


async def test_what_the_files_have_is_no_draft(drafts: Drafts) -> None:
    opened = await drafts.open("affald")
    await drafts.save(changed(opened.state, title="Skrald"), opened.version, *ANNE)
    again = await drafts.open("affald")
    assert opened.state
    assert await drafts.save(opened.state, again.version, *ANNE) is None
    assert await drafts.all() == []


async def test_two_editors_at_once_see_each_others_work(drafts: Drafts) -> None:
    opened = await drafts.open("affald")
    await drafts.save(changed(opened.state, title="Skrald", price="Gratis."), opened.version, *ANNE)
    mine = changed(opened.state, title="Affald og genbrug")
    with pytest.raises(Conflict) as conflict:
        await drafts.save(mine, opened.version, *BO)
    found = conflict.value
    assert found.author_name == "Anne"
    assert found.theirs
    assert found.theirs.fields["title"] == "Skrald"
    assert {one.field: (one.before, one.after) for one in found.differences}["title"] == ("Skrald", "Affald og genbrug")
    await drafts.save(changed(found.theirs, title="Affald og genbrug"), found.version, *BO)
    state = (await drafts.open("affald")).state
    assert state
    assert (state.fields["title"], state.fields["price"]) == ("Affald og genbrug", "Gratis.")


async def test_of_many_who_save_at_once_one_wins(drafts: Drafts) -> None:
    opened = await drafts.open("affald")
    saving = [drafts.save(changed(opened.state, title=f"Skrald {n}"), opened.version, *ANNE) for n in range(8)]
    results = await asyncio.gather(*saving, return_exceptions=True)
    assert sum(isinstance(one, Draft) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 7


async def test_a_change_by_hand_before_the_first_save_is_a_conflict(drafts: Drafts, files: ContentFiles) -> None:
    opened = await drafts.open("affald")
    files.write([changed(files.read("affald"), title="Rettet i git")])
    with pytest.raises(Conflict) as conflict:
        await drafts.save(changed(opened.state, price="Gratis."), opened.version, *ANNE)
    assert conflict.value.theirs == files.read("affald")


async def test_a_change_by_hand_under_a_draft_is_taken_in(drafts: Drafts, files: ContentFiles) -> None:
    opened = await drafts.open("affald")
    assert opened.state
    mine = replace(changed(opened.state, price="Gratis."), phrasings=(*opened.state.phrasings, "hvor er min spand"))
    draft = await kept(drafts.save(mine, opened.version, *ANNE))
    files.write(
        [replace(changed(opened.state, title="Rettet i git"), phrasings=(*opened.state.phrasings[1:], "fra git"))]
    )
    state, both = await drafts.restate(draft)
    assert both == []
    assert (state.fields["title"], state.fields["price"]) == ("Rettet i git", "Gratis.")
    assert set(state.phrasings) == {*opened.state.phrasings[1:], "fra git", "hvor er min spand"}
    assert {one.field for one in await drafts.diff(draft)} == {"price", "phrasings"}
    files.write([changed(files.read("affald"), price="100 kr.")])
    assert (await drafts.restate(draft))[1] == ["price"]


async def test_a_difference_is_told_in_words(drafts: Drafts) -> None:
    opened = await drafts.open("affald")
    assert opened.state
    links = [{"label": "Ring", "url": "https://a.dk", "kind": "information", "status": "checked"}]
    steps = {**opened.state.fields["steps"], "time": "En time."}
    state = changed(opened.state, links=links, steps=steps, obligatory_digital=True, life_events=[])
    state = replace(state, phrasings=(*opened.state.phrasings[1:], "ny linje"))
    draft = await kept(drafts.save(state, opened.version, *ANNE))
    found = {one.label: one for one in await drafts.diff(draft)}
    assert found["Links"].after == "Ring (https://a.dk, information, kontrolleret)"
    assert found["Vejledning: hvor lang tid"].after == "En time."
    assert found["Skal gøres digitalt"].after == "ja"
    assert found["Livsbegivenheder"].after == ""
    assert found["Formuleringer"].added == ("ny linje",)
    assert found["Formuleringer"].removed == (opened.state.phrasings[0],)
    assert len(found) == 5


async def test_every_field_has_a_danish_name(drafts: Drafts) -> None:
    for listed in ("affald", "velfaerdsteknologi", "pas"):
        opened = await drafts.open(listed)
        assert opened.state
        nothing = State(SHARED, listed, "andet")
        draft = Draft(listed, SHARED, nothing, opened.state, *ANNE, opened.draft, "", "")  # type: ignore[arg-type]
        for one in await drafts.diff(draft):
            assert one.label != one.field


async def test_only_the_version_that_was_seen_is_discarded(drafts: Drafts) -> None:
    opened = await drafts.open("affald")
    draft = await kept(drafts.save(changed(opened.state, title="Skrald"), opened.version, *ANNE))
    await drafts.save(changed(opened.state, title="Skrald og mere"), draft.version, *BO)
    assert not await drafts.discard("affald", SHARED, draft.version)
    assert await drafts.discard("affald", SHARED, (await drafts.all())[0].version)
    assert await drafts.all() == []
