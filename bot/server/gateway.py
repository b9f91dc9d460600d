"""The one place where a citizen's message enters, and the one where an answer leaves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.conversation.emergency import EmergencyCheck
from bot.conversation.language import DANISH, ENGLISH
from bot.conversation.mask import mask
from bot.conversation.rate_limit import Limit, RateLimit
from bot.conversation.session_token import SessionTokens
from bot.conversation.transcript import Conversation, Draft, Message, Transcript, code_of, new_id
from bot.engine.contract import Engine, Reply
from bot.escalation.handover import Standing
from bot.server.incoming import MENU_PAYLOADS, Incoming, Rating, Refused
from bot.server.rooms import Rooms, Socket
from bot.storage.database import StorageDown
from bot.studio.chat_settings import ChatSettings
from bot.studio.notices import Notice
from bot.texts import Texts

logger = logging.getLogger(__name__)

_LANES = 20_000
_OFFERED_WITHIN = 20
"""Messages back in which a button must have been shown to be pressed."""


class Handoff(Protocol):
    """Who has the chat; see bot/server/handover.py."""

    async def takes(self, conversation: Conversation, message: Message) -> bool:
        """Whether a person answers this message; the bot then says nothing but what saves lives."""

    async def after(
        self, conversation: Conversation, drafts: Sequence[Draft], language: str
    ) -> tuple[Standing, Sequence[Draft]]:
        """Who has the chat after the bot's answers, and the answers as the citizen shall have them."""

    async def standing(self, conversation: Conversation) -> Standing:
        """What the citizen sees on coming back."""

    async def cancel(self, conversation_id: str) -> list[Message]:
        """The citizen wants the bot again."""

    def citizen_types(self, conversation_id: str) -> None:
        """The citizen writes on a message."""


class LanguageCheck(Protocol):
    """Which language is this, and does the bot speak it?"""

    def of(self, text: str, before: str) -> str:
        """ISO 639-1 code; `before` is the conversation's language so far."""

    def fixed_text(self, code: str) -> str | None:
        """What to say instead of asking the engine, or None to go on."""


class AnyLanguage:
    """Everything goes on to the engine as Danish."""

    def of(self, text: str, before: str) -> str:
        """See LanguageCheck."""
        return before

    def fixed_text(self, code: str) -> str | None:
        """See LanguageCheck."""
        return None


@dataclass(frozen=True)
class Limits:
    """What one session and one address may send, and the seconds the engine may take."""

    session: Limit
    address: Limit
    engine_seconds: float


@dataclass(frozen=True)
class Opened:
    """A conversation a citizen has come (back) to."""

    conversation: Conversation
    messages: list[Message]
    token: str | None
    """A fresh one, or None when the citizen's own is still good."""
    standing: Standing = field(default_factory=lambda: Standing("bot"))


@dataclass(frozen=True)
class Answered:
    """What was written in a conversation, the citizen's own message first if they wrote one, and who has the chat."""

    standing: Standing
    messages: list[Message]


@dataclass
class _Lane:
    """One conversation's way through this process: in order, one message at a time."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    seen: int = 0
    """The highest `seq` the citizen has been shown, kept or not."""
    told_not_kept: bool = False
    language: str = DANISH
    """ISO 639-1 code of the citizen's last words."""
    notices: set[str] | None = None
    """Ids of the operations notices the citizen has had; None while that hasn't been looked up."""
    offered_unkept: dict[str, str] = field(default_factory=dict)

    def number(self, drafts: Sequence[Draft]) -> list[Message]:
        """Messages for the citizen only, while nothing can be kept."""
        numbered = [Message(**vars(draft), seq=seq) for seq, draft in enumerate(drafts, self.seen + 1)]
        self.seen += len(numbered)
        return numbered


class Gateway:
    """Takes messages in, has them answered, sends the answers out. One object for the process."""

    def __init__(
        self,
        *,
        engine: Engine,
        transcript: Transcript,
        tokens: SessionTokens,
        emergency: EmergencyCheck,
        rate_limit: RateLimit,
        rooms: Rooms,
        texts: Texts,
        danger_texts: Mapping[str, Texts],
        chat: ChatSettings,
        limits: Limits,
        handoff: Handoff,
        language: LanguageCheck,
    ) -> None:
        self._engine = engine
        self._transcript = transcript
        self._tokens = tokens
        self._emergency = emergency
        self._rate_limit = rate_limit
        self._rooms = rooms
        self._texts = texts
        self._danger_texts = danger_texts
        self._chat = chat
        self._limits = limits
        self._handoff = handoff
        self._language = language
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()

    # Coming in ------------------------------------------------------------------------------------------------------

    async def open(self, token: str | None, address: str, seen: int = 0) -> Opened:
        """The conversation of `token` with all its messages after `seen`, or a new one. Raises Refused: too_many."""
        session = self._tokens.read(token) if token else None
        if session:
            conversation_id = session.conversation_id
            try:
                conversation = await self._transcript.conversation(conversation_id)
                messages = await self._transcript.messages(conversation_id, seen) if conversation else []
            except StorageDown:
                conversation, messages = Conversation(conversation_id, code_of(conversation_id)), []
            if conversation:
                lane = self._lane(conversation_id)
                lane.seen = max([lane.seen, seen, *(message.seq for message in messages)])
                standing = await self._handoff.standing(conversation)
                return Opened(conversation, messages, self._tokens.renewed(session), standing)
        return await self.begin(address)

    async def begin(self, address: str) -> Opened:
        """A new conversation with the greeting. Raises Refused: too_many."""
        await self._allow(f"begin:{address}", self._limits.address)
        notices = await self._chat.notices()
        greeting = [*map(_notice, notices), Draft("bot", (await self._chat.current()).welcome)]
        try:
            conversation, messages = await self._transcript.begin(greeting)
            lane = self._lane(conversation.id)
            lane.seen, lane.notices = messages[-1].seq, {notice.id for notice in notices}
        except StorageDown:
            conversation_id = new_id()
            conversation = Conversation(conversation_id, code_of(conversation_id))
            messages = self._lane(conversation_id).number(greeting)
        return Opened(conversation, messages, self._tokens.issue(conversation.id))

    async def reset(self, conversation_id: str, address: str) -> Opened:
        """Leave a conversation for a new one. Raises Refused: too_many."""
        opened = await self.begin(address)
        try:
            await self._engine.forget(conversation_id)
        except Exception:
            logger.exception("forget failed", extra={"conversation": conversation_id})
        return opened

    async def receive(
        self, conversation_id: str, incoming: Incoming, address: str, sender: Socket | None = None
    ) -> Answered:
        """Keep a message, have it answered, and tell everyone in the conversation.

        Raises:
            Refused: too_many, or bad_request for a button that was never offered.
        """
        await self._allow(f"session:{conversation_id}", self._limits.session, incoming.client_id)
        await self._allow(f"address:{address}", self._limits.address, incoming.client_id)
        lane = self._lane(conversation_id)
        async with lane.lock:
            draft = self._draft(incoming, await self._offered_title(conversation_id, lane, incoming))
            try:
                conversation, message, new = await self._transcript.add_citizen(conversation_id, draft, lane.seen)
                given = [] if message.awaits_reply else await self._transcript.replies(conversation_id, message.seq)
            except StorageDown:
                return await self._answer_unkept(conversation_id, lane, draft, sender)
            lane.told_not_kept = False
            if new:
                self._stored(conversation_id, lane, message, sender)
            elif sender:
                for event in (_ack(message), *map(_event, given)):
                    sender.send(event)
            standing = Standing(conversation.state)
            if message.awaits_reply:
                standing, given = await self._settle(conversation, lane, message)
            return Answered(standing, [message, *given])

    async def catch_up(self, conversation_id: str) -> list[Message]:
        """Answer what was kept but never answered, e.g. because the process was killed in between."""
        answers: list[Message] = []
        lane = self._lane(conversation_id)
        async with lane.lock:
            try:
                conversation = await self._transcript.conversation(conversation_id)
                waiting = await self._transcript.unanswered(conversation_id)
            except StorageDown:
                return []
            for message in waiting:
                if conversation:
                    answers += (await self._settle(conversation, lane, message))[1]
        return answers

    async def cancel(self, conversation_id: str, address: str) -> Answered:
        """Take the citizen out of the line, or back from a human, to the bot. Raises Refused: too_many."""
        await self._allow(f"address:{address}", self._limits.address)
        async with self._lane(conversation_id).lock:
            return Answered(Standing("bot"), await self._handoff.cancel(conversation_id))

    def types(self, conversation_id: str) -> None:
        """The citizen writes on a message."""
        self._handoff.citizen_types(conversation_id)

    async def messages(self, conversation_id: str, after: int) -> Answered | None:
        """What came after `after`; None when the conversation is gone."""
        try:
            conversation = await self._transcript.conversation(conversation_id)
            messages = await self._transcript.messages(conversation_id, after)
        except StorageDown:
            return Answered(Standing("bot"), [])
        return Answered(await self._handoff.standing(conversation), messages) if conversation else None

    async def rate(self, conversation_id: str, rating: Rating, address: str) -> None:
        """Keep a thumb and its masked comment. Raises Refused."""
        await self._allow(f"address:{address}", self._limits.address)
        comment = mask(rating.comment).text if rating.comment else None
        try:
            found = await self._transcript.rate(conversation_id, rating.seq, rating.value, comment)
        except StorageDown:
            return
        if not found:
            raise Refused("bad_request")

    # On the way -----------------------------------------------------------------------------------------------------

    def _draft(self, incoming: Incoming, title: str | None) -> Draft:
        if incoming.payload:
            text = title or mask(incoming.text).text or incoming.payload
            return Draft("citizen", text, meta={"payload": incoming.payload}, client_id=incoming.client_id)
        masked = mask(incoming.text)
        meta = {"masked": list(masked.kinds)} if masked.kinds else {}
        return Draft("citizen", masked.text, meta=meta, client_id=incoming.client_id)

    async def _offered_title(self, conversation_id: str, lane: _Lane, incoming: Incoming) -> str | None:
        """The title the pressed button had. Raises Refused for a button nobody offered."""
        if not incoming.payload:
            return None
        try:
            recent = await self._transcript.last(conversation_id, _OFFERED_WITHIN)
        except StorageDown:
            recent = []
        offered = lane.offered_unkept | {
            button["payload"]: button["title"] for message in recent for button in message.buttons
        }
        if incoming.payload in offered:
            return offered[incoming.payload]
        if incoming.payload not in MENU_PAYLOADS:
            raise Refused("bad_request", client_id=incoming.client_id)
        return self._texts.say(f"button_{incoming.payload[1:]}")

    async def _settle(
        self, conversation: Conversation, lane: _Lane, message: Message
    ) -> tuple[Standing, list[Message]]:
        """Have a kept message answered. Returns who has the chat after it, and the answers."""
        standing, drafts = Standing(conversation.state), list[Draft]()
        lane.language = conversation.language or lane.language  # another process may have heard the last words
        if await self._handoff.takes(conversation, message):
            danger = self._danger(message, lane)
            drafts = [_bubble(danger)] if danger else []
        else:
            notices = await self._mask_notices(conversation.id, message)
            answers = await self._with_typing(conversation.id, message, kept=True)
            standing, given = await self._handoff.after(conversation, answers, lane.language)
            drafts = [*await self._new_notices(conversation.id, lane), *notices, *given]
        try:
            replies = await self._transcript.add_replies(conversation.id, message.seq, drafts, lane.seen, lane.language)
        except StorageDown:
            replies = self._unkept(lane, drafts)
        return standing, self._out(conversation.id, lane, replies)

    async def _answer_unkept(self, conversation_id: str, lane: _Lane, draft: Draft, sender: Socket | None) -> Answered:
        """The database is dead; the citizen is answered all the same."""
        message = lane.number([draft])[0]
        self._stored(conversation_id, lane, message, sender)
        drafts = await self._with_typing(conversation_id, message, kept=False)
        replies = self._unkept(lane, drafts)
        return Answered(Standing("bot"), [message, *self._out(conversation_id, lane, replies)])

    def _unkept(self, lane: _Lane, drafts: Sequence[Draft]) -> list[Message]:
        note = [] if lane.told_not_kept else [Draft("system", self._texts.say("not_kept"))]
        lane.told_not_kept = True
        lane.offered_unkept.update((button["payload"], button["title"]) for draft in drafts for button in draft.buttons)
        return lane.number([*drafts, *note])

    async def _new_notices(self, conversation_id: str, lane: _Lane) -> list[Draft]:
        """What editors tell everyone now and this citizen hasn't had."""
        current = await self._chat.notices()
        if current and lane.notices is None:
            try:
                earlier = await self._transcript.messages(conversation_id)
            except StorageDown:
                return []
            lane.notices = {str(message.meta["notice"]) for message in earlier if "notice" in message.meta}
        told = lane.notices or set()
        lane.notices = told | {notice.id for notice in current}
        return [_notice(notice, lane.language) for notice in current if notice.id not in told]

    async def _mask_notices(self, conversation_id: str, message: Message) -> list[Draft]:
        """One kind word for each kind of number hidden, the first time in the conversation."""
        kinds = message.meta.get("masked", [])
        if not kinds:
            return []
        try:
            earlier = await self._transcript.messages(conversation_id)
        except StorageDown:
            earlier = []
        told = {kind for old in earlier if old.seq < message.seq for kind in old.meta.get("masked", [])}
        return [Draft("bot", self._texts.say(f"masked_{kind}")) for kind in kinds if kind not in told]

    # The answer -----------------------------------------------------------------------------------------------------

    async def _with_typing(self, conversation_id: str, message: Message, kept: bool) -> list[Draft]:
        self._rooms.tell(conversation_id, {"type": "typing", "author": "bot", "on": True})
        try:
            return [_bubble(reply) for reply in await self._answer(conversation_id, message, kept)]
        finally:
            self._rooms.tell(conversation_id, {"type": "typing", "author": "bot", "on": False})

    async def _answer(self, conversation_id: str, message: Message, kept: bool) -> list[Reply]:
        payload = message.meta.get("payload")
        lane = self._lane(conversation_id)
        if not payload:
            lane.language = self._language.of(message.text, lane.language)
        danger = self._danger(message, lane)
        if danger:
            return [danger]
        look = await self._chat.current()
        if not look.on:
            text = look.closed_text_english if lane.language == ENGLISH else look.closed_text
            wanted = "asked" if payload == "/tal_med_menneske" else None
            return [Reply(text, (), (self._human_button(),), {"decision": "closed", "escalate": wanted})]
        if payload:
            return await self._ask_engine(conversation_id, payload, message, kept)
        foreign = self._language.fixed_text(lane.language)
        if foreign:
            meta = {"decision": "language", "language": lane.language}
            lane.language = DANISH  # a short message after this is an attempt at Danish, as the text asks for
            return [Reply(foreign, (), (self._human_button(),), meta)]
        # Rasa takes a leading "/" for an intent; only a button may name one.
        return await self._ask_engine(conversation_id, message.text.lstrip("/ \n"), message, kept)

    def _danger(self, message: Message, lane: _Lane) -> Reply | None:
        """The fixed text when life is in danger, also while a human has the chat: they may be looking elsewhere."""
        danger = None if message.meta.get("payload") else self._emergency.kind(message.text)
        if danger is None:
            return None
        text = self._danger_texts.get(lane.language, self._texts).say(f"emergency_{danger}")
        return Reply(text, (), (self._human_button(),), {"decision": "emergency", "emergency": danger})

    async def _ask_engine(self, conversation_id: str, text: str, message: Message, kept: bool) -> list[Reply]:
        began = time.perf_counter()
        metadata = {"masked": message.meta.get("masked", []), "language": self._lane(conversation_id).language}
        try:
            asked = self._engine.reply(conversation_id, text, metadata)
            replies = await asyncio.wait_for(asked, self._limits.engine_seconds)
        except TimeoutError:
            logger.error("engine timed out", extra={"conversation": conversation_id, "seq": message.seq})
            return [self._apology(kept)]
        except Exception:
            logger.exception("engine failed", extra={"conversation": conversation_id, "seq": message.seq})
            return [self._apology(kept)]
        milliseconds = round((time.perf_counter() - began) * 1000)
        logger.info("answered", extra={"conversation": conversation_id, "seq": message.seq, "ms": milliseconds})
        return replies or [self._apology(kept)]

    def _apology(self, kept: bool) -> Reply:
        text = self._texts.say("engine_failed" if kept else "engine_failed_not_kept")
        return Reply(text, (), (self._human_button(),), {"decision": "failed"})

    def _human_button(self) -> dict[str, str]:
        return {"title": self._texts.say("button_tal_med_menneske"), "payload": "/tal_med_menneske"}

    # Going out ------------------------------------------------------------------------------------------------------

    def _stored(self, conversation_id: str, lane: _Lane, message: Message, sender: Socket | None) -> None:
        lane.seen = max(lane.seen, message.seq)
        if sender:
            sender.send(_ack(message))
        # The sender too: what was masked must not stay on the screen.
        self._rooms.tell(conversation_id, _event(message))

    def _out(self, conversation_id: str, lane: _Lane, replies: list[Message]) -> list[Message]:
        for reply in replies:
            lane.seen = max(lane.seen, reply.seq)
            self._rooms.tell(conversation_id, _event(reply))
        return replies

    def _lane(self, conversation_id: str) -> _Lane:
        lane = self._lanes.setdefault(conversation_id, _Lane())
        self._lanes.move_to_end(conversation_id)
        if len(self._lanes) > _LANES:
            self._lanes.popitem(last=False)
        return lane

    async def _allow(self, key: str, limit: Limit, client_id: str | None = None) -> None:
        wait = await self._rate_limit.take(key, limit)
        if wait:
            raise Refused("too_many", wait, client_id)


def _ack(message: Message) -> dict[str, object]:
    return {"type": "ack", "client_id": message.client_id, "seq": message.seq}


def _event(message: Message) -> dict[str, object]:
    return {"type": "message", "message": message.public()}


def _notice(notice: Notice, language: str = DANISH) -> Draft:
    return Draft("system", notice.said(language), meta={"notice": notice.id})


def _bubble(reply: Reply) -> Draft:
    return Draft("bot", reply.text, links=reply.links, buttons=reply.buttons, meta=reply.meta)
