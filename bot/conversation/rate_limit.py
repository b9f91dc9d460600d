"""How much one session or one address may send: a token bucket, in memory or shared through Redis."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

_MOST_KEYS = 50_000
"""Memory bound: about 10 MB. The bucket unused for longest is dropped first, and it is the fullest."""


@dataclass(frozen=True)
class Limit:
    """`per_minute` messages in the long run, `burst` at once."""

    per_minute: float
    burst: int


class RateLimit(Protocol):
    """Decides whether one more may be sent."""

    async def take(self, key: str, limit: Limit) -> int:
        """Take one from the bucket `key`. Returns 0 when allowed, else the whole seconds to wait."""


class MemoryRateLimit:
    """Buckets of this process."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, key: str, limit: Limit) -> int:
        """See RateLimit."""
        moment = time.monotonic()
        level, since = self._buckets.pop(key, (float(limit.burst), moment))
        level = min(limit.burst, level + (moment - since) * limit.per_minute / 60)
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, moment)
        if len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0 if allowed else _wait(level, limit)


class RedisRateLimit:
    """Buckets shared by all workers. Redis out of reach allows all: a citizen's question matters more than the limit."""

    _TAKE = """
    local time = redis.call('TIME')
    local moment = time[1] + time[2] / 1000000
    local per_second, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
    local kept = redis.call('HMGET', KEYS[1], 'level', 'since')
    local level = math.min(burst, (kept[1] or burst) + (moment - (kept[2] or moment)) * per_second)
    local allowed = level >= 1
    if allowed then level = level - 1 end
    redis.call('HSET', KEYS[1], 'level', tostring(level), 'since', string.format('%.6f', moment))
    redis.call('EXPIRE', KEYS[1], math.ceil(burst / per_second) + 1)
    return {allowed and 1 or 0, tostring(level)}
    """

    def __init__(self, url: str) -> None:
        self._take = Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2).register_script(self._TAKE)

    async def take(self, key: str, limit: Limit) -> int:
        """See RateLimit."""
        try:
            allowed, level = await self._take(keys=[f"odder:rate:{key}"], args=[limit.per_minute / 60, limit.burst])
        except (RedisError, OSError):
            return 0
        return 0 if allowed else _wait(float(level), limit)


def _wait(level: float, limit: Limit) -> int:
    return max(1, math.ceil((1 - level) * 60 / limit.per_minute))
