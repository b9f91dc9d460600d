"""`python -m bot.evaluation.ablation`: what each part of the model is worth, and what more phrasings give.

`won` and `lost`: questions whose right service came first, or no longer did, against the product. `false links`: off-topic messages that
would get a link with confidence. Seconds and milliseconds are of processor time, without Rasa around the model. Left out are the
product's word lists, its net for danger, and telling apart two questions in one message.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from bot.answers.knowledge import knowledge
from bot.evaluation.candidates import (
    Average,
    BayesWeightedSvm,
    Features,
    Hierarchy,
    LearntVectors,
    Logistic,
    NaiveBayes,
    NearestExample,
    Ranker,
    Rewritings,
)
from bot.evaluation.questions import everyday, out_of_scope
from bot.evaluation.table import markdown_table
from bot.evaluation.trials import SERVICE, Result, Trial, read_examples, sample
from bot.nlu.linear import LinearRanker
from bot.nlu.mixture import MixedRanker

PRODUCT = {"letters": 1.0, "stems": 0.5, "sounds": 0.3}
"""The defaults of `DanishFeaturizer`."""

PHRASINGS = 40
"""A service, in every trial but the learning curve's."""

COUNTS = (10, 20, PHRASINGS)
"""Phrasings a service in the learning curve, before all of them."""

SEED = 1
DIFFICULTIES = ("easy", "middle", "hard")

Results = dict[str, Result]


def views(trial: Trial, product: Result, keywords: Mapping[str, str]) -> Results:
    """The product's views together, alone and in pairs, then each candidate beside all three."""
    letters, stems, sounds = PRODUCT
    results = {"letters + stems + sounds (product)": product}
    for names in ((letters,), (stems,), (sounds,), (letters, stems), (letters, sounds), (stems, sounds)):
        title = " + ".join(names)
        _say(title)
        results[title] = trial.attempt(Features({name: PRODUCT[name] for name in names}), MixedRanker())
    rewritings = Rewritings([example.text for example in trial.examples], keywords)
    for name, rewriting in rewritings.by_name().items():
        _say(name)
        results[f"all + {name}"] = trial.attempt(Features(PRODUCT, rewriting), MixedRanker())
    return results


def classifiers(trial: Trial, product: Result, subjects: Mapping[str, str]) -> Results:
    """Other classifiers on the product's features."""
    others: dict[str, Callable[[], Ranker]] = {
        "logistic regression (SGD)": Logistic,
        "NB-SVM": BayesWeightedSvm,
        "nearest example": NearestExample,
        "complement naive Bayes": NaiveBayes,
        "subject, then service": lambda: Hierarchy(subjects),
        "mean of SVM and nearest": Average,
        "linear SVM": LinearRanker,
        "learnt vectors": LearntVectors,
    }
    results = {"SVM and learnt vectors (product)": product}
    for name, make in others.items():
        _say(name)
        results[name] = trial.attempt(Features(PRODUCT), make())
    return results


def learning_curve(trial: Trial, product: Result, whole: Trial) -> tuple[Results, dict[str, list[bool]]]:
    """More phrasings a service; also which questions were no copies of an example."""
    results, new = {}, {}
    for count in COUNTS:
        _say(f"{count} phrasings")
        own = sample(whole.examples, count, SEED)
        results[str(count)] = product if count == PHRASINGS else trial.attempt(Features(PRODUCT), MixedRanker(), own)
        new[str(count)] = [not copy for copy in trial.copies(own)]
    _say("all phrasings")
    results["all"] = whole.attempt(Features(PRODUCT), MixedRanker())
    new["all"] = [not copy for copy in trial.copies(whole.examples)]
    return results, new


# The page -------------------------------------------------------------------------------------------------------------


def views_table(trial: Trial, results: Results) -> str:
    """As Markdown; the first row is the product."""
    before = next(iter(results.values())).places == 0
    rows = [
        [
            name,
            f"{result.within(1):.1%}",
            f"{result.within(3):.1%}",
            *(f"{result.within(1, trial.of_difficulty(difficulty)):.1%}" for difficulty in DIFFICULTIES),
            str(((result.places == 0) & ~before).sum()),
            str((before & (result.places != 0)).sum()),
            f"{result.false_links:.1%}",
            f"{result.fit_seconds:.1f}",
            f"{result.milliseconds:.2f}",
        ]
        for name, result in results.items()
    ]
    header = ["view", "first", "top 3", *DIFFICULTIES, "won", "lost", "false links", "fit, s", "ms"]
    return "## Views of a text\n\n" + markdown_table(header, rows)


def classifiers_table(results: Results) -> str:
    """As Markdown."""
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


def curve_table(results: Results, new: Mapping[str, list[bool]]) -> str:
    """As Markdown; `new`: which questions are no copies, by name of result."""
    rows = [
        [
            name,
            f"{result.within(1):.1%}",
            f"{result.within(1, new[name]):.1%}",
            f"{result.within(3):.1%}",
            f"{result.false_links:.1%}",
            f"{result.fit_seconds:.1f}",
        ]
        for name, result in results.items()
    ]
    header = ["phrasings a service", "first", "first, no copies", "top 3", "false links", "fit, s"]
    return "## Learning curve\n\n" + markdown_table(header, rows)


def _plot(path: Path, *panels: tuple[str, Results]) -> None:
    """One panel of horizontal bars for each set of results: right service first, in per cent."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "ablation"  # the same figures give the same file
    figure, axes = plt.subplots(1, len(panels), figsize=(14, 4.5), layout="constrained")
    for axis, (title, results) in zip(axes, panels):
        _bars(axis, title, results)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _bars(axis: Any, title: str, results: Results) -> None:
    shares = [result.within(1) * 100 for result in results.values()]
    bars = axis.barh(list(results), shares, color="#1b6ca8")
    axis.bar_label(bars, [f"{share:.1f}" for share in shares], padding=3, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlim(min(shares) * 0.9, 102)
    axis.set_xlabel("% right service first")
    axis.set_title(title)


def main() -> None:
    """Print the tables and write the page and the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/bench/ablation.md"))
    arguments = parser.parse_args()
    held_out = Path("tests/nlu")
    catalogue = knowledge().catalogue
    questions = everyday(held_out), out_of_scope(held_out)
    whole = Trial(read_examples(Path("data/nlu"), catalogue), *questions)
    trial = Trial(sample(whole.examples, PHRASINGS, SEED), *questions)
    subjects = {f"{SERVICE}{service}": entry.subject for service, entry in catalogue.entries.items()}
    keywords = {
        keyword: entry.id for entry in catalogue.entries.values() for keyword in (entry.title, *entry.service.keywords)
    }
    _say(f"{len(trial.examples)} examples")
    product = trial.attempt(Features(PRODUCT), MixedRanker())
    by_view = views(trial, product, keywords)
    by_classifier = classifiers(trial, product, subjects)
    by_count, new = learning_curve(trial, product, whole)
    services = sum(label.startswith(SERVICE) for label in {example.label for example in trial.examples})
    page = "\n\n".join(
        [
            f"# Ablation\n\nMade by `python -m bot.evaluation.ablation`. {services} services, at most {PHRASINGS} phrasings each where "
            f"nothing else is said: {len(trial.examples):,} training examples with the acts of conversation. "
            f"{len(trial.asked):,} held-out questions, {statistics.mean(new[str(PHRASINGS)]):.0%} of them unlike every example. "
            f"A difference under {_noise(product):.1f} points may be chance.",
            views_table(trial, by_view),
            classifiers_table(by_classifier),
            curve_table(by_count, new),
            "![Right service first](ablation.svg)\n",
        ]
    )
    print(page)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(page, encoding="utf-8")
    _plot(
        arguments.output.with_suffix(".svg"),
        ("views", by_view),
        ("classifiers", by_classifier),
        ("phrasings a service", by_count),
    )


def _noise(result: Result) -> float:
    """Two standard errors of the share put first, in points."""
    share = result.within(1)
    return 200 * float(np.sqrt(share * (1 - share) / len(result.places)))


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
