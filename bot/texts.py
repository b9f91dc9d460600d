"""Every fixed sentence a citizen can meet, from `data/texts/da.yml`."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

_FORMATTER = string.Formatter()


class Texts:
    """Sentences by key, with `{placeholders}` filled in when said.

    Args:
        sentences: key → text.
        values: placeholders known for all sentences, e.g. `{"telefon": "87 80 33 33"}`.
    """

    def __init__(self, sentences: Mapping[str, str], values: Mapping[str, str] | None = None) -> None:
        self._sentences = dict(sentences)
        self._values = dict(values or {})

    @classmethod
    def load(cls, path: Path, values: Mapping[str, str] | None = None) -> Texts:
        """Read a flat YAML mapping. Raises ValueError naming the first key that isn't plain text."""
        sentences = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for key, text in sentences.items():
            if not isinstance(text, str):
                raise ValueError(f"{path}: {key} skal være tekst")
        return cls(sentences, values)

    def say(self, key: str, **values: str) -> str:
        """The sentence `key`, filled in. Raises KeyError for an unknown key or a placeholder without a value."""
        return self._sentences[key].format_map({**self._values, **values})

    def raw(self, key: str) -> str:
        """The sentence `key` with its placeholders left open."""
        return self._sentences[key]

    def starting(self, prefix: str) -> dict[str, str]:
        """All sentences whose key begins with `prefix`, by the rest of the key, filled in."""
        return {key.removeprefix(prefix): self.say(key) for key in self._sentences if key.startswith(prefix)}

    def placeholders(self, key: str) -> set[str]:
        """Names of the placeholders in the sentence `key`."""
        return {name for _, name, _, _ in _FORMATTER.parse(self._sentences[key]) if name}

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._sentences)
