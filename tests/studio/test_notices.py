"""What editors tell all citizens, kept in real databases."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import clock
from bot.catalogue.lix import PLAIN_LIMIT, lix
from bot.catalogue.municipality import Municipality
from bot.storage.database import Database
from bot.studio import chat_settings
from bot.studio.chat_settings import ChatSettings
from bot.studio.notices import Faulty, Notice, NoticeDraft, Notices
from bot.texts import Texts
from tests.catalogue.small_data import municipality
from tests.storage.conftest import database, postgres_url, url

__all__ = ["database", "postgres_url", "url"]

HOUR = timedelta(hours=1)
LILLEBY = Municipality.parse_obj(municipality())
TEXTS = Texts.load(Path("data/texts/desk.yml"), LILLEBY.placeholders())
METTE = ("1", "Mette")
JENS = ("2", "Jens")


@pytest.fixture
def notices(database: Database) -> Notices:
    return Notices(database, TEXTS)


@pytest.fixture
def settings(database: Database) -> ChatSettings:
    return ChatSettings(database, LILLEBY, TEXTS, cache_seconds=0.0)


def draft(
    text: str = "MitID driller.", begins: timedelta = -HOUR, ends: timedelta = HOUR, **others: Any
) -> NoticeDraft:
    return NoticeDraft(text, clock.now() + begins, clock.now() + ends, **others)


def words(found: list[Notice]) -> list[str]:
    return [notice.text for notice in found]


# Notices --------------------------------------------------------------------------------------------------------------


async def test_a_notice_holds_in_its_period_only(notices: Notices, settings: ChatSettings) -> None:
    await notices.post(draft("Nu"), *METTE)
    await notices.post(draft("Før", begins=-2 * HOUR), *METTE)
    await notices.post(draft("Senere", begins=HOUR, ends=2 * HOUR), *METTE)
    short = await notices.post(draft("Kort", ends=timedelta(seconds=0.5)), *METTE)
    assert words(await notices.ahead()) == ["Før", "Nu", "Kort", "Senere"]
    assert words(await settings.notices()) == ["Før", "Nu", "Kort"]
    await asyncio.sleep(0.6)
    assert words(await settings.notices()) == ["Før", "Nu"]
    assert words(await notices.latest()) == ["Kort", "Senere", "Før", "Nu"]
    assert short.holds(short.begins_at)
    assert not short.holds(short.ends_at)


async def test_every_version_is_kept_with_its_author_and_any_can_hold_again(
    notices: Notices, settings: ChatSettings
) -> None:
    first = await notices.post(draft("Første"), *METTE)
    second = await notices.change(first.id, draft("Anden", severity="serious"), *JENS)
    gone = await notices.remove(first.id, *METTE)
    assert second is not None
    assert gone is not None
    assert (gone.text, gone.severity, gone.removed) == ("Anden", "serious", True)
    assert await settings.notices() == []
    assert await notices.ahead() == []
    restored = await notices.restore(first.version, *JENS)
    assert restored is not None
    assert words(await settings.notices()) == ["Første"]
    told = [(one.text, one.removed, one.author_name) for one in await notices.history(first.id)]
    assert told == [
        ("Første", False, "Jens"),
        ("Anden", True, "Mette"),
        ("Anden", False, "Jens"),
        ("Første", False, "Mette"),
    ]
    assert [one.id for one in await notices.latest()] == [first.id]


async def test_what_is_not_there_cannot_be_changed(notices: Notices) -> None:
    assert await notices.change("findes-ikke", draft(), *METTE) is None
    assert await notices.remove("findes-ikke", *METTE) is None
    assert await notices.restore(77, *METTE) is None


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"text": "  \u200b "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"text_english": "x" * 301}, "text_english"),
        ({"severity": "katastrofe"}, "severity"),
        ({"begins": HOUR, "ends": HOUR - timedelta(minutes=1)}, "ends_at"),
        ({"begins": -3 * HOUR, "ends": -HOUR}, "ends_at"),
        ({"ends": timedelta(days=91)}, "ends_at"),
    ],
)
async def test_a_faulty_notice_is_refused_in_danish_at_its_field(
    notices: Notices, fields: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Faulty) as raised:
        await notices.post(draft(**fields), *METTE)
    assert list(raised.value.faults) == [fault]
    assert raised.value.faults[fault].endswith(".")
    assert await notices.latest() == []


async def test_three_hundred_letters_fit_and_english_is_given_to_those_who_write_it(
    notices: Notices, settings: ChatSettings
) -> None:
    await notices.post(draft("æ" * 300, text_english="Down. Call {telefon}."), *METTE)
    (notice,) = await settings.notices()
    assert notice.said("en") == f"Down. Call {LILLEBY.phone}."
    assert notice.said("da") == notice.said("de") == "æ" * 300
    await notices.change(notice.id, draft("Kun dansk"), *METTE)
    assert (await settings.notices())[0].said("en") == "Kun dansk"


async def test_unseen_signs_and_unknown_placeholders_do_no_harm(notices: Notices, settings: ChatSettings) -> None:
    await notices.post(draft("Ring\u202e til {telefon}, ikke {hemmelig} eller {0} \x07"), *METTE)
    assert words(await settings.notices()) == [f"Ring til {LILLEBY.phone}, ikke {{hemmelig}} eller {{0}}"]


async def test_a_notice_is_announced_once_the_moment_it_begins(
    notices: Notices, settings: ChatSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_settings, "ANNOUNCE_SECONDS", 0.05)
    await notices.post(draft("Gammel"), *METTE)
    begun: list[str] = []
    task = asyncio.create_task(settings.announce(lambda notice: begun.append(notice.text)))
    await asyncio.sleep(0.2)
    soon = await notices.post(draft("Snart", begins=timedelta(seconds=0.6)), *METTE)
    await asyncio.sleep(0.2)
    assert begun == []
    await asyncio.sleep(0.9)
    assert begun == ["Snart"]
    await notices.change(soon.id, draft("Snart, rettet"), *METTE)
    await asyncio.sleep(0.3)
    assert begun == ["Snart"], "a correction is no news"
    task.cancel()


# Settings of the chat -------------------------------------------------------------------------------------------------


async def test_at_first_the_municipality_s_file_holds(settings: ChatSettings) -> None:
    look = await settings.current()
    assert (look.on, look.name, look.colour, look.bubble, look.version) == (True, "Lille-bot", "#1d5a4c", "", 0)
    assert look.welcome == "Hej fra Lilleby Kommune."
    assert "12 34 56 78" in look.closed_text
    assert await settings.history() == []


async def test_what_is_set_holds_and_the_rest_is_as_in_the_file(settings: ChatSettings) -> None:
    values = {
        "on": False,
        "closed_text": "Lukket. Ring til {kommune}.",
        "name": " Lilli ",
        "colour": "#AABBCC",
        "bubble": "Spørg mig",
    }
    look = await settings.set({**values, "welcome": ""}, *METTE)
    assert look == await settings.current()
    assert (look.on, look.closed_text, look.name) == (False, "Lukket. Ring til Lilleby Kommune.", "Lilli")
    assert (look.colour, look.bubble, look.welcome) == ("#aabbcc", "Spørg mig", "Hej fra Lilleby Kommune.")
    (version,) = await settings.history()
    assert version.values["closed_text"] == "Lukket. Ring til {kommune}.", "as it was written"
    assert (version.author_id, version.author_name) == METTE
    assert clock.now() - version.at < timedelta(minutes=1)


async def test_every_step_can_be_undone(settings: ChatSettings) -> None:
    first = await settings.set({"name": "En"}, *METTE)
    await settings.set({"name": "To", "on": False}, *JENS)
    back = await settings.restore(first.version, *METTE)
    assert back is not None
    assert (back.name, back.on) == ("En", True)
    assert (await settings.current()).name == "En"
    whole = await settings.restore(0, *METTE)
    assert whole is not None
    assert whole.name == "Lille-bot"
    assert [(one.values, one.author_name) for one in await settings.history()] == [
        ({}, "Mette"), ({"name": "En"}, "Mette"), ({"name": "To", "on": False}, "Jens"), ({"name": "En"}, "Mette"),
    ]  # fmt: skip
    assert await settings.restore(77, *METTE) is None


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        *(({name: "x" * (most + 1)}, name) for name, most in chat_settings.MOST_LETTERS.items()),
        ({"colour": "rød"}, "colour"),
        ({"colour": "#12345"}, "colour"),
        ({"colour": "#123456;}"}, "colour"),
    ],
)
async def test_faulty_settings_are_refused_in_danish_at_their_field(
    settings: ChatSettings, values: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Faulty) as raised:
        await settings.set({"name": "Ny", **values}, *METTE)
    assert list(raised.value.faults) == [fault]
    assert (await settings.current()).version == 0


async def test_a_setting_nobody_knows_is_a_mistake_of_the_programmer(settings: ChatSettings) -> None:
    with pytest.raises(ValueError, match="hjemmeside"):
        await settings.set({"hjemmeside": "x"}, *METTE)


async def test_other_workers_know_after_the_cache_s_time_and_the_own_at_once(database: Database) -> None:
    one, other = (ChatSettings(database, LILLEBY, TEXTS, cache_seconds=0.6) for _ in range(2))
    await one.current()
    await other.current()
    await one.set({"name": "Ny"}, *METTE)
    assert (await one.current()).name == "Ny"
    assert (await other.current()).name == "Lille-bot"
    await asyncio.sleep(0.7)
    assert (await other.current()).name == "Ny"


async def test_without_a_database_the_last_known_holds(tmp_path: Path) -> None:
    broken = Database(f"sqlite:///{tmp_path}")  # a folder
    settings = ChatSettings(broken, LILLEBY, TEXTS, cache_seconds=0.0)
    assert (await settings.current()).name == "Lille-bot"
    assert await settings.notices() == []
    broken.close()


async def test_what_held_goes_on_holding_when_the_database_goes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    settings = ChatSettings(database, LILLEBY, TEXTS, cache_seconds=0.0)
    await settings.set({"on": False}, *METTE)
    await Notices(database, TEXTS).post(draft("Stadig"), *METTE)
    assert not (await settings.current()).on
    await database.write(lambda connection: connection.execute(text("DROP TABLE chat_settings")))
    assert not (await settings.current()).on
    assert words(await settings.notices()) == ["Stadig"]
    database.close()


def test_what_citizens_read_when_nobody_wrote_anything_is_plain() -> None:
    assert lix(TEXTS.raw("notices_default_closed_text")) <= PLAIN_LIMIT


def test_times_must_have_a_zone() -> None:
    with pytest.raises(TypeError):
        Notices(None, TEXTS)._checked(NoticeDraft("x", datetime(2026, 1, 1), clock.now() + HOUR))  # type: ignore[arg-type]
