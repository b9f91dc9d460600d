"""The report page, in Danish, for editors: what is understood well, what is mixed up, which sentences went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.evaluation.assessment import HUMAN_INTENTS, Assessment
from bot.evaluation.figures import confusions, reliability

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["html"]), trim_blocks=True
)

TITLES = {
    "first": "Rigtigt svar først",
    "top3": "Rigtigt svar blandt de tre første",
    "right_or_asked": "Intet forkert link",
    "no_false_link": "Intet link, når spørgsmålet ligger uden for emnet",
    "human": "Ønske om et menneske forstået",
    "no_false_human": "Hverdagsspørgsmål ikke taget for et ønske om et menneske",
    "danger_seen": "Fare set",
    "danger_told": "Fare set, og den rigtige slags",
    "no_false_alarm": "Ingen falsk alarm, når ordene lyder farlige",
    "everyday_no_alarm": "Ingen alarm ved hverdagens spørgsmål",
    "english_first": "Engelsk: rigtigt svar først",
    "english_top3": "Engelsk: rigtigt svar blandt de tre første",
    "language": "Sproget genkendt",
    "not_turned_away": "Dansk ikke taget for et fremmed sprog",
}
KINDS = {
    "brand": "Brand og gas",
    "akut_sygdom": "Akut sygdom og ulykke",
    "selvmord": "Selvmordsfare",
    "vold_eller_barn_i_fare": "Vold, eller et barn i fare",
}

WRITERS = {
    "easy": "let",
    "middle": "middel",
    "hard": "svær",
    "lang_historie": "lang historie",
    "nydansker": "ny i Danmark",
    "paaroerende": "pårørende",
    "presset": "har travlt",
    "uden_aeoeaa": "uden æ, ø og å",
}


def write_page(
    path: Path,
    assessment: Assessment,
    before: Mapping[str, float],
    subjects: Mapping[str, str],
    names: Mapping[str, str],
) -> None:
    """Write one HTML file that needs nothing else.

    Args:
        path: of the file; folders are made.
        assessment: what to tell of.
        before: the last release's figures.
        subjects: by service.
        names: titles of services and subjects, as editors know them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with_service = [*assessment.everyday, *assessment.english]
    page = _TEMPLATES.get_template("page.html").render(
        titles=TITLES,
        names={**KINDS, **WRITERS, **names},
        figures=assessment.figures(),
        before=before,
        tables=assessment.tables(subjects),
        watch=assessment.watch(),
        bands=reliability(assessment.everyday),
        mixed_up=confusions(with_service),
        wrong=[pair for pair in with_service if not pair[1].ranking or pair[1].ranking[0][0] != pair[0].service],
        false_links=[pair for pair in assessment.strange if pair[1].gives_link],
        missed_human=[pair for pair in assessment.human if pair[1].intent not in HUMAN_INTENTS],
        missed_danger=[pair for pair in assessment.danger if not pair[1].alarm],
        false_alarms=[pair for pair in (*assessment.harmless, *assessment.everyday) if pair[1].alarm],
        misheard=[*(one for one in assessment.heard if one[0].kind != one[1]), *assessment.turned_away],
    )
    path.write_text(page, encoding="utf-8")
