"""The report page, in Danish, for editors: what is understood well, what is mixed up, which sentences went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.evaluation.figures import Band, Pair, Rates

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["html"]), trim_blocks=True
)

TITLES = {
    "first": "Rigtigt svar først",
    "top3": "Rigtigt svar blandt de tre første",
    "right_or_asked": "Intet forkert link",
    "no_false_link": "Intet link, når spørgsmålet ligger uden for emnet",
    "human": "Ønske om et menneske forstået",
}


def write_page(
    path: Path,
    figures: Mapping[str, float],
    before: Mapping[str, float],
    tables: Mapping[str, Mapping[str, Rates]],
    asked: Sequence[Pair],
    strange: Sequence[Pair],
    human: Sequence[Pair],
    mixed_up: Sequence[tuple[str, str, int]],
    bands: Sequence[Band],
) -> None:
    """Write one HTML file that needs nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wrong = [pair for pair in asked if not pair[1].ranking or pair[1].ranking[0][0] != pair[0].service]
    path.write_text(
        _TEMPLATES.get_template("page.html").render(
            titles=TITLES,
            figures=figures,
            before=before,
            tables=tables,
            wrong=wrong,
            false_links=[pair for pair in strange if pair[1].gives_link],
            missed_human=[
                pair for pair in human if pair[1].intent not in ("tal_med_menneske", "frustration", "personsag")
            ],
            mixed_up=mixed_up,
            bands=bands,
        ),
        encoding="utf-8",
    )
