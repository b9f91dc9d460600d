"""The anonymous key to one conversation: a signed JWT with the conversation's id and nothing personal."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from bot import clock

_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Session:
    """What a good token says."""

    conversation_id: str
    issued_at: datetime


class SessionTokens:
    """Makes and reads tokens.

    Args:
        keys: the first signs; all are accepted, so that a key can be changed without ending anyone's conversation.
        good_for: how long a token is accepted.
        renew_after: the age at which a fresh one is handed out.
    """

    def __init__(self, keys: Sequence[str], good_for: timedelta, renew_after: timedelta) -> None:
        self._keys = tuple(keys)
        self._good_for = good_for
        self._renew_after = renew_after

    def issue(self, conversation_id: str) -> str:
        """A fresh token."""
        issued = clock.now()
        claims = {"sub": conversation_id, "iat": issued, "exp": issued + self._good_for}
        return jwt.encode(claims, self._keys[0], algorithm=_ALGORITHM)

    def read(self, token: str) -> Session | None:
        """What the token says, or None when it is unknown, forged or expired."""
        for key in self._keys:
            try:
                claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options={"require": ["sub", "iat", "exp"]})
            except jwt.InvalidTokenError:
                continue
            return Session(claims["sub"], datetime.fromtimestamp(claims["iat"], UTC))
        return None

    def renewed(self, session: Session) -> str | None:
        """A fresh token when the session's is old, else None."""
        old = clock.now() - session.issued_at >= self._renew_after
        return self.issue(session.conversation_id) if old else None


def own_key(path: Path) -> str:
    """The key kept in `path`, readable by its owner only; made at the first start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
