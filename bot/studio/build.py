"""`python -m bot.studio.build JOB`: check, train and compare a publication, in a process of its own and in its own copy of the files.

Runs in the publication's folder, where `data/`, `config.yml` and `domain.yml` are copies with the drafts put in. Prints one JSON object
a line, `{"state": …, "progress": 0-100}`, and leaves `report.json`:

    problems   what must be mended before it can go live; Danish sentences with file and line
    hints      what an editor may want to look at
    compare    see bot/studio/comparison.py
    seconds    {"check": …, "train": …, "compare": …}
    model      name of the model file, in the folder `model`

It ends when its standard input closes, so that it never outlives the server that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.answers.knowledge import DANISH, load_languages
from bot.catalogue.problem import ContentError
from bot.engine import lean_import
from bot.evaluation.phrasings import NEARLY, Phrasing, clashes, smells, thin
from bot.log import configure_logging
from bot.nlu.text import normal_form
from bot.settings import Settings
from bot.studio.comparison import choose_sentences, compare, hear
from bot.studio.content_files import ContentFiles
from bot.studio.sentence_files import SERVICE_INTENT, intent_of
from bot.texts import Texts

NICE = 10
REPORT = Path("report.json")
MODEL = Path("model")
TRAINED_FROM, TRAINED_TO = 10, 85
"""Progress at which training begins and ends."""


def main() -> int:
    """Exit code 0: ready; 1: there are problems, told in the report."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.nice(NICE)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    settings = Settings()
    configure_logging("WARNING")
    report: dict[str, Any] = {"problems": [], "hints": [], "compare": None, "seconds": {}, "model": None}
    data = settings.municipality.parents[1]
    try:
        _tell("checking", 2)
        with _timed(report, "check"):
            served = _check(settings, data, job, report)
        if not report["problems"]:
            _train_and_compare(data, job, report, served)
    except ContentError as error:
        report["problems"] += [str(problem) for problem in error.problems]
    REPORT.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    return 1 if report["problems"] else 0


def _check(settings: Settings, data: Path, job: dict[str, Any], report: dict[str, Any]) -> set[str]:
    """Schema, readability, links, translations; then phrasings that clash. Raises ContentError for the first.

    Returns the ids of the services that the municipality serves.
    """
    served = set(load_languages(settings)[DANISH].catalogue.entries)
    files = ContentFiles(data)
    broken = files.broken("nlu", "tests")
    if broken:
        raise ContentError(broken)
    texts = Texts.load(settings.texts.with_name("desk.yml"))
    phrasings = files.places()
    ours = [one for one in phrasings if one.intent in {intent_of(service) for service in job["services"]}]
    words = {normal_form(one.text) for one in ours}
    report["problems"] += [*clashes([one for one in phrasings if normal_form(one.text) in words]), *thin(ours)]
    report["hints"] += [*smells(ours), *_near(phrasings, job["added"])]
    for service in job["services"]:
        report["hints"] += [
            texts.say("studio_translation_old", titel=translation.title)
            for _, translation in files.translations(service)
        ]
    return served


def _train_and_compare(data: Path, job: dict[str, Any], report: dict[str, Any], served: set[str]) -> None:
    _tell("training", TRAINED_FROM)
    lean_import.install()
    from bot.engine.train import train  # noqa: PLC0415 (after lean_import)

    with _timed(report, "train"), _progress(job["expected_seconds"]) as done:
        model = train(MODEL, progress=done)
    report["model"] = model.name
    _tell("comparing", TRAINED_TO)
    with _timed(report, "compare"):
        files = ContentFiles(data)
        live = [Phrasing(text, intent, Path(), 0) for text, intent in json.loads(Path("live.json").read_bytes())]
        known = {intent_of(service) for service in served}
        chosen = choose_sentences(live, files.places(), files.tests())
        # What the municipality hides is in no model.
        sentences = [one for one in chosen if one.right in known or not one.right.startswith(f"{SERVICE_INTENT}/")]
        texts = [sentence.text for sentence in sentences]
        after = hear(model, texts)
        _tell("comparing", 95)
        before = hear(Path(job["live_model"]), texts)
        report["compare"] = compare(sentences, before, after)


def _near(phrasings: Sequence[Phrasing], added: Sequence[Sequence[str]]) -> Iterator[str]:
    """New phrasings that are nearly those of something else."""
    forms = [normal_form(one.text) for one in phrasings]
    for text, intent in added:
        hits = process.extract(
            normal_form(text), forms, scorer=Indel.normalized_similarity, score_cutoff=NEARLY, limit=5
        )
        for _, _, place in hits:
            if phrasings[place].intent != intent:
                yield f"{intent}: «{text}»\n    ligner {phrasings[place]}"
                break


@contextmanager
def _timed(report: dict[str, Any], name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    report["seconds"][name] = round(time.monotonic() - begun, 1)


@contextmanager
def _progress(expected: float) -> Iterator[Callable[[float], None]]:
    """Tells once a second how far the training is: by its steps, or by the clock where one step takes long."""
    begun, steps, over = time.monotonic(), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            by_clock = min(0.95, (time.monotonic() - begun) / expected)
            _tell("training", TRAINED_FROM + int((TRAINED_TO - TRAINED_FROM) * max(steps[0], by_clock)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda share: steps.__setitem__(0, share)
    finally:
        over.set()
        watcher.join()


def _tell(state: str, progress: int) -> None:
    print(json.dumps({"state": state, "progress": progress}), flush=True)


def _end_with_the_server() -> None:
    while os.read(0, 1):  # not `sys.stdin`, whose lock the interpreter wants when it ends
        pass
    os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
