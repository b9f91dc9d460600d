"""`python -m bot.evaluation`: how well citizens are understood, as a table, a page, and beside the last release."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.answers.knowledge import knowledge
from bot.catalogue.load import read_service_file
from bot.conversation.emergency import EmergencyCheck
from bot.conversation.language import Languages
from bot.engine import lean_import
from bot.engine.model_file import newest_model
from bot.evaluation.assessment import Assessment, assess
from bot.evaluation.page import write_page
from bot.log import configure_logging
from bot.settings import Settings

MOST_FALL = 0.01
"""A figure that falls by more than one point against the last release fails the check."""


def main() -> int:
    """Print the table, write the page, compare. Exit code 1 when a figure fell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="model file; default: the newest in models/")
    parser.add_argument("--questions", type=Path, default=Path("tests/nlu"), help="folder with held-out questions")
    parser.add_argument("--page", type=Path, default=Path("report/index.html"))
    parser.add_argument(
        "--release", type=Path, default=Path("tests/nlu/release.json"), help="figures of the last release"
    )
    parser.add_argument("--accept", action="store_true", help="make these figures the release's")
    arguments = parser.parse_args()
    configure_logging("WARNING")
    lean_import.install()
    settings = Settings()
    catalogue = knowledge().catalogue
    assessment = assess(
        arguments.model or newest_model(Path("models")),
        arguments.questions,
        EmergencyCheck.load(settings.emergency_lexicon),
        Languages.load(settings.languages, catalogue.municipality.placeholders()),
    )
    figures = assessment.figures()
    subjects = {service: entry.subject for service, entry in catalogue.entries.items()}
    before = json.loads(arguments.release.read_text()) if arguments.release.exists() else {}
    _print_tables(assessment, figures, before, subjects)
    names = {service: entry.title for service, entry in catalogue.entries.items()}
    names |= {path.stem: read_service_file(path).title for path in sorted(Path("data/services").glob("*.yml"))}
    write_page(arguments.page, assessment, before, subjects, names)
    print(f"\n{arguments.page}")
    if arguments.accept:
        kept = {name: round(value, 4) for name, value in figures.items()}
        arguments.release.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        return 0
    fallen = fallen_figures(figures, before)
    for name in fallen:
        print(f"{name} fell from {before[name]:.1%} to {figures[name]:.1%}", file=sys.stderr)
    return 1 if fallen else 0


def fallen_figures(figures: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Names of the figures that are more than MOST_FALL lower than before."""
    return [name for name, value in figures.items() if value < before.get(name, 0.0) - MOST_FALL - 1e-9]


def _print_tables(
    assessment: Assessment, figures: Mapping[str, float], before: Mapping[str, float], subjects: Mapping[str, str]
) -> None:
    print(f"{'figure':<20}{'now':>8}{'release':>10}")
    for name, value in figures.items():
        print(f"{name:<20}{value:>8.1%}{before.get(name, float('nan')):>10.1%}")
    print(f"{'parse, ms':<20}{assessment.milliseconds():>8.1f}")
    for title, rows in assessment.tables(subjects).items():
        print(f"\n{title:<24}{'n':>5}{'first':>8}{'top 3':>8}{'wrong':>8}")
        for name, row in rows.items():
            print(f"{name:<24}{row.questions:>5}{row.first:>8.1%}{row.top3:>8.1%}{row.wrong_link:>8.1%}")
    print(f"\n{'Fare':<24}{'n':>5}{'seen':>8}{'kind':>8}")
    for kind, watch in assessment.watch().items():
        print(f"{kind:<24}{watch.messages:>5}{watch.seen:>8.1%}{watch.told:>8.1%}")


if __name__ == "__main__":
    sys.exit(main())
