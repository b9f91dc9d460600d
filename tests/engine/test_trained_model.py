"""The trained model as a citizen and as a Rasa developer meet it. Needs `make train` (which `make test` runs first)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.answers.knowledge import knowledge
from bot.conversation.emergency import EmergencyCheck
from bot.engine import lean_import
from bot.engine.model_file import newest_model
from bot.evaluation.understanding import understand
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
RASA = Path(sys.executable).with_name("rasa")


def run(*command: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_no_figure_fell_since_the_last_release(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    checked = run(sys.executable, "-m", "bot.evaluation", "--page", page)
    assert checked.returncode == 0, checked.stdout + checked.stderr[-2000:]
    assert "Hvor godt forstår botten borgerne?" in page.read_text(encoding="utf-8")


def test_the_check_stops_when_a_figure_fell(tmp_path: Path) -> None:
    better = tmp_path / "release.json"
    better.write_text(json.dumps({"no_false_link": 1.5}), encoding="utf-8")
    checked = run(sys.executable, "-m", "bot.evaluation", "--page", tmp_path / "report.html", "--release", better)
    assert checked.returncode == 1
    assert "no_false_link fell" in checked.stderr


def test_rasa_data_validate() -> None:
    validated = run(RASA, "data", "validate", "--fail-on-warnings", "--max-history", "1")
    output = validated.stdout + validated.stderr
    assert "No story structure conflicts found" in output, output[-3000:]
    assert "labeled with multiple different intents" not in output


def test_rasa_shell_nlu() -> None:
    shell = run(RASA, "shell", "nlu", stdin="mit gule kort er blevet væk\n")
    assert '"sundhedskort"' in shell.stdout, shell.stderr[-3000:]


def test_rasa_test_nlu(tmp_path: Path) -> None:
    questions = tmp_path / "questions.yml"
    questions.write_text(
        'version: "3.1"\nnlu:\n- intent: service/storskrald\n  examples: |\n    - hvornår henter I min gamle sofa\n'
        "- intent: hilsen\n  examples: |\n    - goddag derinde\n",
        encoding="utf-8",
    )
    tested = run(RASA, "test", "nlu", "--nlu", questions, "--out", tmp_path / "results", "--no-plot")
    assert tested.returncode == 0, tested.stderr[-3000:]
    report = json.loads((tmp_path / "results" / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == pytest.approx(1.0)


def test_the_name_of_every_service_is_understood_in_a_plain_question() -> None:
    # Hard phrasings once drew the plainest questions away, which no held-out set showed.
    lean_import.install()
    names = [(entry.id, entry.title.partition(" (")[0].lower()) for entry in knowledge().catalogue.entries.values()]
    phrases = ("jeg har et spørgsmål om {} tak", "hvordan søger man om {}", "hej jeg ville lige høre om {}")
    asked = [(service, phrase.format(name)) for service, name in names for phrase in phrases]
    emergency = EmergencyCheck.load(Settings().emergency_lexicon)
    found = understand(newest_model(Path("models")), [text for _, text in asked], emergency)
    understood = [one.intent == "service" and service in one.services for (service, _), one in zip(asked, found)]
    lost = [text for (_, text), right in zip(asked, understood) if not right]
    assert len(lost) <= len(asked) // 100, lost
