"""Cues in a message: what the citizen wants to know of a service (price, deadline …), or that a human is wanted."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu.text import normal_form

GAP = "…"
"""In a cue: up to five words that don't matter."""
_ANY_WORDS = r"(?: \S+){0,5} "


class CueFinder:
    """Word lists by intent; see `data/lexicon/aspects.yml` and `human.yml`."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._cues = [(re.compile(_pattern(cue)), intent) for intent, cues in lists.items() for cue in cues]

    @classmethod
    def load(cls, path: Path) -> CueFinder:
        """Read the lists."""
        return cls(YAML(typ="safe").load(path.read_text(encoding="utf-8")))

    def find(self, text: str) -> str | None:
        """The intent whose cue stands first in the text, of two that begin together the longer; None when there is none."""
        padded = f" {normal_form(text)} "
        found = [(match.start(), -match.end(), intent) for cue, intent in self._cues if (match := cue.search(padded))]
        return min(found)[2] if found else None

    def found(self, text: str) -> set[str]:
        """Every intent that has a cue in the text."""
        padded = f" {normal_form(text)} "
        return {intent for cue, intent in self._cues if cue.search(padded)}


def _pattern(cue: str) -> str:
    parts = (re.escape(normal_form(part)) for part in cue.split(GAP))
    return f" {_ANY_WORDS.join(parts)} "
