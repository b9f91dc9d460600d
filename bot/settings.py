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

    local_login: bool = True
    """Let staff log in with e-mail and password. Off: only by single sign-on."""
    login_per_minute: PositiveFloat = 20.0
    """Passwords tried from one address; a town hall shares one."""
    login_burst: PositiveInt = 20
    oidc_issuer: str = ""
    """Single sign-on: the OpenID Connect provider, e.g. `https://login.kommune.dk/realms/ansatte`. Empty: none."""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    """Empty: a public client, protected by PKCE alone."""
    oidc_scope: str = "openid profile email"
    oidc_roles_claim: str = "roles"
    """Claim with the person's roles or groups; dots go inwards: `realm_access.roles`."""
    oidc_role_map: tuple[str, ...] = ()
    """The provider's role = ours: `chat-staff=staff,chat-editor=editor,chat-admin=administrator`."""
    oidc_label: str = "Log ind med din arbejdskonto"

    chat_always_open: bool = False
    """Open the staffed chat at all hours, whatever the municipality file says: to try the desk in the evening."""
    contact_keys: tuple[str, ...] = Field((), repr=False)
    """Secrets that messages left for staff are encrypted with; the first encrypts, all decrypt. Empty: made once in `var/contact_key`.

    To change it, put the new one first; after the next daily purge all is encrypted with it, and the old one can go.
    """
    contact_per_minute: PositiveFloat = 0.5
    """Messages left for staff from one conversation."""
    contact_burst: PositiveInt = 3
    retention_days: PositiveInt = 90
    """A conversation is deleted this many days after its last message."""
    contact_days: PositiveInt = 14
    """A message left for staff is deleted this many days after it was answered."""

    studio: bool = True
    """Publish what editors change from this process. With several workers they take turns; off where only others shall."""
    studio_four_eyes: bool = False
    """A publication must be approved by another than its author."""
    studio_git: bool = False
    """Commit `data/` to git at each publication, in the author's name; `data/` must be in a git checkout."""

    web_watch_hour: int = Field(4, ge=-1, le=23)
    """Local hour at which all links and the municipality's own pages are looked at every day; -1: only when an editor asks."""
    web_host_delay: PositiveFloat = 1.0
    """Seconds between two requests to the same site."""
    web_timeout: PositiveFloat = 10.0
    web_ports: tuple[int, ...] = (80, 443)
    web_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that are looked at although the internet can't reach them, e.g. the municipality's own."""

    class Config:
        env_prefix = "ODDER_"
        allow_mutation = False

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            """Lists are written with commas, not as JSON."""
            return tuple(part.strip() for part in raw_val.split(",") if part.strip())

    @validator("secret", "contact_keys", each_item=True)
    def _long_enough(cls, value: str) -> str:
        if len(value) < MIN_SECRET_LENGTH:
            raise ValueError(f"each secret must have at least {MIN_SECRET_LENGTH} characters")
        return value

    @validator("embed_origins", each_item=True)
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @validator("oidc_issuer")
    def _encrypted(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("must begin with https://")
        return value

    @validator("oidc_role_map", each_item=True)
    def _known_role(cls, value: str) -> str:
        if value.partition("=")[2] not in ("staff", "editor", "administrator"):
            raise ValueError("must be written as theirs=staff, theirs=editor or theirs=administrator")
        return value

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.var / 'odder.db'}"
