"""Accounts, links, lockout, sessions and the log on both databases, also when two come at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversation.transcript import code_of, new_id
from bot.desk.accounts import Accounts, EmailTaken, LastAdministrator, LinkVoid
from bot.desk.audit import PAGE_LENGTH, Audit
from bot.desk.lockout import MOST_WRONG, Lockout
from bot.desk.login_session import LoginSessions
from bot.desk.passwords import Passwords
from bot.desk.permission import Role, Staff
from bot.storage.account_tables import account_links, login_sessions
from bot.storage.database import Database

pytestmark = pytest.mark.asyncio

PASSWORD = "korrekt hest batteri hæfteklamme"
ISSUER = "https://login.kommune.dk"


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database, Passwords())


async def _hire(accounts: Accounts, email: str, *roles: Role) -> Staff:
    _, token = await accounts.invite("Ida Ib", email, roles, None)
    return await accounts.choose_password(token, PASSWORD)


async def test_invite_choose_log_in(accounts: Accounts, database: Database) -> None:
    invited, token = await accounts.invite("Ida Ib", "Ida@kommune.dk", [Role.STAFF], "borgerservice")
    assert await accounts.linked(token) == invited
    assert await accounts.log_in("ida@kommune.dk", PASSWORD) is None
    chosen = await accounts.choose_password(token, PASSWORD)
    assert (
        chosen
        == invited
        == Staff(invited.id, "Ida Ib", "Ida", "Ida@kommune.dk", frozenset({Role.STAFF}), "borgerservice", "available")
    )
    assert await accounts.log_in(" IDA@KOMMUNE.DK", PASSWORD) == chosen
    assert await accounts.log_in("ida@kommune.dk", PASSWORD + "x") is None
    with pytest.raises(LinkVoid):
        await accounts.choose_password(token, PASSWORD)
    with pytest.raises(EmailTaken):
        await accounts.invite("En anden", "iDa@kommune.dk", [Role.STAFF], None)
    kept = await database.read(lambda c: c.execute(select(account_links)).all())
    assert kept == []


async def test_the_first_administrator_is_made_once(accounts: Accounts) -> None:
    token = await accounts.first_link()
    assert token
    assert await accounts.first_link_works(token)
    assert await accounts.linked(token) is None
    made = await asyncio.gather(
        *(accounts.make_first(token, f"Nr {n}", f"{n}@kommune.dk", PASSWORD) for n in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in made) == ["LinkVoid", "LinkVoid", "LinkVoid", "Staff"]
    assert await accounts.first_link() is None
    assert [person.staff.roles for person in await accounts.people()] == [{Role.ADMINISTRATOR}]


async def test_a_link_used_by_many_at_once_works_once(accounts: Accounts) -> None:
    _, token = await accounts.invite("Ida", "ida@kommune.dk", [Role.STAFF], None)
    used = await asyncio.gather(
        *(accounts.choose_password(token, f"{PASSWORD} {n}") for n in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, Staff) for one in used) == 1


async def test_the_same_email_invited_at_once_is_one_account(accounts: Accounts) -> None:
    invited = await asyncio.gather(
        *(accounts.invite("Ida", "ida@kommune.dk", [Role.STAFF], None) for _ in range(5)), return_exceptions=True
    )
    assert sum(not isinstance(one, EmailTaken) for one in invited) == 1
    assert len(await accounts.people()) == 1


@pytest.mark.parametrize(
    "leave",
    [
        lambda accounts, staff: accounts.set_active(staff.id, False),
        lambda accounts, staff: accounts.change(staff.id, staff.name, [Role.STAFF], None),
    ],
    ids=["deactivated", "another role"],
)
async def test_two_administrators_cannot_remove_each_other(
    accounts: Accounts, leave: Callable[[Accounts, Staff], asyncio.Future[None]]
) -> None:
    both = [await _hire(accounts, f"{name}@kommune.dk", Role.ADMINISTRATOR) for name in "ab"]
    left = await asyncio.gather(*(leave(accounts, one) for one in both), return_exceptions=True)
    assert sum(isinstance(one, LastAdministrator) for one in left) == 1
    assert await accounts.first_link() is None


async def test_lockout_counts_exactly_when_all_try_at_once(database: Database) -> None:
    lockout = Lockout(database)
    tried = await asyncio.gather(*(lockout.attempt("ida@kommune.dk") for _ in range(20)))
    assert sum(tried) == MOST_WRONG
    assert await lockout.attempt("other@kommune.dk")
    await lockout.forget("ida@kommune.dk")
    assert await lockout.attempt("ida@kommune.dk")


async def test_sessions_end_with_the_password_and_with_the_account(accounts: Accounts, database: Database) -> None:
    sessions = LoginSessions(database)
    staff = await _hire(accounts, "ida@kommune.dk", Role.STAFF)
    await _hire(accounts, "bo@kommune.dk", Role.ADMINISTRATOR)
    first, second = await sessions.begin(staff.id), await sessions.begin(staff.id)
    assert await sessions.find(first) == staff
    assert await sessions.end(first) is None
    assert await sessions.find(first) is None
    assert not await accounts.change_password(staff, "wrong", PASSWORD)
    assert await sessions.find(second) == staff
    assert await accounts.change_password(staff, PASSWORD, PASSWORD[::-1])
    assert await sessions.find(second) is None
    third = await sessions.begin(staff.id, "id token")
    await accounts.set_active(staff.id, False)
    assert await sessions.find(third) is None
    assert await database.read(lambda c: c.execute(select(login_sessions)).all()) == []
    assert staff not in await accounts.colleagues()


async def test_single_sign_on_makes_one_account_and_follows_the_roles(accounts: Accounts) -> None:
    async def sign_on(*roles: Role, subject: str = "s1") -> Staff | None:
        return await accounts.signed_on(ISSUER, subject, "Ida Ib", "ida@kommune.dk", roles)

    assert await sign_on() is None
    assert await accounts.people() == []
    at_once = await asyncio.gather(*(sign_on(Role.STAFF) for _ in range(5)))
    assert len({staff.id for staff in at_once if staff}) == 1
    editor = await sign_on(Role.EDITOR)
    assert editor
    assert editor.roles == {Role.EDITOR}
    assert (await sign_on(Role.EDITOR, subject="s2")) != editor
    assert await accounts.log_in("ida@kommune.dk", "") is None


async def test_the_log_is_read_page_by_page(database: Database, accounts: Accounts) -> None:
    audit = Audit(database)
    staff = await _hire(accounts, "ida@kommune.dk", Role.STAFF)
    conversation = new_id()
    for number in range(PAGE_LENGTH + 3):
        await audit.note(staff, "view", conversation, number=str(number))
    await audit.note(None, "login_failed")
    first, following = await audit.page(act="view")
    second, last = await audit.page(act="view", before=following)
    numbers = [int(row.detail["number"]) for row in first + second]
    assert numbers == list(reversed(range(PAGE_LENGTH + 3)))
    assert (len(first), len(second), last) == (PAGE_LENGTH, 3, None)
    (failed,), _ = await audit.page(act="login_failed")
    assert (failed.name, failed.account_id, failed.code) == ("", None, None)
    assert len((await audit.page(code=code_of(conversation)))[0]) == PAGE_LENGTH
    assert (await audit.page(code="XXX-XXX"))[0] == []
    assert (await audit.page(account_id=staff.id, before=1))[0] == []
    assert await audit.acts() == ["login_failed", "view"]
