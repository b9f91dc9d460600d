"""Figures from questions and what was understood. All rates are 0-1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bot.evaluation.questions import Question
from bot.evaluation.understanding import Understood

Pair = tuple[Question, Understood]


@dataclass(frozen=True)
class Rates:
    """`first`: right service ranked first. `top3`: among the first three. `wrong_link`: another service answered with confidence."""

    questions: int
    first: float
    top3: float
    wrong_link: float

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Band:
    """Questions whose first place was given a probability in one tenth: how sure the model was, and how often it was right."""

    questions: int
    said: float
    true: float


@dataclass(frozen=True)
class Watch:
    """Messages of one kind of danger: `seen` as danger, and `told` apart from the other kinds."""

    messages: int
    seen: float
    told: float


def rates(pairs: Sequence[Pair]) -> Rates:
    """Rates over questions that have a right service."""
    total = max(1, len(pairs))
    ranked = [(question.service, [service for service, _ in understood.ranking]) for question, understood in pairs]
    return Rates(
        questions=len(pairs),
        first=sum(right in names[:1] for right, names in ranked) / total,
        top3=sum(right in names[:3] for right, names in ranked) / total,
        wrong_link=sum(u.gives_link and q.service not in u.services for q, u in pairs) / total,
    )


def rates_by(pairs: Sequence[Pair], group: Callable[[Question], str]) -> dict[str, Rates]:
    """Rates of each group, in alphabetical order."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[group(pair[0])].append(pair)
    return {name: rates(groups[name]) for name in sorted(groups)}


def false_links(understood: Sequence[Understood]) -> float:
    """Share of out-of-scope messages that got a link with confidence."""
    return sum(one.gives_link for one in understood) / max(1, len(understood))


def share_with_intent(understood: Sequence[Understood], intents: Sequence[str]) -> float:
    """Share of messages understood as one of these intents."""
    return sum(one.intent in intents for one in understood) / max(1, len(understood))


def confusions(pairs: Sequence[Pair], most: int = 30) -> list[tuple[str, str, int]]:
    """(right service, service put first, how often), the most frequent first."""
    counted = Counter(
        (question.service, understood.ranking[0][0])
        for question, understood in pairs
        if question.service and understood.ranking and understood.ranking[0][0] != question.service
    )
    return [(right, wrong, times) for (right, wrong), times in counted.most_common(most)]


def reliability(pairs: Sequence[Pair]) -> list[Band]:
    """The reliability diagram in ten bands; empty bands are left out."""
    bands: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for question, understood in pairs:
        if understood.ranking:
            service, chance = understood.ranking[0]
            bands[min(9, int(chance * 10))].append((chance, service == question.service))
    return [
        Band(len(found), sum(said for said, _ in found) / len(found), sum(right for _, right in found) / len(found))
        for _, found in sorted(bands.items())
    ]


def alarms(pairs: Sequence[Pair]) -> float:
    """Share of messages that were taken for danger."""
    return sum(understood.alarm is not None for _, understood in pairs) / max(1, len(pairs))


def watch_by_kind(pairs: Sequence[Pair]) -> dict[str, Watch]:
    """How each kind of danger is seen, in alphabetical order."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair[0].kind].append(pair)
    return {
        kind: Watch(
            messages=len(own),
            seen=alarms(own),
            told=sum(understood.alarm == kind for _, understood in own) / len(own),
        )
        for kind, own in sorted(groups.items())
    }
