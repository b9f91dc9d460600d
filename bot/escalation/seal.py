"""Encryption of what a citizen leaves for staff, so that a stolen database or backup tells nothing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.conversation.session_token import own_key
from bot.settings import Settings


class Unreadable(Exception):
    """None of the keys opens it."""


class Seal:
    """Encrypts with the first key; opens with any of them.

    Args:
        keys: secrets of at least 256 bits, as for session tokens; the Fernet keys are derived from them.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        boxes = [Fernet(_fernet_key(key)) for key in keys]
        self._newest = boxes[0]
        self._all = MultiFernet(boxes)

    @classmethod
    def from_settings(cls, settings: Settings) -> Seal:
        """With the keys of the settings, else the installation's own in `var/contact_key`."""
        return cls(settings.contact_keys or (own_key(settings.var / "contact_key"),))

    def close(self, words: Mapping[str, str]) -> str:
        """Encrypt."""
        return self._newest.encrypt(json.dumps(dict(words), ensure_ascii=False).encode()).decode("ascii")

    def open(self, sealed: str) -> dict[str, str]:
        """Decrypt. Raises Unreadable."""
        try:
            words: dict[str, str] = json.loads(self._all.decrypt(sealed.encode("ascii")))
        except InvalidToken:
            raise Unreadable from None
        return words

    def renewed(self, sealed: str) -> str | None:
        """The same under the first key; None when it is so already. Raises Unreadable."""
        token = sealed.encode("ascii")
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            try:
                return self._all.rotate(token).decode("ascii")
            except InvalidToken:
                raise Unreadable from None
        return None


def _fernet_key(secret: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"odder contact messages").derive(secret.encode())
    return urlsafe_b64encode(derived)
