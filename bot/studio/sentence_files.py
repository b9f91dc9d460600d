"""Sentences by service: `data/nlu` (trained on) and `data/tests` (the editors' own, never trained on)."""

from __future__ import annotations

import re
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.catalogue import quick_yaml
from bot.catalogue.problem import ContentError, Problem, line_of, read_yaml
from bot.evaluation.phrasings import Phrasing

SERVICE_INTENT = "service"
"""The retrieval intent of all services; as in bot/nlu/importer.py, which can't be imported without Rasa."""

LONGEST = 500
"""Characters of a phrasing."""

FORM = f"skal være en borgers ord på én linje, højst {LONGEST} tegn, uden / først og uden [ord](navn)."

_NOT_WORDS = re.compile(r"^/|\]\s*[({]|[\x00-\x1f\x7f\x85\u2028\u2029\ufeff]")
"""What Rasa would read as a button or an entity, and what no keyboard writes."""


def intent_of(service_id: str) -> str:
    """The intent whose examples are the service's phrasings."""
    return f"{SERVICE_INTENT}/{service_id}"


def is_sentence(text: str) -> bool:
    """Whether the line can be a phrasing or a test sentence; see FORM."""
    return bool(text.strip()) and len(text) <= LONGEST and not _NOT_WORDS.search(text)


def sentence(line: str) -> str:
    """The words of a line of examples, without its dash."""
    return " ".join(line.strip().removeprefix("-").split())


def read_phrasing_file(path: Path) -> list[Phrasing]:
    """One file of `data/nlu` with the lines' places. Raises ContentError naming file, line, field and remedy."""
    root = compose(path)
    entries = root.get("nlu")
    if not isinstance(entries, SequenceNode):
        raise ContentError([Problem(path, 1, "nlu", "filen skal begynde med version: og nlu:.")])
    found = []
    for entry in entries.value:
        parts = {key.value: value for key, value in entry.value} if isinstance(entry, MappingNode) else {}
        if parts and "intent" not in parts:
            continue  # synonyms, lookup tables and whatever else Rasa allows
        examples = parts.get("examples")
        if not isinstance(examples, ScalarNode):
            name = str(parts["intent"].value) if "intent" in parts else ""
            remedy = "skal have examples: | og under den linjer, der begynder med bindestreg."
            raise ContentError([Problem(path, entry.start_mark.line + 1, name, remedy)])
        first = examples.start_mark.line + 2
        found += [
            Phrasing(sentence(line), parts["intent"].value, path, first + offset)
            for offset, line in enumerate(examples.value.split("\n"))
            if line.strip()
        ]
    return found


def read_test_file(path: Path) -> dict[str, list[str]]:
    """Test sentences by service; none when there is no file. Raises ContentError."""
    if not path.exists():
        return {}
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise ContentError(
            [Problem(path, 1, "", "filen skal have et ydelses-id på hver linje og sætninger under det.")]
        )
    for service_id, sentences in data.items():
        if not isinstance(sentences, list) or not all(isinstance(one, str) for one in sentences):
            remedy = "skal være en liste af sætninger (linjer med bindestreg)."
            raise ContentError([Problem(path, line_of(path, (service_id,)), str(service_id), remedy)])
    return data


def compose(path: Path) -> dict[str, Node]:
    """The file's top level as nodes, which know their lines."""
    try:
        root = quick_yaml.compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, quick_yaml.YAMLError):
        read_yaml(path)  # tells what is wrong, and where
        raise
    return {key.value: value for key, value in root.value} if isinstance(root, MappingNode) else {}
