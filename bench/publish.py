"""`python -m bench.publish`: from an editor's click to the live bot, on a copy of the whole catalogue.

The goal is 45 seconds at 40 phrasings a service. Everything is real: the studio, its build process, the engine; citizens ask all the while,
and none may go unanswered. Writes docs/bench/publish.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bench.figures import Latency
from bot.engine.agent import RasaEngine
from bot.evaluation.table import markdown_table
from bot.settings import Settings
from bot.storage.database import Database
from bot.studio.publications import Publication
from bot.studio.studio import Studio

ROOT = Path(__file__).parents[1]
GOAL_S = 45.0
_SERVICE = "storskrald"
_EDITOR = ("1", "Anne")
_ANSWER = "Ring til os, så henter vi dine store ting."
_QUESTIONS = ("mit gule kort er blevet væk", "hvornår henter I min gamle sofa", "jeg skal flytte", "hej")
_GIVE_UP_S = 900.0


@dataclass(frozen=True)
class Published:
    """Seconds of each part, and what citizens met meanwhile."""

    phrasings: int
    seconds: dict[str, float]
    asked: int
    unanswered: int
    waits: Latency
    longest_ms: float


def main() -> int:
    """Print and write the table; exit code 1 when a citizen went unanswered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrasings", type=int, nargs="*", default=[40, 0], help="a service; 0: all there are")
    parser.add_argument("--output", type=Path, default=Path("docs/bench/publish.md"))
    arguments = parser.parse_args()
    found = []
    for most in arguments.phrasings:
        with tempfile.TemporaryDirectory(prefix="bench-publish-") as folder:
            found.append(measure(Path(folder), most))
    page = table(found)
    print(page)
    arguments.output.write_text(page, encoding="utf-8")
    return 1 if any(one.unanswered for one in found) else 0


def measure(town: Path, most: int) -> Published:
    """One publication in a town with at most so many phrasings of each intent (0: all)."""
    phrasings = copy_content(town, most)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    command = [sys.executable, "-m", "bot.engine.train"]
    subprocess.run(command, cwd=town, env=environment, check=True, capture_output=True)
    return asyncio.run(_publish(town, phrasings))


def copy_content(town: Path, most: int) -> int:
    """The checkout's content, cut down; returns how many phrasings are left."""
    for name in ("config.yml", "domain.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, town / name)
    shutil.copytree(ROOT / "data", town / "data")
    (town / "var").mkdir()
    count = 0
    for path in town.glob("data/nlu/*.yml"):
        kept = []
        for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line for line in entry["examples"].splitlines() if line.strip()]
            lines = lines[:: max(1, len(lines) // most)][:most] if most else lines
            kept.append(f"- intent: {entry['intent']}\n  examples: |\n" + "".join(f"    {line}\n" for line in lines))
            count += len(lines)
        path.write_text('version: "3.1"\nnlu:\n' + "".join(kept), encoding="utf-8")
    return count


async def _publish(town: Path, phrasings: int) -> Published:
    data = town / "data"
    settings = Settings(municipality=data / "kommune/odder.yml", texts=data / "texts/da.yml", var=town / "var")
    engine, database = RasaEngine(settings, town / "models"), Database(settings.database)
    await engine.start()
    studio = Studio.open(settings, database, engine, town / "models")
    await studio.start()
    waits: list[float] = []
    met: Counter[str] = Counter()
    citizens = asyncio.create_task(_ask(engine, waits, met))
    try:
        opened = await studio.drafts.open(_SERVICE)
        assert opened.state
        state = replace(opened.state, fields={**opened.state.fields, "answer": _ANSWER})
        draft = await studio.drafts.save(state, opened.version, *_EDITOR)
        assert draft
        begun = time.perf_counter()
        publication = await studio.publications.start(*_EDITOR, "Kortere svar", [draft])
        ready = await _reached(studio, publication, "ready")
        ready_s = time.perf_counter() - begun
        await studio.publications.approve(publication.id, *_EDITOR)
        live = await _reached(studio, publication, "live")
        live_s = time.perf_counter() - begun
        answers = await engine.reply("after", "hvornår henter I min gamle sofa", {})
        assert _ANSWER in "".join(reply.text for reply in answers), "the new answer is not live"
        seconds = {**ready.report["seconds"], "exchange": round(live_s - ready_s, 1), "all": round(live_s, 1)}
        assert live.live_at
    finally:
        citizens.cancel()
        await asyncio.gather(citizens, return_exceptions=True)
        await studio.stop()
        await engine.stop()
        database.close()
    return Published(phrasings, seconds, met.total(), met["unanswered"], Latency.of(waits), max(waits) * 1000)


async def _ask(engine: RasaEngine, waits: list[float], met: Counter[str]) -> None:
    for number in range(1_000_000):
        begun = time.perf_counter()
        try:
            answered = bool(await engine.reply(f"citizen {number % 50}", _QUESTIONS[number % len(_QUESTIONS)], {}))
        except Exception:
            answered = False
        waits.append(time.perf_counter() - begun)
        met["answered" if answered else "unanswered"] += 1
        await asyncio.sleep(0.2)


async def _reached(studio: Studio, publication: Publication, state: str) -> Publication:
    until = time.perf_counter() + _GIVE_UP_S
    while time.perf_counter() < until:
        found = await studio.publications.get(publication.id)
        assert found and found.state != "failed", found and found.report
        if found.state == state:
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError(state)


def table(found: list[Published]) -> str:
    """As Markdown."""
    header = ["phrasings", "check, s", "train, s", "compare, s", "exchange, s", "all, s"]
    header += ["citizens asked", "unanswered", "wait p95, ms", "longest, ms"]
    rows: list[list[Any]] = [
        [
            f"{one.phrasings:,}",
            *(f"{one.seconds.get(part, 0.0):.1f}" for part in ("check", "train", "compare", "exchange", "all")),
            str(one.asked),
            str(one.unanswered),
            f"{one.waits.p95:.0f}",
            f"{one.longest_ms:.0f}",
        ]
        for one in found
    ]
    told = (
        "# Publishing\n\nMade by `python -m bench.publish`: one changed answer in the whole catalogue, from the editor's click to the "
        "live bot, while citizens ask five times a second. «All» has the start of the process in it. "
        f"The goal is {GOAL_S:.0f} s at 40 phrasings a service.\n\n"
    )
    return f"{told}{markdown_table(header, rows)}\n"


if __name__ == "__main__":
    sys.exit(main())
