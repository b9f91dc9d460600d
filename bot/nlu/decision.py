"""What to do with a ranking: answer, ask between a few, or search. Decided by what each kind of mistake costs the citizen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SURE = 0.75
"""Each of two questions in one message must be understood this well to be answered on its own."""

SUBJECT_FACTOR = 4.0
"""How much likelier a service becomes when it is, or is related to, the subject in hand."""

MOST_CHOICES = 3
"""Buttons in «mente du …?»; more than three are not read."""

DEFAULT_COSTS: dict[str, float] = {
    "wrong_answer": 1.0,  # a wrong link, given with confidence
    "ask": 0.25,  # one more tap, the right one among the buttons
    "ask_in_vain": 0.6,  # one more tap, none of the buttons right
    "search": 0.45,  # an honest «det er jeg ikke sikker på» with pages to look at
}
"""In units of a wrong answer."""


@dataclass(frozen=True)
class Decision:
    """`kind`: answer | answer_both | ask | search. `services`: ids, best first. `confidence`: probability 0-1 of the first."""

    kind: str
    services: tuple[str, ...]
    confidence: float


def decide(ranking: Sequence[tuple[str, float]], costs: Mapping[str, float] = DEFAULT_COSTS) -> Decision:
    """The act of least expected cost.

    Args:
        ranking: services with calibrated probabilities, best first; together at most 1, the rest being «none of them».
        costs: see DEFAULT_COSTS.
    """
    if not ranking:
        return Decision("search", (), 0.0)
    first = ranking[0][1]
    choices = ranking[:MOST_CHOICES]
    among = sum(chance for _, chance in choices)
    expected = {
        "answer": (1.0 - first) * costs["wrong_answer"],
        "ask": among * costs["ask"] + (1.0 - among) * costs["ask_in_vain"],
        "search": costs["search"],
    }
    kind = min(expected, key=lambda act: expected[act])
    shown = choices if kind != "answer" else choices[:1]
    return Decision(kind, tuple(service for service, _ in shown), first)


def decide_on_both(whole: Decision, parts: Sequence[Sequence[tuple[str, float]]]) -> Decision:
    """Two questions in one message: both are answered when each is surely about a service of its own; otherwise `whole` stands."""
    sure = [ranking[0] for ranking in parts if ranking and ranking[0][1] >= SURE]
    services = tuple(dict.fromkeys(service for service, _ in sure))
    if len(services) < 2:
        return whole
    return Decision("answer_both", services[:2], min(chance for _, chance in sure))


def decide_with_subject(
    ranking: Sequence[tuple[str, float]], near: Sequence[str], costs: Mapping[str, float] = DEFAULT_COSTS
) -> Decision:
    """Decide again on an unsure ranking, knowing what the conversation is about.

    Args:
        ranking: as for `decide`.
        near: the service in hand and those related to it.
        costs: see DEFAULT_COSTS.
    """
    total = sum(chance for _, chance in ranking)
    weighed = [(service, chance * (SUBJECT_FACTOR if service in near else 1.0)) for service, chance in ranking]
    scale = total / max(sum(chance for _, chance in weighed), 1e-9)
    again = sorted(((service, chance * scale) for service, chance in weighed), key=lambda item: -item[1])
    return decide(again, costs)
