"""Puts the server together. The bot engine comes from outside."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any

from sanic import Sanic
from sanic.config import Config
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.conversation.rate_limit import Limit
from bot.desk.blueprint import desk_routes
from bot.engine.contract import Engine
from bot.server.chat_http import chat_http
from bot.server.chat_socket import chat_socket
from bot.server.contact_http import contact_http
from bot.server.errors import answer_errors
from bot.server.gateway import LanguageCheck
from bot.server.headers import add_cors, add_safety
from bot.server.house import House, build
from bot.server.incoming import MAX_LENGTH
from bot.server.sanic_on_python311 import mend
from bot.server.static_files import static_files
from bot.server.status import status
from bot.settings import Settings
from bot.storage.database import StorageDown

logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    engine: Engine,
    *,
    language: LanguageCheck | None = None,
) -> Sanic:
    """The whole server around `engine`, not yet started."""
    house = build(settings, engine, language)
    gateway, tokens, texts, desk = house.gateway, house.tokens, house.texts, house.desk
    mend()
    app = Sanic("odder", config=_sanic_config(settings), configure_logging=False)
    proxies = settings.trusted_proxies
    app.blueprint(chat_http(gateway, tokens, proxies, partial(_widget_config, house)))
    app.blueprint(
        chat_socket(
            gateway, tokens, house.rooms, texts, proxies, settings.embed_origins, settings.connections_per_address
        )
    )
    app.blueprint(
        contact_http(
            contacts=house.contacts,
            transcript=house.transcript,
            tokens=tokens,
            catalogue=house.catalogue,
            live=house.live,
            rate_limit=house.rate_limit,
            session_limit=Limit(settings.contact_per_minute, settings.contact_burst),
            address_limit=Limit(settings.address_per_minute, settings.address_burst),
            texts=texts,
            proxies=proxies,
        )
    )
    app.ctx.desk = desk
    app.blueprint(desk_routes(desk))
    app.blueprint(static_files(settings.static))
    app.blueprint(status(engine, house.database))
    answer_errors(app, texts)

    @app.on_response
    async def headers(request: Request, response: BaseHTTPResponse) -> None:
        add_safety(response)
        add_cors(request, response, settings.embed_origins, settings.trusted_proxies)

    @app.before_server_start
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await house.live.start()
        if not await house.database.answers():
            logger.error("started without a database: conversations are not kept")
        # Before the engine loads: a publication that was cut off half-way is finished or undone first.
        if settings.studio:
            await house.studio.start()
            app.ctx.watching = asyncio.create_task(house.web.keep())
        # Loading the model takes seconds; meanwhile `/health` answers, and `/ready` says not yet.
        app.ctx.starting = asyncio.create_task(_start_engine(engine))

    @app.after_server_start
    async def tell_how_to_begin(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(StorageDown):
            path = await desk.first_run_link()
            if path:
                print(texts.say("first_run", adresse=f"http://{settings.host}:{settings.port}{path}"), flush=True)

    @app.after_server_stop
    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.starting.cancel()
        if settings.studio:
            app.ctx.watching.cancel()
            await house.studio.stop()
        await engine.stop()
        await house.live.stop()
        house.database.close()

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


async def _widget_config(house: House) -> dict[str, Any]:
    municipality, texts = house.municipality, house.texts
    look = await house.chat.current()
    return {
        "name": look.name,
        "municipality": municipality.name,
        "phone": municipality.phone,
        "web": municipality.web,
        "address": municipality.address,
        "privacy": texts.say("privacy"),
        "greeting": look.welcome,
        "colour": look.colour,
        "bubble": look.bubble,
        "texts": texts.starting("widget_"),
        "max_length": MAX_LENGTH,
    }
