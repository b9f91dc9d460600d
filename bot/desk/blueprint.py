"""All routes of the desk."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sanic import Blueprint
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.chat_acts import chat_acts
from bot.desk.chat_pages import chat_pages, service_search
from bot.desk.chat_remarks import chat_remarks
from bot.desk.chat_settings_pages import chat_settings_pages
from bot.desk.contact_pages import contact_pages
from bot.desk.content_pages import content_pages
from bot.desk.context import Desk
from bot.desk.data_pages import data_pages
from bot.desk.inbox_pages import inbox_pages
from bot.desk.learning_pages import learning_pages
from bot.desk.link_pages import link_pages
from bot.desk.live_socket import live_socket
from bot.desk.log_page import log_page
from bot.desk.login_pages import login_pages
from bot.desk.look import look
from bot.desk.one_time import new_token
from bot.desk.people_pages import people_pages
from bot.desk.profile_page import profile_page
from bot.desk.provider_pages import provider_pages
from bot.desk.publish_pages import publish_pages
from bot.desk.report_pages import report_pages
from bot.desk.sharing_pages import sharing_pages
from bot.desk.try_pages import try_pages
from bot.desk.visit import Visit, begin_visit
from bot.desk.web_pages import web_pages
from bot.storage.database import StorageDown

logger = logging.getLogger(__name__)

ROOMS: tuple[Callable[[Desk], Blueprint], ...] = (
    login_pages,
    provider_pages,
    link_pages,
    inbox_pages,
    chat_pages,
    chat_acts,
    chat_remarks,
    service_search,
    live_socket,
    contact_pages,
    report_pages,
    content_pages,
    publish_pages,
    sharing_pages,
    try_pages,
    learning_pages,
    web_pages,
    chat_settings_pages,
    people_pages,
    profile_page,
    log_page,
    data_pages,
    look,
)
"""Each makes the routes of one group of pages; its blueprint's name must be its own."""


def desk_routes(desk: Desk) -> list[Blueprint]:
    """The desk's blueprints, ready for `app.blueprint`. Failures in them are told as pages."""
    blueprints = [room(desk) for room in ROOMS]
    for routes in blueprints:
        _frame(desk, routes)
    return blueprints


def _frame(desk: Desk, routes: Blueprint) -> None:
    @routes.on_request
    async def find_out_who_asks(request: Request) -> None:
        await begin_visit(desk, request)

    @routes.exception(SanicException, StorageDown, Exception)
    async def tell(request: Request, error: Exception) -> HTTPResponse:
        visit: Visit | None = getattr(request.ctx, "visit", None)
        if visit is None:
            # The database was down before it could be known who asks.
            visit = request.ctx.visit = Visit(desk, None, new_token(), None)
        if isinstance(error, NotFound):
            return desk.pages.error(request, visit.staff, "not_found", 404)
        if isinstance(error, SanicException) and error.status_code < 500:
            return desk.pages.error(request, visit.staff, "bad_request", error.status_code)
        if isinstance(error, StorageDown):
            return desk.pages.error(request, visit.staff, "storage", 503)
        route = request.route.path if request.route else "?"
        logger.error("request failed", exc_info=error, extra={"route": route})
        return desk.pages.error(request, visit.staff, "server", 500)
