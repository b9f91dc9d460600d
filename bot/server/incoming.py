"""What a citizen may send: parsed, cleaned, or refused with a kind word."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.conversation.clean import clean

MAX_LENGTH = 1000
"""Characters of a message."""
MAX_TITLE = 100
MAX_SEQ = 2**31 - 1
MENU_PAYLOADS = frozenset(
    {"/tal_med_menneske", "/forfra", "/trin_for_trin", "/naeste", "/tilbage", "/sidder_fast", "/hvad_kan_du"}
)
"""Payloads that may be sent at any time; all others only when the bot has offered them."""

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PAYLOAD = re.compile(r"/[a-z_]+(\{.*\})?")
_MAX_PAYLOAD = 300


class Refused(Exception):
    """A request that isn't served. `code` is one of the chat protocol's; `retry_after` is in seconds."""

    def __init__(self, code: str, retry_after: int = 0, client_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.client_id = client_id


@dataclass(frozen=True)
class Incoming:
    """One message of a citizen: free `text`, or a button's `payload` with its title as the text."""

    client_id: str
    text: str
    payload: str | None = None


def read_json(body: bytes | str) -> dict[str, Any]:
    """The JSON object in `body`. Raises Refused for anything else, also broken UTF-8 and bottomless nesting."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("bad_request") from None
    if not isinstance(content, dict):
        raise Refused("bad_request")
    return content


def read_message(content: dict[str, Any]) -> Incoming:
    """A message from its JSON object. Raises Refused: bad_request, empty, too_long."""
    client_id, text, payload = content.get("client_id"), content.get("text"), content.get("payload")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise Refused("bad_request")
    if payload is not None:
        title = content.get("title", "")
        if not isinstance(payload, str) or not isinstance(title, str):
            raise Refused("bad_request", client_id=client_id)
        if len(payload) > _MAX_PAYLOAD or not _PAYLOAD.fullmatch(payload):
            raise Refused("bad_request", client_id=client_id)
        return Incoming(client_id, clean(title)[:MAX_TITLE], payload)
    if not isinstance(text, str):
        raise Refused("bad_request", client_id=client_id)
    text = clean(text)
    if not text.strip("/ \n"):
        raise Refused("empty", client_id=client_id)
    if len(text) > MAX_LENGTH:
        raise Refused("too_long", client_id=client_id)
    return Incoming(client_id, text)


@dataclass(frozen=True)
class Rating:
    """A thumb on message `seq`."""

    seq: int
    value: str
    comment: str | None


def read_rating(content: dict[str, Any]) -> Rating:
    """A thumb from its JSON object. Raises Refused."""
    seq, value, comment = read_seq(content.get("seq")), content.get("value"), content.get("comment")
    if value not in ("up", "down") or not isinstance(comment, str | None):
        raise Refused("bad_request")
    comment = clean(comment or "")
    if len(comment) > MAX_LENGTH:
        raise Refused("too_long")
    return Rating(seq, str(value), comment or None)


def read_seq(value: Any) -> int:
    """A place in a conversation, 0 or more. Raises Refused."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SEQ:
        raise Refused("bad_request")
    return value
