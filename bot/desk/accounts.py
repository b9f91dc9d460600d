"""The people of the desk: made by invitation or by single sign-on, changed, deactivated, never deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.desk.lockout import Lockout
from bot.desk.one_time import INVITE_GOOD_FOR, SETUP_GOOD_FOR, add_link, find_link, use_link
from bot.desk.passwords import Passwords
from bot.desk.permission import Role, Staff
from bot.storage.account_tables import account_links, accounts, login_sessions
from bot.storage.database import Database

_ROW = accounts.c
STAFF_COLUMNS = (_ROW.id, _ROW.name, _ROW.email, _ROW.roles, _ROW.department, _ROW.presence)
"""What `staff_of` reads."""


class EmailTaken(Exception):
    """Someone else logs in with that e-mail."""


class LastAdministrator(Exception):
    """Nobody would be left to look after the desk."""


class LinkVoid(Exception):
    """The one-time link is unknown, used or too old."""


@dataclass(frozen=True)
class Person:
    """An account as administrators see it. `invited`: no password has been chosen yet."""

    staff: Staff
    active: bool
    invited: bool
    single_sign_on: bool
    last_login_at: datetime | None


class Accounts:
    """Every method raises StorageDown."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._lockout = Lockout(database)

    # People

    async def people(self) -> list[Person]:
        """Everyone, also the deactivated, by name."""
        wanted = select(accounts).order_by(_ROW.active.desc(), func.lower(_ROW.name), _ROW.id)
        return [_person(row) for row in await self._database.read(lambda c: c.execute(wanted).all())]

    async def person(self, account_id: str) -> Person | None:
        """One person, or None when there is no such account."""
        wanted = select(accounts).where(_ROW.id == account_id)
        row = await self._database.read(lambda connection: connection.execute(wanted).one_or_none())
        return _person(row) if row else None

    async def colleagues(self) -> list[Staff]:
        """Everyone who can log in, by name."""
        return [person.staff for person in await self.people() if person.active and not person.invited]

    async def invite(self, name: str, email: str, roles: Collection[Role], department: str | None) -> tuple[Staff, str]:
        """A new account without password. Returns it and the token of its link. Raises EmailTaken."""

        def write(connection: Connection) -> tuple[Staff, str]:
            _refuse_taken(connection, email)
            account_id = _add(connection, name, email, roles, department, login=login_of(email))
            return _staff(connection, account_id), add_link(connection, account_id, INVITE_GOOD_FOR)

        return await self._database.write(write)

    async def new_link(self, account_id: str) -> str:
        """A link for choosing a password anew. Returns its token."""
        return await self._database.write(lambda c: add_link(c, account_id, INVITE_GOOD_FOR))

    async def change(self, account_id: str, name: str, roles: Collection[Role], department: str | None) -> None:
        """Give an account another name, other roles or another department. Raises LastAdministrator."""

        def write(connection: Connection) -> None:
            _administrators(connection)
            changed = {"name": name, "roles": _stored(roles), "department": department}
            connection.execute(update(accounts).where(_ROW.id == account_id).values(changed))
            _refuse_without_administrator(connection)

        await self._database.write(write)

    async def set_active(self, account_id: str, active: bool) -> None:
        """Let someone in again, or keep them out from this moment. Raises LastAdministrator."""

        def write(connection: Connection) -> None:
            _administrators(connection)
            connection.execute(update(accounts).where(_ROW.id == account_id).values(active=active))
            if not active:
                _end_sessions(connection, account_id)
                connection.execute(delete(account_links).where(account_links.c.account_id == account_id))
                _refuse_without_administrator(connection)

        await self._database.write(write)

    async def set_presence(self, account_id: str, presence: str) -> None:
        """`available`, `busy` or `away`."""
        changed = update(accounts).where(_ROW.id == account_id).values(presence=presence)
        await self._database.write(lambda connection: connection.execute(changed))

    # Links

    async def first_link(self) -> str | None:
        """The token of a link that makes the first administrator; None when there is one. Voids earlier ones."""

        def write(connection: Connection) -> str | None:
            if _administrators(connection):
                return None
            connection.execute(delete(account_links).where(account_links.c.account_id.is_(None)))
            return add_link(connection, None, SETUP_GOOD_FOR)

        return await self._database.write(write)

    async def first_link_works(self, token: str) -> bool:
        """Whether the link still makes an administrator."""

        def read(connection: Connection) -> bool:
            link = find_link(connection, token)
            return link is not None and link.account_id is None and not _administrators(connection)

        return await self._database.read(read)

    async def linked(self, token: str) -> Staff | None:
        """Who may choose a password with the link, or None when it works no more."""

        def read(connection: Connection) -> Staff | None:
            link = find_link(connection, token)
            return _staff(connection, link.account_id) if link and link.account_id else None

        return await self._database.read(read)

    async def make_first(self, token: str, name: str, email: str, password: str) -> Staff:
        """The first administrator. Raises LinkVoid, EmailTaken."""
        password_hash = await self._passwords.hash(password)

        def write(connection: Connection) -> Staff:
            link = use_link(connection, token)
            if link is None or link.account_id is not None or _administrators(connection):
                raise LinkVoid
            _refuse_taken(connection, email)
            roles = (Role.ADMINISTRATOR,)
            account_id = _add(connection, name, email, roles, None, login=login_of(email), password_hash=password_hash)
            return _staff(connection, account_id)

        return await self._database.write(write)

    async def choose_password(self, token: str, password: str) -> Staff:
        """Set the password of the link's account and end its sessions. Raises LinkVoid."""
        password_hash = await self._passwords.hash(password)

        def write(connection: Connection) -> Staff:
            link = use_link(connection, token)
            if link is None or link.account_id is None:
                raise LinkVoid
            _set_password(connection, link.account_id, password_hash)
            return _staff(connection, link.account_id)

        return await self._database.write(write)

    # Logging in

    async def log_in(self, email: str, password: str) -> Staff | None:
        """Who logs in, or None for a wrong password, an unknown or locked e-mail: it takes the same time."""
        login = login_of(email)
        may_try = await self._lockout.attempt(login)
        wanted = select(_ROW.password_hash, *STAFF_COLUMNS).where(_ROW.login == login, _ROW.active)
        row = await self._database.read(lambda connection: connection.execute(wanted).one_or_none())
        kept = row.password_hash if row else None
        fits = await self._passwords.fits(kept if may_try else None, password)
        if row is None or kept is None or not fits:
            return None
        await self._lockout.forget(login)
        if self._passwords.is_outdated(kept):
            renewed = (
                update(accounts).where(_ROW.id == row.id).values(password_hash=await self._passwords.hash(password))
            )
            await self._database.write(lambda connection: connection.execute(renewed))
        return staff_of(row)

    async def change_password(self, staff: Staff, old: str, new: str) -> bool:
        """Set a new password and end all sessions. False when the old one is wrong."""
        known = await self.log_in(staff.email, old)
        if known is None or known.id != staff.id:
            return False
        password_hash = await self._passwords.hash(new)
        await self._database.write(lambda connection: _set_password(connection, staff.id, password_hash))
        return True

    async def signed_on(
        self, issuer: str, subject: str, name: str, email: str, roles: Collection[Role]
    ) -> Staff | None:
        """Who a provider vouches for, with the roles it gives now; made at the first login.

        None when it gives no role or the account is deactivated; then they are logged out everywhere.
        """

        def write(connection: Connection) -> Staff | None:
            same = (_ROW.issuer == issuer) & (_ROW.subject == subject)
            row = connection.execute(select(_ROW.id, _ROW.active).where(same)).one_or_none()
            if row is None:
                if not roles:
                    return None
                account_id = _add(connection, name, email, roles, None, issuer=issuer, subject=subject)
                return _staff(connection, account_id)
            changed = {"name": name, "email": email, "roles": _stored(roles)}
            connection.execute(update(accounts).where(_ROW.id == row.id).values(changed))
            if roles and row.active:
                return _staff(connection, row.id)
            _end_sessions(connection, row.id)
            return None

        return await self._database.write(write)


def login_of(email: str) -> str:
    """The e-mail as it is compared: people write it in capitals and with a space behind."""
    return email.strip().casefold()


def staff_of(row: Row) -> Staff:
    """From a row with STAFF_COLUMNS."""
    roles = frozenset(Role(role) for role in row.roles)
    return Staff(row.id, row.name, row.name.partition(" ")[0], row.email, roles, row.department, row.presence)


def _person(row: Row) -> Person:
    by_provider = row.issuer is not None
    return Person(
        staff_of(row), row.active, row.password_hash is None and not by_provider, by_provider, row.last_login_at
    )


def _staff(connection: Connection, account_id: str) -> Staff:
    return staff_of(connection.execute(select(*STAFF_COLUMNS).where(_ROW.id == account_id)).one())


def _add(
    connection: Connection,
    name: str,
    email: str,
    roles: Iterable[Role],
    department: str | None,
    **identity: Any,
) -> str:
    account_id = str(uuid4())
    row = {
        "id": account_id,
        "name": name,
        "email": email.strip(),
        "roles": _stored(roles),
        "department": department,
        "presence": "available",
        "active": True,
        "created_at": clock.now(),
    }
    connection.execute(insert(accounts).values(row | identity))
    return account_id


def _stored(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _set_password(connection: Connection, account_id: str, password_hash: str) -> None:
    connection.execute(update(accounts).where(_ROW.id == account_id).values(password_hash=password_hash))
    _end_sessions(connection, account_id)


def _end_sessions(connection: Connection, account_id: str) -> None:
    connection.execute(delete(login_sessions).where(login_sessions.c.account_id == account_id))


def _refuse_taken(connection: Connection, email: str) -> None:
    taken = select(_ROW.id).where(_ROW.login == login_of(email))
    if connection.execute(taken).first():
        raise EmailTaken


def _administrators(connection: Connection) -> list[Row]:
    """Those who can log in and look after the desk, locked until the transaction ends.

    Whoever changes one of them asks for this first: two who remove each other then come one after the other.
    """
    able = _ROW.active & (_ROW.password_hash.is_not(None) | _ROW.issuer.is_not(None))
    rows = connection.execute(select(_ROW.id, _ROW.roles).where(able).order_by(_ROW.id).with_for_update()).all()
    return [row for row in rows if Role.ADMINISTRATOR.value in row.roles]


def _refuse_without_administrator(connection: Connection) -> None:
    if not _administrators(connection):
        raise LastAdministrator
