"""Makes Rasa see the catalogue: adding a service needs no domain edit and no rule."""

from __future__ import annotations

import zlib
from collections import defaultdict
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.catalogue.catalogue import Catalogue, Entry, load_catalogue
from bot.catalogue.problem import ContentError, Problem, read_yaml
from bot.nlu.cues import GAP
from bot.settings import Settings

SERVICE_INTENT = "service"
CARRIED = 5
"""Phrases of `data/lexicon/carriers.yml` that each name is put into."""
_STRIDE = 17


def plain_answer(entry: Entry) -> str:
    """The answer as running text with its links, for channels that show nothing else."""
    return "\n".join([entry.service.answer, *(f"{link.label}: {link.url}" for link in entry.links)])


class CatalogueImporter(RasaFileImporter):
    """Rasa's file importer plus the services of one municipality.

    Every service gives a response `utter_service/<id>`, and its title and keywords, alone and in plain phrases, are examples of the intent
    `service/<id>`.
    Examples of services that the municipality hides are left out.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Takes Rasa's usual paths. Which municipality is served is a setting (ODDER_MUNICIPALITY), as for the server."""
        super().__init__(config_file, domain_path, training_data_paths)
        own_file = Settings().municipality
        self._data = own_file.parents[1]
        self._municipality = own_file.stem

    @cached_method
    def catalogue(self) -> Catalogue:
        """The services of the municipality. Raises ContentError on a broken content file."""
        return load_catalogue(self._data, self._municipality)

    @cached_method
    def get_domain(self) -> Domain:
        """The domain file plus one response a service."""
        responses: dict[str, Any] = {
            f"utter_{SERVICE_INTENT}/{entry.id}": [{"text": plain_answer(entry)}]
            for entry in self.catalogue().entries.values()
        }
        return super().get_domain().merge(Domain.from_dict({"responses": responses}))

    def get_nlu_data(self, language: str | None = "da") -> TrainingData:
        """All phrasings, cleaned of hidden services, plus titles and keywords; in Danish whatever `language` says."""
        return self._phrasings()

    @cached_method
    def _phrasings(self) -> TrainingData:
        entries = self.catalogue().entries
        written = super().get_nlu_data("da")
        examples = [
            example
            for example in written.training_examples
            if example.get(INTENT) != SERVICE_INTENT or _service_of(example) in entries
        ]
        if self._nlu_files:
            self._stop_at_missing({_service_of(example) for example in examples})
            examples += self._names(examples)
        return TrainingData(
            examples,
            written.entity_synonyms,
            written.regex_features,
            written.lookup_tables,
            written.responses,
        )

    def _stop_at_missing(self, covered: set[str | None]) -> None:
        remedy = "ydelsen har ingen formuleringer. Tilføj mindst 15 eksempler."
        problems = [
            Problem(self._data / "nlu" / f"{entry.subject}.yml", 0, f"{SERVICE_INTENT}/{entry.id}", remedy)
            for entry in self.catalogue().entries.values()
            if entry.id not in covered
        ]
        if problems:
            raise ContentError(problems)

    def _names(self, written: list[Message]) -> list[Message]:
        """Titles and keywords as examples, except words that name several services or are written under an intent already."""
        names: dict[str, set[str]] = defaultdict(set)
        for entry in self.catalogue().entries.values():
            for text in (entry.title, *entry.service.keywords):
                names[text].add(entry.id)
        taken = {example.get(TEXT) for example in written}
        return [
            Message.build(text=text, intent=f"{SERVICE_INTENT}/{next(iter(owners))}")
            for name, owners in names.items()
            if len(owners) == 1
            for text in dict.fromkeys((name, *self._carried(name)))
            if text not in taken
        ]

    def _carried(self, name: str) -> list[str]:
        """The name in some of the phrases that say nothing of the subject; the same for the same name."""
        start = zlib.crc32(name.encode())
        carriers = self._carriers()
        places = {(start + number * _STRIDE) % len(carriers) for number in range(CARRIED)} if carriers else set()
        return [carriers[place].replace(GAP, name) for place in sorted(places)]

    @cached_method
    def _carriers(self) -> list[str]:
        path = self._data / "lexicon" / "carriers.yml"
        found = read_yaml(path) if path.exists() else []
        if not isinstance(found, list):
            raise ContentError([Problem(path, 1, "", f"skal være en liste af sætninger med {GAP}, i [ ].")])
        remedy = f"sæt ét {GAP} der, hvor ydelsens navn skal stå."
        wrong = [one for one in found if not isinstance(one, str) or one.count(GAP) != 1]
        if wrong:
            raise ContentError([Problem(path, 0, str(one), remedy) for one in wrong])
        return found


def _service_of(example: Message) -> str | None:
    key = example.get(INTENT_RESPONSE_KEY)
    return key.partition("/")[2] if key else None
