"""The three components together as Rasa runs them, on a handful of phrasings: trained, stored, loaded, asked."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import DECISION, HUMAN, OFF_TOPIC, ServiceClassifier
from bot.nlu.featurizer import WORD_FEATURES, DanishFeaturizer
from bot.nlu.normaliser import DanishNormaliser

PHRASINGS = {
    "service/pas": [
        "nyt pas",
        "mit pas er udløbet",
        "pas til en rejse",
        "hvor fornyer jeg mit pas",
        "bestil tid til pas",
    ],
    "service/affald": [
        "skraldespanden er ikke tømt",
        "storskrald",
        "affald i kælderen",
        "hvor afleverer jeg affald",
        "ny skraldespand",
    ],
    HUMAN: [
        "jeg vil tale med nogen",
        "ring til mig",
        "kan jeg få en medarbejder",
        "tal med et menneske",
        "en rigtig person",
    ],
    OFF_TOPIC: [
        "hvem vandt kampen",
        "opskrift på lagkage",
        "skriv et digt",
        "hvordan bliver vejret",
        "stram pas til angriberen",
    ],
    "noed_selvmord": [
        "jeg vil ikke leve mere",
        "jeg vil dø i aften",
        "farvel alle sammen, nu slutter det",
        "jeg orker ikke livet mere",
    ],
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A function from a text to the message as understood by components that were loaded from storage."""
    storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
    examples = [Message.build(text, intent=label) for label, texts in PHRASINGS.items() for text in texts]
    data = DanishNormaliser(DanishNormaliser.get_default_config()).process_training_data(TrainingData(examples))

    def context(name: str) -> ExecutionContext:
        return ExecutionContext(GraphSchema({}), node_name=name)

    features, classes = Resource("features"), Resource("classes")
    config = {**DanishFeaturizer.get_default_config(), "least_texts": 1}
    DanishFeaturizer.create(config, storage, features, context("train_features1")).train(data)
    featurizer = DanishFeaturizer.load(config, storage, features, context("run_features1"))
    featurizer.process_training_data(data)
    assert all(len(message.features) == 1 for message in data.nlu_examples), (
        "what training has added is not added again"
    )
    assert all(isinstance(message.get(WORD_FEATURES), slice) for message in data.nlu_examples)
    settings = ServiceClassifier.get_default_config()
    ServiceClassifier.create(settings, storage, classes, context("train_classes2")).train(data)
    normaliser = DanishNormaliser(DanishNormaliser.get_default_config())

    def understood(text: str, **changed: float) -> Message:
        classifier = ServiceClassifier.load({**settings, **changed}, storage, classes, context("run_classes2"))
        return classifier.process(featurizer.process(normaliser.process([Message({TEXT: text})])))[0]

    return understood


def intent(message: Message) -> str:
    """Its name."""
    return str(message.get(INTENT)[INTENT_NAME_KEY])


@pytest.mark.parametrize(
    ("text", "service"), [("er mit rejsepas udløbet", "pas"), ("skraldespanden i kælderen er ikke tømt", "affald")]
)
def test_a_service_is_found(pipeline: Any, text: str, service: str) -> None:
    message = pipeline(text)
    assert intent(message) == "service"
    assert message.get(DECISION)["services"][0] == service


@pytest.mark.parametrize("text", ["jeg vil dø i aften", "jeg orker ikke livet mere, farvel"])
def test_danger_comes_first(pipeline: Any, text: str) -> None:
    assert intent(pipeline(text)) == "noed_selvmord"


def test_who_asks_for_a_human_without_a_word_of_danger_is_given_one(pipeline: Any) -> None:
    nervous = {"least_danger": 0.002, "least_suspected": 0.001}
    assert intent(pipeline("jeg orker ikke alle de tryk", **nervous)) == "noed_selvmord"
    assert intent(pipeline("jeg orker ikke alle de tryk, ring til mig", **nervous)) == HUMAN


def test_danger_is_not_hidden_by_a_wish_for_a_human(pipeline: Any) -> None:
    assert intent(pipeline("jeg vil ikke leve mere, kan i ringe til mig")) == "noed_selvmord"


def test_a_message_without_a_known_word_gives_no_link(pipeline: Any) -> None:
    message = pipeline("qqqq wwww")
    assert message.get(DECISION)["kind"] != "answer" or intent(message) != "service"


@pytest.mark.parametrize("text", ["67", "12 34", "1."])
def test_a_number_alone_asks_for_no_service(pipeline: Any, text: str) -> None:
    assert pipeline(text).get(DECISION)["services"] == ()
