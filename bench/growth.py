"""How time and memory grow with the catalogue: `python -m bench.growth SERVICES RESULT`, one size in a process of its own.

Measured is the model itself, `TextFeatures` and `MixedRanker`, without Rasa around it. The catalogue is made by `sample.multiply`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from bench.figures import Latency
from bench.sample import SEED, by_service, draw, multiply
from bench.watched import Watched
from bot.evaluation.phrasings import read_phrasings
from bot.evaluation.questions import everyday
from bot.nlu.features import WORDS, TextFeatures
from bot.nlu.mixture import MixedRanker
from bot.nlu.text import normal_form

SIZES = (180, 600, 1_800)
PHRASINGS = 40
"""A service; fewer where fewer are written."""

VIEWS = {"letters": 1.0, "stems": 0.5, "sounds": 0.3}
"""The defaults of `DanishFeaturizer`, which cannot be imported without Rasa's memory."""

_BEST = 10


def measure_growth(work: Path, sizes: tuple[int, ...] = SIZES) -> list[dict[str, float]]:
    """By size: `services`, `phrasings`, `terms`, `train_s`, `parse_p50_ms`, `parse_p95_ms`, `peak_mb` of training and parsing."""
    rows = []
    for size in sizes:
        result = work / f"growth_{size}.json"
        with Watched((sys.executable, "-m", "bench.growth", str(size), str(result)), work / "growth.log") as process:
            process.finish()
        rows.append({**json.loads(result.read_text()), "peak_mb": process.peak_mb})
    return rows


def main() -> None:
    """Train and parse at one size."""
    services, result = int(sys.argv[1]), Path(sys.argv[2])
    grown = multiply(draw(by_service(read_phrasings(Path("data/nlu"))), PHRASINGS, seed=SEED), services)
    texts = [normal_form(text) for own in grown.values() for text in own]
    labels = [service for service, own in grown.items() for _ in own]
    begun = time.perf_counter()
    features, ranker = TextFeatures(VIEWS), MixedRanker()
    rows = features.fit_transform(texts)
    ranker.fit(rows, labels, features.columns(WORDS))
    train_s = time.perf_counter() - begun
    waits = []
    for question in everyday(Path("tests/nlu")):
        begun = time.perf_counter()
        chances = ranker.probabilities(features.transform([normal_form(question.text)]))[0]
        np.argpartition(-chances, _BEST)[:_BEST]
        waits.append(time.perf_counter() - begun)
    latency = Latency.of(waits)
    measured = {
        "services": services,
        "phrasings": len(texts),
        "terms": rows.shape[1],
        "train_s": train_s,
        "parse_p50_ms": latency.p50,
        "parse_p95_ms": latency.p95,
    }
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
