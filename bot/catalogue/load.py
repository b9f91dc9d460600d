"""Read the shared service files and check them as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.catalogue.lix import PLAIN_LIMIT, hardest_words, lix
from bot.catalogue.problem import ContentError, Problem, line_of, read_yaml
from bot.catalogue.schema import ASPECTS, Service, ServiceFile

_REMEDIES = {
    "value_error.missing": "mangler. Tilføj feltet.",
    "value_error.extra": "findes ikke i skemaet. Ret stavningen eller fjern feltet.",
    "type_error.none.not_allowed": "er tom. Skriv en værdi eller fjern feltet.",
    "type_error.bool": "skal være true eller false.",
    "type_error.list": "skal være en liste (linjer med bindestreg).",
    "type_error.dict": "skal have underpunkter (navn: værdi på linjerne under).",
    "type_error.str": "skal være tekst. Sæt anførselstegn om.",
    "value_error.any_str.max_length": "er for lang. Højst {limit_value} tegn.",
    "value_error.any_str.min_length": "er tom. Skriv en tekst eller fjern feltet.",
    "value_error.list.min_items": "skal have mindst {limit_value} punkt(er).",
    "value_error.list.max_items": "må højst have {limit_value} punkter.",
    "type_error.tuple": 'skal være to klokkeslæt, som ["10:00", "15:00"].',
    "value_error.tuple.length": "skal være {expected_length} værdier, her er {actual_length}.",
    "value_error.date": "skal være en dato som 2026-10-12.",
    "value_error.time": 'skal være et klokkeslæt som "10:00".',
    "value_error.str.regex": "har forkert form. Den skal passe med {pattern}.",
}


def _remedy(error: dict[str, Any]) -> str:
    context = error.get("ctx") or {}
    kind = error["type"]
    if kind in _REMEDIES:
        return _REMEDIES[kind].format_map(context)
    if kind == "value_error.const":
        return "kan kun være en af: " + ", ".join(map(str, context.get("permitted", ()))) + "."
    return str(error["msg"])


def schema_problems(path: Path, node: Any, error: ValidationError) -> list[Problem]:
    """Translate pydantic's errors into problems with file, line, field and remedy."""
    problems = []
    for fault in error.errors():
        keys = tuple(key for key in fault["loc"] if key != "__root__")  # pydantic's name for a file that is one mapping
        names = [f"nr. {key + 1}" if isinstance(key, int) else str(key) for key in keys]
        name = ".".join(names)
        if len(keys) > 1 and keys[0] == "services" and isinstance(keys[1], int):
            with suppress(KeyError, TypeError):  # an entry without an id keeps its number
                name = f"{node['services'][keys[1]]['id']}: " + ".".join(names[2:])
        problems.append(Problem(path, line_of(path, keys), name, _remedy(dict(fault))))
    return problems


def read_service_file(path: Path) -> ServiceFile:
    """One file, checked against the schema. Raises ContentError."""
    node = read_yaml(path)
    if not isinstance(node, dict):
        raise ContentError([Problem(path, 1, "", "filen skal begynde med subject:, title: og services:.")])
    try:
        parsed = ServiceFile.parse_obj(node)
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None
    if parsed.subject != path.stem:
        line = line_of(path, ("subject",))
        raise ContentError([Problem(path, line, "subject", f"skal hedde som filen: {path.stem}.")])
    return parsed


def plain_language_problems(path: Path, index: int, service: Service) -> list[Problem]:
    """Answers and guides harder than LIX 35; `index` is the service's place in the file."""
    texts = {"answer": service.answer, **{name: getattr(service, name) for name in ASPECTS}}
    if service.steps:
        texts["steps"] = service.steps.text()
    problems = []
    for name, text in texts.items():
        if not text:
            continue
        # A follow-up answer may be a single short sentence, where LIX says little.
        short = name in ASPECTS and len(text.split()) < 20
        limit = PLAIN_LIMIT + (15 if short else 0)
        value = lix(text)
        if value > limit:
            words = ", ".join(hardest_words(text))
            remedy = f"LIX er {value:.0f}, højst {limit:.0f}. Del sætninger, og find kortere ord for: {words}."
            problems.append(Problem(path, line_of(path, ("services", index, name)), f"{service.id}: {name}", remedy))
    return problems


def load_services(folder: Path, only: Iterable[Path] | None = None) -> dict[str, tuple[Service, str]]:
    """All services by id, each with its subject, in file order.

    Args:
        folder: `data/services`.
        only: read only these files (references to services elsewhere are then not checked).

    Raises:
        ContentError: naming every fault with file, line, field and remedy.
    """
    problems: list[Problem] = []
    services: dict[str, tuple[Service, str]] = {}
    places: dict[str, tuple[Path, int]] = {}
    for path in sorted(only if only is not None else folder.glob("*.yml")):
        try:
            parsed = read_service_file(path)
        except ContentError as error:
            problems += error.problems
            continue
        for index, service in enumerate(parsed.services):
            if service.id in places:
                first, place = places[service.id]
                remedy = (
                    f"bruges allerede i {first}, linje {line_of(first, ('services', place, 'id'))}. Vælg et andet id."
                )
                problems.append(Problem(path, line_of(path, ("services", index, "id")), f"{service.id}: id", remedy))
                continue
            places[service.id] = (path, index)
            services[service.id] = (service, parsed.subject)
            problems += plain_language_problems(path, index, service)
    if only is None:
        if not services and not problems:
            problems.append(Problem(folder, 0, "", "ingen filer med ydelser fundet."))
        for service, _ in services.values():
            path, index = places[service.id]
            for other in service.related:
                if other not in services:
                    remedy = f"henviser til {other}, som ikke findes. Ret id'et eller fjern det."
                    line = line_of(path, ("services", index, "related"))
                    problems.append(Problem(path, line, f"{service.id}: related", remedy))
    if problems:
        raise ContentError(problems)
    return services
