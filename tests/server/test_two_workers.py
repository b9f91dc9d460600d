"""Two workers with one PostgreSQL and one Redis: it does not matter who meets which."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.answers.knowledge import knowledge
from bot.conversation.session_token import own_key
from tests.server.conftest import Server, StartServer
from tests.server.test_handover import METTE, AskingEngine, wait_in_line
from tests.storage.conftest import postgres_url
from tests.storage.redis_server import RunningRedis, running_redis

__all__ = ["postgres_url"]

Workers = tuple[Server, Server]


@pytest.fixture(scope="module")
def redis() -> Iterator[RunningRedis]:
    with running_redis() as running:
        yield running


@pytest.fixture
async def workers(start: StartServer, postgres_url: str, redis: RunningRedis, tmp_path) -> Workers:  # type: ignore[no-untyped-def]
    """Two servers that know each other only through PostgreSQL and Redis."""
    knowledge()
    shared = {
        "database_url": postgres_url,
        "redis_url": redis.url,
        "secret": (own_key(tmp_path / "key"),),
        "chat_always_open": True,
    }
    first = await start(AskingEngine(), **shared)
    second = await start(AskingEngine(), **shared)
    path = await first.desk.first_run_link()
    if path:
        await first.desk.accounts.make_first(path.rpartition("/")[2], "Mette", "mette@example.dk", "en lang sætning 42")
    for waiting in await first.desk.queue.tickets(view="all_open"):
        await first.desk.queue.close(waiting.id, "solved")
    await asyncio.sleep(0.3)  # until both have subscribed
    return first, second


async def test_a_citizen_on_one_and_staff_on_the_other(workers: Workers) -> None:
    first, second = workers
    async with first.socket() as citizen:
        ticket = await wait_in_line(citizen, second)
        await second.desk.handover.claim(ticket.id, METTE)
        assert (await citizen.next("state"))["name"] == "Mette"
        await second.desk.handover.say(ticket, METTE, "Hej fra den anden")
        assert (await citizen.answer())["text"] == "Hej fra den anden"
        heard: list[dict[str, object]] = []
        second.desk.live.hear("desk", heard.append)
        await citizen.say("svar tilbage")
        await citizen.next("ack")
        for _ in range(50):
            if {"type": "conversation", "conversation": ticket.conversation_id} in heard:
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail(f"the other worker's desk heard only {heard}")


async def test_a_citizen_moves_to_the_other_worker(workers: Workers) -> None:
    first, second = workers
    async with first.socket() as citizen:
        ticket = await wait_in_line(citizen, first)
    await first.desk.handover.claim(ticket.id, METTE)
    await first.desk.handover.say(ticket, METTE, "Mens du var væk")
    async with second.socket(citizen.welcome["token"]) as again:
        assert (again.welcome["state"], again.welcome["name"]) == ("human", "Mette")
        texts = [message["text"] for message in again.welcome["messages"]]
        assert texts.count("Mens du var væk") == 1 and texts.count("menneske") == 1


async def test_redis_away_stops_nobody(workers: Workers, redis: RunningRedis) -> None:
    first, _ = workers
    redis.stop()
    try:
        async with first.socket() as citizen:
            ticket = await wait_in_line(citizen, first)
            await first.desk.handover.claim(ticket.id, METTE)
            assert (await citizen.next("state"))["name"] == "Mette"
    finally:
        redis.start()


async def test_workers_hear_each_other_again_when_redis_is_back(workers: Workers, redis: RunningRedis) -> None:
    first, second = workers
    redis.stop()
    redis.start()
    async with first.socket() as citizen:
        ticket = await wait_in_line(citizen, first)
        await second.desk.handover.claim(ticket.id, METTE)
        for _ in range(40):
            second.desk.handover.types(ticket, on=True)
            await asyncio.sleep(0.25)
            if [event for event in await citizen.quiet() if event["type"] == "typing"]:
                break
        else:
            pytest.fail("nothing heard after 40 tries")
