"""New data into an old YAML text, touching only the lines of what changed.

A round trip through a YAML library keeps comments but not line breaks, quotation marks or indentation, and an editor's change
of one word would be a diff of a thousand lines. So the text is left as it is, and only the places of changed values are rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.catalogue import quick_yaml
from bot.studio.yaml_text import WIDTH, after_colon, after_dash, block, inline, parse

IDENTITIES = ("id", "intent")
"""Keys that say which item of a list is which."""


class CannotSplice(Exception):
    """The file is laid out in a way that can't be changed safely from here."""


def splice(text: str, new: Any) -> str:
    """`text` with as few lines changed as make it mean `new`.

    Raises:
        CannotSplice: when that can't be done; the result is always read back and compared.
        YAMLError: when `text` is no YAML.
    """
    old = parse(text)
    if old == new:
        return text
    if not text.endswith("\n"):
        text += "\n"
    try:
        root = quick_yaml.compose(text)
    except quick_yaml.YAMLError:
        raise CannotSplice from None
    result = _Splicer(text).result(root, old, new)
    if parse(result) != new:
        raise CannotSplice
    return result


class _Edit(NamedTuple):
    """`written` in the place of the text from `start` to `end`; of two at one place the first comes first."""

    start: int
    end: int
    number: int
    written: str


@dataclass(frozen=True)
class _Place:
    """Where a value stands: from behind its colon or dash to the end of its last line."""

    key: str | None  # None: an item of a list
    column: int  # of the key or the dash
    start: int
    end: int
    flow: bool = False


class _Splicer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._edits: list[_Edit] = []

    def result(self, node: Node | None, old: Any, new: Any) -> str:
        """The new text."""
        if not (isinstance(node, MappingNode) and new):
            raise CannotSplice
        self._mapping(node, old, new, len(self._text))
        text = self._text
        for edit in sorted(self._edits, reverse=True):
            text = text[: edit.start] + edit.written.replace("\n", self._newline) + text[edit.end :]
        return text

    def _put(self, start: int, end: int, written: str) -> None:
        self._edits.append(_Edit(start, end, len(self._edits), written))

    def _update(self, node: Node, old: Any, new: Any, place: _Place) -> None:
        if old == new:
            return
        if isinstance(node, MappingNode) and isinstance(new, dict) and old and new:
            if not node.flow_style and self._can_update_keys(node, old, new):
                self._mapping(node, old, new, place.end)
                return
            if node.flow_style and list(old) == list(new):
                for key, value in node.value:
                    where = _Place(key.value, 0, key.end_mark.index, value.end_mark.index, flow=True)
                    self._update(value, old[key.value], new[key.value], where)
                return
        if isinstance(node, SequenceNode) and isinstance(new, list) and old and new and not node.flow_style:
            self._sequence(node, old, new, place.end)
        elif isinstance(node, ScalarNode) and node.style == "|" and isinstance(new, str) and old and new:
            self._literal(node, old, new, place)
        else:
            self._rewrite(node, new, place)

    def _rewrite(self, node: Node, new: Any, place: _Place) -> None:
        style = node.style if isinstance(node, ScalarNode) else None
        start, end = node.start_mark.index, node.end_mark.index
        if start < end and node.start_mark.line == node.end_mark.line and style not in ("|", ">"):
            written = inline(new, style, flow=place.flow)
            was_flow = not isinstance(node, ScalarNode)
            fits = node.start_mark.column + len(written) <= WIDTH
            if (
                place.flow
                or (was_flow and isinstance(new, (list, dict)))
                or (fits and not isinstance(new, (list, dict)))
            ):
                self._put(start, end, written)
                return
        if place.flow:
            self._put(start, end, inline(new, style, flow=True))
            return
        if place.key is None:
            lines = after_dash(new, place.column)
            lines[0] = lines[0].lstrip().removeprefix("-")
        else:
            lines = after_colon(place.key, new, place.column, style)
        self._put(place.start, place.end, "\n".join(lines) + "\n")

    def _mapping(self, node: MappingNode, old: dict[str, Any], new: dict[str, Any], limit: int) -> None:
        column = node.value[0][0].start_mark.column
        ends: dict[str, int] = {}
        for (key, value), following in zip(node.value, [*node.value[1:], None]):
            start = key.start_mark.index
            end = self._trimmed(self._line(following[0].start_mark.index) if following else limit, column)
            name = key.value
            ends[name] = end
            if name not in new:
                self._put(self._line(start), self._over_blank(self._line(start), end, limit), "")
                continue
            colon = self._text.find(":", key.end_mark.index) + 1
            self._update(value, old[name], new[name], _Place(name, column, colon, end))
        here = self._line(node.value[0][0].start_mark.index)
        for name, value in new.items():
            if name in ends:
                here = ends[name]
            else:
                self._insert(here, block({name: value}, column))

    def _can_update_keys(self, node: MappingNode, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Not when the key behind a list's dash would go, or another come before it."""
        first = node.value[0][0].start_mark.index
        own_line = not self._text[self._line(first) : first].strip()
        return own_line or next(iter(old)) == next(iter(new))

    def _sequence(self, node: SequenceNode, old: list[Any], new: list[Any], limit: int) -> None:
        column = node.start_mark.column
        starts = [self._dash_line(item, column) for item in node.value]
        ends = [self._trimmed(stop, column) for stop in [*starts[1:], limit]]
        spaced = any(self._text[end:start].lstrip(" \r").startswith("\n") for end, start in zip(ends, starts[1:]))
        before = starts[0]
        for i, j in _aligned(old, new):
            if i is not None and j is not None:
                place = _Place(None, column, starts[i] + column + 1, ends[i])
                self._update(node.value[i], old[i], new[j], place)
                before = ends[i]
            elif i is not None:
                self._put(starts[i], self._over_blank(starts[i], ends[i], limit), "")
            elif j is not None:
                lines = after_dash(new[j], column)
                gap = [""] if spaced else []
                at_top = before == starts[0]
                self._insert(before, [*lines, *gap] if at_top else [*gap, *lines])

    def _literal(self, node: ScalarNode, old: str, new: str, place: _Place) -> None:
        """A block of lines, such as phrasings: only the lines that differ."""
        offsets = [*self._lines_from(self._next_line(node.start_mark.index), place.end), place.end]
        was, will = old.removesuffix("\n").split("\n"), new.removesuffix("\n").split("\n")
        if len(offsets) <= len(was):
            self._rewrite(node, new, place)
            return
        first = self._text[offsets[0] : offsets[1]]
        margin = first[: len(first) - len(first.lstrip(" "))]
        for kind, i, i_end, j, j_end in SequenceMatcher(None, was, will, autojunk=False).get_opcodes():
            if kind != "equal":
                self._put(offsets[i], offsets[i_end], "".join(f"{margin}{line}\n" for line in will[j:j_end]))

    def _insert(self, at: int, lines: Sequence[str]) -> None:
        self._put(at, at, "\n".join(lines) + "\n")

    def _line(self, offset: int) -> int:
        return self._text.rfind("\n", 0, offset) + 1

    def _next_line(self, offset: int) -> int:
        return self._text.find("\n", offset) + 1 or len(self._text)

    def _lines_from(self, offset: int, end: int) -> Iterator[int]:
        while offset < end:
            yield offset
            offset = self._next_line(offset)

    def _dash_line(self, item: Node, column: int) -> int:
        start = self._line(item.start_mark.index)
        while start > 0 and self._text[start + column : start + column + 1] != "-":
            start = self._line(start - 1)
        return start

    def _trimmed(self, end: int, column: int) -> int:
        """`end` without the blank lines and comments before it, which belong to what follows."""
        while end > 0:
            start = self._line(end - 1)
            line = self._text[start:end]
            content = line.lstrip(" ")
            if content.strip() and not (content.startswith("#") and len(line) - len(content) <= column):
                break
            end = start
        return end

    def _over_blank(self, start: int, end: int, limit: int) -> int:
        """The end of a deletion: with the blank lines after it, unless that would join what stood apart."""
        while end < limit and not self._text[end : self._next_line(end)].strip():
            end = self._next_line(end)
        return end


def _identity(item: Any) -> str:
    if isinstance(item, dict):
        for key in IDENTITIES:
            if key in item:
                return f"{key}={item[key]}"
    return json.dumps(item, sort_keys=True, default=str)


def _aligned(old: list[Any], new: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Pairs of places of the same item: (old, new); None where it has none."""
    matcher = SequenceMatcher(None, [*map(_identity, old)], [*map(_identity, new)], autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        width = max(i_end - i, j_end - j)
        named = kind == "replace" and any(
            isinstance(item, dict) and set(IDENTITIES) & set(item) for item in old[i:i_end]
        )
        if named:  # another service is not a changed service
            yield from ((place, None) for place in range(i, i_end))
            yield from ((None, place) for place in range(j, j_end))
            continue
        for step in range(width):
            yield (i + step if i + step < i_end else None), (j + step if j + step < j_end else None)
