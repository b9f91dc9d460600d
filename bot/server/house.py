"""Everything behind the web, put together once: what the chat and the desk share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.answers.knowledge import knowledge
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.municipality import Municipality, load_municipality
from bot.conversation.emergency import EmergencyCheck
from bot.conversation.language import DANISH, ENGLISH, Languages
from bot.conversation.rate_limit import Limit, MemoryRateLimit, RateLimit, RedisRateLimit
from bot.conversation.session_token import SessionTokens, own_key
from bot.conversation.transcript import Transcript
from bot.desk.accounts import Accounts
from bot.desk.context import Desk, Floor, open_desk
from bot.desk.opening import StaffedChat
from bot.desk.passwords import Passwords
from bot.engine.contract import Engine
from bot.escalation.contact import Contacts
from bot.escalation.handover import Handover
from bot.escalation.hours import PlannedOpening, StaffedHours
from bot.escalation.queue import Queue
from bot.escalation.seal import Seal
from bot.live import Live, MemoryLive, RedisLive
from bot.server.gateway import Gateway, LanguageCheck, Limits
from bot.server.rooms import Rooms
from bot.settings import Settings
from bot.storage.database import Database
from bot.studio.chat_settings import ChatSettings
from bot.studio.link_watch import LinkWatch, fetch_rules
from bot.studio.sitemap import PageRefresh
from bot.studio.studio import Studio
from bot.studio.web_watch import WebWatch
from bot.texts import Texts


@dataclass(frozen=True)
class House:
    """One installation, not yet started."""

    settings: Settings
    engine: Engine
    municipality: Municipality
    texts: Texts
    database: Database
    tokens: SessionTokens
    rate_limit: RateLimit
    live: Live
    rooms: Rooms
    transcript: Transcript
    contacts: Contacts
    gateway: Gateway
    chat: ChatSettings
    web: WebWatch
    studio: Studio
    desk: Desk

    def catalogue(self) -> Catalogue:
        """The services in force; publishing exchanges them."""
        return knowledge().catalogue


def build(settings: Settings, engine: Engine, language: LanguageCheck | None = None) -> House:
    """What the settings describe. Raises ContentError and ValueError when a content file is broken."""
    municipality = load_municipality(settings.municipality)
    words = municipality.placeholders()
    texts = Texts.load(settings.texts, words)
    english = Texts.load(settings.texts.with_name(f"{ENGLISH}.yml"), words)
    database = Database(settings.database)
    transcript = Transcript(database)
    tokens = SessionTokens(
        settings.secret or (own_key(settings.var / "secret"),),
        timedelta(hours=settings.token_hours),
        timedelta(hours=settings.token_renew_hours),
    )
    rate_limit = RedisRateLimit(settings.redis_url) if settings.redis_url else MemoryRateLimit()
    live = RedisLive(settings.redis_url) if settings.redis_url else MemoryLive()
    rooms = Rooms(live)
    accounts = Accounts(database, Passwords())
    queue = Queue(database)
    hours = StaffedHours(municipality)
    handover = Handover(
        queue=queue,
        transcript=transcript,
        live=live,
        texts={DANISH: texts, ENGLISH: english},
        catalogue=lambda: knowledge().catalogue,
        opening=StaffedChat(PlannedOpening(hours, texts), accounts, settings.chat_always_open),
    )
    contacts = Contacts(database, Seal.from_settings(settings), hours)
    chat = ChatSettings(database, municipality, Texts.load(settings.texts.with_name("desk.yml"), words))
    rules = fetch_rules(settings, municipality)
    web = WebWatch(
        LinkWatch(database, lambda: knowledge().catalogue, rules),
        PageRefresh(database, municipality, rules),
        settings.web_watch_hour,
    )
    studio = Studio.open(settings, database, engine)
    gateway = Gateway(
        engine=engine,
        transcript=transcript,
        tokens=tokens,
        emergency=EmergencyCheck.load(settings.emergency_lexicon),
        rate_limit=rate_limit,
        rooms=rooms,
        texts=texts,
        danger_texts={ENGLISH: english},
        chat=chat,
        limits=Limits(
            Limit(settings.session_per_minute, settings.session_burst),
            Limit(settings.address_per_minute, settings.address_burst),
            settings.engine_timeout,
        ),
        handoff=handover,
        language=language or Languages.load(settings.languages, words),
    )
    desk = open_desk(
        Floor(
            settings=settings,
            database=database,
            municipality=municipality,
            transcript=transcript,
            rate_limit=rate_limit,
            engine=engine,
            live=live,
            queue=queue,
            handover=handover,
            contacts=contacts,
            accounts=accounts,
            studio=studio,
            chat=chat,
            web=web,
        )
    )
    return House(
        settings=settings,
        engine=engine,
        municipality=municipality,
        texts=texts,
        database=database,
        tokens=tokens,
        rate_limit=rate_limit,
        live=live,
        rooms=rooms,
        transcript=transcript,
        contacts=contacts,
        gateway=gateway,
        chat=chat,
        web=web,
        studio=studio,
        desk=desk,
    )
