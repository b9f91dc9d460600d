"""One conversation over HTTP: reading, answering, passing on, learning; with scripts and without."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from httpx import QueryParams

from bot.desk.permission import Role
from bot.escalation.proposals import Proposals
from bot.escalation.ticket import Ticket
from tests.desk.conftest import Browser, Office, csrf_of
from tests.desk.talk import wait_in_line
from tests.server.hostile import SCRIPTS

pytestmark = pytest.mark.asyncio

FOREIGN = frozenset(["img", "svg", "iframe", "style", "math", "object", "embed", "base", "template", "x"])


def _page(ticket: Ticket) -> str:
    return f"/desk/samtale/{ticket.id}"


async def _do(browser: Browser, ticket: Ticket, act: str, /, **fields: Any) -> httpx.Response:
    return await browser.fill_in(_page(ticket), fields, to=f"{_page(ticket)}/{act}")


async def _script(browser: Browser, ticket: Ticket, act: str, /, **fields: Any) -> httpx.Response:
    token = csrf_of(await browser.get(_page(ticket)))
    headers = {"Accept": "application/json", "X-CSRF": token}
    return await browser.http.post(f"{_page(ticket)}/{act}", data=fields, headers=headers)


async def _said(office: Office, ticket: Ticket, author: str = "human") -> list[str]:
    messages = await office.server.desk.transcript.messages(ticket.conversation_id)
    return [message.text for message in messages if message.author == author]


async def test_take_answer_and_close(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office, "Hvad koster et pas?")
    waiting = (await mette.get(_page(ticket))).text
    assert "Tag samtalen for at svare" in waiting
    assert "Botten svarede om «Pas til voksne», 87 % sikker." in waiting
    assert 'id="svar"' not in waiting

    taken = await _do(mette, ticket, "tag")
    assert taken.headers["location"] == f"{_page(ticket)}?done=chat_claim"
    assert 'id="svar"' in (await mette.get(_page(ticket))).text
    sent = await _do(mette, ticket, "svar", text="  Det koster 893 kr.\r\nHilsen Mette ", link=["pas:0", "intet:0"])
    assert (sent.status_code, sent.headers["location"]) == (303, f"{_page(ticket)}#svar")
    message = (await office.server.desk.transcript.messages(ticket.conversation_id))[-1]
    assert (message.author, message.name, message.text) == ("human", "Mette", "Det koster 893 kr.\nHilsen Mette")
    assert [link["url"].startswith("https://") for link in message.links] == [True]

    closed = await _do(mette, ticket, "luk", outcome="solved")
    assert closed.headers["location"] == "/desk/indbakke?done=chat_close"
    kept = await office.server.desk.queue.ticket(ticket.id)
    assert kept
    assert (kept.state, kept.outcome, kept.first_reply_at is not None) == ("closed", "solved", True)
    assert "Åbn igen" in (await mette.get(_page(ticket))).text
    await _do(mette, ticket, "genaabn")
    assert 'id="svar"' in (await mette.get(_page(ticket))).text


async def test_a_reply_sent_twice_arrives_once(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office)
    await _do(mette, ticket, "tag")
    first = await _script(mette, ticket, "svar", text="Kun én gang", client_id="a-1")
    again = await _script(mette, ticket, "svar", text="Kun én gang", client_id="a-1")
    assert first.json() == again.json()
    assert await _said(office, ticket) == ["Kun én gang"]


async def test_what_cannot_be_sent_comes_back(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    jens = await office.logged_in(Role.STAFF, name="Jens Aagaard", email="jens@kommune.dk")
    ticket = await wait_in_line(office)
    await _do(mette, ticket, "tag")
    too_long = await _do(mette, ticket, "svar", text="x" * 1007)
    assert "7 tegn for langt" in too_long.text
    assert "x" * 1007 in too_long.text
    assert (await _script(mette, ticket, "svar", text=" \n ")).json()["error"]["text"].startswith("Skriv et svar")
    late = await _script(jens, ticket, "svar", text="Hej")
    assert (late.status_code, late.json()["error"]["text"]) == (409, "Mette har samtalen nu. Dit svar er ikke sendt.")
    assert await _said(office, ticket) == []


async def test_helps_without_scripts(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office, reason="personal_case")
    await _do(mette, ticket, "tag")
    page = (await mette.get(_page(ticket))).text
    assert "Send videre til Digital Post" in page
    canned = (await _do(mette, ticket, "svar", act="canned", canned="farvel", text="Selv tak.")).text
    assert (
        "Selv tak.\nGodt, at jeg kunne hjælpe. Du er altid velkommen til at skrive igen. Hilsen Mette.</textarea>"
        in canned
    )
    found = (await _do(mette, ticket, "svar", act="find", find="mitid", text="Se her")).text
    assert "Se her</textarea>" in found
    card = re.search(r'name="act" value="(card:\w+:0)"', found[found.index('class="found"') :])
    assert card
    chosen = (await _do(mette, ticket, "svar", act=card[1], text="Se her")).text
    assert f'name="link" value="{card[1].removeprefix("card:")}" checked' in chosen
    mixed = (await _do(mette, ticket, "svar", act="canned", link=["intet:0", "pas:0"])).text
    assert re.findall(r'name="link" value="([\w:]+)"', mixed) == ["pas:0"]
    used = (await _do(mette, ticket, "svar", act="use:pas")).text
    assert 'name="link" value="pas:0" checked' in used
    assert await _said(office, ticket) == []


async def test_to_a_department_to_a_colleague_to_the_bot(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    jens = await office.logged_in(Role.STAFF, name="Jens Aagaard", email="jens@kommune.dk")
    editor = await office.hire(Role.EDITOR, name="Ida Redaktør", email="ida@kommune.dk")
    queue = office.server.desk.queue
    ticket = await wait_in_line(office)
    await _do(mette, ticket, "tag")
    await _do(mette, ticket, "flyt", to="department:sundhed")
    moved = await queue.ticket(ticket.id)
    assert moved
    assert (moved.state, moved.department, moved.owner_id) == ("queued", "sundhed", None)
    for nobody in ("", "department:x", "staff:x", f"staff:{editor.id}"):
        assert (await _do(mette, ticket, "flyt", to=nobody)).status_code == 400
    [person] = [one for one in await office.server.desk.accounts.colleagues() if one.first_name == "Jens"]
    await _do(mette, ticket, "flyt", to=f"staff:{person.id}")
    moved = await queue.ticket(ticket.id)
    assert moved
    assert (moved.state, moved.owner_name) == ("human", "Jens")
    assert "Jens har samtalen" in (await mette.get(_page(ticket))).text
    await _do(mette, ticket, "overtag")
    assert "Overtag samtalen" in (await jens.get(_page(ticket))).text
    await _do(mette, ticket, "tilbage")
    moved = await queue.ticket(ticket.id)
    assert moved
    assert moved.state == "returned"
    again = await _do(mette, ticket, "tilbage")
    assert (again.status_code, "ikke længere, som du så den" in again.text) == (409, True)


async def test_fragments_bring_only_what_is_new(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office, "første", "anden")
    whole = (await mette.get(f"{_page(ticket)}/beskeder?after=0")).text
    assert re.findall(r'data-seq="(\d+)"', whole) == ["1", "2", "3", "4", "5"]
    part = (await mette.get(f"{_page(ticket)}/beskeder?after=3")).text
    assert re.findall(r'data-seq="(\d+)"', part) == ["4", "5"]
    assert (await mette.get(f"{_page(ticket)}/beskeder?after=x")).status_code == 200

    async def unread() -> int:
        kept = await office.server.desk.queue.ticket(ticket.id)
        assert kept
        return kept.unread

    assert await unread() == 2  # fetched by a hidden tab
    await mette.get(f"{_page(ticket)}/beskeder?after=3&set=1")
    assert await unread() == 0


async def test_teaching(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office, "rejsedokument væk")
    teach = {"kind": "phrasing", "seq": "2"}
    assert (await _script(mette, ticket, "laer", **teach, service="Mistet eller stjålet pas")).status_code == 200
    assert (await _script(mette, ticket, "laer", **teach, quick="pas_mistet")).status_code == 200
    wrong = {"kind": "wrong_answer", "seq": "2", "service": "pas_mistet"}
    assert (await _script(mette, ticket, "laer", **wrong)).status_code == 200
    assert (await _script(mette, ticket, "laer", kind="new_subject", seq="2", title=" Rejsekort ")).status_code == 200
    kept = await Proposals(office.server.desk.database).of(ticket.conversation_id)
    assert [(one.kind, one.text, one.service, one.answered, one.title) for one in kept] == [
        ("phrasing", "rejsedokument væk", "pas_mistet", "pas", None),
        ("wrong_answer", "rejsedokument væk", "pas_mistet", "pas", None),
        ("new_subject", "rejsedokument væk", None, "pas", "Rejsekort"),
    ]
    for refused in (
        {"kind": "phrasing", "seq": "2", "service": "findes ikke"},
        {"kind": "new_subject", "seq": "2", "title": " "},
        {"kind": "andet", "seq": "2", "service": "pas"},
        {"kind": "phrasing", "seq": "3", "service": "pas"},  # the bot's words
        {"kind": "phrasing", "seq": "9" * 5000, "service": "pas"},
    ):
        assert (await _script(mette, ticket, "laer", **refused)).status_code == 400
    assert (
        "Foreslået som eksempel på «Mistet eller stjålet pas» af Mette Hansen" in (await mette.get(_page(ticket))).text
    )


async def test_notes_are_masked_and_seen_by_colleagues(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    jens = await office.logged_in(Role.STAFF, name="Jens Aagaard", email="jens@kommune.dk")
    ticket = await wait_in_line(office)
    await _do(mette, ticket, "note", note="Ringede. CPR 010190-1234, bor i Saksild")
    page = (await jens.get(_page(ticket))).text
    assert "CPR [CPR-nummer], bor i Saksild" in page
    assert "010190" not in page
    assert (await _do(mette, ticket, "note", note="x" * 2001)).status_code == 400
    said = await office.server.desk.transcript.messages(ticket.conversation_id)
    assert not any("Saksild" in message.text for message in said)


async def test_hostile_words_stay_words(office: Office) -> None:
    assert _dangers(SCRIPTS[1]) == ["img", "onerror", "src=x"]
    mette = await office.logged_in(Role.STAFF, name=f"{SCRIPTS[0]} Hansen")
    ticket = await wait_in_line(office, *SCRIPTS, service=None)
    await _do(mette, ticket, "tag")
    for text in SCRIPTS:
        await _script(mette, ticket, "svar", text=text)
        await _script(mette, ticket, "note", note=text)
        await _script(mette, ticket, "laer", kind="new_subject", seq="2", title=text)
    paths = [
        _page(ticket),
        "/desk/indbakke?vis=mine",
        *(f"/desk/indbakke?{QueryParams(find=text)}" for text in SCRIPTS),
    ]
    for path in paths:
        assert _dangers((await mette.get(path)).text) == [], path


def _dangers(page: str) -> list[str]:
    """Elements and attributes that the desk's own pages never have."""
    found: list[str] = []

    def look(tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if (
            tag in FOREIGN
            or (tag == "script" and not (given.get("src") or "").startswith("/desk/static/"))
            or "http-equiv" in given
        ):
            found.append(tag)
        found.extend(name for name in given if name.startswith("on") or name == "style")
        for name in ("href", "src", "action", "formaction"):
            if not (given.get(name) or "/").startswith(("/", "#", "https://")):
                found.append(f"{name}={given[name]}")

    parser = HTMLParser()
    parser.handle_starttag = look  # type: ignore[method-assign]
    parser.feed(page)
    return found


async def test_every_view_and_act_is_in_the_log(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office)
    await mette.get(_page(ticket))
    for act, fields in (
        ("tag", {}),
        ("svar", {"text": "Hej"}),
        ("note", {"note": "Obs"}),
        ("laer", {"kind": "phrasing", "seq": "2", "service": "pas"}),
        ("tilbage", {}),
    ):
        token = csrf_of(await mette.get("/desk/profile"))
        await mette.http.post(f"{_page(ticket)}/{act}", data={"csrf": token, **fields})
    noted, _ = await office.server.desk.audit.page(code=ticket.code)
    acts = [row.act for row in reversed(noted)]
    assert acts == ["chat_view", "chat_claim", "chat_reply", "chat_note", "chat_teach", "chat_hand_back"]
    assert all(f"act_{act}" in office.server.desk.texts for act in acts)
    assert not any(word in str(row.detail) for row in noted for word in ("Hej", "Obs", "pas"))


async def test_no_such_conversation(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    for path in ("/desk/samtale/findes-ikke", "/desk/samtale/findes-ikke/beskeder"):
        assert (await mette.get(path)).status_code == 404


async def test_services_by_what_is_typed(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    found = (await mette.get("/desk/ydelser?q=nyt pas")).json()
    assert found[0]["id"] == "pas"
    assert found[0]["links"][0]["value"] == "pas:0"
    assert (await mette.get("/desk/ydelser?q=")).json() == []
    assert (await mette.get("/desk/ydelser?q=xyzzy")).json() == []
