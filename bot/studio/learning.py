"""What the bot could not answer, grouped by likeness, and what editors make of it.

learning = Learning(database, studio.drafts, studio.files, engine)
await learning.groups() → [Group]      the groups that help most citizens first
await learning.teach(ids, service, author, author_name) → int      the sentences become phrasings in the service's draft
await learning.leave(ids, author_name)                              they are not asked about again
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer
from sqlalchemy import and_, insert, or_, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.engine.contract import Engine
from bot.escalation.figures import OFF_TOPIC
from bot.nlu.text import normal_form
from bot.storage.database import Database
from bot.storage.learning_tables import settled_sentences
from bot.storage.models import feedback, messages
from bot.storage.proposal_tables import proposals
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Conflict, Drafts
from bot.studio.sentence_files import is_sentence
from bot.studio.state import State

MISSED = ("search", "unknown", "ask", "none_chosen", "follow_up_unknown")
"""Decisions of the bot that are no sure answer; see bot/answers."""
WHYS = ("missed", "thumb_down", "proposed")
_MOST = 1_000
"""Sentences looked at, newest first; more than an editor reads in a sitting."""
_ALIKE = 0.75
"""Average cosine distance within a group (measured on citizens' misses: above 0.8 subjects run together)."""
_LEAST_CHANCE = 0.05
_M = messages.c


class NoSuchService(KeyError):
    """Neither in the files nor among the drafts."""


@dataclass(frozen=True)
class Sentence:
    """A citizen's masked words. `whys`: some of WHYS. `right`: the service staff named. `comment`: with the thumb."""

    id: str
    text: str
    at: datetime
    whys: tuple[str, ...]
    answered: str | None = None
    right: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Group:
    """Sentences that are alike. `citizens`: how many wrote them. `service`, `chance`: the likeliest service, None for a new one."""

    sentences: tuple[Sentence, ...]
    citizens: int
    service: str | None
    chance: float


class Learning:
    """See the module. All methods raise StorageDown."""

    def __init__(self, database: Database, drafts: Drafts, files: ContentFiles, engine: Engine) -> None:
        self._database = database
        self._drafts = drafts
        self._files = files
        self._engine = engine

    async def groups(self, why: str | None = None) -> list[Group]:
        """Everything that is not settled, or only what is there for one of WHYS."""
        found = await self._database.read(_sentences)
        if why:
            found = [(sentence, who) for sentence, who in found if why in sentence.whys]
        groups = []
        for members in _alike(found):
            sentences = tuple(sentence for sentence, _ in members)
            service, chance = await self._suggested(sentences)
            groups.append(Group(sentences, len({who for _, who in members}), service, chance))
        return sorted(groups, key=lambda group: (-group.citizens, group.sentences[0].text))

    async def teach(self, ids: Collection[str], service: str, author: str, author_name: str) -> int:
        """Add the sentences to the phrasings in the service's draft, and settle them.

        Returns:
            How many were new to the service.

        Raises:
            NoSuchService: there is none with that id.
        """
        texts = await self._texts(ids)
        opened = await self._drafts.open(service)
        if opened.state is None:
            raise NoSuchService(service)
        usable = [text for text in texts if is_sentence(text)]
        state, version = opened.state, opened.version
        added = [text for text in usable if text not in state.phrasings]
        while added:
            try:
                await self._drafts.save(_with(state, added), version, author, author_name)
                break
            except Conflict as conflict:  # a colleague saved meanwhile: ours goes on top of theirs
                state, version = conflict.theirs or state, conflict.version
        await self._settle(ids, "taught", service, author_name)
        return len(added)

    async def leave(self, ids: Collection[str], author_name: str) -> None:
        """They need nothing."""
        await self._settle(ids, "left", None, author_name)

    async def _texts(self, ids: Collection[str]) -> list[str]:
        asked = select(_M.text).where(_M.id.in_(list(ids)), _M.author == "citizen").order_by(_M.at)
        found = await self._database.read(lambda connection: list(connection.execute(asked).scalars()))
        return list(dict.fromkeys(" ".join(text.split()) for text in found))

    async def _settle(self, ids: Collection[str], act: str, service: str | None, by_name: str) -> None:
        def work(connection: Connection) -> None:
            known = select(_M.id).where(_M.id.in_(list(ids)), _M.author == "citizen")
            done = select(settled_sentences.c.message_id).where(settled_sentences.c.message_id.in_(list(ids)))
            open_ones = set(connection.execute(known).scalars()) - set(connection.execute(done).scalars())
            for message_id in sorted(open_ones):
                connection.execute(
                    insert(settled_sentences).values(
                        id=str(uuid4()),
                        message_id=message_id,
                        act=act,
                        service=service,
                        by_name=by_name,
                        at=clock.now(),
                    )
                )
            state = "accepted" if act == "taught" else "rejected"
            places = select(_M.conversation_id, _M.seq).where(_M.id.in_(list(open_ones)))
            for conversation_id, seq in connection.execute(places).all():
                connection.execute(
                    proposals.update()
                    .where(
                        proposals.c.conversation_id == conversation_id,
                        proposals.c.seq == seq,
                        proposals.c.state == "open",
                    )
                    .values(state=state, settled_by=by_name, settled_at=clock.now())
                )

        await self._database.write(work)

    async def _suggested(self, sentences: Iterable[Sentence]) -> tuple[str | None, float]:
        """What staff said is right; else what the bot holds likeliest for the longest sentence."""
        sentences = list(sentences)
        named = [sentence.right for sentence in sentences if sentence.right]
        if named:
            return max(set(named), key=named.count), 1.0
        if not self._engine.ready:
            return None, 0.0
        why = await self._engine.explain(max((sentence.text for sentence in sentences), key=len))
        best = next(iter(why.get("ranking", ())), None)
        if best is None or best["probability"] < _LEAST_CHANCE:
            return None, 0.0
        return str(best["service"]), float(best["probability"])


def _with(state: State, added: Iterable[str]) -> State:
    return replace(state, phrasings=tuple(dict.fromkeys([*state.phrasings, *added])))


def _sentences(connection: Connection) -> list[tuple[Sentence, str]]:
    """The open sentences with their conversations, newest first."""
    answer = messages.alias("answer")
    decision, intent = answer.c.meta["decision"].as_string(), answer.c.meta["intent"].as_string()
    # What the bot took for idle talk may be a need it does not know.
    missed = or_(decision.in_(MISSED), intent == OFF_TOPIC)
    proposed = and_(
        proposals.c.conversation_id == _M.conversation_id, proposals.c.seq == _M.seq, proposals.c.state == "open"
    )
    asked = (
        select(
            _M.id,
            _M.text,
            _M.at,
            _M.conversation_id,
            missed.label("missed"),
            answer.c.meta["service"].as_string().label("answered"),
            feedback.c.value.label("thumb"),
            feedback.c.comment,
            proposals.c.id.label("proposal"),
            proposals.c.service.label("right"),
        )
        .select_from(messages)
        .join(answer, and_(answer.c.conversation_id == _M.conversation_id, answer.c.reply_to == _M.seq), isouter=True)
        .join(feedback, feedback.c.message_id == answer.c.id, isouter=True)
        .join(proposals, proposed, isouter=True)
        .join(settled_sentences, settled_sentences.c.message_id == _M.id, isouter=True)
        .where(
            _M.author == "citizen",
            settled_sentences.c.id.is_(None),
            or_(missed, feedback.c.value == "down", proposals.c.id.is_not(None)),
        )
        .order_by(_M.at.desc())
        .limit(_MOST)
    )
    found: dict[str, tuple[Sentence, str]] = {}
    for row in connection.execute(asked):
        # A button says nothing of how citizens write.
        if not normal_form(row.text):
            continue
        known = found[row.id][0].whys if row.id in found else ()
        whys = {
            "missed": bool(row.missed),
            "thumb_down": row.thumb == "down",
            "proposed": row.proposal is not None,
        }
        found[row.id] = (
            Sentence(
                row.id,
                row.text,
                row.at,
                tuple(why for why in WHYS if whys[why] or why in known),
                row.answered,
                row.right,
                row.comment,
            ),
            row.conversation_id,
        )
    return list(found.values())


def _alike(found: list[tuple[Sentence, str]]) -> list[list[tuple[Sentence, str]]]:
    if len(found) < 2:
        return [[one] for one in found]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True).fit_transform(
        [normal_form(sentence.text) for sentence, _ in found]
    )
    labels = AgglomerativeClustering(
        n_clusters=None, distance_threshold=_ALIKE, metric="cosine", linkage="average"
    ).fit_predict(vectors.toarray())
    groups = defaultdict(list)
    for label, one in zip(labels, found):
        groups[label].append(one)
    return list(groups.values())
