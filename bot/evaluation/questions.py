"""Held-out questions: `tests/nlu/*.yml`. They are never trained on.

A set may lie in several files, each by other writers at another time: `everyday.yml`, `everyday_2.yml` … A later file was written when
the product already stood, so it tells more truly how well strangers are understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

NONE = "none"
"""`kind` of a line that only sounds like danger, or like a wish for a human."""
HUMAN = "human"


@dataclass(frozen=True)
class Question:
    """What a citizen writes and what is right.

    Attributes:
        service: the right one; None when a human, a warning, or no link at all is right.
        difficulty: easy | middle | hard, where known.
        writer: type of writer, where known.
        kind: of danger, of off-topic message, of wish; for languages the ISO 639-1 code.
        source: name of the file, without ending.
    """

    text: str
    service: str | None
    difficulty: str = ""
    writer: str = ""
    kind: str = ""
    source: str = ""


def everyday(folder: Path) -> list[Question]:
    """Questions with one right service each, most of them in Danish."""
    return [
        Question(item["text"], item["service"], item.get("difficulty", ""), item.get("writer", ""), source=source)
        for source, item in _items(folder, "everyday")
    ]


def english(folder: Path) -> list[Question]:
    """Questions in English with one right service each."""
    return [Question(item["text"], item["service"], source=source) for source, item in _items(folder, "english")]


def out_of_scope(folder: Path) -> list[Question]:
    """Messages that no service answers."""
    return [
        Question(item["text"], None, kind=item.get("kind", ""), source=source)
        for source, item in _items(folder, "out_of_scope")
    ]


def wants_human(folder: Path) -> list[Question]:
    """Ways to ask for a human being, and everyday questions that sound like it (kind NONE)."""
    return [
        Question(item["text"], None, kind=HUMAN if item.get("human", True) else NONE, source=source)
        for source, item in _items(folder, "human")
    ]


def danger(folder: Path) -> list[Question]:
    """Messages of people in danger by kind, and harmless ones with the same words (kind NONE)."""
    return [Question(item["text"], None, kind=item["kind"], source=source) for source, item in _items(folder, "danger")]


def languages(folder: Path) -> list[Question]:
    """Short messages in many languages; `kind` is the language."""
    return [
        Question(item["text"], None, kind=item["language"], source=source)
        for source, item in _items(folder, "languages")
    ]


def _items(folder: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yaml = YAML(typ="safe")
    for path in sorted((*folder.glob(f"{name}.yml"), *folder.glob(f"{name}_[0-9]*.yml"))):
        for item in yaml.load(path.read_text(encoding="utf-8")):
            yield path.stem, item
