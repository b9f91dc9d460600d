"""A database as after twelve weeks of use, for pages that need something to show."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.answers.knowledge import knowledge
from bot.catalogue.municipality import load_municipality
from bot.desk.accounts import Accounts
from bot.desk.passwords import Passwords
from bot.desk.permission import Role
from bot.escalation.contact import Contacts
from bot.escalation.hours import StaffedHours
from bot.escalation.reach import read_reach
from bot.escalation.seal import Seal
from bot.settings import Settings
from bot.storage.database import Database
from tests.escalation.talks import lifelike

EMAIL, PASSWORD = "mette@kommune.dk", "korrekt hest batteri hæfteklamme"
_LETTERS = (
    (6.2, "Ane Ødegård", "87 80 33 33", "pas", "Mit pas er udløbet, og jeg rejser på lørdag.\nKan jeg få det før?"),
    (
        5.1,
        "Bo Åkjær",
        "bo.aakjaer@eksempel.dk",
        "hjemmehjaelp",
        "Min mor har brug for mere hjælp. Hvem kan jeg tale med?",
    ),
    (0.9, "Fatima Yılmaz", "20 30 40 50", "pladsanvisning", "Hvornår får vi svar om vuggestue?"),
    (0.2, "Jens P. Sørensen", "+45 40 50 60 70", None, "Jeg kan ikke finde ud af MitID. Ring gerne efter kl. 12."),
)
"""Days ago, name, contact, subject, text."""


def fill(var: Path) -> None:
    """Put 2,000 conversations, four messages for staff and one administrator into `var/odder.db`."""
    # In a thread: while Playwright is open it holds this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_fill(var))).result()


async def _fill(var: Path) -> None:
    settings = Settings(var=var)
    database = Database(settings.database)
    services = list(knowledge().catalogue.entries)
    talks = lifelike(datetime.now(UTC), 12, 2000, services)
    now = datetime.now(UTC)
    left = [talks.add(now - timedelta(days=days), [("citizen", {})]) for days, *_ in _LETTERS]
    await talks.write(database)
    contacts = Contacts(database, Seal.from_settings(settings), StaffedHours(load_municipality(settings.municipality)))
    with pytest.MonkeyPatch.context() as patch:
        for conversation_id, (days, name, contact, service, text) in zip(left, _LETTERS, strict=True):
            then = now - timedelta(days=days)
            patch.setattr("bot.escalation.contact.clock", SimpleNamespace(now=lambda then=then: then))
            entry = knowledge().catalogue.get(service)
            department = entry.service.department if entry else None
            await contacts.leave(conversation_id, name, read_reach(contact), text, department, service, "c1")
    await _hire(database, "Mette Hansen", EMAIL, Role.ADMINISTRATOR)
    database.close()


def hire(var: Path, *people: tuple[str, str, Role]) -> None:
    """Accounts in `var/odder.db`: name, e-mail and role; all with the same password."""

    async def work() -> None:
        database = Database(Settings(var=var).database)
        for name, email, role in people:
            await _hire(database, name, email, role)
        database.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


async def _hire(database: Database, name: str, email: str, role: Role) -> None:
    accounts = Accounts(database, Passwords())
    _, token = await accounts.invite(name, email, (role,), None)
    await accounts.choose_password(token, PASSWORD)
