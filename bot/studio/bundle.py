"""Services between municipalities: a zip file that is made here and read elsewhere, or the other way round.

    manifest.json         format, version, who made it and when, licence, the services with their KLE numbers
    services/<subject>.yml, nlu/<subject>.yml, tests/<subject>.yml      as in `data/`

A bundle from elsewhere is read as if it were hostile: see `read_bundle`. What is taken from it becomes drafts.
"""

from __future__ import annotations

import io
import json
import re
import stat
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from bot.catalogue import quick_yaml
from bot.catalogue.load import read_service_file
from bot.catalogue.municipality import Municipality
from bot.catalogue.problem import ContentError
from bot.catalogue.schema import ID, Strict
from bot.clock import iso, now
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Draft, Drafts
from bot.studio.sentence_files import intent_of, is_sentence, read_phrasing_file, read_test_file
from bot.studio.state import LISTS, SHARED, Difference, State, differences
from bot.studio.yaml_text import block
from bot.texts import Texts

T = TypeVar("T")

FORMAT = "kommunebot"
VERSION = 1

MOST_BYTES = 20_000_000
MOST_FILES = 2_000
LARGEST_FILE = 2_000_000
DEEPEST = 12
"""Levels of a YAML file; a service has six."""

_NAME = re.compile(r"manifest\.json|(?:services|nlu|tests)/[a-z0-9_]{1,60}\.yml")
_FOLDER = re.compile(r"(?:services|nlu|tests)/")
_MARKUP = re.compile(r"<[a-z/!?]|&#|\b(?:javascript|vbscript)\s*:|\bdata:\s*[a-z]+/", re.IGNORECASE)
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Control characters, and marks that turn the direction of writing or show nothing: a text may not look otherwise than it is."""
_ENCRYPTED = 0x1


class BundleRefused(Exception):
    """Nothing of it was taken in. `reasons` are Danish sentences for the editor."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("\n".join(self.reasons))


class Maker(Strict):
    """Where a bundle comes from."""

    municipality: str = Field(max_length=40)
    name: str = Field(max_length=100)
    made_at: str = Field(max_length=40)


class Content(Strict):
    """A service in the list of contents."""

    id: str = Field(max_length=80)
    title: str = Field(max_length=100)
    kle: str | None = Field(max_length=10)


class Manifest(Strict):
    """`manifest.json`."""

    format: Literal["kommunebot"]
    version: Literal[1]
    maker: Maker
    licence: str = Field(max_length=200)
    services: list[Content] = Field(max_items=MOST_FILES)


@dataclass(frozen=True)
class Bundle:
    """A bundle that was found to be harmless. `titles`: of its subjects."""

    manifest: Manifest
    states: tuple[State, ...]
    titles: dict[str, str]


@dataclass(frozen=True)
class BundleLine:
    """One line of the list an editor chooses from. `kind`: new | same | differs. For phrasings `added` holds those not here."""

    service: str
    title: str
    kind: str
    field: str = ""
    label: str = ""
    here: str = ""
    there: str = ""
    added: tuple[str, ...] = ()


def export_bundle(
    files: ContentFiles, ids: Sequence[str], municipality: Municipality, licence: str, *, with_phrasings: bool = True
) -> bytes:
    """The services as a zip file, without the municipality's own layer. Raises ContentError when a file is broken."""
    states = [state for state in map(files.read, dict.fromkeys(ids)) if state]
    titles = {subject.name: subject.title for subject in files.subjects()}
    contents: dict[str, dict[str, Any]] = {}
    by_subject: dict[str, list[State]] = defaultdict(list)
    for state in states:
        by_subject[state.subject].append(state)
    for subject, group in by_subject.items():
        services = [{"id": state.id, **state.fields} for state in group]
        contents[f"services/{subject}.yml"] = {"subject": subject, "title": titles[subject], "services": services}
        if with_phrasings:
            entries = [
                {"intent": intent_of(state.id), "examples": "".join(f"- {line}\n" for line in state.phrasings)}
                for state in group
                if state.phrasings
            ]
            contents[f"nlu/{subject}.yml"] = {"version": "3.1", "nlu": entries}
            contents[f"tests/{subject}.yml"] = {state.id: list(state.tests) for state in group if state.tests}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "maker": {"municipality": municipality.id, "name": municipality.name, "made_at": iso(now())},
        "licence": licence,
        "services": [
            {"id": state.id, "title": state.fields["title"], "kle": state.fields.get("kle")} for state in states
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        for name, content in contents.items():
            if content and content.get("nlu", True):
                archive.writestr(name, "\n".join(block(content, 0)) + "\n")
    return packed.getvalue()


def read_bundle(content: bytes, texts: Texts) -> Bundle:
    """Look into a bundle without trusting anything in it; takes up to some seconds, so call it in a thread.

    Refused are: what is no zip file, more than MOST_BYTES unpacked or MOST_FILES, names that are not those of a bundle (and so every way
    out of the folder), links, passwords; YAML with anchors, aliases or tags, or nested deeper than DEEPEST; markup and hidden characters in
    texts, links that are not https; and whatever the schema refuses.

    Raises:
        BundleRefused: with every reason that was found.
    """
    unpacked = _unpack(content, texts)
    try:
        manifest = Manifest.parse_raw(unpacked.pop("manifest.json", "{}"))
    except (ValidationError, ValueError, RecursionError):
        raise BundleRefused([texts.say("studio_bundle_manifest")]) from None
    reasons = [reason for name, text in unpacked.items() for reason in _yaml_reasons(name, text, texts)]
    if reasons:
        raise BundleRefused(reasons)
    bundle = _read(manifest, unpacked, texts)
    reasons = [reason for state in bundle.states for reason in _text_reasons(state, texts)]
    shown = [manifest.licence, manifest.maker.name, manifest.maker.municipality, *bundle.titles.values()]
    reasons += [texts.say("studio_bundle_markup", sted="manifest.json") for text in shown if _suspicious(text)]
    if reasons:
        raise BundleRefused(reasons)
    return bundle


def compare_bundle(bundle: Bundle, files: ContentFiles, texts: Texts) -> list[BundleLine]:
    """What the bundle has and what is here, line by line. Raises ContentError when a file here is broken."""
    lines = []
    for state in bundle.states:
        here = files.read(state.id)
        title = str(state.fields["title"])
        kind = "differs" if here else "new"
        found = [one for one in differences(here, _in_place(state, here), texts) if one.field != "subject"]
        lines += [_line(state.id, title, kind, one) for one in found] or [BundleLine(state.id, title, "same")]
    return lines


async def draft_bundle(
    bundle: Bundle, choices: Mapping[str, Collection[str] | None], drafts: Drafts, author: str, author_name: str
) -> list[Draft]:
    """Make drafts of what an editor chose; nothing live is touched, and drafts that are there are added to.

    Args:
        bundle: what was read.
        choices: service → fields to take (names as in `BundleLine.field`); None for all of them, as for a new service.
        drafts: where they go.
        author: id of the editor.
        author_name: of the editor.
    """
    made = []
    coming = {state.id for state in bundle.states if state.id in choices}
    for state in bundle.states:
        if state.id not in choices:
            continue
        opened = await drafts.open(state.id)
        known = coming | {listed.id for listed in drafts.files.services()}
        chosen = choices[state.id]
        taken = _taken(state, opened.state, chosen)
        related = [other for other in taken.fields.get("related", []) if other in known]
        taken = replace(taken, fields={**taken.fields, "related": related})
        title = bundle.titles[state.subject]
        draft = await drafts.save(taken, opened.version, author, author_name, subject_title=title)
        made += [draft] if draft else []
    return made


def _unpack(content: bytes, texts: Texts) -> dict[str, str]:
    """The files' texts by name."""
    if len(content) > MOST_BYTES:
        raise BundleRefused([texts.say("studio_bundle_large")])
    unpacked: dict[str, str] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise BundleRefused([texts.say("studio_bundle_many")])
            for info in archive.infolist():
                if info.is_dir() and _FOLDER.fullmatch(info.filename):
                    continue
                _check_name(info, unpacked, texts)
                # What is said of the size may be a lie: no more is unpacked than is left.
                with archive.open(info) as file:
                    raw = file.read(min(left, LARGEST_FILE) + 1)
                left -= len(raw)
                if left < 0 or len(raw) > LARGEST_FILE:
                    raise BundleRefused([texts.say("studio_bundle_large")])
                unpacked[info.filename] = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleRefused([texts.say("studio_bundle_letters")]) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise BundleRefused([texts.say("studio_bundle_no_zip")]) from None
    return unpacked


def _check_name(info: zipfile.ZipInfo, unpacked: Mapping[str, str], texts: Texts) -> None:
    name = info.filename[:80]
    kind = stat.S_IFMT(info.external_attr >> 16)
    if not _NAME.fullmatch(info.filename) or info.filename in unpacked:
        raise BundleRefused([texts.say("studio_bundle_name", navn=name)])
    if kind not in (0, stat.S_IFREG) or info.flag_bits & _ENCRYPTED:
        raise BundleRefused([texts.say("studio_bundle_name", navn=name)])


def _yaml_reasons(name: str, text: str, texts: Texts) -> Iterator[str]:
    """What could make a YAML reader do more than read; found in its events, before anything is built of them."""
    depth = 0
    try:
        for event in quick_yaml.events(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            named = isinstance(event, NodeEvent) and (event.anchor or getattr(event, "tag", None))
            if named or isinstance(event, AliasEvent) or depth > DEEPEST:
                line = str(event.start_mark.line + 1) if event.start_mark else "?"
                yield texts.say("studio_bundle_yaml", fil=name, linje=line)
                return
    except quick_yaml.YAMLError:
        yield texts.say("studio_bundle_yaml", fil=name, linje="?")


def _read(manifest: Manifest, unpacked: Mapping[str, str], texts: Texts) -> Bundle:
    """The files through the readers of `data/`, in a folder of their own."""
    reasons: list[str] = []

    with tempfile.TemporaryDirectory() as folder:
        for name, text in unpacked.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())

        def each(part: str, reader: Callable[[Path], T]) -> Iterator[tuple[Path, T]]:
            for path in sorted(Path(folder, part).glob("*.yml")):
                try:
                    yield path, reader(path)
                except ContentError as error:
                    reasons.extend(str(replace(problem, path=Path(part, path.name))) for problem in error.problems)

        services = {path.stem: file for path, file in each("services", read_service_file)}
        phrasings: dict[str, list[str]] = defaultdict(list)
        for _, found in each("nlu", read_phrasing_file):
            for one in found:
                phrasings[one.intent].append(one.text)
        tests = {service: lines for _, file in each("tests", read_test_file) for service, lines in file.items()}
    if reasons:
        raise BundleRefused(reasons)
    states = tuple(
        State.from_dict(
            {
                "layer": SHARED,
                "id": service.id,
                "subject": subject,
                "fields": service.dict(exclude={"id"}, exclude_unset=True),
                "phrasings": phrasings.pop(intent_of(service.id), ()),
                "tests": tests.pop(service.id, ()),
            }
        )
        for subject, file in services.items()
        for service in file.services
    )
    counted = Counter(state.id for state in states)
    reasons += [texts.say("studio_bundle_stranger", navn=name[:80]) for name in (*phrasings, *tests)]
    reasons += [texts.say("studio_bundle_twice", navn=name) for name, count in counted.items() if count > 1]
    if reasons:
        raise BundleRefused(reasons)
    return Bundle(manifest, states, {name: file.title for name, file in services.items()})


def _text_reasons(state: State, texts: Texts) -> Iterator[str]:
    if not ID.match(state.subject):
        yield texts.say("studio_bundle_name", navn=state.subject)
    for place, text in _strings(state.fields, state.id):
        if _suspicious(text):
            yield texts.say("studio_bundle_markup", sted=place)
    for link in state.fields["links"]:
        parts = urlsplit(link["url"])
        if not (link["url"].startswith("{") or (parts.scheme == "https" and parts.username is None)):
            yield texts.say("studio_bundle_link", sted=state.id, adresse=link["url"][:120])
    for line in (*state.phrasings, *state.tests):
        if _suspicious(line) or not is_sentence(line):
            yield texts.say("studio_bundle_markup", sted=f"{state.id}: «{_HIDDEN.sub('', line)[:60]}»")


def _suspicious(text: str) -> bool:
    return bool(_MARKUP.search(text) or _HIDDEN.search(text))


def _strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, f"{place}: {key}")
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, place)


def _in_place(state: State, here: State | None) -> State:
    """The bundle's state as it would be here: phrasings and tests are added to, never taken away."""
    if here is None:
        return state
    lists = {name: [*getattr(here, name), *getattr(state, name)] for name in LISTS}
    return State.from_dict({**state.as_dict(), "subject": here.subject, **lists})


def _line(service: str, title: str, kind: str, one: Difference) -> BundleLine:
    return BundleLine(service, title, kind, one.field, one.label, one.before, one.after, one.added)


def _taken(state: State, here: State | None, chosen: Collection[str] | None) -> State:
    """What is here with the chosen fields of the bundle's."""
    whole = _in_place(state, here)
    if here is None or chosen is None:
        return whole
    result = here.as_dict()
    for name in chosen:
        if name in LISTS:
            result[name] = list(getattr(whole, name))
            continue
        outer, _, inner = name.partition(".")
        if inner:
            guide = {**(result["fields"].get(outer) or {})}
            guide[inner] = (whole.fields.get(outer) or {}).get(inner)
            result["fields"][outer] = guide
        else:
            result["fields"][outer] = whole.fields.get(outer)
    return State.from_dict(result)
