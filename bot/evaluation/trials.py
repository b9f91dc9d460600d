"""A fair trial of a model: the same examples, the same held-out questions, one text at a time."""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.catalogue.catalogue import Catalogue
from bot.evaluation.candidates import Features, Ranker
from bot.evaluation.phrasings import read_phrasings
from bot.evaluation.questions import Question
from bot.nlu.decision import decide
from bot.nlu.mixture import MixedRanker
from bot.nlu.parts import what_counts
from bot.nlu.text import normal_form

OFF_TOPIC, OFF_TOPIC_PRIOR = "uden_for_emne", 4.0
"""As `ServiceClassifier` has them."""

COPY = 0.85
"""Likeness (normalised Indel) from which a question counts as a copy of a training example, on purpose or by chance."""

SERVICE = "service/"
ENGLISH_FILE = "english.yml"


@dataclass(frozen=True)
class Example:
    """A text in normal form with its label; `written` is false for titles and keywords of the catalogue."""

    text: str
    label: str
    written: bool


@dataclass(frozen=True)
class Result:
    """What one model made of the questions.

    Attributes:
        places: of each question, how many services were ranked above the right one.
        false_links: share of off-topic messages answered with a link.
        fit_seconds: of processor time, features and calibration included.
        milliseconds: of processor time for one text, features and ranking; the median.
    """

    places: np.ndarray
    false_links: float
    fit_seconds: float
    milliseconds: float

    def within(self, first: int, which: Sequence[bool] | None = None) -> float:
        """Share with the right service among the first so many, of all questions or of some."""
        places = self.places if which is None else self.places[np.array(which)]
        return float((places < first).mean())


class Trial:
    """The examples and the questions, and how a model is tried on them.

    Processor time is told, not time on the clock, so that what else runs on the machine matters little.
    """

    def __init__(self, examples: Sequence[Example], asked: Sequence[Question], strange: Sequence[Question]) -> None:
        self.examples = examples
        self.asked = asked
        self._texts = [_normal(question.text) for question in asked]
        self._strange = [_normal(question.text) for question in strange]

    def copies(self, examples: Sequence[Example]) -> list[bool]:
        """Which of the questions are nearly the same as one of these examples."""
        known = [example.text for example in examples]
        likeness = (
            process.cdist([text], known, scorer=Indel.normalized_similarity, score_cutoff=COPY).max()
            for text in self._texts
        )
        return [bool(one >= COPY) for one in likeness]

    def of_difficulty(self, difficulty: str) -> list[bool]:
        """Which of the questions."""
        return [question.difficulty == difficulty for question in self.asked]

    def attempt(self, features: Features, ranker: Ranker, examples: Sequence[Example] | None = None) -> Result:
        """Train on the examples (the trial's, if none are given) and ask everything, one text at a time."""
        examples = self.examples if examples is None else examples
        begun = time.process_time()
        rows = features.fit_transform([example.text for example in examples])
        labels = [example.label for example in examples]
        if isinstance(ranker, MixedRanker):
            ranker.fit(rows, labels, features.words())
        else:
            ranker.fit(rows, labels)
        fit_seconds = time.process_time() - begun

        waits, chances = [], []
        for text in self._texts:
            begun = time.process_time()
            chances.append(ranker.probabilities(features.transform([text]))[0])
            waits.append(time.process_time() - begun)
        strange = ranker.probabilities(features.transform(self._strange))
        return Result(
            places=_places(np.array(chances), ranker.labels, [f"{SERVICE}{one.service}" for one in self.asked]),
            false_links=float(np.mean([_gives_link(row, ranker.labels) for row in strange])),
            fit_seconds=fit_seconds,
            milliseconds=statistics.median(waits) * 1000,
        )


def _places(scores: np.ndarray, labels: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """How many services score as high as the right one or higher, for each row; a tie is no merit."""
    services = [place for place, label in enumerate(labels) if label.startswith(SERVICE)]
    own = scores[np.arange(len(right)), [labels.index(label) for label in right]]
    return (scores[:, services] >= own[:, None]).sum(axis=1) - 1


def _gives_link(chances: np.ndarray, labels: Sequence[str]) -> bool:
    """Whether the product would answer with a link, given these probabilities."""
    prior = np.where(np.array(labels) == OFF_TOPIC, OFF_TOPIC_PRIOR, 1.0)
    weighed = chances * prior / (chances * prior).sum()
    ranking = [(labels[place], float(weighed[place])) for place in np.argsort(-weighed)]
    services = [(label, chance) for label, chance in ranking if label.startswith(SERVICE)]
    return ranking[0][0].startswith(SERVICE) and decide(services).kind == "answer"


def _normal(text: str) -> str:
    return normal_form(what_counts(text))


def read_examples(folder: Path, catalogue: Catalogue) -> list[Example]:
    """The Danish phrasings and acts of conversation, and the catalogue's titles and keywords."""
    written = [phrasing for phrasing in read_phrasings(folder) if phrasing.path.name != ENGLISH_FILE]
    owners: Mapping[str, set[str]] = defaultdict(set)
    for entry in catalogue.entries.values():
        for text in (entry.title, *entry.service.keywords):
            owners[_normal(text)].add(entry.id)
    return [
        *(Example(_normal(phrasing.text), phrasing.intent, written=True) for phrasing in written),
        *(Example(text, f"{SERVICE}{next(iter(own))}", written=False) for text, own in owners.items() if len(own) == 1),
    ]


def sample(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """At most `count` phrasings a service and an act, twenty times as many off topic; titles and keywords are all kept."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    kept = []
    for example in examples:
        if example.written:
            by_label[example.label].append(example)
        else:
            kept.append(example)
    chance = random.Random(seed)  # noqa: S311 (nothing secret)
    for label in sorted(by_label):
        own, wanted = by_label[label], count * (20 if label == OFF_TOPIC else 1)
        kept += chance.sample(own, min(wanted, len(own)))
    return kept
