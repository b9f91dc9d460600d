"""What the content files become when states are put into them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.catalogue.load import plain_language_problems, read_service_file
from bot.catalogue.municipality import Replacement, load_municipality
from bot.catalogue.problem import ContentError, Problem, read_yaml
from bot.catalogue.schema import ID, Service
from bot.studio.sentence_files import FORM, intent_of, is_sentence, sentence
from bot.studio.splice import CannotSplice, splice
from bot.studio.state import SHARED, State, cleaned
from bot.studio.yaml_text import block

if TYPE_CHECKING:
    from bot.studio.content_files import ContentFiles

_SERVICE_ORDER = tuple(Service.__fields__)
_LAYER_ORDER = tuple(Replacement.__fields__)


class FilePlan:
    """Collects changes; `contents` gives the new files. Every method raises ContentError for what the schema refuses.

    Args:
        files: the files as they are.
        titles: titles of subjects that are new.
    """

    def __init__(self, files: ContentFiles, titles: Mapping[str, str]) -> None:
        self._files = files
        self._titles = titles
        self._data: dict[Path, Any] = {}
        self._touched: set[str] = set()

    def put(self, state: State) -> None:
        """Put one state in the place of what the files have of it."""
        self._touched.add(state.id)
        if state.layer != SHARED:
            self._put_layer(state)
            return
        self._check_form(state)
        self._put_service(state)
        self._put_phrasings(state)
        self._put_tests(state)
        self._put_translations(state)
        if state.gone:
            self._take_out_references(state.id)

    def contents(self) -> dict[Path, bytes | None]:
        """The files that differ, checked against the schema and for plain language; None for a file that goes."""
        written: dict[Path, bytes | None] = {}
        for path, data in self._data.items():
            old = path.read_bytes().decode("utf-8") if path.exists() else ""
            if not data:
                if path.exists():
                    written[path] = None
                continue
            try:
                new = splice(old, data) if old.strip() else "\n".join(block(data, 0)) + "\n"
            except CannotSplice:
                remedy = "er skrevet på en måde, som studiet ikke kan ændre sikkert. Ret filen i en editor."
                raise ContentError([Problem(path, 0, "", remedy)]) from None
            if new != old:
                written[path] = new.encode()
        self._check(written)
        return written

    def _of(self, path: Path) -> Any:
        """The file's planned data, free to be changed; None when there is no such file."""
        if path not in self._data:
            if not path.exists():
                return None
            self._data[path] = read_yaml(path)
        return self._data[path]

    def _put_service(self, state: State) -> None:
        home = self._files.data / "services" / f"{state.subject}.yml"
        before: dict[str, Any] = {"id": state.id}
        for path in self._files.with_service(state.id):
            if path != home or state.gone:
                services = self._of(path)["services"]
                before = next(item for item in services if item["id"] == state.id)
                services.remove(before)
                if not services:
                    self._data[path] = None
        if state.gone:
            return
        if not ID.match(state.id) or not ID.match(state.subject):
            name = "id" if not ID.match(state.id) else "subject"
            raise ContentError([Problem(home, 0, name, "må kun bestå af små bogstaver a-z, tal og _.")])
        if home.exists():
            read_service_file(home)
        data = self._of(home)
        if data is None:
            if not self._titles.get(state.subject):
                raise ContentError(
                    [Problem(home, 0, "subject", "emnet findes ikke. Vælg et andet, eller giv det en titel.")]
                )
            data = {"subject": state.subject, "title": self._titles[state.subject], "services": []}
            self._data[home] = data
        services = data["services"]
        places = [place for place, item in enumerate(services) if item["id"] == state.id]
        if places:
            services[places[0]] = _with(services[places[0]], state.fields, _SERVICE_ORDER)
        else:
            services.append(_with(before, state.fields, _SERVICE_ORDER))

    def _put_phrasings(self, state: State) -> None:
        """Lines that stay keep their place, whichever file they stand in; new ones come last in the subject's file."""
        intent = intent_of(state.id)
        new = {} if state.gone else dict.fromkeys(state.phrasings)
        home = self._files.data / "nlu" / f"{state.subject}.yml"
        target: dict[str, Any] | None = None
        for path in self._files.with_phrasings(state.id):
            for entry in self._entries(path, intent):
                lines = [
                    line for line in _lines(entry["examples"]) if not state.gone and sentence(line) in state.phrasings
                ]
                for line in lines:
                    new.pop(sentence(line), None)
                entry["examples"] = _examples(lines)
                target = entry if path == home else target
        if new:
            if target is None:
                data = self._of(home) or {"version": "3.1", "nlu": []}
                self._data[home] = data
                target = {"intent": intent, "examples": ""}
                data["nlu"].append(target)
            target["examples"] = _examples([*_lines(target["examples"]), *(f"- {text}" for text in new)])
        for path, data in self._data.items():
            if path.parent.name == "nlu" and data:
                data["nlu"] = [entry for entry in data["nlu"] if entry.get("intent") != intent or entry["examples"]]
                if not data["nlu"]:
                    self._data[path] = None

    def _put_tests(self, state: State) -> None:
        home = self._files.data / "tests" / f"{state.subject}.yml"
        for path in dict.fromkeys([*self._files.with_tests(state.id), home]):
            wanted = list(state.tests) if path == home and not state.gone else []
            data = self._of(path)
            if data is None and not wanted:
                continue
            data = self._data[path] = data or {}
            if wanted:
                data[state.id] = wanted
            else:
                data.pop(state.id, None)

    def _put_translations(self, state: State) -> None:
        """A guide in another language must have the Danish guide's steps: one that no longer fits is taken out."""
        steps = len((state.fields.get("steps") or {}).get("do") or ())
        for path, translation in self._files.translations(state.id):
            if state.gone:
                self._of(path)["services"].pop(state.id)
            elif translation.steps and len(translation.steps.do) != steps:
                self._of(path)["services"][state.id].pop("steps")

    def _take_out_references(self, service_id: str) -> None:
        for path in self._files.related_to(service_id):
            for service in (self._of(path) or {"services": ()})["services"]:
                if service_id in (service.get("related") or ()):
                    service["related"].remove(service_id)
                    if not service["related"]:
                        del service["related"]
        for path in self._files.layers_of(service_id):
            data = self._of(path)
            data["hide"] = [other for other in data.get("hide") or () if other != service_id]
            data["replace"] = {key: own for key, own in (data.get("replace") or {}).items() if key != service_id}

    def _put_layer(self, state: State) -> None:
        path = self._files.data / "kommune" / f"{state.layer}.yml"
        load_municipality(path)
        data = self._of(path)
        hidden = list(data.get("hide") or ())
        if state.gone != (state.id in hidden):
            data["hide"] = [*hidden, state.id] if state.gone else [other for other in hidden if other != state.id]
        own = dict(data.get("replace") or {})
        if state.fields:
            own[state.id] = _with(own.get(state.id) or {}, state.fields, _LAYER_ORDER)
        else:
            own.pop(state.id, None)
        if own != (data.get("replace") or {}):
            data["replace"] = own

    def _entries(self, path: Path, intent: str) -> Iterator[dict[str, Any]]:
        yield from (entry for entry in self._of(path)["nlu"] if entry.get("intent") == intent)

    def _check_form(self, state: State) -> None:
        path = self._files.data / "nlu" / f"{state.subject}.yml"
        wrong = [text for text in (*state.phrasings, *state.tests) if not is_sentence(text)]
        if wrong:
            raise ContentError([Problem(path, 0, f"{state.id}: «{text[:60]}»", FORM) for text in wrong])

    def _check(self, written: Mapping[Path, bytes | None]) -> None:
        """What the loaders say; they read files, so the new ones are put in a folder of their own."""
        problems: list[Problem] = []
        with tempfile.TemporaryDirectory() as folder:
            for path, content in written.items():
                if content is None or path.parent.name not in ("services", "kommune"):
                    continue
                trial = Path(folder) / path.parent.name / path.name
                trial.parent.mkdir(exist_ok=True)
                trial.write_bytes(content)
                problems += [replace(problem, path=path) for problem in self._problems(trial)]
        if problems:
            raise ContentError(problems)

    def _problems(self, path: Path) -> list[Problem]:
        try:
            if path.parent.name == "kommune":
                load_municipality(path)
                return []
            services = read_service_file(path).services
        except ContentError as error:
            return error.problems
        return [
            problem
            for index, service in enumerate(services)
            if service.id in self._touched
            for problem in plain_language_problems(path, index, service)
        ]


def _with(before: Mapping[str, Any], fields: Mapping[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """`before` with other fields: what only looks different stays as it is written, new fields go where the schema has them."""
    empty: tuple[Any, ...] = (None, "", [], {})
    after = {
        key: value if cleaned(value) == fields.get(key) else fields.get(key, value)
        for key, value in before.items()
        if key == "id" or key in fields or cleaned(value) in empty
    }
    names = list(after)
    for name in sorted(fields.keys() - before.keys(), key=lambda key: order.index(key) if key in order else len(order)):
        earlier = [
            place
            for place, other in enumerate(names)
            if other in order and name in order and order.index(other) < order.index(name)
        ]
        names.insert(max(earlier) + 1 if earlier else len(names), name)
    return {name: after.get(name, fields.get(name)) for name in names}


def _lines(examples: str) -> list[str]:
    return [line for line in examples.split("\n") if line.strip()]


def _examples(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""
