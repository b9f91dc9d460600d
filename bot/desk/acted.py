"""What an act answers: a browser goes on to a page, a script gets the sentence to show."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Staff, wants_page
from bot.escalation.ticket import Taken
from bot.server.chat_http import answer_json


def acted(desk: Desk, request: Request, path: str, key: str) -> HTTPResponse:
    """It is done: go on to `path` and say the sentence `done_<key>`."""
    if wants_page(request):
        return done(path, key)
    return answer_json({"path": path, "text": desk.texts.say(f"done_{key}")})


def refused(desk: Desk, request: Request, staff: Staff, sentence: str, path: str, status: int = 409) -> HTTPResponse:
    """It can't be done: say why, and offer `path`."""
    if wants_page(request):
        return desk.pages.show("refused.html", request, staff, status, sentence=sentence, path=path)
    return answer_json({"error": {"code": "refused", "text": sentence}}, status=status)


def taken_sentence(desk: Desk, taken: Taken) -> str:
    """Who was first, or that nobody waits any more."""
    if taken.owner_name:
        return desk.texts.say("chat_taken", navn=taken.owner_name)
    return desk.texts.say("chat_ended")
