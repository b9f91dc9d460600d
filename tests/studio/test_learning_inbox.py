"""What the bot could not answer, and what editors make of it, in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.transcript import Draft, Transcript
from bot.storage.database import Database
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Drafts
from bot.studio.learning import Group, Learning, NoSuchService
from bot.texts import Texts
from tests.server.engines import EchoEngine

ROOT = Path(__file__).parents[2]


class Guesses(EchoEngine):
    """Thinks that everything may be about passports."""

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        return {"ranking": [{"service": "pas", "probability": 0.3}]}


@dataclass
class Inbox:
    learning: Learning
    transcript: Transcript
    drafts: Drafts

    async def says(self, text: str, **meta: str) -> int:
        """A citizen says it, and the bot's answer has this `meta`. Returns the answer's number."""
        conversation, _ = await self.transcript.begin([Draft("bot", "Hej")])
        _, message, _ = await self.transcript.add_citizen(conversation.id, Draft("citizen", text, client_id="c1"), 0)
        given = await self.transcript.add_replies(
            conversation.id, message.seq, [Draft("bot", "Svar", meta=dict(meta))], 0, "da"
        )
        self.conversation = conversation.id
        return given[0].seq

    async def words(self) -> list[list[str]]:
        return [sorted(one.text for one in group.sentences) for group in await self.learning.groups()]


@pytest.fixture
async def inbox(tmp_path: Path, files: ContentFiles) -> AsyncIterator[Inbox]:
    database = Database(f"sqlite:///{tmp_path / 'odder.db'}")
    drafts = Drafts(database, files, Texts.load(ROOT / "data/texts/desk.yml"))
    engine = Guesses()
    await engine.start()
    yield Inbox(Learning(database, drafts, files, engine), Transcript(database), drafts)
    database.close()


async def test_what_was_answered_well_is_not_asked_about(inbox: Inbox) -> None:
    await inbox.says("hvordan får jeg et pas", decision="answer", service="pas")
    assert await inbox.learning.groups() == []


@pytest.mark.parametrize(
    "meta",
    [
        {"decision": "search"},
        {"decision": "unknown"},
        {"decision": "ask"},
        {"decision": "smalltalk", "intent": "uden_for_emne"},
    ],
)
async def test_every_way_to_miss_is_shown(inbox: Inbox, meta: dict[str, str]) -> None:
    await inbox.says("hvem låner trailere ud", **meta)
    (group,) = await inbox.learning.groups("missed")
    assert (group.sentences[0].text, group.sentences[0].whys, group.citizens) == (
        "hvem låner trailere ud",
        ("missed",),
        1,
    )
    assert (group.service, group.chance) == ("pas", 0.3)


async def test_other_small_talk_is_no_miss(inbox: Inbox) -> None:
    await inbox.says("tusind tak", decision="smalltalk", intent="tak")
    assert await inbox.learning.groups() == []


async def test_a_thumb_down_tells_what_was_answered_and_why(inbox: Inbox) -> None:
    seq = await inbox.says("mit pas er væk", decision="answer", service="pas")
    await inbox.transcript.rate(inbox.conversation, seq, "down", "Det var det forkerte")
    (group,) = await inbox.learning.groups()
    (sentence,) = group.sentences
    assert (sentence.whys, sentence.answered, sentence.comment) == (("thumb_down",), "pas", "Det var det forkerte")
    assert await inbox.learning.groups("missed") == []


async def test_alike_sentences_stand_together_and_the_commonest_first(inbox: Inbox) -> None:
    for text in (
        "kan man leje en trailer",
        "hvor lejer man en trailer",
        "vil gerne leje trailer",
        "er søen frosset til",
    ):
        await inbox.says(text, decision="search")
    groups: list[Group] = await inbox.learning.groups()
    assert [group.citizens for group in groups] == [3, 1]
    assert await inbox.words() == [
        sorted(["kan man leje en trailer", "hvor lejer man en trailer", "vil gerne leje trailer"]),
        ["er søen frosset til"],
    ]


async def test_taught_sentences_become_a_draft_once(inbox: Inbox, files: ContentFiles) -> None:
    await inbox.says("hvem låner trailere ud", decision="search")
    (group,) = await inbox.learning.groups()
    ids = [one.id for one in group.sentences]
    assert await inbox.learning.teach(ids, "storskrald", "1", "Anne") == 1
    draft = await inbox.drafts.get("storskrald")
    live = files.read("storskrald")
    assert draft and live
    assert draft.state.phrasings == (*live.phrasings, "hvem låner trailere ud")
    assert await inbox.learning.groups() == []
    assert await inbox.learning.teach(ids, "storskrald", "1", "Anne") == 0


async def test_what_is_left_is_not_asked_about_again(inbox: Inbox) -> None:
    await inbox.says("er søen frosset til", decision="search")
    (group,) = await inbox.learning.groups()
    await inbox.learning.leave([one.id for one in group.sentences], "Anne")
    assert await inbox.learning.groups() == []


async def test_an_unknown_service_loses_nothing(inbox: Inbox) -> None:
    await inbox.says("hvem låner trailere ud", decision="search")
    (group,) = await inbox.learning.groups()
    with pytest.raises(NoSuchService):
        await inbox.learning.teach([one.id for one in group.sentences], "findes_ikke", "1", "Anne")
    assert len(await inbox.learning.groups()) == 1
