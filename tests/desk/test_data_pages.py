"""What administrators can do for a citizen who asks what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import clock
from bot.conversation.transcript import code_of
from bot.desk.permission import Role
from bot.escalation.reach import read_reach
from tests.desk.conftest import Browser, Office
from tests.escalation.talks import CITIZEN, Talks, answer

pytestmark = pytest.mark.asyncio


async def talk(office: Office, days_old: int = 1) -> str:
    """A conversation with a message left. Returns its id."""
    talks = Talks()
    conversation_id = talks.add(clock.now() - timedelta(days=days_old), [CITIZEN, answer("pas")], thumbs=[(1, "up")])
    await talks.write(office.server.desk.database)
    return conversation_id


async def leave(office: Office, conversation_id: str) -> None:
    await office.server.desk.contacts.leave(
        conversation_id, "Ane Ødegård", read_reach("87803333"), "Ring til mig", None, None, "c1"
    )


async def administrator(office: Office) -> Browser:
    return await office.logged_in(Role.ADMINISTRATOR)


async def test_a_conversation_is_found_and_handed_out_in_plain_words(office: Office) -> None:
    conversation_id = await talk(office)
    await leave(office, conversation_id)
    browser = await administrator(office)
    code = code_of(conversation_id)
    page = (await browser.get(f"/desk/data?kode={code.lower().replace('-', ' ')}")).text
    assert f"Samtale <code>{code}</code>" in page
    assert "Borgeren venter stadig på svar" in page
    assert "Ane" not in page
    handed = await browser.fill_in(f"/desk/data?kode={code}", {"code": code}, to="/desk/data/udskrift")
    assert handed.headers["content-disposition"] == f'attachment; filename="samtale-{code}.json"'
    kept = handed.json()
    assert [row["name"] for row in kept["contact_messages"]] == ["Ane Ødegård"]
    assert [row["author"] for row in kept["messages"]] == ["citizen", "bot"]
    assert "Ødegård" in handed.text
    rows, _ = await office.server.desk.audit.page(code=code)
    assert [row.act for row in rows] == ["data_export", "data_find", "data_find"]


async def test_a_code_of_nothing_is_told(office: Office) -> None:
    browser = await administrator(office)
    page = await browser.get("/desk/data?kode=XXX-XXX")
    assert page.status_code == 400
    assert "Der er ingen samtale med den kode." in page.text
    for path in ("udskrift", "sletning"):
        gone = await browser.fill_in("/desk/data", {"code": "XXX-XXX", "sure": "yes"}, to=f"/desk/data/{path}")
        assert gone.status_code == 404


async def test_erasing_asks_once_more_and_is_noted(office: Office) -> None:
    conversation_id = await talk(office)
    await leave(office, conversation_id)
    browser = await administrator(office)
    code = code_of(conversation_id)
    asked = await browser.fill_in(f"/desk/data?kode={code}", {"code": code}, to="/desk/data/sletning")
    assert asked.status_code == 400
    assert "Sæt kryds, hvis samtalen skal slettes." in asked.text
    assert await office.server.desk.transcript.conversation(conversation_id)
    erased = await browser.fill_in("/desk/data", {"code": code, "sure": "yes"}, to="/desk/data/sletning")
    assert (erased.status_code, erased.headers["location"]) == (303, "/desk/data?done=data_erased")
    assert await office.server.desk.transcript.conversation(conversation_id) is None
    assert await office.server.desk.contacts.open_list() == []
    assert conversation_id in office.server.engine.forgotten
    rows, _ = await office.server.desk.audit.page(act="data_erase")
    assert [row.code for row in rows] == [code]


async def test_purging_now(office: Office) -> None:
    old, young = await talk(office, days_old=91), await talk(office, days_old=89)
    browser = await administrator(office)
    assert "90 dage efter den sidste besked" in (await browser.get("/desk/data")).text
    purged = await browser.fill_in("/desk/data", {}, to="/desk/data/oprydning")
    assert purged.headers["location"] == "/desk/data?done=data_purged"
    transcript = office.server.desk.transcript
    assert await transcript.conversation(old) is None
    assert await transcript.conversation(young)
    rows, _ = await office.server.desk.audit.page(act="data_purge")
    assert [row.detail for row in rows] == [{"antal": "1"}]
