"""The first administrator, invitations, changes, and what the log says of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.conversation.transcript import code_of
from bot.desk.audit import PAGE_LENGTH
from bot.desk.permission import Role
from bot.storage.account_tables import account_links
from tests.desk.conftest import PASSWORD, Office

pytestmark = pytest.mark.asyncio

BOSS = {"name": "Bo Bang", "email": "bo@kommune.dk"}
NEW = {"name": "Karl Åge Ø", "email": "karl@kommune.dk", "department": "borgerservice", "role": ["staff", "editor"]}


def _link(page: str, url: str) -> str:
    found = re.search(rf"{url}(/desk/invite/[\w-]+)", page)
    assert found, page
    return found[1]


async def test_the_first_administrator(office: Office) -> None:
    path = await office.server.desk.first_run_link()
    assert path
    browser = await office.browser()
    fields = {**BOSS, "password": PASSWORD, "again": PASSWORD}
    wrong = await browser.fill_in(path, fields | {"email": "bo", "name": ""})
    assert wrong.status_code == 400
    assert wrong.text.count('aria-invalid="true"') == 2
    assert (await browser.fill_in(path, fields)).headers["location"] == "/desk/people"
    assert (await browser.get("/desk/people")).status_code == 200
    # Used up, and no other is made.
    assert (await (await office.browser()).get(path)).status_code == 410
    assert await office.server.desk.first_run_link() is None


async def test_the_setup_link_is_good_for_a_day_and_until_the_next_start(office: Office) -> None:
    first = await office.server.desk.first_run_link()
    second = await office.server.desk.first_run_link()
    browser = await office.browser()
    assert (await browser.get(str(first))).status_code == 410
    assert (await browser.get(str(second))).status_code == 200
    await _let_pass(office, timedelta(hours=23, minutes=59))
    assert (await browser.get(str(second))).status_code == 200
    await _let_pass(office, timedelta(minutes=1))
    assert (await browser.get(str(second))).status_code == 410
    assert (await browser.get("/desk/setup/guessed")).status_code == 410


async def test_a_setup_link_open_in_two_browsers_works_once(office: Office) -> None:
    path = await office.server.desk.first_run_link()
    assert path
    token = path.rpartition("/")[2]
    await office.server.desk.accounts.make_first(token, "A", "a@kommune.dk", PASSWORD)
    fields = {**BOSS, "password": PASSWORD, "again": PASSWORD}
    one = await office.browser()
    assert (await one.fill_in("/desk/login", fields, to=path)).status_code == 410
    assert len(await office.server.desk.accounts.people()) == 1


async def _let_pass(office: Office, time: timedelta) -> None:
    """Make all links as old as if `time` had passed."""
    link = account_links.c

    def work(connection: Connection) -> None:
        for row in connection.execute(select(link.token_hash, link.expires_at)).all():
            older = update(account_links).where(link.token_hash == row.token_hash)
            connection.execute(older.values(expires_at=row.expires_at - time))

    await office.server.desk.database.write(work)


async def test_an_invitation(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    page = await boss.fill_in("/desk/people/invite", NEW)
    path = _link(page.text, office.url)
    invited = (await boss.get("/desk/people")).text
    assert "Inviteret" in invited
    assert "Borgerservice" in invited
    browser = await office.browser()
    # A mail program that looks at the link does not use it up.
    for _ in range(2):
        assert "Hej Karl" in (await browser.get(path)).text
    assert (await browser.log_in(NEW["email"], "")).status_code == 401
    done = await browser.fill_in(path, {"password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 303
    assert (await browser.get("/desk/indbakke")).status_code == 200
    assert (await browser.get("/desk/people")).status_code == 403
    assert (await (await office.browser()).get(path)).status_code == 410
    colleague = next(person for person in await office.server.desk.accounts.colleagues() if person.name == NEW["name"])
    assert (colleague.first_name, colleague.department) == ("Karl", "borgerservice")


async def test_an_invitation_grows_old_and_can_be_made_anew(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    old = _link((await boss.fill_in("/desk/people/invite", NEW)).text, office.url)
    browser = await office.browser()
    await _let_pass(office, timedelta(days=6, hours=23))
    assert (await browser.get(old)).status_code == 200
    await _let_pass(office, timedelta(hours=1))
    assert (await browser.get(old)).status_code == 410
    (_, karl) = sorted(await office.server.desk.accounts.people(), key=lambda person: person.staff.name)
    page = f"/desk/people/{karl.staff.id}"
    fresh = _link((await boss.fill_in(page, {}, to=f"{page}/link")).text, office.url)
    newer = _link((await boss.fill_in(page, {}, to=f"{page}/link")).text, office.url)
    assert (await browser.get(fresh)).status_code == 410
    assert (await browser.get(newer)).status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"email": "BO@kommune.dk"}, "allerede en medarbejder"),
        ({"email": "karl"}, "hel e-mail"),
        ({"name": " "}, "Skriv et navn"),
        ({"role": []}, "mindst én rolle"),
        ({"role": ["king"]}, "mindst én rolle"),
    ],
)
async def test_an_invitation_filled_in_wrong(office: Office, change: dict[str, object], told: str) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    page = await boss.fill_in("/desk/people/invite", NEW | change)
    assert (page.status_code, told in page.text) == (400, True)
    assert len(await office.server.desk.accounts.people()) == 1


async def test_names_are_shown_as_written(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    await boss.fill_in("/desk/people/invite", NEW | {"name": '<b>Karl</b> "x"'})
    for path in ("/desk/people", "/desk/log"):
        page = (await boss.get(path)).text
        assert "&lt;b&gt;Karl" in page
        assert "<b>" not in page


async def test_a_change_is_felt_at_once(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    browser = await office.logged_in(Role.STAFF)
    mette = next(person for person in await office.server.desk.accounts.colleagues() if person.name != BOSS["name"])
    page = f"/desk/people/{mette.id}"
    await boss.fill_in(page, {"name": "Mette Holm", "role": ["editor"], "department": "nowhere"})
    assert (await browser.get("/desk/indbakke")).status_code == 403
    assert "Mette Holm" in (await browser.get("/desk/profile")).text
    answer = await boss.fill_in(page, {"active": "no"}, to=f"{page}/active")
    assert answer.headers["location"] == "/desk/people?done=deactivated"
    assert (await browser.get("/desk/profile")).status_code == 302
    assert (await browser.log_in(mette.email)).status_code == 401
    assert (await boss.fill_in(page, {}, to=f"{page}/link")).status_code == 404
    await boss.fill_in(page, {"active": "yes"}, to=f"{page}/active")
    assert (await browser.log_in(mette.email)).status_code == 303


async def test_the_last_administrator_stays(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    # Invited, but can't log in yet: that is nobody to rely on.
    await office.server.desk.accounts.invite("Ny", "ny@kommune.dk", [Role.ADMINISTRATOR], None)
    person = next(p for p in await office.server.desk.accounts.people() if p.staff.name == BOSS["name"])
    page = f"/desk/people/{person.staff.id}"
    for fields, to in (({"name": "Bo", "role": ["staff"]}, page), ({"active": "no"}, f"{page}/active")):
        answer = await boss.fill_in(page, fields, to=to)
        assert (answer.status_code, "mindst én administrator" in answer.text) == (400, True)
    assert (await boss.get("/desk/people")).status_code == 200


async def test_a_new_password_by_link_ends_the_sessions(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    (mette,) = await office.server.desk.accounts.colleagues()
    token = await office.server.desk.accounts.new_link(mette.id)
    other = await office.browser()
    fresh = "en helt anden lang sætning"
    assert (await other.fill_in(f"/desk/invite/{token}", {"password": fresh, "again": fresh})).status_code == 303
    assert (await browser.get("/desk/profile")).status_code == 302


async def test_the_log(office: Office) -> None:
    boss = await office.logged_in(Role.ADMINISTRATOR, **BOSS)
    await boss.fill_in("/desk/people/invite", NEW)
    await (await office.browser()).log_in("nobody@kommune.dk", "wrong")
    audit = office.server.desk.audit
    (bo, _) = [p.staff for p in await office.server.desk.accounts.people()]
    conversation = "0f8fad5b-d9cb-469f-a165-70867728950e"
    await audit.note(bo, "view", conversation)
    for number in range(PAGE_LENGTH):
        await audit.note(bo, "reply", conversation, number=str(number))
    newest = await boss.get("/desk/log")
    assert newest.text.count("<tr>") == PAGE_LENGTH + 1
    older = re.search(r'href="(/desk/log\?[^"]*before=\d+)"', newest.text)
    assert older
    rest = (await boss.get(older[1].replace("&amp;", "&"))).text
    for words in ("Inviterede", "Karl Åge Ø", "Loggede ind", "Login mislykkedes", "Ukendt", code_of(conversation)):
        assert words in rest
    assert "nobody@kommune.dk" not in rest
    found = (await boss.get("/desk/log", params={"code": code_of(conversation).lower(), "act": "view"})).text
    assert found.count("<tr>") == 2
    assert (await boss.get("/desk/log", params={"person": "nobody"})).text.count("<tr>") == 0
    for before in ("x", "-1", "9" * 40, "²"):
        assert (await boss.get("/desk/log", params={"before": before})).status_code == 200
