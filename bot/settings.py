"""The one settings object, read from environment variables that begin with `ODDER_`."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from pydantic import BaseSettings, Field, PositiveFloat, PositiveInt, validator

MIN_SECRET_LENGTH = 32
"""Characters. HS256 wants a key of at least 256 bits (RFC 7518, 3.2)."""


class Settings(BaseSettings):
    """How this installation runs. A list is written with commas: `ODDER_EMBED_ORIGINS=https://a.dk,https://b.dk`."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    engine: str = "bot.engine.agent:create_engine"
    """`module:function` that takes these settings and returns the bot engine."""
    municipality: Path = Path("data/kommune/odder.yml")
    texts: Path = Path("data/texts/da.yml")
    languages: Path = Path("data/texts/languages.yml")
    emergency_lexicon: Path = Path("data/lexicon/emergency.yml")
    var: Path = Path("var")
    """Where the process keeps its own files: the database and the secret."""
    static: Path = Path("bot/server/static")
    """The widget and the demo page."""
    log_level: str = "INFO"
    lean: bool = True
    """Leave out the libraries that only components outside the default configuration use; see bot/engine/lean_import.py."""

    database_url: str = Field("", repr=False)
    """SQLAlchemy address, e.g. `postgresql://user:pass@host/odder`. Empty: SQLite in `var/odder.db`."""
    redis_url: str = Field("", repr=False)
    """Shared rate limits, e.g. `redis://localhost:6379/0`. Empty: each process counts for itself."""

    secret: tuple[str, ...] = Field((), repr=False)
    """Keys that sign session tokens; the first signs, all are accepted. Empty: made once in `var/secret`."""
    token_hours: PositiveFloat = 24.0
    token_renew_hours: PositiveFloat = 1.0

    embed_origins: tuple[str, ...] = ()
    """Other sites that may show the widget, e.g. `https://www.odder.dk`; `*` for all."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks whose X-Forwarded-For and X-Forwarded-Host are believed."""

    engine_timeout: PositiveFloat = 2.0
    """Seconds a citizen waits before the apology."""
    session_per_minute: PositiveFloat = 20.0
    session_burst: PositiveInt = 8
    address_per_minute: PositiveFloat = 120.0
    """Higher than for one session: a library or a school shares one address."""
    address_burst: PositiveInt = 40
    connections_per_address: PositiveInt = 50
    body_limit: PositiveInt = 16_384
    """Bytes of a request or a WebSocket message."""

    class Config:
        env_prefix = "ODDER_"
        allow_mutation = False

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            """Lists are written with commas, not as JSON."""
            return tuple(part.strip() for part in raw_val.split(",") if part.strip())

    @validator("secret", each_item=True)
    def _long_enough(cls, value: str) -> str:
        if len(value) < MIN_SECRET_LENGTH:
            raise ValueError(f"each secret must have at least {MIN_SECRET_LENGTH} characters")
        return value

    @validator("embed_origins", each_item=True)
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.var / 'odder.db'}"
