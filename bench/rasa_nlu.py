"""A Rasa NLU model in a process of its own, ours or anyone's: `python -m bench.rasa_nlu train|answer [--lean] …`.

`train CONFIG PHRASINGS MODEL` does what `rasa train nlu` does. `answer MODEL TEXTS ANSWERS` loads a model, answers one text,
writes «ready», and then understands each of the texts by itself and writes what it found and how long each took.
`--lean` starts as our server starts (bot/engine/lean_import.py); without it the process starts as any Rasa process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

from bench.watched import READY
from bot.engine import lean_import


def train(config: Path, phrasings: Path, model: Path) -> None:
    """Train `model` (a `.tar.gz`) from a Rasa NLU file."""
    from rasa.model_training import train_nlu  # noqa: PLC0415 (after lean_import)

    if not train_nlu(str(config), str(phrasings), str(model.parent), fixed_model_name=model.name):
        raise SystemExit("nothing was trained")


async def answer(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """`[{"ranking": [service, …], "seconds": …}, …]`, one for each text."""
    from rasa.core.agent import Agent  # noqa: PLC0415 (after lean_import)

    agent = Agent.load(str(model))
    await agent.parse_message("hej")
    print(READY, flush=True)
    found = []
    for text in texts:
        begun = time.perf_counter()
        parsed = await agent.parse_message(text.lstrip("/"))
        seconds = time.perf_counter() - begun
        found.append({"ranking": _ranking(parsed), "seconds": seconds})
    return found


def _ranking(parsed: dict[str, Any]) -> list[str]:
    """Services, best first: from our ranking of `service/<id>`, or from the plain intents of another pipeline."""
    services = parsed.get("response_selector", {}).get("service", {}).get("ranking")
    if services is not None:
        return [item["intent_response_key"].partition("/")[2] for item in services]
    return [item["name"] for item in parsed.get("intent_ranking", [])]


def main() -> None:
    """One act."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("train", "answer"))
    parser.add_argument("files", type=Path, nargs=3)
    parser.add_argument("--lean", action="store_true")
    arguments = parser.parse_args()
    if arguments.lean:
        lean_import.install()
    first, second, third = arguments.files
    if arguments.act == "train":
        train(first, second, third)
    else:
        found = asyncio.run(answer(first, json.loads(second.read_text(encoding="utf-8"))))
        third.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
