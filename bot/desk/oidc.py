"""Single sign-on with OpenID Connect: authorization code with PKCE, discovery, and keys that the provider may change."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bot.desk.permission import Role
from bot.settings import Settings

logger = logging.getLogger(__name__)

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures only the provider can make; `none` and those made with our own secret are refused."""
_TIMEOUT = 5.0
_DISCOVERED_FOR = 3600.0
_CLOCKS_DIFFER = 60
"""Seconds, as all three above."""


class ProviderDown(Exception):
    """The provider could not be reached, or its answer could not be read."""


class LoginRefused(Exception):
    """The provider's word does not hold, or it would not vouch for the person."""


@dataclass(frozen=True)
class Flow:
    """One attempt to log in. All its secrets follow from one that only this browser keeps."""

    secret: str

    @property
    def state(self) -> str:
        """Comes back with the browser: the answer belongs to this attempt."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Comes back inside the ID token: it was made for this attempt."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Proves to the provider that the code is used by whoever asked for it (PKCE, RFC 7636)."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.secret.encode(), purpose.encode(), sha256).hexdigest()


@dataclass(frozen=True)
class SignedOn:
    """Whom the provider vouches for, and with which of our roles."""

    issuer: str
    subject: str
    name: str
    email: str
    roles: frozenset[Role]
    id_token: str


@dataclass
class SingleSignOn:
    """The provider that the settings name.

    Args:
        issuer: its address, exactly as it writes it in its tokens.
        role_map: the provider's role → ours.
    """

    issuer: str
    client_id: str
    client_secret: str
    scope: str
    roles_claim: str
    role_map: Mapping[str, Role]
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _discovered_at: float = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> SingleSignOn | None:
        """None when no provider is named."""
        if not settings.oidc_issuer:
            return None
        pairs = (entry.rpartition("=")[::2] for entry in settings.oidc_role_map)
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scope=settings.oidc_scope,
            roles_claim=settings.oidc_roles_claim,
            role_map={theirs.strip(): Role(ours) for theirs, ours in pairs},
        )

    async def login_address(self, flow: Flow, redirect_uri: str) -> str:
        """Where to send the browser. Raises ProviderDown."""
        async with self._client(redirect_uri) as client:
            metadata = await self._discover(client)
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(address)

    async def accept(self, flow: Flow, redirect_uri: str, answer: Mapping[str, str]) -> SignedOn:
        """Turn what the browser brought back (`code`, `state`, …) into a person. Raises LoginRefused, ProviderDown."""
        if not hmac.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise LoginRefused("state")
        # RFC 9207: the answer of another provider must not be taken to this one.
        if answer.get("iss", self.issuer) != self.issuer or "code" not in answer:
            raise LoginRefused(answer.get("error", "answer"))
        async with self._client(redirect_uri) as client:
            metadata = await self._discover(client)
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"], code=answer["code"], code_verifier=flow.verifier
                )
                claims = await self._read(client, token, flow)
                if self.roles_claim.partition(".")[0] not in claims or "name" not in claims:
                    claims = await self._ask_for_more(client, claims)
            except (OAuthError, JoseError) as error:
                raise LoginRefused(type(error).__name__) from error
            except (httpx2.HTTPError, ValueError) as error:
                raise ProviderDown from error
        email = str(claims.get("email", ""))
        return SignedOn(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            name=str(claims.get("name") or claims.get("preferred_username") or email or claims["sub"])[:120],
            email=email[:254],
            roles=self._roles(claims),
            id_token=token["id_token"],
        )

    async def logout_address(self, id_token: str, back_to: str) -> str | None:
        """Where the browser ends the provider's session too, or None when the provider has no such place or is down."""
        try:
            async with self._client(back_to) as client:
                endpoint = (await self._discover(client)).get("end_session_endpoint")
        except ProviderDown:
            return None
        query = {"id_token_hint": id_token, "client_id": self.client_id, "post_logout_redirect_uri": back_to}
        return f"{endpoint}?{urlencode(query)}" if endpoint else None

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client_id,
            self.client_secret or None,
            token_endpoint_auth_method=None if self.client_secret else "none",
            scope=self.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )

    async def _discover(self, client: AsyncOAuth2Client) -> dict[str, Any]:
        if not self._metadata or time.monotonic() - self._discovered_at > _DISCOVERED_FOR:
            metadata = await _fetch(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != self.issuer:
                logger.error("the provider calls itself something else than ODDER_OIDC_ISSUER")
                raise ProviderDown
            self._metadata, self._keys, self._discovered_at = metadata, None, time.monotonic()
        return self._metadata

    async def _read(self, client: AsyncOAuth2Client, token: Mapping[str, Any], flow: Flow) -> dict[str, Any]:
        """The claims of the ID token, checked as OpenID Connect Core 3.1.3.7 wants it."""
        if "id_token" not in token:
            raise LoginRefused("no id_token")
        try:
            decoded = jwt.decode(token["id_token"], await self._key_set(client), _ALGORITHMS)
        except (InvalidKeyIdError, BadSignatureError, ValueError):
            # The provider may have changed its keys since we last looked.
            decoded = jwt.decode(token["id_token"], await self._key_set(client, anew=True), _ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            },
            params={"nonce": flow.nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=_CLOCKS_DIFFER)
        return dict(claims)

    async def _key_set(self, client: AsyncOAuth2Client, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            self._keys = KeySet.import_key_set(cast(Any, await _fetch(client, self._metadata["jwks_uri"])))
        return self._keys

    async def _ask_for_more(self, client: AsyncOAuth2Client, claims: dict[str, Any]) -> dict[str, Any]:
        endpoint = self._metadata.get("userinfo_endpoint")
        if not endpoint:
            return claims
        more = (await client.get(endpoint)).raise_for_status().json()
        # OpenID Connect Core 5.3.2: otherwise it may tell of someone else.
        if more.get("sub") != claims["sub"]:
            raise LoginRefused("userinfo")
        return more | claims

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        found: Any = claims
        for part in self.roles_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        theirs: Collection[Any] = found.split() if isinstance(found, str) else found or ()
        return frozenset(self.role_map[role] for role in theirs if role in self.role_map)


async def _fetch(client: AsyncOAuth2Client, address: str) -> dict[str, Any]:
    try:
        content = (await client.request("GET", address, withhold_token=True)).raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderDown from error
    if not isinstance(content, dict):
        raise ProviderDown
    return content
