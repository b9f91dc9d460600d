"""All that is measured of a trained model: held-out questions, figures, tables."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.emergency import EmergencyCheck
from bot.conversation.language import SPOKEN, Languages
from bot.evaluation import questions
from bot.evaluation.figures import (
    Pair,
    Rates,
    Watch,
    alarms,
    false_links,
    rates,
    rates_by,
    share_with_intent,
    watch_by_kind,
)
from bot.evaluation.questions import NONE, Question
from bot.evaluation.understanding import understand

HUMAN_INTENTS = ("tal_med_menneske", "frustration", "personsag")
"""All of these lead to a human."""

Heard = tuple[Question, str]
"""A message and the language it was taken for (ISO 639-1)."""


@dataclass(frozen=True)
class Assessment:
    """The questions of each set with what was understood.

    Attributes:
        everyday: with a right service, as citizens write them.
        english: with a right service, in English.
        strange: no service answers them.
        human: wishes for a human being.
        busy: everyday questions that sound like such a wish.
        danger: messages of people in danger.
        harmless: everyday messages with the words of danger.
        heard: messages in many languages.
        turned_away: everyday questions taken for a language the bot does not speak.
    """

    everyday: Sequence[Pair]
    english: Sequence[Pair]
    strange: Sequence[Pair]
    human: Sequence[Pair]
    busy: Sequence[Pair]
    danger: Sequence[Pair]
    harmless: Sequence[Pair]
    heard: Sequence[Heard]
    turned_away: Sequence[Heard]

    def figures(self) -> dict[str, float]:
        """By name, 0-1, more is better; see TITLES in page.py."""
        whole, in_english = rates(self.everyday), rates(self.english)
        watch = watch_by_kind(self.danger)
        return {
            "first": whole.first,
            "top3": whole.top3,
            "right_or_asked": 1.0 - whole.wrong_link,
            "no_false_link": 1.0 - false_links([one for _, one in self.strange]),
            "human": share_with_intent([one for _, one in self.human], HUMAN_INTENTS),
            "no_false_human": 1.0 - share_with_intent([one for _, one in self.busy], HUMAN_INTENTS[:1]),
            "danger_seen": alarms(self.danger),
            "danger_told": sum(one.told * one.messages for one in watch.values()) / max(1, len(self.danger)),
            "no_false_alarm": 1.0 - alarms(self.harmless),
            "everyday_no_alarm": 1.0 - alarms(self.everyday),
            "english_first": in_english.first,
            "english_top3": in_english.top3,
            "language": sum(question.kind == code for question, code in self.heard) / max(1, len(self.heard)),
            "not_turned_away": 1.0 - len(self.turned_away) / max(1, len(self.everyday)),
        }

    def tables(self, subjects: Mapping[str, str]) -> dict[str, dict[str, Rates]]:
        """The everyday questions in groups; `subjects`: by service."""
        return {
            "Sæt": rates_by(self.everyday, lambda question: question.source),
            "Sværhed": rates_by(self.everyday, lambda question: question.difficulty),
            "Skribent": rates_by(self.everyday, lambda question: question.writer),
            "Emne": rates_by(self.everyday, lambda question: subjects[question.service or ""]),
        }

    def watch(self) -> dict[str, Watch]:
        """How each kind of danger is seen."""
        return watch_by_kind(self.danger)

    def milliseconds(self) -> float:
        """The median time to understand an everyday question."""
        return statistics.median(one.seconds for _, one in self.everyday) * 1000


def assess(model: Path, folder: Path, emergency: EmergencyCheck, languages: Languages) -> Assessment:
    """Put all held-out questions of `folder` to the model; what the gateway does before it is done too."""
    human, danger = questions.wants_human(folder), questions.danger(folder)
    sets = {
        "everyday": questions.everyday(folder),
        "english": questions.english(folder),
        "strange": questions.out_of_scope(folder),
        "human": [question for question in human if question.kind != NONE],
        "busy": [question for question in human if question.kind == NONE],
        "danger": [question for question in danger if question.kind != NONE],
        "harmless": [question for question in danger if question.kind == NONE],
    }
    found = iter(understand(model, [question.text for own in sets.values() for question in own], emergency))
    pairs = {name: [(question, next(found)) for question in own] for name, own in sets.items()}
    heard = [(question, languages.of(question.text)) for question in questions.languages(folder)]
    taken_for = [(question, languages.of(question.text)) for question in sets["everyday"]]
    return Assessment(**pairs, heard=heard, turned_away=[one for one in taken_for if one[1] not in SPOKEN])
