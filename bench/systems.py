"""The systems that are compared: how each is trained and asked, each in processes of its own, one at a time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bench.figures import Latency, Understanding
from bench.sample import Examples
from bench.watched import Watched
from bot.evaluation.questions import Question

_NLPJS = Path(__file__).parent / "nlpjs"
_RASA_DEFAULT = Path(__file__).parent / "rasa_default.yml"
_RASA_NLU = (sys.executable, "-m", "bench.rasa_nlu")


@dataclass(frozen=True)
class System:
    """Commands that train and ask. `answer` is completed with a file of texts and a file for the answers."""

    train: tuple[str, ...]
    answer: tuple[str, ...]
    model: Path
    phrasings: int


def our_pipeline(work: Path, examples: Examples) -> System:
    """Our pipeline of `config.yml`, trained by `rasa train nlu` on the drawn phrasings and nothing else."""
    config = YAML(typ="safe").load(Path("config.yml").read_text(encoding="utf-8"))
    kept = {key: config[key] for key in ("recipe", "assistant_id", "language", "pipeline")}
    written = work / "config.yml"
    _write_yaml(written, kept)
    return _rasa(work, written, examples, "service/", ("--lean",))


def our_product(work: Path, phrasings: int) -> System:
    """All of the product, as `make train` makes it: every phrasing, the intents of conversation, titles, keywords and rules.

    `phrasings` is for the table only.
    """
    models = work / "models"
    return System(
        (sys.executable, "-m", "bot.engine.train", "--output", str(models)),
        (*_RASA_NLU, "--lean", "answer", str(models)),
        models,
        phrasings,
    )


def rasa_default(work: Path, examples: Examples) -> System:
    """The pipeline that `rasa init` gives, trained by `rasa train nlu`; services are plain intents."""
    return _rasa(work, _RASA_DEFAULT, examples, "", ())


def nlpjs(work: Path, examples: Examples) -> System | str:
    """nlp.js, installed by npm at the first use; or why it can't be measured here."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "Node.js is not installed"
    if not (_NLPJS / "node_modules").exists():
        command = (npm, "ci", "--no-audit", "--no-fund")
        made = subprocess.run(command, check=False, cwd=_NLPJS, capture_output=True, text=True)
        if made.returncode:
            return f"npm could not install it: {(made.stderr.strip().splitlines() or ['no reason given'])[-1]}"
    drawn = work / "examples.json"
    drawn.write_text(json.dumps(examples, ensure_ascii=False), encoding="utf-8")
    model = work / "model.json"
    peer = (node, str(_NLPJS / "peer.js"))
    return System(
        (*peer, "train", str(drawn), str(model)), (*peer, "answer", str(model)), model, sum(map(len, examples.values()))
    )


def measure(system: System, work: Path, questions: Sequence[Question]) -> Understanding:
    """Train, start, ask each question once. Raises RuntimeError with the end of the log if a process fails."""
    environment = {"RASA_CACHE_DIRECTORY": str(work / "cache")}  # Rasa would otherwise skip what it trained last time
    with Watched(system.train, work / "train.log", environment) as training:
        train_s = training.finish()
    texts, answers = work / "texts.json", work / "answers.json"
    texts.write_text(json.dumps([question.text for question in questions]), encoding="utf-8")
    with Watched((*system.answer, str(texts), str(answers)), work / "answer.log", environment) as answering:
        start_s = answering.ready()
        answering.finish()
    found = json.loads(answers.read_text(encoding="utf-8"))
    latency = Latency.of([one["seconds"] for one in found])
    pairs = [(question.service, one["ranking"]) for question, one in zip(questions, found)]
    return Understanding(
        phrasings=system.phrasings,
        train_s=train_s,
        train_mb=training.peak_mb,
        model_mb=_size_mb(system.model),
        start_s=start_s,
        memory_mb=answering.peak_mb,
        parse_p50_ms=latency.p50,
        parse_p95_ms=latency.p95,
        first=sum(right in ranking[:1] for right, ranking in pairs) / len(pairs),
        top3=sum(right in ranking[:3] for right, ranking in pairs) / len(pairs),
    )


def _rasa(work: Path, config: Path, examples: Examples, prefix: str, options: Sequence[str]) -> System:
    drawn, model = work / "nlu.yml", work / "model.tar.gz"
    _write_yaml(
        drawn,
        {
            "version": "3.1",
            "nlu": [
                {"intent": prefix + service, "examples": "".join(f"- {text}\n" for text in texts)}
                for service, texts in examples.items()
            ],
        },
    )
    return System(
        (*_RASA_NLU, *options, "train", str(config), str(drawn), str(model)),
        (*_RASA_NLU, *options, "answer", str(model)),
        model,
        sum(map(len, examples.values())),
    )


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(content, stream)


def _size_mb(model: Path) -> float:
    """A file's size, or that of all files in a folder."""
    files = model.rglob("*") if model.is_dir() else (model,)
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
