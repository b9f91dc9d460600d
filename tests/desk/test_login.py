"""Passwords, lockout, sessions and cookies, as a browser meets them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import perf_counter

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from bot import clock
from bot.desk.login_session import ABSOLUTE, IDLE
from bot.desk.permission import Role
from bot.storage.account_tables import accounts, login_sessions, wrong_passwords
from tests.desk.conftest import PASSWORD, Browser, Office, OpenDesk, csrf_of

pytestmark = pytest.mark.asyncio

WRONG = "forkert hest batteri hæfteklamme"


async def _is_in(browser: Browser) -> bool:
    return (await browser.get("/desk/profile")).status_code == 200


async def test_in_and_out(office: Office) -> None:
    await office.hire(Role.STAFF)
    browser = await office.browser()
    asked_for = await browser.get("/desk/indbakke")
    assert asked_for.headers["location"] == "/desk/login?next=/desk/indbakke"
    answer = await browser.log_in(" METTE@kommune.dk ", next="/desk/indbakke")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/indbakke")
    assert await _is_in(browser)
    token = browser.http.cookies["odder-desk"]
    assert (await browser.log_out()).headers["location"] == "/desk/login?done=logged_out"
    assert "odder-desk" not in browser.http.cookies
    browser.http.cookies.set("odder-desk", token)
    assert not await _is_in(browser)


@pytest.mark.parametrize(
    "after", ["https://elsewhere.example", "//elsewhere.example", "/desk\\..\\\\x", "/deskx", "javascript:1"]
)
async def test_a_login_leads_to_no_other_site(office: Office, after: str) -> None:
    await office.hire(Role.STAFF)
    answer = await (await office.browser()).log_in("mette@kommune.dk", next=after)
    assert answer.headers["location"] == "/desk"


async def test_cookies_and_headers(office: Office) -> None:
    await office.hire(Role.STAFF)
    browser = await office.browser()
    form = (await browser.get("/desk/login")).headers["set-cookie"]
    login = (await browser.log_in("mette@kommune.dk")).headers["set-cookie"]
    for cookie in (form, login):
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
    page = await browser.get("/desk/profile")
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_over_https_the_cookies_are_bound_to_the_host(open_desk: OpenDesk) -> None:
    office = await open_desk(trusted_proxies=("127.0.0.1/32",))
    await office.hire(Role.STAFF)
    browser = await office.browser()
    browser.http.headers["X-Forwarded-Proto"] = "https"
    page = await browser.get("/desk/login")
    form_cookie = page.headers["set-cookie"].partition(";")[0]
    answer = await browser.http.post(
        "/desk/login",
        data={"csrf": csrf_of(page), "email": "mette@kommune.dk", "password": PASSWORD},
        headers={"Cookie": form_cookie},
    )
    assert form_cookie.startswith("__Host-odder-form=")
    assert answer.headers["set-cookie"].startswith("__Host-odder-desk=")
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_header_from_anyone_is_not_believed(office: Office) -> None:
    browser = await office.browser()
    page = await browser.get("/desk/login", headers={"X-Forwarded-Proto": "https"})
    assert page.headers["set-cookie"].startswith("odder-form=")


async def test_only_the_hash_of_a_session_is_kept(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    token = browser.http.cookies["odder-desk"]
    assert len(token) >= 43
    read = office.server.desk.database.read
    kept = (await read(lambda c: c.execute(select(login_sessions)).mappings().all()))[0]
    assert token not in str(dict(kept))


async def test_logging_in_again_makes_a_new_session(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    first = browser.http.cookies["odder-desk"]
    # The login page leads on when someone is in already; the form can still be sent.
    token = csrf_of(await browser.get("/desk/profile"))
    data = {"csrf": token, "email": "mette@kommune.dk", "password": PASSWORD}
    assert (await browser.http.post("/desk/login", data=data)).status_code == 303
    assert browser.http.cookies["odder-desk"] != first
    assert await _is_in(browser)
    assert await office.server.desk.sessions.find(first) is None


@pytest.mark.parametrize(
    ("column", "age", "still_in"),
    [
        ("seen_at", IDLE - timedelta(seconds=30), True),
        ("seen_at", IDLE, False),
        ("begun_at", ABSOLUTE - timedelta(seconds=30), True),
        ("begun_at", ABSOLUTE, False),
    ],
)
async def test_sessions_end(office: Office, column: str, age: timedelta, still_in: bool) -> None:
    browser = await office.logged_in(Role.STAFF)
    older = update(login_sessions).values({column: clock.now() - age})
    await office.server.desk.database.write(lambda connection: connection.execute(older))
    assert await _is_in(browser) == still_in
    # Being used keeps it alive; only its beginning counts then.
    assert await _is_in(browser) == still_in


async def test_five_wrong_and_the_right_one_is_refused(office: Office) -> None:
    await office.hire(Role.STAFF)
    browser = await office.browser()
    for _ in range(5):
        assert (await browser.log_in("mette@kommune.dk", WRONG)).status_code == 401
    assert (await browser.log_in("mette@kommune.dk")).status_code == 401
    assert (await browser.log_in("Mette@Kommune.dk")).status_code == 401
    waited = update(wrong_passwords).values(since=clock.now() - timedelta(minutes=15, seconds=1))
    await office.server.desk.database.write(lambda connection: connection.execute(waited))
    assert (await browser.log_in("mette@kommune.dk")).status_code == 303


async def test_guesses_at_once_are_all_counted(office: Office) -> None:
    await office.hire(Role.STAFF)
    log_in = office.server.desk.accounts.log_in
    await asyncio.gather(*(log_in("mette@kommune.dk", f"{WRONG} {number}") for number in range(12)))
    assert await log_in("mette@kommune.dk", PASSWORD) is None


async def test_the_right_password_forgets_the_wrong_ones(office: Office) -> None:
    await office.hire(Role.STAFF)
    log_in = office.server.desk.accounts.log_in
    for _ in range(3):
        for _ in range(4):
            assert await log_in("mette@kommune.dk", WRONG) is None
        assert await log_in("mette@kommune.dk", PASSWORD)


async def test_an_unknown_account_answers_the_same_in_the_same_time(office: Office) -> None:
    await office.hire(Role.STAFF)
    browser = await office.browser()
    answers, times = {}, {}
    for email in ("mette@kommune.dk", "findes@ikke.dk"):
        taken = []
        for _ in range(4):
            page = await browser.get("/desk/login")
            began = perf_counter()
            data = {"csrf": csrf_of(page), "email": email, "password": WRONG}
            answers[email] = await browser.http.post("/desk/login", data=data)
            taken.append(perf_counter() - began)
        times[email] = min(taken)
    known, unknown = answers.values()
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("mette@kommune.dk", "") == unknown.text.replace("findes@ikke.dk", "")
    quick, slow = sorted(times.values())
    assert slow < 2 * quick


async def test_one_address_may_not_try_without_end(open_desk: OpenDesk) -> None:
    office = await open_desk(login_per_minute=1, login_burst=3)
    browser = await office.browser()
    statuses = [(await browser.log_in(f"{number}@kommune.dk", WRONG)).status_code for number in range(4)]
    assert statuses == [401, 401, 401, 429]
    answer = await browser.log_in("x@kommune.dk", WRONG)
    assert int(answer.headers["retry-after"]) > 0
    assert "for mange gange" in answer.text


async def test_an_old_hash_is_made_anew(office: Office) -> None:
    staff = await office.hire(Role.STAFF)
    database = office.server.desk.database
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await database.write(lambda c: c.execute(update(accounts).values(password_hash=old)))
    assert await office.server.desk.accounts.log_in(staff.email, PASSWORD)
    kept = await database.read(lambda c: c.execute(select(accounts.c.password_hash)).scalar_one())
    assert kept != old
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await office.server.desk.accounts.log_in(staff.email, PASSWORD)


async def test_a_new_password_ends_all_other_sessions(office: Office) -> None:
    here = await office.logged_in(Role.STAFF)
    there = await office.browser()
    await there.log_in("mette@kommune.dk")
    fresh = "en helt anden lang sætning"
    fields = {"old": WRONG, "password": fresh, "again": fresh}
    refused = await here.fill_in("/desk/profile", fields, to="/desk/profile/password")
    assert "Den gamle adgangskode er forkert" in refused.text
    changed = await here.fill_in("/desk/profile", fields | {"old": PASSWORD}, to="/desk/profile/password")
    assert changed.headers["location"] == "/desk/profile?done=password_changed"
    assert await _is_in(here)
    assert not await _is_in(there)
    assert (await there.log_in("mette@kommune.dk")).status_code == 401
    assert (await there.log_in("mette@kommune.dk", fresh)).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("kort", "kort", "mindst 12 tegn"),
        ("x" * 201, "x" * 201, "højst have 200 tegn"),
        ("abababababababab", "abababababababab", "nem at gætte"),
        ("Hansen er min kode", "Hansen er min kode", "dit navn"),
        ("mette@kommune.dk!", "mette@kommune.dk!", "dit navn"),
        ("en god lang sætning", "en god kort sætning", "ikke ens"),
    ],
)
async def test_poor_passwords(office: Office, password: str, again: str, told: str) -> None:
    browser = await office.logged_in(Role.STAFF)
    fields = {"old": PASSWORD, "password": password, "again": again}
    answer = await browser.fill_in("/desk/profile", fields, to="/desk/profile/password")
    assert answer.status_code == 400
    assert told in answer.text


async def test_presence(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    await browser.fill_in("/desk/profile", {"presence": "busy"}, to="/desk/profile/presence")
    await browser.fill_in("/desk/profile", {"presence": "fishing"}, to="/desk/profile/presence")
    (colleague,) = await office.server.desk.accounts.colleagues()
    assert colleague.presence == "busy"


async def test_without_a_database_it_says_so(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    database = office.server.settings.var / "odder.db"
    for path in (database, database.with_name("odder.db-wal"), database.with_name("odder.db-shm")):
        path.unlink(missing_ok=True)
    database.write_bytes(b"this is no database" * 100)
    office.server.desk.database._engine.dispose()
    answer = await browser.get("/desk/profile")
    assert (answer.status_code, "Vi kan ikke nå databasen" in answer.text) == (503, True)
