"""Puts the server together. The bot engine comes from outside."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from sanic import Sanic
from sanic.config import Config
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.catalogue.municipality import Municipality, load_municipality
from bot.conversation.emergency import EmergencyCheck
from bot.conversation.language import ENGLISH, Languages
from bot.conversation.rate_limit import Limit, MemoryRateLimit, RedisRateLimit
from bot.conversation.session_token import SessionTokens, own_key
from bot.conversation.transcript import Transcript
from bot.engine.contract import Engine
from bot.server.chat_http import chat_http
from bot.server.chat_socket import chat_socket
from bot.server.errors import answer_errors
from bot.server.gateway import BotAnswers, Gateway, Handoff, LanguageCheck, Limits
from bot.server.headers import add_cors, add_safety
from bot.server.incoming import MAX_LENGTH
from bot.server.rooms import Rooms
from bot.server.sanic_on_python311 import mend
from bot.server.static_files import static_files
from bot.server.status import status
from bot.settings import Settings
from bot.storage.database import Database
from bot.texts import Texts

logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    engine: Engine,
    *,
    handoff: Handoff | None = None,
    language: LanguageCheck | None = None,
) -> Sanic:
    """The whole server around `engine`, not yet started."""
    municipality = load_municipality(settings.municipality)
    texts = Texts.load(settings.texts, municipality.placeholders())
    database = Database(settings.database)
    tokens = SessionTokens(
        settings.secret or (own_key(settings.var / "secret"),),
        timedelta(hours=settings.token_hours),
        timedelta(hours=settings.token_renew_hours),
    )
    rooms = Rooms()
    gateway = Gateway(
        engine=engine,
        transcript=Transcript(database),
        tokens=tokens,
        emergency=EmergencyCheck.load(settings.emergency_lexicon),
        rate_limit=RedisRateLimit(settings.redis_url) if settings.redis_url else MemoryRateLimit(),
        rooms=rooms,
        texts=texts,
        danger_texts={ENGLISH: Texts.load(settings.texts.with_name(f"{ENGLISH}.yml"), municipality.placeholders())},
        greeting=municipality.greeting.format_map(municipality.placeholders()),
        limits=Limits(
            Limit(settings.session_per_minute, settings.session_burst),
            Limit(settings.address_per_minute, settings.address_burst),
            settings.engine_timeout,
        ),
        handoff=handoff or BotAnswers(),
        language=language or Languages.load(settings.languages, municipality.placeholders()),
    )

    mend()
    app = Sanic("odder", config=_sanic_config(settings), configure_logging=False)
    app.blueprint(chat_http(gateway, tokens, settings.trusted_proxies, _widget_config(municipality, texts)))
    app.blueprint(
        chat_socket(
            gateway,
            tokens,
            rooms,
            texts,
            settings.trusted_proxies,
            settings.embed_origins,
            settings.connections_per_address,
        )
    )
    app.blueprint(static_files(settings.static))
    app.blueprint(status(engine, database))
    answer_errors(app, texts)

    @app.on_response
    async def headers(request: Request, response: BaseHTTPResponse) -> None:
        add_safety(response)
        add_cors(request, response, settings.embed_origins, settings.trusted_proxies)

    @app.before_server_start
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if not await database.answers():
            logger.error("started without a database: conversations are not kept")
        # Loading the model takes seconds; meanwhile `/health` answers, and `/ready` says not yet.
        app.ctx.starting = asyncio.create_task(_start_engine(engine))

    @app.after_server_stop
    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.starting.cancel()
        await engine.stop()
        database.close()

    return app


async def _start_engine(engine: Engine) -> None:
    try:
        await engine.start()
    except Exception:
        logger.exception("the bot engine did not start")
    else:
        logger.info("ready")


def _sanic_config(settings: Settings) -> Config:
    return Config(
        {
            "ACCESS_LOG": False,
            "MOTD": False,
            "REGISTER": False,
            "AUTO_EXTEND": False,
            "FALLBACK_ERROR_FORMAT": "json",
            "REQUEST_MAX_SIZE": settings.body_limit,
            "WEBSOCKET_MAX_SIZE": settings.body_limit,
            "GRACEFUL_SHUTDOWN_TIMEOUT": 5.0,
        }
    )


def _widget_config(municipality: Municipality, texts: Texts) -> dict[str, Any]:
    return {
        "name": municipality.bot_name,
        "municipality": municipality.name,
        "phone": municipality.phone,
        "web": municipality.web,
        "address": municipality.address,
        "privacy": texts.say("privacy"),
        "greeting": municipality.greeting.format_map(municipality.placeholders()),
        "colour": municipality.colour,
        "texts": texts.starting("widget_"),
        "max_length": MAX_LENGTH,
    }
