"""A token opens its own conversation, for a time, and can't be made by others."""

import stat
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from bot import clock
from bot.conversation.session_token import SessionTokens, own_key

KEY, OTHER = "a" * 48, "b" * 48
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_reads_what_it_issued() -> None:
    tokens = SessionTokens([KEY], DAY, HOUR)
    session = tokens.read(tokens.issue("k1"))
    assert session and session.conversation_id == "k1"
    assert clock.now() - session.issued_at < timedelta(seconds=5)


def test_holds_no_more_than_it_should() -> None:
    claims = jwt.decode(SessionTokens([KEY], DAY, HOUR).issue("k1"), options={"verify_signature": False})
    assert set(claims) == {"sub", "iat", "exp"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "\0",
        "ø" * 500,
        jwt.encode({"sub": "k1", "iat": 1, "exp": 9999999999}, OTHER, "HS256"),
        jwt.encode({"sub": "k1", "iat": 1, "exp": 9999999999}, None, "none"),
        jwt.encode({"sub": "k1", "iat": 1, "exp": 9999999999}, KEY + KEY, "HS512"),
        jwt.encode({"sub": "k1", "exp": 9999999999}, KEY, "HS256"),
        jwt.encode({"iat": 1, "exp": 9999999999}, KEY, "HS256"),
        jwt.encode({"sub": "k1", "iat": 1, "exp": 2}, KEY, "HS256"),
        jwt.encode({"sub": "k1", "iat": 1}, KEY, "HS256"),
    ],
)
def test_refuses_unknown_forged_and_expired(token: str) -> None:
    assert SessionTokens([KEY], DAY, HOUR).read(token) is None


def test_keys_can_be_changed() -> None:
    old = SessionTokens([KEY], DAY, HOUR).issue("k1")
    assert SessionTokens([OTHER, KEY], DAY, HOUR).read(old)
    new = SessionTokens([OTHER, KEY], DAY, HOUR).issue("k1")
    assert SessionTokens([KEY], DAY, HOUR).read(new) is None


def test_hands_out_a_fresh_token_for_an_old_one() -> None:
    tokens = SessionTokens([KEY], DAY, HOUR)
    session = tokens.read(tokens.issue("k1"))
    assert session and tokens.renewed(session) is None
    eager = SessionTokens([KEY], DAY, timedelta(0))
    assert eager.renewed(session)


def test_own_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    key = own_key(path)
    assert len(key) >= 48
    assert own_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
