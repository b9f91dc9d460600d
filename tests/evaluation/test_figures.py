"""Figures from pairs made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.load import load_services
from bot.evaluation.__main__ import fallen_figures
from bot.evaluation.assessment import Assessment
from bot.evaluation.figures import (
    Band,
    Pair,
    Rates,
    Watch,
    alarms,
    confusions,
    false_links,
    rates,
    rates_by,
    reliability,
    share_with_intent,
    watch_by_kind,
)
from bot.evaluation.page import KINDS, TITLES, write_page
from bot.evaluation.questions import (
    Question,
    danger,
    english,
    everyday,
    languages,
    out_of_scope,
    wants_human,
)
from bot.evaluation.understanding import Understood


def understood(
    *ranking: tuple[str, float],
    kind: str = "answer",
    intent: str = "service",
    services: tuple[str, ...] | None = None,
    alarm: str | None = None,
) -> Understood:
    shown = services if services is not None else tuple(name for name, _ in ranking[:1])
    return Understood(intent, ranking, kind, shown, 0.01, alarm)


def asked(service: str, one: Understood, difficulty: str = "easy") -> Pair:
    return Question(f"om {service}", service, difficulty), one


PAIRS = [
    asked("pas", understood(("pas", 0.95), ("id", 0.03))),  # right
    asked("pas", understood(("id", 0.85), ("pas", 0.1)), "hard"),  # wrong link, right in top 3
    asked("pas", understood(("id", 0.42), ("mitid", 0.3), ("pas", 0.2), kind="ask"), "hard"),  # asked: no wrong link
    asked("affald", understood(("a", 0.2), ("b", 0.1), ("c", 0.1), ("affald", 0.05), kind="search"), "hard"),
    asked("affald", understood(intent="hilsen", kind="search")),  # nothing ranked
    asked("affald", understood(("pas", 0.55), ("affald", 0.45), kind="answer_both", services=("pas", "affald"))),
]


def test_rates_by_hand() -> None:
    assert rates(PAIRS) == Rates(questions=6, first=1 / 6, top3=4 / 6, wrong_link=1 / 6)
    assert rates(PAIRS).as_dict() == {"questions": 6, "first": 1 / 6, "top3": 4 / 6, "wrong_link": 1 / 6}


def test_a_link_given_under_another_intent_than_service_is_none() -> None:
    assert rates([asked("pas", understood(("id", 0.9), intent="tak"))]).wrong_link == 0.0


def test_rates_of_nothing_are_nought() -> None:
    assert rates([]) == Rates(0, 0.0, 0.0, 0.0)
    assert (false_links([]), share_with_intent([], ["ja"])) == (0.0, 0.0)
    assert (confusions([]), reliability([]), rates_by([], lambda question: question.difficulty)) == ([], [], {})


def test_rates_of_groups_come_in_order_and_cover_all() -> None:
    groups = rates_by(PAIRS, lambda question: question.difficulty)
    assert list(groups) == ["easy", "hard"]
    assert groups["easy"] == Rates(3, 1 / 3, 2 / 3, 0.0)
    assert groups["hard"] == Rates(3, 0.0, 2 / 3, 1 / 3)


def test_false_links_count_only_confident_ones() -> None:
    some = [
        understood(("pas", 0.9)),
        understood(("pas", 0.9), kind="answer_both"),
        understood(("pas", 0.5), kind="ask"),
        understood(("pas", 0.1), kind="search"),
        understood(("pas", 0.9), intent="uden_for_emne"),
    ]
    assert false_links(some) == pytest.approx(2 / 5)


def test_share_with_intent() -> None:
    some = [understood(intent=intent) for intent in ("frustration", "tal_med_menneske", "service", "ja")]
    assert share_with_intent(some, ("tal_med_menneske", "frustration")) == 0.5


def test_confusions_are_counted_the_most_frequent_first() -> None:
    assert confusions(PAIRS) == [("pas", "id", 2), ("affald", "a", 1), ("affald", "pas", 1)]
    assert confusions(PAIRS, most=1) == [("pas", "id", 2)]


def test_reliability_compares_what_was_said_with_what_was_true() -> None:
    pairs = [
        asked("pas", understood(("pas", 0.92))),
        asked("pas", understood(("id", 0.98))),
        asked("pas", understood(("pas", 1.0))),  # the last tenth holds 1 too
        asked("pas", understood(("pas", 0.3))),
        asked("pas", understood()),
    ]
    low, high = reliability(pairs)
    assert low == Band(1, 0.3, 1.0)
    assert (high.questions, high.true) == (3, 2 / 3)
    assert high.said == pytest.approx(2.9 / 3)


def of_kind(kind: str, alarm: str | None, text: str = "") -> Pair:
    return Question(text or f"om {kind}", None, kind=kind), understood(alarm=alarm)


def test_danger_is_counted_by_kind() -> None:
    pairs = [of_kind("brand", "brand"), of_kind("brand", "selvmord"), of_kind("brand", None), of_kind("selvmord", None)]
    assert watch_by_kind(pairs) == {"brand": Watch(3, 2 / 3, 1 / 3), "selvmord": Watch(1, 0.0, 0.0)}
    assert (alarms(pairs), alarms([])) == (0.5, 0.0)


def test_an_alarm_is_given_instead_of_a_link() -> None:
    assert not understood(("pas", 0.99), alarm="brand").gives_link


@pytest.fixture
def assessment() -> Assessment:
    return Assessment(
        everyday=PAIRS,
        english=PAIRS[:1],
        strange=[(Question("<script>alert(1)</script>", None), understood(("pas", 0.9)))],
        human=[(Question("giv mig en dame", None), understood(("pas", 0.9)))],
        busy=[(Question("en anden henter passet", None), understood(intent="tal_med_menneske"))],
        danger=[of_kind("brand", "brand"), of_kind("selvmord", None, "nu gør jeg det")],
        harmless=[of_kind("none", "brand", "brændeovnen skal fejes"), of_kind("none", None)],
        heard=[(Question("rotter", None, kind="da"), "da"), (Question("merhaba", None, kind="tr"), "da")],
        turned_away=[(Question("klage renovation", "pas"), "de")],
    )


def test_every_set_has_its_figure(assessment: Assessment) -> None:
    assert assessment.figures() == pytest.approx(
        {
            "first": 1 / 6,
            "top3": 4 / 6,
            "right_or_asked": 5 / 6,
            "no_false_link": 0.0,
            "human": 0.0,
            "no_false_human": 0.0,
            "danger_seen": 0.5,
            "danger_told": 0.5,
            "no_false_alarm": 0.5,
            "everyday_no_alarm": 1.0,
            "english_first": 1.0,
            "english_top3": 1.0,
            "language": 0.5,
            "not_turned_away": 5 / 6,
        }
    )
    assert set(assessment.figures()) == set(TITLES)


def test_only_a_fall_of_more_than_a_point_fails() -> None:
    before = {"first": 0.95, "top3": 0.99, "human": 0.9}
    assert fallen_figures({"first": 0.94, "top3": 0.979, "human": 0.95, "new": 0.1}, before) == ["top3"]


def test_the_page_shows_what_went_wrong_and_runs_no_code_of_a_citizen(assessment: Assessment, tmp_path: Path) -> None:
    path = tmp_path / "ny" / "index.html"
    write_page(
        path, assessment, {"first": 0.5}, {"pas": "pas_koerekort_id", "affald": "affald"}, {"affald": "Dit affald"}
    )
    page = path.read_text(encoding="utf-8")
    for title in TITLES.values():
        assert title in page
    for told in (
        "om affald",
        "giv mig en dame",
        "nu gør jeg det",
        "brændeovnen skal fejes",
        "merhaba",
        "klage renovation",
        "Dit affald",
        "16,7&nbsp;%",
    ):
        assert told in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_questions_are_read_with_what_they_tell(tmp_path: Path) -> None:
    (tmp_path / "everyday.yml").write_text(
        "- {text: nyt pas, service: pas, difficulty: easy, writer: ung}\n- {text: x, service: y}\n"
    )
    (tmp_path / "everyday_2.yml").write_text("- {text: z, service: pas}\n")
    (tmp_path / "out_of_scope.yml").write_text("- {text: vejret, kind: chat}\n")
    (tmp_path / "human.yml").write_text("- {text: en dame}\n- {text: en anden, human: false}\n")
    (tmp_path / "danger.yml").write_text("- {text: ild, kind: brand}\n- {text: ovn, kind: none}\n")
    (tmp_path / "languages_2.yml").write_text("- {text: merhaba, language: tr}\n")
    assert everyday(tmp_path) == [
        Question("nyt pas", "pas", "easy", "ung", source="everyday"),
        Question("x", "y", source="everyday"),
        Question("z", "pas", source="everyday_2"),
    ]
    assert out_of_scope(tmp_path) == [Question("vejret", None, kind="chat", source="out_of_scope")]
    assert [question.kind for question in wants_human(tmp_path)] == ["human", "none"]
    assert [question.kind for question in danger(tmp_path)] == ["brand", "none"]
    assert languages(tmp_path) == [Question("merhaba", None, kind="tr", source="languages_2")]
    assert english(tmp_path) == []


def test_the_held_out_questions_are_about_services_that_exist() -> None:
    services = load_services(Path("data/services"))
    folder = Path("tests/nlu")
    held_out = [*everyday(folder), *english(folder)]
    assert len(held_out) >= 1_000
    assert [question for question in held_out if question.service not in services] == []
    assert len({question.text for question in held_out}) == len(held_out)
    for read, least in ((out_of_scope, 250), (wants_human, 150), (danger, 400), (languages, 150)):
        assert len(read(folder)) >= least
    assert {question.kind for question in danger(folder)} == {*KINDS, "none"}
