"""`python -m bench.desk`: the staff's inbox with many citizens in line, on the real server and in a real browser.

Goals: the first paint of the inbox within a second, a claim within 200 ms. The bot says nothing here, so no model is needed; citizens
who are answered meanwhile are measured by `python -m bench`. Exits with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import sync_playwright
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from bench.figures import Latency
from bench.watched import Watched
from bot import clock
from bot.answers.knowledge import knowledge
from bot.conversation.transcript import code_of
from bot.desk.accounts import Accounts
from bot.desk.login_session import LoginSessions
from bot.desk.passwords import Passwords
from bot.desk.permission import Role
from bot.engine.contract import Reply
from bot.escalation.ticket import REASONS
from bot.evaluation.table import markdown_table
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.escalation_tables import tickets
from bot.storage.models import conversations, messages

PAINT_WITHIN_MS = 1000.0
CLAIM_WITHIN_MS = 200.0
TALK = 12
"""Messages of each conversation."""
AT_ONCE = 8
"""Staff who claim at the same time."""

_INBOX = "/desk/indbakke"
_READY_WITHIN = 120.0
_CHROMIUM = os.environ.get("ODDER_CHROMIUM", "/usr/bin/chromium")


class Silent:
    """A bot engine that says nothing."""

    ready = True

    async def start(self) -> None:
        """See Engine."""

    async def stop(self) -> None:
        """See Engine."""

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        """See Engine."""
        return []

    async def forget(self, conversation_id: str) -> None:
        """See Engine."""

    async def swap(self, model: Path) -> None:
        """See Engine."""

    async def explain(self, text: str, model: Path | None = None) -> dict[str, Any]:
        """See Engine."""
        return {}


def silent(settings: Settings) -> Silent:
    """For `ODDER_ENGINE`."""
    return Silent()


@dataclass(frozen=True)
class Figure:
    """What was measured, and the milliseconds it may take nineteen times in twenty (None: no goal)."""

    latency: Latency
    goal_ms: float | None

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.goal_ms is None or self.latency.p95 <= self.goal_ms


def measure_desk(work: Path, waiting: int, times: int) -> dict[str, Figure]:
    """Start a server with `waiting` citizens in line, look at the inbox and claim, each `times` times."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    var = work / "var"
    ids, cookie = asyncio.run(_fill(Settings(var=var), waiting))
    environment = {"ODDER_PORT": str(port), "ODDER_VAR": str(var), "ODDER_ENGINE": "bench.desk:silent"}
    with Watched((sys.executable, "-m", "bot.server"), work / "server.log", environment) as server:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(server, url)
        fetched = asyncio.run(_fetch(url, cookie, times))
        painted = _paint(url, cookie, times)
        alone, crowded = asyncio.run(_claim(url, cookie, ids, times))
    return {
        "inbox, first paint": Figure(Latency.of(painted), PAINT_WITHIN_MS),
        "inbox, page from the server": Figure(Latency.of(fetched), None),
        "claim": Figure(Latency.of(alone), CLAIM_WITHIN_MS),
        f"claim, {AT_ONCE} at once": Figure(Latency.of(crowded), None),
    }


async def _fill(settings: Settings, waiting: int) -> tuple[list[str], Mapping[str, str]]:
    """Put citizens in line, longest first. Returns the tickets' ids and the cookie of someone logged in."""
    services = list(knowledge().catalogue.entries.values())
    moment = clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {conversations: [], messages: [], tickets: []}
    for number in range(waiting):
        conversation_id, since = str(uuid4()), moment - timedelta(seconds=10 * (waiting - number))
        entry = services[number % len(services)]
        rows[conversations].append(
            {
                "id": conversation_id,
                "code": code_of(conversation_id),
                "state": "queued",
                "created_at": since,
                "last_at": since,
            }
        )
        rows[messages] += [
            {
                "id": str(uuid4()),
                "conversation_id": conversation_id,
                "seq": seq,
                "author": ("citizen", "bot")[seq % 2],
                "text": entry.service.answer[: 40 * seq],
                "links": [],
                "buttons": [],
                "meta": {"decision": "answer", "service": entry.id} if seq % 2 else {},
                "awaits_reply": False,
                "at": since,
            }
            for seq in range(1, TALK + 1)
        ]
        rows[tickets].append(
            {
                "id": str(uuid4()),
                "conversation_id": conversation_id,
                "state": "queued",
                "reason": REASONS[number % len(REASONS)],
                "service": entry.id,
                "department": entry.service.department,
                "waiting_since": since,
                "read_seq": 0,
            }
        )

    def write(connection: Connection) -> None:
        for table, added in rows.items():
            connection.execute(insert(table), added)

    database = Database(settings.database)
    await database.write(write)
    staff, _ = await Accounts(database, Passwords()).invite("Mette Hansen", "mette@example.org", (Role.STAFF,), None)
    cookie = {"odder-desk": await LoginSessions(database).begin(staff.id)}
    database.close()
    return [row["id"] for row in rows[tickets]], cookie


def _wait_until_ready(server: Watched, url: str) -> None:
    while server.running and server.seconds < _READY_WITHIN:
        try:
            if httpx.get(f"{url}/ready", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the server was not ready within {server.seconds:.0f} s; see its log")


async def _fetch(url: str, cookie: Mapping[str, str], times: int) -> list[float]:
    seconds = []
    async with httpx.AsyncClient(base_url=url, cookies=dict(cookie), timeout=60) as http:
        await http.get(_INBOX)  # the first also reads all content
        for _ in range(times):
            begun = time.perf_counter()
            answer = await http.get(_INBOX)
            seconds.append(time.perf_counter() - begun)
            answer.raise_for_status()
    return seconds


def _paint(url: str, cookie: Mapping[str, str], times: int) -> list[float]:
    """Seconds from asking for the page to the first content on the screen, each time in a browser that has seen nothing before."""
    seconds = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(times):
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookie.items()])
            page = context.new_page()
            page.goto(url + _INBOX)
            page.locator(".ticket").first.wait_for()
            paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
            while (milliseconds := page.evaluate(paint)) is None:
                page.wait_for_timeout(20)
            seconds.append(milliseconds / 1000)
            context.close()
        chromium.close()
    return seconds


async def _claim(
    url: str, cookie: Mapping[str, str], ids: Sequence[str], times: int
) -> tuple[list[float], list[float]]:
    """Seconds of claims one after the other, and of AT_ONCE at a time."""
    async with httpx.AsyncClient(base_url=url, cookies=dict(cookie), timeout=60) as http:
        found = re.search(r'name="csrf" content="(\w+)"', (await http.get(_INBOX)).text)
        assert found
        headers = {"Accept": "application/json", "X-CSRF": found[1]}

        async def claim(ticket_id: str) -> float:
            begun = time.perf_counter()
            answer = await http.post(f"/desk/samtale/{ticket_id}/tag", headers=headers)
            answer.raise_for_status()
            return time.perf_counter() - begun

        alone = [await claim(ticket_id) for ticket_id in ids[:times]]
        crowded: list[float] = []
        rest = ids[times : times + times // AT_ONCE * AT_ONCE]
        for at in range(0, len(rest), AT_ONCE):
            crowded += await asyncio.gather(*map(claim, rest[at : at + AT_ONCE]))
        return alone, crowded


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=500, help="citizens in line")
    parser.add_argument("--times", type=int, default=40, help="how often each thing is measured")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as work:
        figures = measure_desk(Path(work), arguments.waiting, arguments.times)
    rows = [
        (
            name,
            f"{figure.latency.p50:.0f}",
            f"{figure.latency.p95:.0f}",
            f"{figure.goal_ms:.0f}" if figure.goal_ms else "",
            ("yes" if figure.met else "no") if figure.goal_ms else "",
        )
        for name, figure in figures.items()
    ]
    header = (f"{arguments.waiting} waiting", "p50, ms", "p95, ms", "goal, ms", "met")
    print(markdown_table(header, rows))
    return 0 if all(figure.met for figure in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
