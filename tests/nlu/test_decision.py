"""The act of least expected cost, worked out by hand from the default costs: wrong 1, ask 0.2 or 0.6 in vain, search 0.45."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.decision import DEFAULT_COSTS, Decision, decide, decide_on_both, decide_with_subject

WORKED_OUT = [
    # answer 0.1 · ask 0.9·0.25 + 0.1·0.6 = 0.285
    ([("a", 0.9)], "answer", ("a",)),
    # answer 0.3 · ask with 0.9 among three: 0.285
    ([("a", 0.7), ("b", 0.1), ("c", 0.1), ("d", 0.1)], "ask", ("a", "b", "c")),
    # answer 0.24 · ask with 1.0 among: 0.25
    ([("a", 0.76), ("b", 0.24)], "answer", ("a",)),
    # answer 0.26 · ask 0.25
    ([("a", 0.74), ("b", 0.26)], "ask", ("a", "b")),
    # the same first place, but the others are no help: answer 0.26 · ask 0.74·0.25 + 0.26·0.6 = 0.341
    ([("a", 0.74), ("b", 0.0)], "answer", ("a",)),
    # answer 0.6 · ask with 0.5 among: 0.425 · search 0.45
    ([("a", 0.4), ("b", 0.1)], "ask", ("a", "b")),
    # answer 0.7 · ask with 0.35 among: 0.4775 · search 0.45
    ([("a", 0.3), ("b", 0.05)], "search", ("a", "b")),
    ([("a", 0.01)], "search", ("a",)),
    ([], "search", ()),
]


@pytest.mark.parametrize(("ranking", "kind", "services"), WORKED_OUT)
def test_decision_worked_out_by_hand(ranking: list[tuple[str, float]], kind: str, services: tuple[str, ...]) -> None:
    assert decide(ranking) == Decision(kind, services, ranking[0][1] if ranking else 0.0)


def test_the_costs_decide() -> None:
    ranking = [("a", 0.6), ("b", 0.3)]
    assert decide(ranking).kind == "ask"
    assert decide(ranking, {**DEFAULT_COSTS, "wrong_answer": 0.3}).kind == "answer"
    assert decide(ranking, {**DEFAULT_COSTS, "search": 0.1}).kind == "search"


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_the_surer_the_more_direct(chances: list[float]) -> None:
    """With a likelier first place and the others as they were, an answer never turns into a question."""
    total = max(1.0, sum(chances))
    ranking = [(f"s{i}", chance / total) for i, chance in enumerate(sorted(chances, reverse=True))]
    decision = decide(ranking)
    assert decision.services[0] == "s0"
    assert len(decision.services) <= 3
    surer = [("s0", ranking[0][1] + (1.0 - sum(chance for _, chance in ranking))), *ranking[1:]]
    if decision.kind == "answer":
        assert decide(surer).kind == "answer"


WHOLE = Decision("ask", ("x", "y"), 0.5)


@pytest.mark.parametrize(
    ("parts", "decision"),
    [
        ([[("a", 0.9), ("b", 0.1)], [("b", 0.8)]], Decision("answer_both", ("a", "b"), 0.8)),
        ([[("a", 0.75)], [("b", 0.75)]], Decision("answer_both", ("a", "b"), 0.75)),
        ([[("a", 0.9)], [("b", 0.74)]], WHOLE),  # one is unsure
        ([[("a", 0.9)], [("a", 0.95)]], WHOLE),  # both about the same
        ([[("a", 0.9)]], WHOLE),
        ([], WHOLE),
        ([[], [("a", 0.9)]], WHOLE),
        ([[("a", 0.9)], [("b", 0.8)], [("c", 0.99)]], Decision("answer_both", ("a", "b"), 0.8)),
        ([[("a", 0.9)], [("x", 0.2)], [("c", 0.8)]], Decision("answer_both", ("a", "c"), 0.8)),
    ],
)
def test_two_questions_are_both_answered_only_when_each_is_sure(
    parts: list[list[tuple[str, float]]], decision: Decision
) -> None:
    assert decide_on_both(WHOLE, parts) == decision


def test_the_subject_in_hand_tips_an_unsure_ranking() -> None:
    ranking = [("pas", 0.4), ("pas_barn", 0.4), ("affald", 0.1)]
    assert decide(ranking).kind == "ask"
    # pas_barn 0.4·4 = 1.6 of 2.1 together, scaled to the 0.9 there was: 0.686, pas 0.171
    better = decide_with_subject(ranking, near=["pas_barn"])
    assert better.services[0] == "pas_barn"
    assert better.confidence == pytest.approx(0.9 * 1.6 / 2.1)


def test_the_subject_can_turn_a_question_into_an_answer() -> None:
    # b 0.55·4 = 2.2 of 2.65 together: 0.83 → answer 0.17 · ask 0.2
    ranking = [("b", 0.55), ("a", 0.45)]
    assert decide(ranking).kind == "ask"
    better = decide_with_subject(ranking, near=["b"])
    assert (better.kind, better.services) == ("answer", ("b",))
    assert better.confidence == pytest.approx(2.2 / 2.65)


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=6))
def test_a_subject_that_is_not_among_the_candidates_changes_nothing(chances: list[float]) -> None:
    total = max(1.0, sum(chances))
    ranking = [(f"s{i}", chance / total) for i, chance in enumerate(sorted(chances, reverse=True))]
    plain, weighed = decide(ranking), decide_with_subject(ranking, near=["noget_andet"])
    assert weighed.services[0] == plain.services[0]
    assert weighed.confidence == pytest.approx(plain.confidence)


def test_nothing_understood_stays_nothing() -> None:
    assert decide_with_subject([], near=["pas"]) == Decision("search", (), 0.0)
