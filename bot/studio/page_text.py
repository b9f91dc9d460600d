"""What a page is called and how it begins.

Reads tags with one regular expression that looks at each sign once or twice, and never needs more, whatever is written: the standard
library's HTML parser takes time with the square of the length for some pages, which is hours for a quarter of a megabyte of `<p `.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

MOST_TITLE = 120
MOST_TEXT = 300
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "header", "footer", "aside", "form", "dialog"}
)
"""What stands on every page, or is not read."""
_ENDS_ONLY_ITSELF = frozenset({"script", "style"})
"""What looks like a tag in them is none."""
_READ = frozenset({"title", "h1", "p"})
_MOST_DEPTH = 200
_SEPARATORS = (" | ", " – ", " - ", " — ", " · ")
_PART = re.compile(
    r"(?s:<!--.*?(?:-->|\Z))"
    r"|<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,30})(?P<attributes>[^<>]{0,2000})>"
    r"|<[!?/][^<>]{0,2000}>"
    r"|(?P<text>[^<]+)"
    r"|<"
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")


@dataclass(frozen=True)
class PageText:
    """`title`: its heading. `text`: its own description, or its first paragraphs, at most 300 characters."""

    title: str
    text: str
    wants_index: bool


def read_page(html: str) -> PageText:
    """Read a page, however badly it is written."""
    reader = _Reader()
    for part in _PART.finditer(html):
        if part["text"]:
            reader.hear(part["text"])
        elif part["tag"] and part["end"]:
            reader.end(part["tag"].lower())
        elif part["tag"]:
            reader.begin(part["tag"].lower(), part["attributes"])
    reader.finish()
    title = reader.first["h1"] or reader.first["title"]
    for separator in _SEPARATORS:  # «Affald | Kommunen»
        title = title.partition(separator)[0]
    text = reader.description or " ".join(reader.paragraphs)
    return PageText(_cut(title, MOST_TITLE), _cut(text, MOST_TEXT), reader.wants_index)


@dataclass
class _Reader:
    first: dict[str, str] = field(default_factory=lambda: {"title": "", "h1": ""})
    description: str = ""
    paragraphs: list[str] = field(default_factory=list)
    wants_index: bool = True
    _silent: list[str] = field(default_factory=list)
    _reading: str | None = None
    _heard: list[str] = field(default_factory=list)

    def begin(self, tag: str, attributes: str) -> None:
        if self._silent and self._silent[-1] in _ENDS_ONLY_ITSELF:
            return
        if tag == "meta":
            found = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(attributes)}
            self._read_meta(found.get("name", "").lower(), " ".join(unescape(found.get("content", "")).split()))
        elif tag in _SILENT:
            if len(self._silent) < _MOST_DEPTH and not attributes.endswith("/"):
                self._silent.append(tag)
        elif tag in _READ and not self._silent:
            self.finish()  # a paragraph need not be closed
            self._reading = tag

    def end(self, tag: str) -> None:
        if tag in self._silent:
            if self._silent[-1] == tag or self._silent[-1] not in _ENDS_ONLY_ITSELF:
                del self._silent[self._silent.index(tag) :]
        elif tag == self._reading:
            self.finish()

    def hear(self, text: str) -> None:
        if self._reading and not self._silent:
            self._heard.append(text)

    def finish(self) -> None:
        said = " ".join(unescape("".join(self._heard)).split())
        if self._reading in self.first:
            self.first[self._reading] = self.first[self._reading] or said
        elif said and sum(map(len, self.paragraphs)) < MOST_TEXT:
            self.paragraphs.append(said)
        self._reading, self._heard = None, []

    def _read_meta(self, name: str, content: str) -> None:
        if name == "description":
            self.description = self.description or content
        elif name == "robots" and ("noindex" in content.lower() or content.lower() == "none"):
            self.wants_index = False


def _cut(text: str, most: int) -> str:
    """At most so many characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
