"""`python -m bench`: train, start and ask ours and its peers on the same phrasings, load the real server, write docs/bench/.

One thing runs at a time, so that nothing is measured while something else takes the cores. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Understanding
from bench.growth import SIZES, measure_growth
from bench.report import OURS, WHOLE, Run, tables, write
from bench.sample import SEED, Examples, by_service, draw
from bench.served import measure_server
from bench.systems import System, measure, nlpjs, our_pipeline, our_product, rasa_default
from bot.evaluation.phrasings import read_phrasings
from bot.evaluation.questions import everyday
from bot.nlu.linear import HELD_OUT

_BEGUN = time.perf_counter()


def main() -> int:
    """Measure what is asked for; print the tables, write the files."""
    arguments = _arguments()
    every = read_phrasings(Path("data/nlu"))
    drawn = draw(by_service(every), arguments.phrasings, arguments.services, SEED)
    questions = [question for question in everyday(Path("tests/nlu")) if question.service in drawn]
    systems: dict[str, Callable[[Path, Examples], System | str]] = {OURS: our_pipeline}
    if not arguments.services:
        systems[WHOLE] = lambda work, _: our_product(work, len(every))
    if not arguments.without_peers:
        systems |= {"Rasa default": rasa_default, "nlp.js": nlpjs}
    rows: dict[str, Understanding] = {}
    notes = []
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        for name, prepare in systems.items():
            work = Path(temporary, name.replace(" ", "_"))
            work.mkdir()
            _say(name)
            system = prepare(work, drawn)
            if isinstance(system, str):
                notes.append(f"{name} was left out: {system}.")
                _say(notes[-1])
            else:
                rows[name] = measure(system, work, questions)
        served = None
        if arguments.seconds > 0:
            _say("the server")
            texts = [question.text for question in questions]
            served = measure_server(Path(temporary), texts, arguments.messages, arguments.seconds)
        growth = []
        if arguments.growth:
            _say("growth")
            growth = measure_growth(Path(temporary), arguments.growth)
    run = Run(rows, len(questions), len(drawn), served, growth, notes)
    print(tables(run))
    write(run, arguments.output)
    _say(str(arguments.output))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrasings", type=int, default=10, help="phrasings a service that every system is trained on")
    parser.add_argument("--services", type=int, help="only so many services (for a trial run)")
    parser.add_argument("--without-peers", action="store_true", help="only ours")
    parser.add_argument("--messages", type=int, default=320, help="messages in each measurement of the server's waits")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="of full load on the server; 0: leave the server out"
    )
    parser.add_argument(
        "--growth",
        type=int,
        nargs="*",
        metavar="SERVICES",
        help=f"also larger catalogues: these sizes, or {', '.join(map(str, SIZES))}",
    )
    parser.add_argument("--output", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    if arguments.phrasings < HELD_OUT:
        parser.error(f"--phrasings: at least {HELD_OUT}, as our calibration holds out one in {HELD_OUT}")
    if arguments.growth is not None:
        arguments.growth = tuple(arguments.growth) or SIZES
    return arguments


def _say(what: str) -> None:
    print(f"{time.perf_counter() - _BEGUN:6.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
