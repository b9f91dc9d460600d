"""Single sign-on: to the provider, and back with its word."""

from __future__ import annotations

import logging
from urllib.parse import quote, unquote

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.desk.context import Desk
from bot.desk.entrance import inside, let_in, show_login
from bot.desk.oidc import Flow, LoginRefused, ProviderDown
from bot.desk.one_time import new_token
from bot.desk.permission import anyone
from bot.desk.visit import forget_cookie, keep_cookie, kept_cookie
from bot.server.address import own_address

logger = logging.getLogger(__name__)

_FLOW_COOKIE = "odder-sso"


def provider_pages(desk: Desk) -> Blueprint:
    """`/desk/login/provider` and `/desk/login/return`, the address to register with the provider."""
    routes = Blueprint("desk_provider", url_prefix="/desk/login")

    def return_address(request: Request) -> str:
        return f"{own_address(request, desk.settings.trusted_proxies)}/desk/login/return"

    @routes.get("/provider")
    @anyone
    async def to_provider(request: Request) -> HTTPResponse:
        if desk.single_sign_on is None:
            raise NotFound("no single sign-on")
        flow = Flow(new_token())
        try:
            address = await desk.single_sign_on.login_address(flow, return_address(request))
        except ProviderDown:
            logger.warning("single sign-on provider down")
            return show_login(desk, request, 503, problem="provider_down")
        response = redirect(address)
        keep_cookie(
            request, response, _FLOW_COOKIE, f"{flow.secret}.{quote(inside(request.args.get('next')), safe='')}"
        )
        return response

    @routes.get("/return")
    @anyone
    async def from_provider(request: Request) -> HTTPResponse:
        if desk.single_sign_on is None:
            raise NotFound("no single sign-on")
        secret, _, after = kept_cookie(request, _FLOW_COOKIE).partition(".")
        try:
            if not secret:
                raise LoginRefused("no cookie")
            answer = {key: values[0] for key, values in request.args.items()}
            person = await desk.single_sign_on.accept(Flow(secret), return_address(request), answer)
        except ProviderDown:
            logger.warning("single sign-on provider down")
            response = show_login(desk, request, 503, problem="provider_down")
        except LoginRefused as refused:
            logger.warning("single sign-on refused", extra={"reason": str(refused)})
            response = show_login(desk, request, 401, problem="provider_refused")
        else:
            staff = await desk.accounts.signed_on(
                person.issuer, person.subject, person.name, person.email, person.roles
            )
            if staff:
                response = await let_in(desk, request, staff, inside(unquote(after)), person.id_token)
            else:
                response = show_login(desk, request, 403, problem="provider_no_role")
        forget_cookie(request, response, _FLOW_COOKIE)
        return response

    return routes
