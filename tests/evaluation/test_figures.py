"""Figures from pairs made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.load import load_services
from bot.evaluation.figures import (
    Band,
    Pair,
    Rates,
    confusions,
    false_links,
    rates,
    rates_by,
    reliability,
    share_with_intent,
)
from bot.evaluation.page import write_page
from bot.evaluation.questions import Question, everyday, out_of_scope, wants_human
from bot.evaluation.understanding import Understood


def understood(
    *ranking: tuple[str, float], kind: str = "answer", intent: str = "service", services: tuple[str, ...] | None = None
) -> Understood:
    return Understood(
        intent, ranking, kind, services if services is not None else tuple(name for name, _ in ranking[:1]), 0.01
    )


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


def test_the_page_shows_what_went_wrong_and_runs_no_code_of_a_citizen(tmp_path: Path) -> None:
    strange = [(Question("<script>alert(1)</script>", None), understood(("pas", 0.9)))]
    human = [(Question("giv mig en dame", None), understood(("pas", 0.9)))]
    path = tmp_path / "ny" / "index.html"
    write_page(
        path,
        {"first": 1 / 6, "human": 0.0},
        {"first": 0.5},
        {"Sværhed": rates_by(PAIRS, lambda question: question.difficulty)},
        PAIRS,
        strange,
        human,
        confusions(PAIRS),
        reliability(PAIRS),
    )
    page = path.read_text(encoding="utf-8")
    assert "Rigtigt svar først" in page
    assert "om affald" in page
    assert "giv mig en dame" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_questions_are_read_with_what_they_tell(tmp_path: Path) -> None:
    (tmp_path / "everyday.yml").write_text(
        "- {text: nyt pas, service: pas, difficulty: easy, writer: ung}\n- {text: x, service: y}\n"
    )
    (tmp_path / "out_of_scope.yml").write_text("- {text: vejret, kind: chat}\n")
    (tmp_path / "menneske.yml").write_text("- {text: en dame}\n")
    assert everyday(tmp_path) == [Question("nyt pas", "pas", "easy", "ung"), Question("x", "y")]
    assert out_of_scope(tmp_path) == [Question("vejret", None, writer="chat")]
    assert wants_human(tmp_path) == [Question("en dame", None)]


def test_the_held_out_questions_are_about_services_that_exist() -> None:
    services = load_services(Path("data/services"))
    held_out = everyday(Path("tests/nlu"))
    assert len(held_out) >= 300
    assert [question for question in held_out if question.service not in services] == []
    assert len({question.text for question in held_out}) == len(held_out)
    assert len(out_of_scope(Path("tests/nlu"))) >= 100
    assert len(wants_human(Path("tests/nlu"))) >= 50
