"""The real server as a process of its own."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
_READY_WITHIN = 90.0
"""Seconds; loading a trained model on a busy machine takes its time."""

# The tests type faster than a citizen, and all from one address.
_NO_HURRY = {
    "ODDER_SESSION_PER_MINUTE": "6000",
    "ODDER_SESSION_BURST": "600",
    "ODDER_ADDRESS_PER_MINUTE": "6000",
    "ODDER_ADDRESS_BURST": "600",
}


class RunningServer:
    """`python -m bot.server` on a free port. It can be stopped and started again, with the same database.

    `town`: the folder with `data`, `config.yml` and `models`, when it is not the checkout.
    """

    def __init__(self, var: Path, engine: str, town: Path = ROOT, **settings: str) -> None:
        self._var = var
        self._town = town
        self._settings = settings
        self._engine = engine
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, and wait until it is ready. Raises RuntimeError with the end of the log if it never is."""
        log = self._var / "server.log"
        environment = (
            os.environ
            | _NO_HURRY
            | {
                "ODDER_ENGINE": self._engine,
                "ODDER_PORT": str(self._port),
                "ODDER_VAR": str(self._var),
                "ODDER_STATIC": str(ROOT / "bot/server/static"),
                "PYTHONPATH": str(ROOT),
            }
            | self._settings
        )
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.server"], cwd=self._town, env=environment, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _READY_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"the server did not become ready:\n{log.read_text()[-2000:]}")

    def setup_link(self) -> str:
        """The newest link that the server has printed for making the first administrator."""
        return re.findall(r"http://\S+/desk/setup/\S+", (self._var / "server.log").read_text())[-1]

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def history(self, token: str) -> list[dict[str, Any]]:
        """All messages of the conversation as kept by the server."""
        answer = httpx.get(f"{self.url}/api/chat/messages?after=0", headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def ratings(self) -> list[tuple[str, str | None]]:
        """All thumbs and comments in the database, oldest first."""
        with sqlite3.connect(self._var / "odder.db") as database:
            return list(database.execute("select value, comment from feedback order by at"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
