"""Passwords: what is good enough, and how they are kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200
_FEWEST_DIFFERENT = 5
_SHORTEST_OWN_WORD = 4
_AT_ONCE = 2
"""Each hash takes 64 MiB while it is made."""


def password_problem(password: str, name: str, email: str) -> str | None:
    """Why the password can't be used (`short`, `long`, `simple`, `personal`), or None."""
    if len(password) < MIN_LENGTH:
        return "short"
    if len(password) > MAX_LENGTH:
        return "long"
    if len(set(password)) < _FEWEST_DIFFERENT:
        return "simple"
    own_words = [*name.casefold().split(), email.casefold(), *email.casefold().partition("@")[::2]]
    if any(word in password.casefold() for word in own_words if len(word) >= _SHORTEST_OWN_WORD):
        return "personal"
    return None


class Passwords:
    """Makes and checks hashes in threads, a few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash("no account has this password")
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether the password fits the hash. Takes as long when there is none."""
        async with self._turn:
            fits = await asyncio.to_thread(self._verify, kept or self._decoy, password)
        return fits and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
