"""Locks on conversations that hold across workers."""

from __future__ import annotations

from urllib.parse import urlsplit

from rasa.core.lock_store import RedisLockStore


def shared_locks(url: str) -> RedisLockStore:
    """Rasa's Redis lock store at an address such as `redis://:secret@host:6379/0`."""
    address = urlsplit(url)
    return RedisLockStore(
        host=address.hostname or "localhost",
        port=address.port or 6379,
        db=int(address.path.strip("/") or 0),
        password=address.password,
        use_ssl=address.scheme == "rediss",
        key_prefix="odder",
        socket_timeout=2.0,
    )
