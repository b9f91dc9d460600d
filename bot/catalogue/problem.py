"""A fault in an editor's file, told so that an editor can mend it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from bot.catalogue import quick_yaml


@dataclass(frozen=True)
class Problem:
    """One fault: where it is and what to do. `line` is 1-based; 0 when the whole file is meant."""

    path: Path
    line: int
    field: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.path}, linje {self.line}" if self.line else str(self.path)
        return f"{where}: {self.field + ': ' if self.field else ''}{self.remedy}"


class ContentError(Exception):
    """Content that can't be used; holds every problem found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def read_yaml(path: Path) -> Any:
    """Parse a YAML file. Raises ContentError with the line of a syntax fault."""
    return _parse(path, "safe")


def line_of(path: Path, keys: tuple[str | int, ...]) -> int:
    """1-based line of the innermost part of `keys` that the file has; 0 if unknown.

    Reads the file once more, by ruamel's round-trip parser, which keeps places but is a hundred times as slow.
    """
    node = _parse(path, "rt")
    line = 0
    for key in keys:
        lc = getattr(node, "lc", None)
        if lc is None:
            break
        try:
            line = (lc.item(key) if isinstance(key, int) else lc.key(key))[0] + 1
            node = node[key]
        except (KeyError, IndexError, TypeError):
            line = line or lc.line + 1
            break
    return line


def _parse(path: Path, kind: str) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError([Problem(path, 0, "", "filen findes ikke. Kontrollér navnet.")]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ContentError([Problem(path, line, "", "tegn kan ikke læses. Gem filen som UTF-8.")]) from None
    if kind == "safe":
        with suppress(quick_yaml.YAMLError):
            return quick_yaml.load(text)
    try:
        return YAML(typ=kind).load(text)
    except ReaderError as error:  # control characters, as text copied from a word processor may hold
        line = text[: error.position].count("\n") + 1
        raise ContentError([Problem(path, line, "", "et usynligt tegn kan ikke læses. Skriv linjen igen.")]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        remedy = f"YAML kan ikke læses ({error.problem or error.context}). Tjek indrykning, kolon og anførselstegn."
        raise ContentError([Problem(path, line, "", remedy)]) from None
