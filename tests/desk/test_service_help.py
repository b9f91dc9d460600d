"""Which services staff are offered for a citizen's words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answers.knowledge import knowledge
from bot.desk.service_help import ServiceHelp
from tests.server.engines import EchoEngine

pytestmark = pytest.mark.asyncio


class Explaining(EchoEngine):
    """Explains every message in the same way."""

    def __init__(self, intent: str, **probabilities: float) -> None:
        super().__init__()
        self.ready = True
        ranking = [{"service": service, "probability": share} for service, share in probabilities.items()]
        self.explained = {"intent": {"name": intent, "probability": 0.9}, "ranking": ranking}

    async def explain(self, text: str, model: Any = None) -> dict[str, Any]:
        return self.explained


async def _offered(engine: EchoEngine, text: str, subject: str | None) -> list[str]:
    return [entry.id for entry in await ServiceHelp(knowledge, engine).for_message(text, subject)]


async def test_what_the_bot_is_sure_of_comes_before_the_subject() -> None:
    sure = Explaining("service", pas_boern=0.85, pas=0.07, borte=0.06, flytning=0.01)
    assert await _offered(sure, "pas til min datter", "flytning") == ["pas_boern", "pas", "flytning"]
    assert await _offered(sure, "pas til min datter", "pas") == ["pas_boern", "pas"]


async def test_the_subject_comes_before_a_guess() -> None:
    unsure = Explaining("service", madservice=0.2, pas=0.1, affald=0.1)
    assert await _offered(unsure, "ja, i mandags", "flytning") == ["flytning", "madservice", "pas"]
    assert await _offered(Explaining("tak", madservice=0.9), "tak for mad", "flytning") == ["flytning"]
    assert await _offered(Explaining("tak", madservice=0.9), "tak for mad", None) == []


async def test_without_the_bot_the_pages_are_searched() -> None:
    class Broken(EchoEngine):
        async def explain(self, text: str, model: Any = None) -> dict[str, Any]:
            raise RuntimeError

    broken = Broken()
    for ready in (False, True):
        broken.ready = ready
        assert (await _offered(broken, "min skraldespand blev ikke tømt", "pas"))[0] == "manglende_toemning"
    assert await _offered(broken, "", "pas") == ["pas"]
