"""Which service, or which act of conversation, a message is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.conversation.emergency import EmergencyCheck
from bot.nlu.cues import CueFinder
from bot.nlu.decision import DEFAULT_COSTS, SURE, decide, decide_on_both
from bot.nlu.featurizer import QUESTION_FEATURES, WORD_FEATURES
from bot.nlu.mixture import ALL, MixedRanker
from bot.nlu.stored import keep, recall

SERVICE = "service"
OFF_TOPIC = "uden_for_emne"
KEPT = ("er_du_robot", "personsag", "frustration")
"""Acts of conversation that may hold the words for a human being and still mean something else («er du et menneske»)."""
HUMAN = "tal_med_menneske"
LIKELY = 0.5
DANGER = "noed_"
"""Beginning of the intents for danger: the net under the gateway's fixed lists."""
_PREFIX = f"{SERVICE}/"
_ONLY_NUMBERS = re.compile(r"[\W\d]*\d[\W\d]*")
"""«67» is an age in many phrasings on pension, but alone it asks for nothing."""
RANKING_LENGTH = 10
DECISION = "decision"
"""Name of the property that carries the decision to the actions."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ServiceClassifier(IntentClassifier, GraphComponent):
    """Ranks services and conversation intents together, with calibrated probabilities.

    Output, besides Rasa's `intent` and `intent_ranking`: `response_selector.service.ranking` (the services, in the shape Rasa's own
    ResponseSelector gives) and `decision` (kind, services, confidence; see bot/nlu/decision.py).
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Features must be there."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options.

        `c`: the SVM's inverse regularisation; `costs`: see bot/nlu/decision.py; `featurizers`: names, empty for all;
        `aspects`, `human_cues`: word lists; `off_topic_prior`: how many times commoner off-topic messages are in life than among the examples
        (one example in nine is off topic; on seven sets of held-out questions the prior spares every second false link, and one citizen in
        a hundred is asked «mente du …?» instead of answered); `least_danger`: probability from which the fixed danger text is given;
        `least_suspected`: the same when a pattern of the list `emergency` says danger too (of 128 held-out emergencies that the list
        suspects, one is lost by it).
        """
        return {
            "c": 0.5,
            "costs": dict(DEFAULT_COSTS),
            "featurizers": [],
            "off_topic_prior": 4.0,
            "least_danger": 0.2,
            "least_suspected": 0.05,
            "emergency": "data/lexicon/emergency.yml",
            "aspects": "data/lexicon/aspects.yml",
            "human_cues": "data/lexicon/human.yml",
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """`config` as in `config.yml`."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._ranker = MixedRanker(config["c"])
        self._costs = {**DEFAULT_COSTS, **config["costs"]}
        self._aspects = CueFinder.load(Path(config["aspects"]))
        self._human_cues = CueFinder.load(Path(config["human_cues"]))
        self._emergency = EmergencyCheck.load(Path(config["emergency"]))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ServiceClassifier:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ServiceClassifier:
        """Rasa's constructor for a trained model."""
        classifier = cls(config, model_storage, resource)
        classifier._ranker.restore(*recall(model_storage, resource))
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and calibrate on all phrasings."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        rows = _stacked([self._features_of(example) for example in examples])
        # Beside features of another featurizer the columns are not where ours says.
        words = examples[0].get(WORD_FEATURES, ALL) if len(examples[0].features) == 1 else ALL
        self._ranker.fit(rows, [example.get_full_intent() for example in examples], words)
        facts, arrays = self._ranker.state()
        keep(self._storage, self._resource, facts, **arrays)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank each message that has features."""
        for message in messages:
            features = self._features_of(message)
            ranking = self._rank(features)[0] if features is not None else []
            parts = message.get(QUESTION_FEATURES)
            self._write(message, ranking, self._rank(parts) if parts is not None else [])
        return messages

    def _spoken_act(self, text: str, spoken: list[tuple[str, float]], services: list[tuple[str, float]]) -> str | None:
        """The act of conversation that beats every service, or None. Danger needs far less to be believed than anything else."""
        wishes = self._human_cues.found(text)
        danger = self._danger(
            text, {label: chance for label, chance in spoken if label.startswith(DANGER)}, bool(wishes)
        )
        if danger:
            return danger
        best_service = max((chance for _, chance in services), default=0.0)
        kept = spoken and spoken[0][0] in KEPT and spoken[0][1] >= LIKELY
        if "always" in wishes or ("unless_service" in wishes and best_service < SURE and not kept):
            return HUMAN
        return spoken[0][0] if spoken and spoken[0][1] >= best_service else None

    def _danger(self, text: str, chances: dict[str, float], wants_human: bool) -> str | None:
        """The intent of the danger the message tells of, by the model alone or by the model and the list, or None.

        Who asks for a human with no word of danger gets one, unless danger is likelier than not.
        """
        total = sum(chances.values())
        if total < self._config["least_suspected"]:
            return None
        suspected = self._emergency.suspicion(text)
        if total >= (LIKELY if wants_human and not suspected else self._config["least_danger"]):
            return max(chances, key=lambda label: chances[label])
        return f"{DANGER}{suspected}" if suspected else None

    def _features_of(self, message: Message) -> sp.csr_matrix | None:
        _, sentence = message.get_sparse_features(TEXT, self._config["featurizers"])
        return sentence.features.tocsr() if sentence is not None else None

    def _rank(self, features: sp.csr_matrix) -> list[list[tuple[str, float]]]:
        chances = self._ranker.probabilities(features)
        return [[(self._ranker.labels[i], float(row[i])) for i in np.argsort(-row)] for row in chances]

    def _write(self, message: Message, ranking: list[tuple[str, float]], parts: list[list[tuple[str, float]]]) -> None:
        chances = dict(ranking)
        strange = chances.get(OFF_TOPIC, 0.0) * (self._config["off_topic_prior"] - 1.0)
        named = [] if _ONLY_NUMBERS.fullmatch(message.get(TEXT) or "") else _services(ranking)
        services = [(service, chance / (1.0 + strange)) for service, chance in named]
        spoken = [(label, chance) for label, chance in ranking if not label.startswith(_PREFIX)]
        decision = decide_on_both(decide(services, self._costs), [_services(part) for part in parts])
        about_services = sum(chance for _, chance in services)
        act = self._spoken_act(message.get(TEXT) or "", spoken, services)
        if act and (decision.kind != "answer_both" or act.startswith(DANGER)):
            intent = {INTENT_NAME_KEY: act, PREDICTED_CONFIDENCE_KEY: chances.get(act, 0.0)}
        elif decision.kind == "search":
            intent = {INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME, PREDICTED_CONFIDENCE_KEY: decision.confidence}
        else:
            intent = {INTENT_NAME_KEY: SERVICE, PREDICTED_CONFIDENCE_KEY: about_services}
        intents = sorted([(SERVICE, about_services), *spoken], key=lambda item: -item[1])[:RANKING_LENGTH]
        message.set(INTENT, intent, add_to_output=True)
        message.set(
            INTENT_RANKING_KEY,
            [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: chance} for name, chance in intents],
            add_to_output=True,
        )
        message.set("response_selector", _selector(services), add_to_output=True)
        facts = {**asdict(decision), "aspect": self._aspects.find(message.get(TEXT) or "")}
        message.set(DECISION, facts, add_to_output=True)


def _stacked(rows: Sequence[sp.csr_matrix]) -> sp.csr_matrix:
    """Rows under each other; SciPy's own vstack looks at each of the many matrices several times."""
    return sp.csr_matrix(
        (
            np.concatenate([row.data for row in rows]),
            np.concatenate([row.indices for row in rows]),
            np.cumsum([0, *(row.nnz for row in rows)]),
        ),
        shape=(len(rows), rows[0].shape[1]),
    )


def _services(ranking: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(label.removeprefix(_PREFIX), chance) for label, chance in ranking if label.startswith(_PREFIX)]


def _selector(services: list[tuple[str, float]]) -> dict[str, Any]:
    """The shape of Rasa's ResponseSelector, so that `utter_service` and `rasa test nlu` work as ever."""
    ranking = [
        {INTENT_RESPONSE_KEY: f"{_PREFIX}{service}", PREDICTED_CONFIDENCE_KEY: chance}
        for service, chance in services[:RANKING_LENGTH]
    ]
    best = ranking[0] if ranking else {INTENT_RESPONSE_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
    response = {**best, "responses": [], "utter_action": f"utter_{best[INTENT_RESPONSE_KEY]}"}
    return {"all_retrieval_intents": [SERVICE], SERVICE: {"response": response, "ranking": ranking}}
