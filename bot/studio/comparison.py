"""What gets better and what worse with a new model, sentence by sentence.

Sentences come from three places: the editors' own test sentences (`data/tests`), which no model has seen; a fixed sample of the phrasings
that live and new content share, which shows where a new service takes over from an old one; and the phrasings that are new. The
phrasings were trained on, so their rate says nothing about unseen questions: for that there is `make check`. The held-out questions
of tests/nlu are left out here, as tuning content until they pass would make them worthless.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.phrasings import Phrasing
from bot.studio.sentence_files import SERVICE_INTENT, intent_of

SAMPLE = 8
"""Phrasings of each intent."""
MOST_TOLD = 200


@dataclass(frozen=True)
class Sentence:
    """What a citizen may write and the intent that is right. `source`: test | phrasing | new."""

    text: str
    right: str
    source: str


@dataclass(frozen=True)
class Heard:
    """What a model does with a sentence. `kind`: answer | ask | search | act. `intents`: answered, asked between, or acted on."""

    kind: str
    intents: tuple[str, ...]
    probability: float

    def score(self, right: str) -> int:
        """2: does the right thing; 1: asks, with the right among the buttons; 0: neither."""
        if right not in self.intents:
            return 0
        return 1 if self.kind == "ask" else 2 if self.kind in ("answer", "act") else 0


def choose_sentences(
    live: Sequence[Phrasing], new: Sequence[Phrasing], tests: Mapping[str, Sequence[str]]
) -> list[Sentence]:
    """The sentences to compare on; the same for the same content."""
    known = {(one.text, one.intent) for one in live}
    shared: dict[str, list[str]] = defaultdict(list)
    sentences = [Sentence(text, intent_of(service), "test") for service, texts in tests.items() for text in texts]
    for one in new:
        if (one.text, one.intent) in known:
            shared[one.intent].append(one.text)
        else:
            sentences.append(Sentence(one.text, one.intent, "new"))
    for intent, texts in shared.items():
        sample = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:SAMPLE]
        sentences += [Sentence(text, intent, "phrasing") for text in sample]
    return sentences


def hear(model: Path, texts: Sequence[str]) -> list[Heard]:
    """What the model does with each text. All at once, in less than a millisecond each; Rasa must be imported leanly before."""
    from rasa.core.agent import Agent  # noqa: PLC0415 (after lean_import)
    from rasa.core.channels.channel import UserMessage  # noqa: PLC0415
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER  # noqa: PLC0415

    agent = Agent()
    agent.load_model(model)
    target = agent.processor.model_metadata.nlu_target
    # One more, as a message alone is also looked into for several questions.
    messages = [UserMessage(text) for text in (*texts, "hej", "hej")]
    inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: None}
    parsed = agent.processor.graph_runner.run(inputs=inputs, targets=[target])[target]
    return [_heard(message) for message in parsed[: len(texts)]]


def compare(sentences: Sequence[Sentence], before: Sequence[Heard], after: Sequence[Heard]) -> dict[str, Any]:
    """For the report: `sentences`, `right_before`, `right_after` (counts), and `better`, `worse`: lists of one dict a sentence."""
    told: dict[str, list[dict[str, Any]]] = {"better": [], "worse": []}
    right = [0, 0]
    for sentence, old, new in zip(sentences, before, after):
        was, will = old.score(sentence.right), new.score(sentence.right)
        right[0] += was == 2
        right[1] += will == 2
        if was != will:
            told["better" if will > was else "worse"].append(
                {**asdict(sentence), "before": asdict(old), "after": asdict(new)}
            )
    # The editors' own sentences first: they are the ones that no model has seen.
    order = ["test", "phrasing", "new"]
    lists = {
        name: sorted(found, key=lambda one: order.index(one["source"]))[:MOST_TOLD] for name, found in told.items()
    }
    counts = {f"{name}_count": len(found) for name, found in told.items()}
    return {"sentences": len(sentences), "right_before": right[0], "right_after": right[1], **counts, **lists}


def _heard(message: Any) -> Heard:
    intent, decision = message.get("intent"), message.get("decision")
    if intent["name"] == SERVICE_INTENT:
        kind = "ask" if decision["kind"] == "ask" else "answer"
        return Heard(kind, tuple(intent_of(service) for service in decision["services"]), decision["confidence"])
    if intent["name"] == "nlu_fallback":
        return Heard("search", (), decision["confidence"])
    return Heard("act", (intent["name"],), intent["confidence"])
