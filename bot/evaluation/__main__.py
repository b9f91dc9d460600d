"""`python -m bot.evaluation`: how well citizens are understood, as a table, a page, and beside the last release."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from bot.answers.knowledge import knowledge
from bot.engine import lean_import
from bot.engine.model_file import newest_model
from bot.evaluation.figures import (
    confusions,
    false_links,
    rates,
    rates_by,
    reliability,
    share_with_intent,
)
from bot.evaluation.page import write_page
from bot.evaluation.questions import everyday, out_of_scope, wants_human
from bot.evaluation.understanding import understand
from bot.log import configure_logging

MOST_FALL = 0.01
"""A figure that falls by more than one point against the last release fails the check."""

HUMAN_INTENTS = ("tal_med_menneske", "frustration", "personsag")
"""All of these lead to a human."""


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
    model = arguments.model or newest_model(Path("models"))
    sets = everyday(arguments.questions), out_of_scope(arguments.questions), wants_human(arguments.questions)
    found = understand(model, [question.text for questions in sets for question in questions])
    asked, strange, human = (list(zip(questions, [found.pop(0) for _ in questions])) for questions in sets)
    whole = rates(asked)
    figures = {
        "first": whole.first,
        "top3": whole.top3,
        "right_or_asked": 1.0 - whole.wrong_link,
        "no_false_link": 1.0 - false_links([one for _, one in strange]),
        "human": share_with_intent([one for _, one in human], HUMAN_INTENTS),
    }
    entries = knowledge().catalogue.entries
    tables = {
        "Sværhed": rates_by(asked, lambda question: question.difficulty),
        "Skribent": rates_by(asked, lambda question: question.writer),
        "Emne": rates_by(asked, lambda question: entries[question.service or ""].subject),
    }
    milliseconds = statistics.median(one.seconds for _, one in asked) * 1000
    before = json.loads(arguments.release.read_text()) if arguments.release.exists() else {}
    _print_table(figures, before, milliseconds, tables)
    write_page(arguments.page, figures, before, tables, asked, strange, human, confusions(asked), reliability(asked))
    print(f"\n{arguments.page}")
    if arguments.accept:
        arguments.release.write_text(
            json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2) + "\n"
        )
        return 0
    fallen = [name for name, value in figures.items() if value < before.get(name, 0.0) - MOST_FALL]
    for name in fallen:
        print(f"{name} fell from {before[name]:.1%} to {figures[name]:.1%}", file=sys.stderr)
    return 1 if fallen else 0


def _print_table(figures, before, milliseconds, tables) -> None:  # type: ignore[no-untyped-def]
    print(f"{'figure':<18}{'now':>8}{'release':>10}")
    for name, value in figures.items():
        print(f"{name:<18}{value:>8.1%}{before.get(name, float('nan')):>10.1%}")
    print(f"{'parse, ms':<18}{milliseconds:>8.1f}")
    for title, rows in tables.items():
        print(f"\n{title:<24}{'n':>5}{'first':>8}{'top 3':>8}{'wrong':>8}")
        for name, row in rows.items():
            print(f"{name:<24}{row.questions:>5}{row.first:>8.1%}{row.top3:>8.1%}{row.wrong_link:>8.1%}")


if __name__ == "__main__":
    sys.exit(main())
