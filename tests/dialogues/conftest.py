"""The real server with the trained model, as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.running_server import RunningServer
from tests.dialogues.conversation import Conversation

ENGINE = "bot.engine.agent:create_engine"


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps its files."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def server(var: Path) -> Iterator[RunningServer]:
    """One for all conversations; a test that kills it starts it again."""
    running = RunningServer(var, ENGINE)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def conversation(server: RunningServer, var: Path) -> Iterator[Conversation]:
    """A citizen who has just opened the chat."""
    with httpx.Client(base_url=server.url, timeout=10) as http:
        citizen = Conversation(http, var / "odder.db")
        citizen.open()
        yield citizen
