"""Which services a few words name, for messages so short that only their nouns and what was said before can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML
from spacy.lang.da.stop_words import STOP_WORDS as DANISH_STOP_WORDS
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH_STOP_WORDS

from bot.catalogue.catalogue import Catalogue
from bot.nlu.text import fold, stem, words

LEXICON = Path("data/lexicon")
FOR_OTHERS = "andet_barn_person"


@dataclass(frozen=True)
class Lexicon:
    """Words without weight, folded; the catalogue's word for each word for a relative, and the words of each aspect's cues, as stems."""

    light: frozenset[str]
    kin: Mapping[str, str]
    cues: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, folder: Path = LEXICON) -> Lexicon:
        """Read `light.yml`, `kin.yml` and `aspects.yml`; stop words are spaCy's."""
        light, kin, aspects = (
            YAML(typ="safe").load((folder / f"{name}.yml").read_text(encoding="utf-8"))
            for name in ("light", "kin", "aspects")
        )
        return cls(
            frozenset(map(fold, (*light, *DANISH_STOP_WORDS, *ENGLISH_STOP_WORDS))),
            {stem(fold(word)): stem(fold(name)) for name, known in kin.items() for word in known},
            {aspect: frozenset(map(stem, words(" ".join(cues)))) for aspect, cues in aspects.items()},
        )

    def weighty(self, text: str) -> frozenset[str]:
        """Stems of the words that say something of the subject."""
        stems = (stem(word) for word in words(text) if word not in self.light)
        return frozenset(self.kin.get(one, one) for one in stems)


lexicon = cache(Lexicon.load)


def weighty(text: str) -> frozenset[str]:
    """Stems of the words that say something of the subject."""
    return lexicon().weighty(text)


def asks_only(text: str, aspect: str) -> bool:
    """Whether nothing of weight stands beside the words that ask for the aspect: it is about what was spoken of before."""
    return weighty(text) <= lexicon().cues[aspect]


def names_only_others(text: str) -> bool:
    """Whether it speaks of other people and of nothing else: «og til min søn?»."""
    said = weighty(text)
    return bool(said) and said <= {*lexicon().kin.values(), *lexicon().cues[FOR_OTHERS]}


class Names:
    """The titles and keywords of a catalogue's services."""

    def __init__(self, catalogue: Catalogue) -> None:
        entries = catalogue.entries.values()
        self._subjects = {entry.id: entry.subject for entry in entries}
        self._titles = {entry.id: weighty(entry.title) for entry in entries}
        self._words: dict[str, frozenset[str]] = {}
        self._whole: set[frozenset[str]] = set()
        self._owners: dict[frozenset[str], set[str]] = defaultdict(set)  # by all words of a name, the light ones too
        for entry in entries:
            names = (entry.title, *entry.service.keywords)
            self._words[entry.id] = frozenset[str]().union(*map(weighty, names))
            self._whole.update(map(weighty, names))
            for name in names:
                self._owners[frozenset(map(stem, words(name)))].add(entry.id)

    def one_of(self, text: str, near: Sequence[str]) -> str | None:
        """The only one of these services whose title has every word of weight in the text, otherwise whose title and keywords have.

        None when there is none, or more than one, or when it is also the whole name of another: «høreapparat» is a subject of its own.
        Words for other people count in titles only: «min mor» is a keyword of much.
        """
        said = weighty(text)
        others = names_only_others(text)
        if not others and not self._owners.get(said, set()) <= set(near):
            return None
        for known in (self._titles,) if others else (self._titles, self._words):
            named = [service for service in near if said and said <= known.get(service, frozenset())]
            if len(named) == 1:
                return named[0]
        return None

    def several(self, text: str) -> Sequence[str]:
        """The services of one subject that have a bare keyword in their titles, in the catalogue's order.

        Empty when it is the whole name of one of them, as «pas» is, or when they are fewer than two.
        """
        said = weighty(text)
        if not said or said in self._whole:
            return ()
        named = [service for service, title in self._titles.items() if said <= title]
        return named if len(named) > 1 and len({self._subjects[service] for service in named}) == 1 else ()

    def spoken_of(self, service: str, text: str) -> bool:
        """Whether the text has a word of weight of the service's title or keywords."""
        return bool(weighty(text) & self._words.get(service, frozenset()))
