"""Tokens of a citizen's Danish: spaCy's `da` rules, folded spelling, stems."""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.parts import what_counts
from bot.nlu.text import fold, stem


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DanishNormaliser(Tokenizer):
    """Splits by spaCy's Danish tokenizer; a token's lemma is the Snowball stem of its folded form."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own tokenizer settings; intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy", "snowballstemmer"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DanishNormaliser:
        """Rasa's constructor."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """`config` as in `config.yml`."""
        super().__init__(config)
        self._tokenizer = spacy.blank("da").tokenizer

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of what counts in the text. Offsets are into that, which is the whole text unless something was taken back."""
        text = what_counts(message.get(attribute))
        return [
            Token(token.text, token.idx, lemma=stem(fold(token.text)))
            for token in self._tokenizer(text)
            if not token.is_space
        ]
