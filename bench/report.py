"""`docs/bench/bench.md`, `bench.json` and `bench.svg`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import psutil
from matplotlib import pyplot as plt

from bench.figures import COSTS, SHARES, Understanding, comparison, number, ratios
from bot.evaluation.table import markdown_table

OURS = "Odder-bot"
WHOLE = "Odder-bot, whole"

_SERVED = {
    "http_alone": "HTTP, alone",
    "socket_alone": "WebSocket, alone",
    "http_crowd": "HTTP, 16 at once",
    "socket_crowd": "WebSocket, 16 at once",
    "full": "WebSocket, 32 at once",
}
_COLOURS = {OURS: "#1b6ca8", WHOLE: "#7fb2d6", "Rasa default": "#c0562f", "nlp.js": "#7a8b3c"}


@dataclass(frozen=True)
class Run:
    """All that one run measured; what was not measured is None or empty.

    Attributes:
        rows: by system.
        questions: held-out questions asked.
        services: services trained on.
        served: see `served.measure_server`.
        growth: see `growth.measure_growth`.
        notes: why something was left out.
    """

    rows: Mapping[str, Understanding]
    questions: int
    services: int
    served: Mapping[str, Any] | None
    growth: Sequence[Mapping[str, float]]
    notes: Sequence[str]


def machine() -> dict[str, str]:
    """What it ran on."""
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": platform.system(),
        "python": platform.python_version(),
    }


def tables(run: Run) -> str:
    """The run in Markdown."""
    parts = [
        "# Bench",
        "Made by `make bench`; how each figure is measured is told in `bench/figures.py`, `bench/systems.py`, "
        "`bench/served.py` and `bench/growth.py`.\n"
        + ", ".join(f"{name}: {value}" for name, value in machine().items())
        + ".",
        "## Understanding",
        f"{run.questions} held-out questions about {run.services} services. In brackets: times as much as {OURS}; "
        "for shares, points from it. "
        f"Same phrasings for all but «{WHOLE}», which is the product as it is served.",
        comparison(run.rows, OURS),
    ]
    if run.served:
        served = run.served
        parts += [
            "## The server",
            f"Ready {number(served['start_s'])} s after start; {number(served['ready_mb'])} MB when ready, "
            f"{number(served['peak_mb'])} MB at most. Nobody pauses: each citizen asks again as soon as there is an answer. "
            "The citizens' own work is done on the same cores.",
            markdown_table(
                ["", "messages", "p50, ms", "p95, ms", "messages/s", "failed"],
                [
                    [
                        title,
                        f"{served[name]['messages']:,}",
                        *(number(served[name][figure]) for figure in ("p50_ms", "p95_ms", "per_second")),
                        str(served[name]["failures"]),
                    ]
                    for name, title in _SERVED.items()
                ],
            ),
        ]
    if run.growth:
        parts += [
            "## Growth",
            "The model alone, on copies of the catalogue that each have invented words of their own.",
            markdown_table(
                ["services", "phrasings", "terms", "train, s", "parse p50, ms", "parse p95, ms", "memory, MB"],
                [
                    [
                        f"{row['services']:,}",
                        f"{row['phrasings']:,}",
                        f"{row['terms']:,}",
                        *(number(row[name]) for name in ("train_s", "parse_p50_ms", "parse_p95_ms", "peak_mb")),
                    ]
                    for row in run.growth
                ],
            ),
        ]
    return "\n\n".join([*parts, *run.notes]) + "\n"


def write(run: Run, folder: Path) -> None:
    """Write the three files; what was there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.md").write_text(tables(run) + "\n![Costs and accuracy](bench.svg)\n", encoding="utf-8")
    content = {"machine": machine(), **asdict(run)}
    (folder / "bench.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _plot(run, folder / "bench.svg")


def _plot(run: Run, path: Path) -> None:
    """Left: costs as times ours; right: accuracy."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same figures give the same file
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), width_ratios=(3, 2), layout="constrained")
    _bars(left, {name: ratios(row, run.rows[OURS]) for name, row in run.rows.items()}, COSTS, "{:.2g}×")
    left.set_xscale("log")
    left.axvline(1, color="black", linewidth=0.8)
    left.set_xlabel(f"times as much as {OURS} on the same phrasings (log scale; less is better)")
    left.set_title("Cost")
    shares = {name: {share: getattr(row, share) * 100 for share in SHARES} for name, row in run.rows.items()}
    _bars(right, shares, SHARES, "{:.0f} %")
    right.set_xlim(0, 110)
    right.set_xlabel(f"% of {run.questions} held-out questions (more is better)")
    right.set_title("Accuracy")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=len(run.rows), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _bars(axes: Any, values: Mapping[str, Mapping[str, float]], titles: Mapping[str, str], form: str) -> None:
    """Groups of horizontal bars, one group for each of `titles`, one bar in each for each system."""
    height = 0.8 / len(values)
    for index, (name, own) in enumerate(values.items()):
        places = [group + index * height for group in range(len(titles))]
        bars = axes.barh(places, [own[key] for key in titles], height, label=name, color=_COLOURS.get(name))
        axes.bar_label(bars, [form.format(own[key]) for key in titles], padding=3, fontsize=8)
    axes.set_yticks(
        [group + 0.4 - height / 2 for group in range(len(titles))],
        [title.partition(",")[0] for title in titles.values()],
    )
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
