"""Reads one sitemap file (sitemaps.org), which may be anything that a web server sends."""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from bot.studio.polite_fetch import MOST_ADDRESS, Answer, unpacked

MOST_BYTES = 10 * 1024 * 1024
"""Of one file, unpacked."""
_GZIP = b"\x1f\x8b"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class BadSitemap(Exception):
    """Not a sitemap that we read. The message is a key of desk.yml without its `links_sitemap_`."""


@dataclass(frozen=True)
class Listed:
    """An address in a sitemap; `modified` as written there, or empty."""

    address: str
    modified: str


@dataclass(frozen=True)
class SitemapFile:
    """What one file lists: pages, or further files."""

    pages: tuple[Listed, ...]
    files: tuple[Listed, ...]


def read_sitemap(answer: Answer, most: int) -> SitemapFile:
    """The first `most` addresses of a file, packed with gzip or not.

    Raises:
        BadSitemap: too_large; declares (a document type, whose entities could fill the memory); not_xml.
    """
    content, whole = answer.body, answer.whole
    if content.startswith(_GZIP):
        content, complete = unpacked(content, "gzip", MOST_BYTES)
        whole = whole and complete
    if not whole:
        raise BadSitemap("too_large")
    return _Reader(most).read(content)


class _Reader:
    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[str, list[Listed]] = {"url": [], "sitemap": []}
        self._path: list[str] = []
        self._text: dict[str, str] = {}

    def read(self, content: bytes) -> SitemapFile:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._write
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: an encoding nobody knows
            raise BadSitemap("not_xml") from error
        return SitemapFile(tuple(self._found["url"]), tuple(self._found["sitemap"]))

    def _refuse(self, *_: object) -> None:
        raise BadSitemap("declares")

    def _begin(self, name: str, _: object) -> None:
        space, _, local = name.rpartition(" ")
        # Names of other spaces, as for images and news, also have a `loc`.
        self._path.append(local if space in ("", _SPACE) else "")
        if not self._path[1:]:
            return
        if len(self._path) == 2:
            self._text = {}

    def _end(self, _: str) -> None:
        self._path.pop()
        ended = "url" if self._path == ["urlset"] else "sitemap" if self._path == ["sitemapindex"] else None
        address = self._text.get("loc", "").strip()
        if ended and address and len(address) <= MOST_ADDRESS and len(self._found[ended]) < self._most:
            self._found[ended].append(Listed(address, self._text.get("lastmod", "").strip()[:40]))

    def _write(self, text: str) -> None:
        if len(self._path) == 3 and self._path[-1] in ("loc", "lastmod"):
            written = self._text.get(self._path[-1], "")
            self._text[self._path[-1]] = written + text[: MOST_ADDRESS + 1 - len(written)]
