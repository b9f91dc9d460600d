"""Ready-made replies, from `data/desk/canned.yml`. The file may be edited while the server runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, validator

from bot.catalogue.catalogue import fill
from bot.catalogue.load import schema_problems
from bot.catalogue.problem import ContentError, Problem, read_yaml
from bot.catalogue.schema import PLACEHOLDER, Strict

WORDS = ("navn", "kommune", "telefon")
"""Placeholders a reply may have: the staff member's first name, the municipality and its telephone number."""


class CannedReply(Strict):
    """One reply. `title` is what staff choose it by."""

    id: str = Field(regex=r"^[a-z0-9_]+$")
    title: str = Field(max_length=50)
    text: str = Field(max_length=600)

    @validator("text")
    def _known_words(cls, value: str) -> str:
        unknown = [word for word in PLACEHOLDER.findall(value) if word not in WORDS]
        if unknown:
            raise ValueError(f"har et ukendt ord: {{{unknown[0]}}}. Brug kun {{navn}}, {{kommune}} og {{telefon}}")
        return value


class _CannedFile(Strict):
    replies: list[CannedReply]


def load_canned(path: Path) -> list[CannedReply]:
    """All replies in the file's order. Raises ContentError naming file, line, field and remedy."""
    node: Any = read_yaml(path)
    if not isinstance(node, dict):
        raise ContentError([Problem(path, 1, "", "filen skal begynde med replies:.")])
    try:
        return list(_CannedFile.parse_obj(node).replies)
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None


def canned_replies(path: Path, values: Mapping[str, str]) -> list[CannedReply]:
    """The replies with WORDS filled in from `values`; none when the file can't be read. Read again when it has changed."""
    try:
        kept = _read(path, path.stat().st_mtime_ns)
    except (OSError, ContentError):
        return []
    words = {word: values[word] for word in WORDS}
    return [reply.copy(update={"text": fill(reply.text, words)}) for reply in kept]


@lru_cache(maxsize=4)
def _read(path: Path, _modified: int) -> list[CannedReply]:
    return load_canned(path)
