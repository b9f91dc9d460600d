"""Held-out questions: `tests/nlu/*.yml`. They are never trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Question:
    """What a citizen writes and what is right. `service` is None when a human, or no link at all, is right."""

    text: str
    service: str | None
    difficulty: str = ""
    writer: str = ""


def everyday(folder: Path) -> list[Question]:
    """Questions with one right service each."""
    return [
        Question(item["text"], item["service"], item.get("difficulty", ""), item.get("writer", ""))
        for item in _items(folder / "everyday.yml")
    ]


def out_of_scope(folder: Path) -> list[Question]:
    """Messages that no service answers; `writer` holds their kind."""
    return [Question(item["text"], None, writer=item.get("kind", "")) for item in _items(folder / "out_of_scope.yml")]


def wants_human(folder: Path) -> list[Question]:
    """Ways to ask for a human being."""
    return [Question(item["text"], None) for item in _items(folder / "menneske.yml")]


def _items(path: Path) -> list[dict[str, Any]]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
