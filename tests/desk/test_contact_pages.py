"""From a citizen's form outside hours to a colleague's tick: sent, read by staff alone, answered once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.desk.permission import Role
from tests.desk.conftest import Browser, Office, OpenDesk

pytestmark = pytest.mark.asyncio

FRIDAY_EVENING = datetime(2026, 11, 27, 18, tzinfo=UTC)
LETTER = {"name": "Ane Ødegård", "contact": "87 80 33 33", "text": "Ring om mit pas\n<b>snart</b>"}


SetTime = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def set_time(monkeypatch: pytest.MonkeyPatch) -> SetTime:
    """The time for messages alone, as tokens and sessions are judged by the real clock. First it is Friday evening."""

    def set_to(moment: datetime) -> None:
        for module in ("bot.escalation.contact", "bot.server.contact_http", "bot.desk.contact_pages"):
            monkeypatch.setattr(f"{module}.clock", SimpleNamespace(now=lambda: moment))

    set_to(FRIDAY_EVENING)
    return set_to


async def begin(office: Office) -> dict[str, str]:
    """A conversation of which the citizen has the token."""
    session = await office.server.session()
    return {"Authorization": f"Bearer {session['token']}"}


async def leave(office: Office, bearer: dict[str, str], **changed: Any) -> httpx.Response:
    letter = {**LETTER, "client_id": str(uuid4()), **changed}
    return await office.server.http.post("/api/chat/contact", json=letter, headers=bearer)


async def the_message(browser: Browser) -> str:
    """The path of the only message that waits."""
    page = (await browser.get("/desk/beskeder")).text
    assert page.count('href="/desk/beskeder/') == 1
    return "/desk/beskeder/" + page.partition('href="/desk/beskeder/')[2].partition('"')[0]


async def test_a_message_is_promised_an_answer_also_in_the_chat(office: Office) -> None:
    bearer = await begin(office)
    sent = await leave(office, bearer)
    assert (sent.status_code, sent.json()) == (
        200,
        {"ok": True, "text": "Tak. Odder Kommune har fået din besked. Vi svarer dig senest mandag kl. 15."},
    )
    messages = (await office.server.http.get("/api/chat/messages?after=0", headers=bearer)).json()["messages"]
    assert [(one["author"], one["text"]) for one in messages[1:]] == [("system", sent.json()["text"])]
    assert "Ane" not in str(messages)


async def test_sent_again_it_is_the_same_message(office: Office) -> None:
    bearer = await begin(office)
    first, again = [await leave(office, bearer, client_id="c1") for _ in range(2)]
    assert first.json() == again.json()
    browser = await office.logged_in(Role.STAFF)
    await the_message(browser)
    messages = (await office.server.http.get("/api/chat/messages?after=1", headers=bearer)).json()["messages"]
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"name": " \n"}, "empty", "name"),
        ({"text": "\u200b"}, "empty", "text"),
        ({"name": "a" * 101}, "too_long", "name"),
        ({"text": "a" * 2001}, "too_long", "text"),
        ({"contact": ""}, "bad_contact", "contact"),
        ({"contact": "12345678"}, "bad_contact", "contact"),
        ({"contact": "a" * 400}, "bad_contact", "contact"),
        ({"contact": 87803333}, "bad_request", None),
        ({"client_id": "æ"}, "bad_request", None),
    ],
)
async def test_what_is_wrong_is_told_kindly(office: Office, changed: dict[str, Any], code: str, field: str) -> None:
    refused = await leave(office, await begin(office), **changed)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error.get("field")) == (400, code, field)
    assert error["text"].endswith(".")
    assert "{" not in error["text"]


async def test_two_thousand_signs_are_enough_room_for_any_letter(office: Office) -> None:
    assert (await leave(office, await begin(office), text="æ" * 2000)).status_code == 200


async def test_strangers_and_the_hasty_are_refused(open_desk: OpenDesk) -> None:
    office = await open_desk(contact_burst=2)
    stranger = await leave(office, {"Authorization": "Bearer x"})
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "unauthorised")
    bearer = await begin(office)
    statuses = [(await leave(office, bearer)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    # A form filled in wrongly costs nothing.
    other = await begin(office)
    assert [(await leave(office, other, contact="")).status_code for _ in range(3)] == [400, 400, 400]
    assert (await leave(office, other)).status_code == 200


async def test_staff_read_it_and_that_is_noted(office: Office) -> None:
    await leave(office, await begin(office))
    browser = await office.logged_in(Role.STAFF)
    listed = (await browser.get("/desk/beskeder")).text
    assert "mandag kl. 15" in listed
    assert "Ane" not in listed
    page = (await browser.get(await the_message(browser))).text
    assert "Ane Ødegård" in page
    assert 'href="tel:+4587803333"' in page
    assert "Ring om mit pas\n&lt;b&gt;snart&lt;/b&gt;" in page
    rows, _ = await office.server.desk.audit.page(act="contact_view")
    assert [row.name for row in rows] == ["Mette Hansen"]
    assert "Ane" not in str(rows)


async def test_it_is_answered_once_and_says_by_whom_and_how(office: Office) -> None:
    await leave(office, await begin(office))
    browser = await office.logged_in(Role.STAFF)
    path = await the_message(browser)
    token_page = await browser.get(path)
    wrong = await browser.fill_in(path, {"note": "a" * 1001})
    assert wrong.status_code == 400
    assert "Vælg, hvordan du svarede." in wrong.text
    assert "Noten må højst fylde 1000 tegn." in wrong.text
    right = await browser.fill_in(path, {"how": "phone", "note": "Hun kommer. Cpr 010203-1234."})
    assert (right.status_code, right.headers["location"]) == (303, "/desk/beskeder?done=contact_answered")
    assert "Der er ingen beskeder, der venter." in (await browser.get("/desk/beskeder")).text
    answered = (await browser.get("/desk/beskeder?vis=besvarede")).text
    assert "Mette Hansen, talte med borgeren i telefon" in answered
    page = (await browser.get(path)).text
    assert "Hun kommer. Cpr [CPR-nummer]." in page
    assert "Markér som besvaret" not in page
    csrf = token_page.text.partition('name="csrf" content="')[2].partition('"')[0]
    late = await browser.http.post(path, data={"csrf": csrf, "how": "email"})
    assert late.headers["location"] == "/desk/beskeder?done=contact_taken"
    rows, _ = await office.server.desk.audit.page(act="contact_answer")
    assert [row.detail for row in rows] == [{"how": "Talte med borgeren i telefon"}]


async def test_what_is_overdue_stands_first_and_is_said(office: Office, set_time: SetTime) -> None:
    await leave(office, await begin(office))
    set_time(FRIDAY_EVENING + timedelta(days=4))
    await leave(office, await begin(office))
    page = (await (await office.logged_in(Role.STAFF)).get("/desk/beskeder")).text
    assert "1 besked skulle være besvaret nu." in page
    assert page.index("Over tiden") < page.index("torsdag kl. 17")


async def test_a_lost_key_is_said_and_nothing_is_lost(office: Office, open_desk: OpenDesk) -> None:
    await leave(office, await begin(office))
    browser = await office.logged_in(Role.STAFF)
    path = await the_message(browser)
    other = await open_desk(contact_keys=("en helt anden nøgle end den, der blev brugt",))
    elsewhere = await other.browser()
    await elsewhere.log_in("mette@kommune.dk")
    page = await elsewhere.get(path)
    assert page.status_code == 200
    assert "nøglen mangler på serveren" in page.text
    assert "Ane Ødegård" in (await browser.get(path)).text


async def test_a_message_that_is_gone_is_no_page(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    assert (await browser.get("/desk/beskeder/findes-ikke")).status_code == 404
