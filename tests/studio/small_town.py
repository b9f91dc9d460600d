"""A whole installation of six services, small enough to be trained in seconds: real content, cut down."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
SERVICES = ("pas", "bibliotek", "sundhedskort", "storskrald", "haveaffald", "boligstoette")
PHRASINGS = 20


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = YAML()
    writer.width = 500
    with path.open("w", encoding="utf-8") as file:
        writer.dump(content, file)


def build(town: Path) -> Path:
    """Cut the checkout's content down to six services; returns the folder."""
    data = ROOT / "data"
    for name in ("config.yml", "domain.yml", "endpoints.yml", "data/authorities.yml", "data/finder.yml"):
        (town / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, town / name)
    (town / "var").mkdir()
    for folder in ("stories", "texts", "lexicon"):
        shutil.copytree(data / folder, town / "data" / folder)
    for path in data.glob("services/*.yml"):
        _services(path, town)
    for path in data.glob("nlu/*.yml"):
        _phrasings(path, town)
    municipality = read(data / "kommune" / "odder.yml")
    municipality["replace"] = {key: own for key, own in municipality["replace"].items() if key in SERVICES}
    write(town / "data" / "kommune" / "odder.yml", municipality)
    english = read(data / "english" / "services.yml")["services"]
    write(
        town / "data" / "english" / "services.yml",
        {"services": {key: text for key, text in english.items() if key in SERVICES}},
    )
    return town


def settings(town: Path, **changes: Any) -> Settings:
    """Settings of the installation."""
    return Settings(
        municipality=town / "data" / "kommune" / "odder.yml",
        texts=town / "data" / "texts" / "da.yml",
        var=town / "var",
        **changes,
    )


def train(town: Path) -> Path:
    """The town's first model, as `make train` makes it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run(
        [sys.executable, "-m", "bot.engine.train"], cwd=town, env=environment, check=True, capture_output=True
    )
    return next(town.glob("models/*.tar.gz"))


def _services(path: Path, town: Path) -> None:
    content = read(path)
    kept = [service for service in content["services"] if service["id"] in SERVICES]
    for service in kept:
        service["related"] = [other for other in service.get("related", []) if other in SERVICES]
    if kept:
        write(town / "data" / "services" / path.name, {**content, "services": kept})


def _phrasings(path: Path, town: Path) -> None:
    entries = [
        f"- intent: {entry['intent']}\n  examples: |\n"
        + "".join(f"    {line}\n" for line in entry["examples"].splitlines()[:PHRASINGS])
        for entry in read(path)["nlu"]
        if not entry["intent"].startswith("service/") or entry["intent"].partition("/")[2] in SERVICES
    ]
    if entries and path.stem != "english":
        target = town / "data" / "nlu" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text('version: "3.1"\nnlu:\n' + "".join(entries), encoding="utf-8")
