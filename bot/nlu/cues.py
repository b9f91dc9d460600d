"""Cues in a message: what the citizen wants to know of a service (price, deadline …), or that a human is wanted."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu.text import normal_form


class CueFinder:
    """Word lists by intent; see `data/lexicon/aspects.yml` and `human.yml`."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._cues = {intent: [f" {normal_form(cue)} " for cue in cues] for intent, cues in lists.items()}

    @classmethod
    def load(cls, path: Path) -> CueFinder:
        """Read the lists."""
        return cls(YAML(typ="safe").load(path.read_text(encoding="utf-8")))

    def find(self, text: str) -> str | None:
        """The intent whose cue stands first in the text, or None."""
        padded = f" {normal_form(text)} "
        places = {
            intent: min((padded.find(cue) for cue in cues if cue in padded), default=-1)
            for intent, cues in self._cues.items()
        }
        found = {intent: place for intent, place in places.items() if place >= 0}
        return min(found, key=lambda intent: found[intent]) if found else None
