"""The inbox over HTTP: what it shows, and who gets a chat that many want."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import clock
from bot.desk.permission import Role
from bot.desk.waiting import wait
from bot.storage.escalation_tables import tickets
from tests.desk.conftest import Browser, Office, OpenDesk, csrf_of
from tests.desk.talk import wait_in_line
from tests.storage.conftest import postgres_url, url

__all__ = ["postgres_url", "url"]

pytestmark = pytest.mark.asyncio
INBOX = "/desk/indbakke"


async def _codes(browser: Browser, query: str = "") -> list[str]:
    page = await browser.get(f"{INBOX}/liste?{query}")
    assert page.status_code == 200
    return re.findall(r'<span class="code">(\w{3}-\w{3})</span>', page.text)


async def _since(office: Office, ticket_id: str, minutes: float) -> None:
    since = clock.now() - timedelta(minutes=minutes)
    act = update(tickets).where(tickets.c.id == ticket_id).values(waiting_since=since)
    await office.server.desk.database.write(lambda connection: connection.execute(act))


async def test_who_waits_longest_and_why(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    new = await wait_in_line(office, "Hvad koster et pas?")
    old = await wait_in_line(office, "I svarer jo ikke", reason="frustration", service=None, department=None)
    await _since(office, new.id, 3)
    await _since(office, old.id, 64)
    page = (await mette.get(INBOX)).text
    assert page.index(old.code) < page.index(new.code)
    for words in ("Venter længe", "1 t. 4 min.", "Frustreret", "Uden emne", "«I svarer jo ikke»"):
        assert words in page[: page.index(new.id)]
    for words in ("Pas til voksne", "3 min.", "Bad om et menneske", "Borgerservice", "1 ny"):
        assert words in page[page.index(new.id) :]
    assert '<ul class="tabs" data-waiting="2">' in page


async def test_every_view_filter_and_search(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    passport = await wait_in_line(office, "Jeg mangler et pas")
    road = await wait_in_line(office, "Hul i vejen", reason="two_misses", service=None, department="teknik_og_miljoe")
    mine = await wait_in_line(office, "Den er min")
    ended = await wait_in_line(office, "Den er slut")
    for ticket in (mine, ended):
        await mette.fill_in(INBOX, {}, to=f"/desk/samtale/{ticket.id}/tag")
    await mette.fill_in(INBOX, {"outcome": "solved"}, to=f"/desk/samtale/{ended.id}/luk")
    assert await _codes(mette) == [passport.code, road.code]
    assert await _codes(mette, "vis=mine") == [mine.code]
    assert await _codes(mette, "vis=all_open") == [passport.code, road.code, mine.code]
    assert await _codes(mette, "vis=closed") == [ended.code]
    assert await _codes(mette, "afdeling=teknik_og_miljoe") == [road.code]
    assert await _codes(mette, "grund=asked") == [passport.code]
    assert await _codes(mette, "find=VEJEN") == [road.code]
    assert await _codes(mette, f"find={passport.code.lower()}") == [passport.code]
    # What nobody has heard of is passed over, never an error.
    assert await _codes(mette, "vis=alt&afdeling=x&grund=y&side=-1") == [passport.code, road.code]
    assert await _codes(mette, f"side={'9' * 5000}") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "dukker samtalen op her af sig selv"),
        ("vis=mine", "til du lukker den eller giver den videre"),
        ("vis=all_open", "Botten svarer selv lige nu"),
        ("vis=closed", "Du kan åbne den igen"),
        ("find=pas", "Prøv et andet ord"),
    ],
)
async def test_an_empty_list_says_what_happens_next(office: Office, query: str, words: str) -> None:
    mette = await office.logged_in(Role.STAFF)
    assert words in (await mette.get(f"{INBOX}?{query}")).text


async def test_a_hundred_to_a_page(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    waiting = [await wait_in_line(office, f"nummer {number}") for number in range(103)]
    assert await _codes(mette) == [ticket.code for ticket in waiting[:100]]
    assert await _codes(mette, "side=2") == [ticket.code for ticket in waiting[100:]]
    assert "Næste 100" in (await mette.get(INBOX)).text
    assert "Næste 100" not in (await mette.get(f"{INBOX}?side=2")).text


async def test_many_are_closed_at_once(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    first, second, third = [await wait_in_line(office, word) for word in ("en", "to", "tre")]
    chosen = {"ticket": [first.id, third.id, "findes-ikke"]}
    nothing = await mette.fill_in(INBOX, chosen, to=f"{INBOX}/luk")
    assert "done=inbox_nothing_chosen" in nothing.headers["location"]
    closed = await mette.fill_in(INBOX, chosen | {"outcome": "no_answer"}, to=f"{INBOX}/luk?vis=all_open")
    assert closed.headers["location"] == f"{INBOX}?vis=all_open&done=inbox_closed_many"
    assert await _codes(mette) == [second.code]


async def test_fifty_want_the_same_chat(open_desk: OpenDesk, url: str) -> None:
    """On SQLite and on PostgreSQL: one gets it, the others are told who."""
    office = await open_desk(database_url=url)
    crowd = [
        await office.logged_in(Role.STAFF, name=f"Navn{number} Efternavn", email=f"n{number}@kommune.dk")
        for number in range(5)
    ]
    ticket = await wait_in_line(office)
    tokens = [csrf_of(await browser.get(INBOX)) for browser in crowd]

    async def claim(number: int) -> tuple[int, str]:
        browser = crowd[number % len(crowd)]
        answer = await browser.http.post(
            f"/desk/samtale/{ticket.id}/tag",
            headers={"Accept": "application/json", "X-CSRF": tokens[number % len(crowd)]},
        )
        return answer.status_code, answer.json().get("error", {}).get("text", "")

    answers = await asyncio.gather(*(claim(number) for number in range(50)))
    kept = await office.server.desk.queue.ticket(ticket.id)
    assert kept
    winner = int(str(kept.owner_name).removeprefix("Navn"))
    for number, (status, text) in enumerate(answers):
        if number % len(crowd) == winner:  # again by its owner changes nothing
            assert status == 200
        else:
            assert (status, text) == (409, f"Navn{winner} tog den først.")
    said = await office.server.desk.transcript.messages(ticket.conversation_id)
    told = {message.text for message in said if message.author == "system"}
    assert len(told) == 1
    assert f"Navn{winner} " in told.pop()


@pytest.mark.parametrize(
    ("seconds", "words", "step"),
    [
        (0, "under 1 min.", "new"),
        (119, "1 min.", "new"),
        (120, "2 min.", "soon"),
        (299, "4 min.", "soon"),
        (300, "5 min.", "long"),
        (3600, "1 t. 0 min.", "long"),
        (86_400, "1 dag", "long"),
        (3 * 86_400, "3 dage", "long"),
    ],
)
async def test_waiting_in_words(seconds: int, words: str, step: str) -> None:
    since = clock.now()
    waited = wait(since, since + timedelta(seconds=seconds))
    assert (waited.words, waited.step) == (words, step)
