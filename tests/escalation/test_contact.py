"""Messages left for staff: kept once, encrypted, promised an answer, answered once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot import clock
from bot.catalogue.municipality import Municipality
from bot.conversation.transcript import Draft, Transcript
from bot.escalation.contact import Contacts, NoStaff
from bot.escalation.hours import StaffedHours
from bot.escalation.reach import BadContact, Reach, read_reach
from bot.escalation.seal import Seal, Unreadable
from bot.settings import Settings
from bot.storage.contact_tables import contact_messages
from bot.storage.database import Database
from tests.escalation.conftest import KEY

PHONE = Reach("phone", "+45 87 80 33 33")
FRIDAY_EVENING = datetime(2026, 11, 27, 18, tzinfo=UTC)
MONDAY_AT_CLOSING = datetime(2026, 11, 30, 14, tzinfo=UTC)
OTHER_KEY = "en anden nøgle, som også er lang nok til formålet"


@pytest.fixture(autouse=True)
def friday_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: FRIDAY_EVENING)


async def begin(database: Database) -> str:
    return (await Transcript(database).begin([Draft("bot", "Hej")]))[0].id


async def leave(
    contacts: Contacts, conversation_id: str, client_id: str = "c1", text: str = "Ring til mig om pas"
) -> str:
    left = await contacts.leave(conversation_id, "Ane Ødegård", PHONE, text, "borgerservice", "pas", client_id)
    return left.id


def files_of(folder: Path) -> bytes:
    """All that is in the files of a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*")))


async def test_a_message_is_kept_and_promised_an_answer(database: Database, contacts: Contacts) -> None:
    conversation_id = await begin(database)
    message_id = await leave(contacts, conversation_id)
    (waiting,) = await contacts.open_list()
    assert (waiting.id, waiting.conversation_id) == (message_id, conversation_id)
    assert (waiting.department, waiting.service, waiting.due_at) == ("borgerservice", "pas", MONDAY_AT_CLOSING)
    words = await contacts.read(message_id)
    assert (words.name, words.reach, words.text, words.note) == (
        "Ane Ødegård", PHONE, "Ring til mig om pas", "",
    )  # fmt: skip
    with pytest.raises(KeyError):
        await contacts.read("findes ikke")


async def test_nothing_of_it_can_be_read_in_the_database(
    database: Database, contacts: Contacts, tmp_path: Path
) -> None:
    message_id = await leave(contacts, await begin(database))
    await contacts.answer(message_id, "s1", "Mette", "phone", "Talte med Ane")
    (row,) = await database.read(lambda connection: connection.execute(select(contact_messages)).all())
    for words in ("Ane ", "Ødegård", "87 80 33 33", "pas om", "Talte med"):
        assert words not in f"{row.sealed}{row.sealed_note}"
    raw = files_of(tmp_path)
    assert raw == b"" or row.sealed.encode() in raw  # PostgreSQL's are elsewhere
    assert b"Ane " not in raw
    assert "Ødegård".encode() not in raw


async def test_sent_again_it_is_kept_once_also_at_the_same_time(database: Database, contacts: Contacts) -> None:
    conversation_id = await begin(database)
    sent = await asyncio.gather(*(leave(contacts, conversation_id) for _ in range(8)))
    assert len(set(sent)) == 1
    assert await leave(contacts, conversation_id, "c2") not in sent
    assert await leave(contacts, await begin(database), "c1") not in sent
    assert len(await contacts.open_list()) == 3


async def test_private_numbers_have_no_place_in_it_but_telephones_do(database: Database, contacts: Contacts) -> None:
    text = "Mit cpr er 010203-1234. Ring til min søn på 20 30 40 50."
    left = await contacts.leave(await begin(database), "Bo 010203-1234", PHONE, text, None, None, "c1")
    words = await contacts.read(left.id)
    assert words.name == "Bo [CPR-nummer]"
    assert words.text == "Mit cpr er [CPR-nummer]. Ring til min søn på 20 30 40 50."


async def test_it_becomes_overdue_and_is_answered_once(
    database: Database, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = await leave(contacts, await begin(database))
    assert await contacts.overdue() == 0
    late = MONDAY_AT_CLOSING + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert await contacts.overdue() == 1
    assert (await contacts.open_list())[0].overdue
    won = await asyncio.gather(
        contacts.answer(message_id, "s1", "Mette", "phone", "Det gik godt"),
        contacts.answer(message_id, "s2", "Bo", "email"),
    )
    assert sorted(won) == [False, True]
    assert await contacts.overdue() == 0
    assert await contacts.open_list() == []
    (answered,) = await contacts.answered_list()
    assert (answered.id, answered.answered_at, answered.overdue) == (message_id, late, False)
    assert (answered.answered_name, answered.how) in (("Mette", "phone"), ("Bo", "email"))
    assert answered == await contacts.get(message_id)
    assert (await contacts.read(message_id)).note == ("Det gik godt" if won[0] else "")


async def test_the_most_pressing_is_first(
    database: Database, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = await leave(contacts, await begin(database))
    monkeypatch.setattr(clock, "now", lambda: FRIDAY_EVENING - timedelta(days=3))
    sooner = await leave(contacts, await begin(database))
    assert [message.id for message in await contacts.open_list()] == [sooner, later]


async def test_without_opening_days_no_answer_is_promised(database: Database, municipality: Municipality) -> None:
    closed = StaffedHours(municipality.copy(update={"chat_hours": {}}))
    with pytest.raises(NoStaff):
        await leave(Contacts(database, Seal((KEY,)), closed), await begin(database))


async def test_the_key_can_be_changed(database: Database, contacts: Contacts, municipality: Municipality) -> None:
    message_id = await leave(contacts, await begin(database))
    await contacts.answer(message_id, "s1", "Mette", "phone", "Talte med Ane")
    hours = StaffedHours(municipality)
    both = Contacts(database, Seal((OTHER_KEY, KEY)), hours)
    assert (await both.read(message_id)).name == "Ane Ødegård"
    assert await both.renew_seals() == 1
    assert await both.renew_seals() == 0
    assert (await Contacts(database, Seal((OTHER_KEY,)), hours).read(message_id)).note == "Talte med Ane"
    with pytest.raises(Unreadable):
        await contacts.read(message_id)
    with pytest.raises(Unreadable):
        await contacts.renew_seals()


def test_the_installation_makes_its_own_key_for_itself_alone(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    sealed = Seal.from_settings(settings).close({"name": "Ane"})
    key = tmp_path / "contact_key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert Seal.from_settings(settings).open(sealed) == {"name": "Ane"}
    assert key.read_text(encoding="ascii") not in sealed
    assert Seal.from_settings(Settings(var=tmp_path, contact_keys=(OTHER_KEY, key.read_text()))).open(sealed)
    with pytest.raises(ValueError, match="32 characters"):
        Settings(contact_keys=("kort",))


def test_a_seal_cannot_be_tampered_with() -> None:
    seal = Seal((KEY,))
    sealed = seal.close({"name": "Ane"})
    changed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]
    for forged in (changed, "", "ikke noget", Fernet(Fernet.generate_key()).encrypt(b"{}").decode()):
        with pytest.raises(Unreadable):
            seal.open(forged)
    assert seal.close({"name": "Ane"}) != sealed


@pytest.mark.parametrize(
    ("written", "kind", "value", "link"),
    [
        ("87803333", "phone", "+45 87 80 33 33", "tel:+4587803333"),
        (" 87 80 33 33 ", "phone", "+45 87 80 33 33", "tel:+4587803333"),
        ("+45 2030-4050", "phone", "+45 20 30 40 50", "tel:+4520304050"),
        ("0049 30 901820", "phone", "+49 30 901820", "tel:+4930901820"),
        ("ane@odder.dk", "email", "ane@odder.dk", "mailto:ane@odder.dk"),
        (" Ane.O'Hara+pas@mail.odder.dk ", "email", "Ane.O'Hara+pas@mail.odder.dk", "mailto:Ane.O'Hara+pas@mail.odder.dk"),
        ("bo@blåbær.dk", "email", "bo@xn--blbr-roah.dk", "mailto:bo@xn--blbr-roah.dk"),
    ],
)  # fmt: skip
def test_how_one_can_be_reached(written: str, kind: str, value: str, link: str) -> None:
    reach = read_reach(written)
    assert (reach.kind, reach.value, reach.link) == (kind, value, link)


@pytest.mark.parametrize(
    "written",
    ["", " ", "1", "112", "12345678", "8780333", "878033333", "ring til mig", "ane@", "@odder.dk", "ane@odder", "a b@c.dk",
     "ane@odder..dk", "ane@-odder.dk", "ane@odder.dk\nBcc: x@y.dk", "a@" + "b" * 64 + ".dk", "a" * 250 + "@b.dk"],
)  # fmt: skip
def test_how_one_cannot(written: str) -> None:
    with pytest.raises(BadContact):
        read_reach(written)


@given(st.text(max_size=300))
def test_anything_written_is_either_a_reach_or_refused(written: str) -> None:
    try:
        reach = read_reach(written)
    except BadContact:
        return
    assert reach.kind in ("phone", "email")
    assert reach.value.isprintable()
