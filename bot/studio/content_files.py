"""The editor's files: `data/services`, `data/nlu`, `data/tests` and `data/kommune`, read and changed a service at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from bot.answers.knowledge import FOLDERS
from bot.catalogue.load import read_service_file
from bot.catalogue.municipality import Municipality, load_municipality
from bot.catalogue.problem import ContentError, Problem, read_yaml
from bot.catalogue.schema import Service, ServiceFile
from bot.catalogue.translation import Translation, load_translations
from bot.evaluation.phrasings import LEAST, Phrasing
from bot.studio.atomic_files import remove_file, write_file
from bot.studio.file_plan import FilePlan
from bot.studio.sentence_files import intent_of, read_phrasing_file, read_test_file
from bot.studio.state import SHARED, State

T = TypeVar("T")

MARKS = ("thin", "unverified_link", "no_steps", "no_tests")
"""What an editor could better: few phrasings; a link that is not shown as it is; no guide; no test sentences."""


@dataclass(frozen=True)
class Subject:
    """A file of `data/services`. With `problems` it can't be read, and `services` is 0."""

    name: str
    title: str
    services: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A service in the list. `phrasings`: how many. `marks`: see MARKS."""

    id: str
    title: str
    subject: str
    authority: str
    department: str
    answer: str
    phrasings: int
    marks: tuple[str, ...]


class ContentFiles:
    """Reads a file once for as long as it is unchanged; a change made by hand is seen at the next call. Safe in threads.

    Args:
        data: the folder that holds the four.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._known: dict[tuple[Path, str], tuple[tuple[int, int], Any]] = {}
        self._lock = RLock()

    def subjects(self) -> list[Subject]:
        """All subjects; one that is broken names its problems."""
        found = []
        for path in self._paths("services"):
            try:
                parsed = self._services(path)
                found.append(Subject(path.stem, parsed.title, len(parsed.services)))
            except ContentError as error:
                found.append(Subject(path.stem, path.stem, 0, tuple(error.problems)))
        return found

    def services(self) -> list[Listed]:
        """All services of the files that can be read, in file order."""
        counted = Counter(phrasing.intent for phrasing in self.places())
        tested = {service_id for _, tests in self._sound("tests", self._tests) for service_id in tests}
        return [
            _listed(service, path.stem, counted[intent_of(service.id)], service.id in tested)
            for path, file in self._sound("services", self._services)
            for service in file.services
        ]

    def places(self) -> list[Phrasing]:
        """Every phrasing of the files that can be read, with its place."""
        return [phrasing for phrasings in self.places_by_file().values() for phrasing in phrasings]

    def places_by_file(self) -> dict[Path, list[Phrasing]]:
        """As `places`; the same list object for as long as the file is unchanged."""
        return dict(self._sound("nlu", self._phrasings))

    def tests(self) -> dict[str, list[str]]:
        """All test sentences by service, of the files that can be read."""
        return {service: lines for _, tests in self._sound("tests", self._tests) for service, lines in tests.items()}

    def broken(self, *folders: str) -> list[Problem]:
        """Problems of the files that can't be read, in these folders or in all."""
        problems: list[Problem] = []
        readers: dict[str, Callable[[Path], Any]] = {
            "services": self._services, "nlu": self._phrasings, "tests": self._tests, "kommune": self._layer,
        }  # fmt: skip
        for folder in folders or readers:
            for path in self._paths(folder):
                try:
                    readers[folder](path)
                except ContentError as error:
                    problems += error.problems
        return problems

    def read(self, service_id: str, layer: str = SHARED) -> State | None:
        """The service as the files have it; None when they don't.

        Raises:
            ContentError: when the file it stands in, or may stand in, is broken.
        """
        if layer != SHARED:
            return self._read_layer(service_id, layer)
        path = next(iter(self.with_service(service_id)), None)
        if path is None:
            problems = [problem for subject in self.subjects() for problem in subject.problems]
            if problems:
                raise ContentError(problems)
            return None
        if (self.data / "nlu" / path.name).exists():
            self._phrasings(self.data / "nlu" / path.name)
        raw = next(item for item in self._once(path, read_yaml)["services"] if item["id"] == service_id)
        phrasings = [phrasing.text for phrasing in self.places() if phrasing.intent == intent_of(service_id)]
        tests = self._tests(self.data / "tests" / path.name).get(service_id, [])
        fields = {key: value for key, value in raw.items() if key != "id"}
        return State(SHARED, service_id, path.stem, fields, tuple(phrasings), tuple(tests)).tidy()

    def problems(self, state: State, subject_title: str = "") -> list[Problem]:
        """What publishing this state alone would refuse; empty when nothing. `subject_title`: when its subject is new."""
        try:
            self.planned([state], {state.subject: subject_title})
        except ContentError as error:
            return error.problems
        return []

    def planned(self, states: Iterable[State], titles: Mapping[str, str] | None = None) -> dict[Path, bytes | None]:
        """The files that change when these states are put in, with their new content; None for a file that goes.

        Args:
            states: at most one for each service and layer.
            titles: titles of subjects that are new.

        Raises:
            ContentError: what the schema refuses, with file, line, field and remedy.
        """
        plan = FilePlan(self, titles or {})
        for state in states:
            plan.put(state.tidy())
        return plan.contents()

    def write(self, states: Iterable[State], titles: Mapping[str, str] | None = None) -> list[Path]:
        """Put states into the files; returns those that changed. Raises ContentError before anything is written."""
        changes = self.planned(states, titles)
        for path, content in changes.items():
            if content is None:
                remove_file(path)
            else:
                write_file(path, content)
        return list(changes)

    def with_service(self, service_id: str) -> list[Path]:
        """The sound files of `data/services` that hold the service."""
        sound = self._sound("services", self._services)
        return [path for path, file in sound if any(service.id == service_id for service in file.services)]

    def with_phrasings(self, service_id: str) -> list[Path]:
        """The sound files of `data/nlu` that hold phrasings of the service."""
        return list(dict.fromkeys(one.path for one in self.places() if one.intent == intent_of(service_id)))

    def with_tests(self, service_id: str) -> list[Path]:
        """The sound files of `data/tests` that hold sentences of the service."""
        return [path for path, tests in self._sound("tests", self._tests) if service_id in tests]

    def related_to(self, service_id: str) -> list[Path]:
        """The sound files of `data/services` that name the service as related."""
        sound = self._sound("services", self._services)
        return [path for path, file in sound if any(service_id in service.related for service in file.services)]

    def layers_of(self, service_id: str) -> list[Path]:
        """The sound files of `data/kommune` that hide or replace the service."""
        sound = self._sound("kommune", self._layer)
        return [path for path, layer in sound if service_id in layer.hide or service_id in layer.replace]

    def translations(self, service_id: str) -> list[tuple[Path, Translation]]:
        """The service in other languages, each with its file."""
        found = []
        for folder in FOLDERS.values():
            path = self.data / folder / "services.yml"
            with suppress(ContentError):
                translation = self._once(path, load_translations).get(service_id)
                found += [(path, translation)] if translation else []
        return found

    def _read_layer(self, service_id: str, layer: str) -> State | None:
        path = self.data / "kommune" / f"{layer}.yml"
        municipality = self._layer(path)
        hidden = service_id in municipality.hide
        if not hidden and service_id not in municipality.replace:
            return None
        raw = (self._once(path, read_yaml).get("replace") or {}).get(service_id) or {}
        return State(layer, service_id, fields=raw, gone=hidden).tidy()

    def _paths(self, folder: str) -> list[Path]:
        return sorted((self.data / folder).glob("*.yml"))

    def _sound(self, folder: str, reader: Callable[[Path], T]) -> Iterator[tuple[Path, T]]:
        for path in self._paths(folder):
            with suppress(ContentError):
                yield path, reader(path)

    def _once(self, path: Path, reader: Callable[[Path], T]) -> T:
        try:
            found = path.stat()
        except FileNotFoundError:
            return reader(path)
        stamp, key = (found.st_mtime_ns, found.st_size), (path, reader.__name__)
        with self._lock:
            known = self._known.get(key)
            if known is None or known[0] != stamp:
                known = self._known[key] = (stamp, reader(path))
        return known[1]

    def _services(self, path: Path) -> ServiceFile:
        return self._once(path, read_service_file)

    def _phrasings(self, path: Path) -> list[Phrasing]:
        return self._once(path, read_phrasing_file)

    def _tests(self, path: Path) -> dict[str, list[str]]:
        return self._once(path, read_test_file)

    def _layer(self, path: Path) -> Municipality:
        return self._once(path, load_municipality)


def _listed(service: Service, subject: str, phrasings: int, tested: bool) -> Listed:
    seen = {
        "thin": phrasings < LEAST,
        "unverified_link": any(link.status != "checked" for link in service.links),
        "no_steps": service.steps is None,
        "no_tests": not tested,
    }
    return Listed(
        id=service.id,
        title=service.title,
        subject=subject,
        authority=service.authority,
        department=service.department,
        answer=service.answer,
        phrasings=phrasings,
        marks=tuple(mark for mark in MARKS if seen[mark]),
    )
