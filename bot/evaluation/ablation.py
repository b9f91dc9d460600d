"""`python -m bot.evaluation.ablation`: what each part of the model is worth, and what more phrasings give.

Trained on what the product is trained on, asked the held-out questions of `tests/nlu`. `won` and `lost`: questions whose right service
came first, or no longer did, against the product. `false links`: messages outside the catalogue's scope that would get a link with
confidence. `ms`: one text by itself, features and ranking, without Rasa around them. Left out are the product's word
lists, its net for danger, and telling apart two questions in one message.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.engine import lean_import
from bot.evaluation.candidates import (
    Average,
    BayesWeightedSvm,
    Features,
    Logistic,
    NaiveBayes,
    NearestExample,
    Ranker,
    Rewritings,
)
from bot.evaluation.questions import Question, everyday, out_of_scope
from bot.evaluation.table import markdown_table
from bot.nlu.decision import decide
from bot.nlu.linear import LinearRanker
from bot.nlu.parts import what_counts
from bot.nlu.text import normal_form

PRODUCT = {"letters": 1.0, "stems": 0.5, "sounds": 0.3}
"""The defaults of `DanishFeaturizer`."""

OFF_TOPIC, OFF_TOPIC_PRIOR = "uden_for_emne", 6.0
"""As `ServiceClassifier` has them."""

COUNTS = (10, 20, 40, 80)
"""Phrasings a service in the learning curve, before all of them."""

SEEDS = (1, 2)
COPY = 0.85
"""Likeness (normalised Indel) from which a question counts as a copy of a training example, on purpose or by chance."""

DIFFICULTIES = ("easy", "middle", "hard")

_SERVICE = "service/"


@dataclass(frozen=True)
class Example:
    """A text in normal form with its label; `written` is false for titles and keywords of the catalogue."""

    text: str
    label: str
    written: bool


@dataclass(frozen=True)
class Result:
    """What one model made of the questions; `places[i]`: how many services it ranked above the right one."""

    places: np.ndarray
    false_links: float
    fit_seconds: float
    milliseconds: float

    def within(self, first: int, which: Sequence[bool] | None = None) -> float:
        """Share with the right service among the first so many, of all questions or of some."""
        places = self.places if which is None else self.places[np.array(which)]
        return float((places < first).mean())


class Bench:
    """The examples and the questions, and how a model is tried on them."""

    def __init__(self, examples: Sequence[Example], asked: Sequence[Question], strange: Sequence[Question]) -> None:
        self.examples = examples
        self.asked = asked
        self._texts = [_normal(question.text) for question in asked]
        self._strange = [_normal(question.text) for question in strange]

        likeness = process.cdist(
            self._texts, [example.text for example in examples], scorer=Indel.normalized_similarity, score_cutoff=COPY
        )
        self.new = (likeness.max(axis=1) < COPY).tolist()
        """Which of the questions are no copies."""

    def of_difficulty(self, difficulty: str) -> list[bool]:
        """Which of the questions."""
        return [question.difficulty == difficulty for question in self.asked]

    def attempt(self, features: Features, ranker: Ranker, examples: Sequence[Example] | None = None) -> Result:
        """Train on the examples (all, if none are given) and ask everything, one text at a time."""
        examples = self.examples if examples is None else examples
        begun = time.perf_counter()
        rows = features.fit_transform([example.text for example in examples])
        ranker.fit(rows, [example.label for example in examples])
        fit_seconds = time.perf_counter() - begun

        waits = []
        chances = []
        for text in self._texts:
            begun = time.perf_counter()
            chances.append(ranker.probabilities(features.transform([text]))[0])
            waits.append(time.perf_counter() - begun)
        strange = ranker.probabilities(features.transform(self._strange))
        return Result(
            places=_places(np.array(chances), ranker.labels, [f"{_SERVICE}{one.service}" for one in self.asked]),
            false_links=float(np.mean([_gives_link(row, ranker.labels) for row in strange])),
            fit_seconds=fit_seconds,
            milliseconds=statistics.median(waits) * 1000,
        )

    def cross_validated(self) -> float:
        """Share of the written phrasings put first by a model that has seen three quarters of the others."""
        ranker = LinearRanker()
        rows = Features(PRODUCT).fit_transform([example.text for example in self.examples])
        margins = ranker.cross_validate(rows, [example.label for example in self.examples])
        which = [place for place, one in enumerate(self.examples) if one.written and one.label.startswith(_SERVICE)]
        places = _places(margins[which], ranker.labels, [self.examples[place].label for place in which])
        return float((places == 0).mean())


def _places(scores: np.ndarray, labels: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """How many services score as high as the right one or higher, for each row; a tie is no merit."""
    services = [place for place, label in enumerate(labels) if label.startswith(_SERVICE)]
    own = scores[np.arange(len(right)), [labels.index(label) for label in right]]
    return (scores[:, services] >= own[:, None]).sum(axis=1) - 1


def _gives_link(chances: np.ndarray, labels: Sequence[str]) -> bool:
    """Whether the product would answer with a link, given these probabilities."""
    prior = np.where(np.array(labels) == OFF_TOPIC, OFF_TOPIC_PRIOR, 1.0)
    weighed = chances * prior / (chances * prior).sum()
    ranking = [(labels[place], float(weighed[place])) for place in np.argsort(-weighed)]
    services = [(label, chance) for label, chance in ranking if label.startswith(_SERVICE)]
    return ranking[0][0].startswith(_SERVICE) and decide(services).kind == "answer"


def _normal(text: str) -> str:
    return normal_form(what_counts(text))


def read_examples() -> list[Example]:
    """All that the product is trained on, by the importer it is trained with."""
    from bot.nlu.importer import CatalogueImporter  # noqa: PLC0415 (Rasa only after lean_import)

    importer = CatalogueImporter("config.yml", "domain.yml", ["data/nlu", "data/stories"])
    from_catalogue = {
        (text, f"{_SERVICE}{entry.id}")
        for entry in importer.catalogue().entries.values()
        for text in (entry.title, *entry.service.keywords)
    }
    found = [(one.get("text"), one.get_full_intent()) for one in importer.get_nlu_data().intent_examples]
    return [Example(_normal(text), label, written=(text, label) not in from_catalogue) for text, label in found if text]


def sample(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """At most `count` phrasings a service; titles, keywords and the intents of conversation are all kept."""
    by_service: dict[str, list[Example]] = defaultdict(list)
    kept = []
    for example in examples:
        if example.written and example.label.startswith(_SERVICE):
            by_service[example.label].append(example)
        else:
            kept.append(example)
    chance = random.Random(seed)  # noqa: S311 (nothing secret)
    for label in sorted(by_service):
        kept += chance.sample(by_service[label], min(count, len(by_service[label])))
    return kept


# The three tables ------------------------------------------------------------------------------------------------------


def views(bench: Bench, product: Result) -> str:
    """The product's views alone and in pairs, then each candidate beside all three."""
    letters, stems, sounds = PRODUCT
    kept = [(letters,), (stems,), (sounds,), (letters, stems), (letters, sounds), (stems, sounds)]
    tried: list[tuple[str, Features]] = [
        (" + ".join(names), Features({name: PRODUCT[name] for name in names})) for names in kept
    ]
    rewritings = Rewritings([example.text for example in bench.examples])
    tried += [(f"all + {name}", Features(PRODUCT, rewriting)) for name, rewriting in rewritings.by_name().items()]
    rows = [_view_row("letters + stems + sounds (product)", product, product, bench)]
    for name, features in tried:
        _say(name)
        rows.append(_view_row(name, bench.attempt(features, LinearRanker()), product, bench))
    header = ["view", "first", "top 3", *DIFFICULTIES, "won", "lost", "false links", "fit, s", "ms"]
    return "## Views of a text\n\n" + markdown_table(header, rows)


def _view_row(name: str, result: Result, product: Result, bench: Bench) -> list[str]:
    first, before = result.places == 0, product.places == 0
    return [
        name,
        f"{result.within(1):.1%}",
        f"{result.within(3):.1%}",
        *(f"{result.within(1, bench.of_difficulty(difficulty)):.1%}" for difficulty in DIFFICULTIES),
        str((first & ~before).sum()),
        str((before & ~first).sum()),
        f"{result.false_links:.1%}",
        f"{result.fit_seconds:.1f}",
        f"{result.milliseconds:.2f}",
    ]


def classifiers(bench: Bench, product: Result) -> str:
    """Other classifiers on the product's features."""
    others: dict[str, Callable[[], Ranker]] = {
        "logistic regression (SGD)": Logistic,
        "NB-SVM": BayesWeightedSvm,
        "nearest example": NearestExample,
        "complement naive Bayes": NaiveBayes,
        "mean of SVM and nearest": Average,
    }
    results = {"linear SVM (product)": product}
    for name, make in others.items():
        _say(name)
        results[name] = bench.attempt(Features(PRODUCT), make())
    rows = [
        [
            name,
            f"{result.within(1):.1%}",
            f"{result.within(3):.1%}",
            f"{result.false_links:.1%}",
            f"{result.fit_seconds:.1f}",
            f"{result.milliseconds:.2f}",
            f"{result.within(1) * 100 / result.milliseconds:.0f}",
        ]
        for name, result in results.items()
    ]
    header = ["classifier", "first", "top 3", "false links", "fit, s", "ms", "% first / ms"]
    return "## Classifiers\n\n" + markdown_table(header, rows)


def learning_curve(bench: Bench, product: Result) -> str:
    """More phrasings a service; means over SEEDS."""
    curve: dict[str, list[Result]] = {}
    for count in COUNTS:
        _say(f"{count} phrasings")
        curve[str(count)] = [
            bench.attempt(Features(PRODUCT), LinearRanker(), sample(bench.examples, count, seed)) for seed in SEEDS
        ]
    curve["all"] = [product]
    rows = [
        [
            name,
            f"{statistics.mean(one.within(1) for one in results):.1%}",
            f"{statistics.mean(one.within(1, bench.new) for one in results):.1%}",
            f"{statistics.mean(one.within(3) for one in results):.1%}",
            f"{statistics.mean(one.false_links for one in results):.1%}",
            f"{statistics.mean(one.fit_seconds for one in results):.1f}",
        ]
        for name, results in curve.items()
    ]
    header = ["phrasings a service", "first", "first, no copies", "top 3", "false links", "fit, s"]
    return "## Learning curve\n\n" + markdown_table(header, rows)


def main() -> None:
    """Print the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/bench/ablation.md"))
    parser.add_argument("--phrasings", type=int, help="a service; for a trial run")
    arguments = parser.parse_args()
    lean_import.install()
    questions = Path("tests/nlu")
    examples = read_examples()
    if arguments.phrasings:
        examples = sample(examples, arguments.phrasings, SEEDS[0])
    bench = Bench(examples, everyday(questions), out_of_scope(questions))
    _say(f"{len(examples)} examples")
    product = bench.attempt(Features(PRODUCT), LinearRanker())
    intro = (
        f"# Ablation\n\nMade by `make ablation`: {len(examples):,} training examples, {len(bench.asked)} held-out questions. "
        f"{len(bench.asked) - sum(bench.new)} of the questions are nearly the same as an example; without them the product puts "
        f"{product.within(1, bench.new):.1%} first instead of {product.within(1):.1%}. "
        f"Of the service phrasings themselves it puts {bench.cross_validated():.1%} first when it has not seen them. "
        "A difference under one point says nothing by itself: another order of the examples makes half of one."
    )
    tables = [make(bench, product) for make in (views, classifiers, learning_curve)]
    page = "\n\n".join([intro, *tables]) + "\n"
    print(page)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(page, encoding="utf-8")


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
