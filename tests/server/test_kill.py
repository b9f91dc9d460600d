"""Killed in the middle, started again: nothing is lost, and nothing is answered twice."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]


class Process:
    """`python -m bot.server` with a small engine."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.var = var
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        self.running: subprocess.Popen[bytes] | None = None

    def start(self, engine: str) -> None:
        """Start and wait till it is ready."""
        environment = {
            **os.environ,
            "ODDER_ENGINE": f"tests.server.engines:{engine}",
            "ODDER_PORT": str(self.port),
            "ODDER_VAR": str(self.var),
        }
        self.running = subprocess.Popen(
            [sys.executable, "-m", "bot.server"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        )
        for _ in range(300):
            try:
                if self.http.get("/ready").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the server did not become ready")

    def end(self, how: signal.Signals) -> int:
        """Send a signal and wait."""
        assert self.running
        self.running.send_signal(how)
        return self.running.wait(timeout=15)

    def ask(self, token: str, text: str, client_id: str) -> list[dict[str, Any]]:
        """Send a message and return own and answers."""
        answer = self.http.post(
            "/api/chat/messages",
            json={"client_id": client_id, "text": text},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def history(self, token: str) -> list[dict[str, Any]]:
        """All messages."""
        return list(self.http.post("/api/chat/session", json={"token": token}).json()["messages"])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path)
    yield started
    if started.running and started.running.poll() is None:
        started.end(signal.SIGKILL)


def test_kill_9_and_start_again(process: Process) -> None:
    process.start("echo")
    token = process.http.post("/api/chat/session", json={}).json()["token"]
    for number in range(5):
        process.ask(token, f"besked {number}", f"c{number}")
    before = process.history(token)
    process.end(signal.SIGKILL)
    process.start("echo")
    assert process.history(token) == before
    assert [message["seq"] for message in before] == list(range(1, 12))
    assert process.ask(token, "besked 4", "c4") == before[-2:]
    assert [message["seq"] for message in process.ask(token, "besked 5", "c5")] == [12, 13]


@pytest.mark.parametrize("comes_back", ["sends again", "looks in"])
def test_killed_between_question_and_answer(process: Process, comes_back: str) -> None:
    process.start("slow")
    token = process.http.post("/api/chat/session", json={}).json()["token"]
    with pytest.raises(httpx.TransportError):
        _ask_and_kill(process, token)
    process.start("echo")
    if comes_back == "sends again":
        own, answer = process.ask(token, "er du der", "c1")
        assert (own["seq"], answer["seq"], answer["text"]) == (2, 3, "Du skrev: er du der")
    kept = process.history(token)
    assert [message["text"] for message in kept[1:]] == ["er du der", "Du skrev: er du der"]
    assert process.ask(token, "er du der", "c1") == kept[1:]
    assert process.history(token) == kept


def _ask_and_kill(process: Process, token: str) -> None:
    database = process.var / "odder.db"

    def kill_when_kept() -> None:
        for _ in range(200):
            with sqlite3.connect(database) as connection:
                if connection.execute("SELECT 1 FROM messages WHERE client_id = 'c1'").fetchone():
                    break
            time.sleep(0.02)
        process.end(signal.SIGKILL)

    killer = threading.Thread(target=kill_when_kept)
    killer.start()
    try:
        process.ask(token, "er du der", "c1")
    finally:
        killer.join()


def test_stops_when_told_to(process: Process) -> None:
    process.start("echo")
    assert process.running and process.running.stdout
    assert f"http://127.0.0.1:{process.port}" in process.running.stdout.readline().decode()
    assert process.end(signal.SIGTERM) == 0
