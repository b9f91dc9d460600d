"""Rasa's sparse features for Danish; see `bot/nlu/features.py` for what they are made of."""

from __future__ import annotations

from typing import Any

import scipy.sparse as sp
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.features import WORDS, TextFeatures
from bot.nlu.parts import questions
from bot.nlu.stored import keep, recall
from bot.nlu.text import normal_form

QUESTION_FEATURES = "question_features"
"""Property of a message that may hold two or three questions: their features, one row a question."""
WORD_FEATURES = "word_features"
"""Property of a phrasing: which columns of its features are of whole words (`slice`)."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class DanishFeaturizer(SparseFeaturizer, GraphComponent):
    """One sentence feature a message: TF-IDF of letters, stems and sounds side by side."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens must be there."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`views`: weight of each view (a view left out costs nothing); `least_texts`: rarer terms are dropped."""
        return {
            **SparseFeaturizer.get_default_config(),
            "views": {"letters": 1.0, "stems": 0.5, "sounds": 0.3},
            "least_texts": 2,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing that depends on other components."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, context: ExecutionContext
    ) -> None:
        """`config` as in `config.yml`."""
        # «train_…» and «run_…» are one featurizer: what training has added is known again.
        super().__init__(context.node_name.partition("_")[2], config)
        self._storage = storage
        self._resource = resource
        self._features = TextFeatures(config["views"], config["least_texts"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DanishFeaturizer:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DanishFeaturizer:
        """Rasa's constructor for a trained model."""
        featurizer = cls(config, model_storage, resource, execution_context)
        facts, _ = recall(model_storage, resource)
        featurizer._features.restore(facts)
        return featurizer

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the terms of all phrasings, which get their features at the same time: looking for terms takes longest."""
        messages = training_data.nlu_examples
        self._add(self._features.fit_transform([_words_of(message) for message in messages]), messages)
        keep(self._storage, self._resource, self._features.state())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to every phrasing that has not got them in training."""
        self.process([message for message in training_data.nlu_examples if not self._seen(message)])
        words = self._features.columns(WORDS)
        for message in training_data.nlu_examples:
            message.set(WORD_FEATURES, words)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages that have text."""
        written = [message for message in messages if message.get(TOKENS_NAMES[TEXT])]
        if written:
            self._add(self._features.transform([_words_of(message) for message in written]), written)
        for message in messages if len(messages) == 1 else ():  # a citizen's message, not the training data
            asked = questions(message.get(TEXT) or "")
            if len(asked) > 1:
                message.set(QUESTION_FEATURES, self._features.transform([normal_form(part) for part in asked]))
        return messages

    def _add(self, rows: sp.csr_matrix, messages: list[Message]) -> None:
        for row, message in zip(rows, messages):
            self.add_features_to_message(None, row, TEXT, message)

    def _seen(self, message: Message) -> bool:
        return any(features.origin == self._identifier for features in message.features)


def _words_of(message: Message) -> str:
    return normal_form(" ".join(token.text for token in message.get(TOKENS_NAMES[TEXT], [])))
