"""Bursts are allowed, floods are not."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.conversation.rate_limit import Limit, MemoryRateLimit, RateLimit, RedisRateLimit
from tests.storage.redis_server import running_redis

LIMIT = Limit(per_minute=20, burst=8)
pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis() as redis:
        yield redis.url


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest) -> RateLimit:
    return MemoryRateLimit() if request.param == "memory" else RedisRateLimit(request.getfixturevalue("redis_url"))


async def test_a_burst_and_then_a_wait(limiter: RateLimit) -> None:
    assert [await limiter.take("burst", LIMIT) for _ in range(8)] == [0] * 8
    assert await limiter.take("burst", LIMIT) == 3
    assert await limiter.take("another", LIMIT) == 0


async def test_the_bucket_fills_again(limiter: RateLimit) -> None:
    assert [await limiter.take("fills", Limit(600, 1)), bool(await limiter.take("fills", Limit(600, 1)))] == [0, True]
    await asyncio.sleep(0.15)
    assert await limiter.take("fills", Limit(600, 1)) == 0


async def test_redis_out_of_reach_stops_nobody() -> None:
    limiter = RedisRateLimit("redis://127.0.0.1:1/0")
    assert [await limiter.take("k", Limit(1, 1)) for _ in range(3)] == [0, 0, 0]


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversation.rate_limit._MOST_KEYS", 10)
    limiter = MemoryRateLimit()
    for number in range(100):
        await limiter.take(str(number), LIMIT)
    assert len(limiter._buckets) == 10
