"""What can go wrong, told in kind Danish and without a word of what was sent."""

from __future__ import annotations

import logging
from typing import Any

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.server.chat_http import answer_json
from bot.server.incoming import Refused
from bot.texts import Texts

logger = logging.getLogger(__name__)

_STATUS = {"unauthorised": 401, "too_many": 429}
_CODE = {401: "unauthorised", 404: "not_found", 429: "too_many"}


def error_content(refused: Refused, texts: Texts) -> dict[str, Any]:
    """`code`, Danish `text`, and `retry_after` in seconds when waiting helps."""
    content: dict[str, Any] = {"code": refused.code, "text": texts.say(f"error_{refused.code}")}
    return content | ({"retry_after": refused.retry_after} if refused.retry_after else {})


def answer_errors(app: Sanic, texts: Texts) -> None:
    """Make every failure of `app` a JSON answer of the chat protocol's shape."""

    @app.exception(Refused)
    async def refuse(request: Request, refused: Refused) -> HTTPResponse:
        headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
        content = {"error": error_content(refused, texts)}
        return answer_json(content, status=_STATUS.get(refused.code, 400), headers=headers)

    @app.exception(SanicException)
    async def known(request: Request, error: SanicException) -> HTTPResponse:
        if error.status_code >= 500:
            return await unknown(request, error)
        refused = Refused(_CODE.get(error.status_code, "bad_request"))
        return answer_json({"error": error_content(refused, texts)}, status=error.status_code)

    @app.exception(Exception)
    async def unknown(request: Request, error: Exception) -> HTTPResponse:
        route = request.route.path if request and request.route else "?"
        logger.error("request failed", exc_info=error, extra={"route": route})
        return answer_json({"error": {"code": "server", "text": texts.say("error_server")}}, status=500)
