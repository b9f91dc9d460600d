"""`python -m bot.evaluation.phrasings`: a linter for phrasings. Errors stop; hints don't.

Errors: the same phrasing under two services (the model cannot learn both), a service with too few phrasings.
Hints: nearly the same phrasing under two services, a list that smells of a template, and with `--cross-validate` the phrasings
that a model trained on the others puts under another service.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Indel
from ruamel.yaml import YAML

from bot.nlu.features import TextFeatures
from bot.nlu.linear import LinearRanker
from bot.nlu.text import normal_form, words

LEAST = 15
"""Phrasings a service must have."""
NEARLY = 0.93
"""Likeness (normalised Indel) from which two phrasings count as the same."""
SMELL = 0.2
"""Largest share of a list that may open with the same three words."""
MOST_SHOWN = 40


@dataclass(frozen=True)
class Phrasing:
    """A line of `data/nlu`; `line` counts from 1."""

    text: str
    intent: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}, linje {self.line}: {self.intent}: «{self.text}»"


def read_phrasings(folder: Path) -> list[Phrasing]:
    """All phrasings with their places."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        node = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        for entry in node["nlu"]:
            first = entry.lc.value("examples")[0] + 2
            for offset, line in enumerate(str(entry["examples"]).splitlines()):
                text = line.removeprefix("- ").strip()
                if text:
                    found.append(Phrasing(text, entry["intent"], path, first + offset))
    return found


def clashes(phrasings: Sequence[Phrasing]) -> Iterator[str]:
    """The same words under two intents."""
    seen: dict[str, Phrasing] = {}
    for phrasing in phrasings:
        first = seen.setdefault(normal_form(phrasing.text), phrasing)
        if first.intent != phrasing.intent:
            yield f"{phrasing}\n    står også under {first.intent} ({first.path.name}, linje {first.line}). Behold den ét sted."


def thin(phrasings: Sequence[Phrasing]) -> Iterator[str]:
    """Intents with too few phrasings."""
    counted = Counter(phrasing.intent for phrasing in phrasings)
    paths = {phrasing.intent: phrasing.path for phrasing in phrasings}
    for intent, count in counted.items():
        if count < LEAST:
            yield f"{paths[intent]}: {intent} har {count} formuleringer. Skriv mindst {LEAST}."


def near_clashes(phrasings: Sequence[Phrasing]) -> Iterator[str]:
    """Nearly the same words under two intents; compared within lines that share one of their two rarest words."""
    counted = Counter(word for phrasing in phrasings for word in set(words(phrasing.text)))
    by_rare: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        # Two, because the one that is spelt otherwise is itself the rarest.
        for rare in sorted(set(words(phrasing.text)), key=lambda word: (counted[word], word))[:2]:
            by_rare[rare].append(phrasing)
    told = set()
    for group in by_rare.values():
        for left, right in combinations(group, 2):
            if left.intent == right.intent or (left, right) in told:
                continue
            if Indel.normalized_similarity(left.text, right.text, score_cutoff=NEARLY):
                told.add((left, right))
                yield f"{left}\n    ligner {right}"


def smells(phrasings: Sequence[Phrasing]) -> Iterator[str]:
    """Lists where many lines open alike."""
    lists: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        lists[phrasing.intent].append(phrasing)
    for intent, lines in lists.items():
        openings = Counter(" ".join(words(line.text)[:3]) for line in lines if len(words(line.text)) > 3)
        for opening, count in openings.most_common(1):
            if count > max(3, SMELL * len(lines)):
                yield f"{lines[0].path}: {intent}: {count} linjer begynder med «{opening}». Skriv dem forskelligt."


def mistaken(phrasings: Sequence[Phrasing]) -> Iterator[str]:
    """Phrasings that a model trained on the others surely puts elsewhere, the surest first."""
    kept = [one for one in phrasings if one.text]
    ranker = LinearRanker()
    features = TextFeatures({"letters": 1.0, "stems": 0.5, "sounds": 0.3}).fit_transform(
        [normal_form(one.text) for one in kept]
    )
    margins = ranker.cross_validate(features, [one.intent for one in kept])
    own = margins[np.arange(len(kept)), [ranker.labels.index(one.intent) for one in kept]]
    gaps = margins.max(axis=1) - own
    for index in np.argsort(-gaps):
        if gaps[index] <= 0.5:
            return
        yield f"{kept[index]}\n    ligner mest {ranker.labels[int(margins[index].argmax())]}"


def main() -> int:
    """Print errors and hints; exit code 1 when there is an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("data/nlu"))
    parser.add_argument(
        "--cross-validate", action="store_true", help="also find phrasings that look like another service"
    )
    arguments = parser.parse_args()
    phrasings = read_phrasings(arguments.folder)
    errors = [*clashes(phrasings), *thin(phrasings)]
    hints = [*near_clashes(phrasings), *smells(phrasings)]
    if arguments.cross_validate:
        hints += mistaken(phrasings)
    for error in errors:
        print("FEJL ", error)
    for hint in hints[:MOST_SHOWN]:
        print("råd  ", hint)
    intents = {phrasing.intent for phrasing in phrasings}
    print(f"{len(phrasings)} formuleringer til {len(intents)} emner: {len(errors)} fejl, {len(hints)} råd.")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
