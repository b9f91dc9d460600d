"""Features, the ranking model and its calibration on problems small enough to see through."""

from __future__ import annotations

import json
from itertools import pairwise, product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.nlu.calibration import Calibration, softmax
from bot.nlu.embedding import MEMBERS, SIZE, learn_vectors
from bot.nlu.features import VIEWS, TextFeatures
from bot.nlu.linear import LinearRanker, Separators, chosen
from bot.nlu.mixture import MixedRanker

VIEWED = {"letters": 1.0, "stems": 0.5, "sounds": 0.3}

OPENINGS = ["hvordan får jeg", "jeg mangler", "hvor søger man om", "min mor skal have", "hjælp til", "spørgsmål om"]
THINGS = {
    "pas": ["et pas", "nyt rejsepas", "mit pas"],
    "affald": ["storskrald", "en skraldespand", "tømning af affald"],
    "pension": ["folkepension", "pension", "min pension"],
}
TEXTS = [
    (f"{opening} {thing}", label) for label, things in THINGS.items() for opening, thing in product(OPENINGS, things)
]
UNSEEN = [
    ("rejsepas til min søn", "pas"),
    ("skraldespanden er fuld", "affald"),
    ("hvornår kan jeg gå på folkepension", "pension"),
]


@pytest.fixture(scope="module")
def features() -> TextFeatures:
    learnt = TextFeatures(VIEWED)
    learnt.fit_transform([text for text, _ in TEXTS])
    return learnt


@pytest.fixture(scope="module")
def ranker(features: TextFeatures) -> LinearRanker:
    trained = LinearRanker()
    trained.fit(features.transform([text for text, _ in TEXTS]), [label for _, label in TEXTS])
    return trained


def test_a_text_seen_in_training_has_the_features_it_was_trained_with() -> None:
    learnt = TextFeatures(VIEWED)
    texts = [text for text, _ in TEXTS]
    trained = learnt.fit_transform(texts)
    assert trained.shape[0] == len(texts)
    assert np.allclose(trained.toarray(), learnt.transform(texts).toarray())


def test_each_view_is_as_long_as_its_weight(features: TextFeatures) -> None:
    row = features.transform(["hvordan får jeg et pas"])
    assert np.sqrt(row.multiply(row).sum()) == pytest.approx(np.sqrt(sum(weight**2 for weight in VIEWED.values())))


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*"aeopst ", "pas", "hvordan", "å"]), max_size=12).map("".join))
def test_restored_features_are_the_same(features: TextFeatures, text: str) -> None:
    again = TextFeatures(VIEWED)
    again.restore(json.loads(json.dumps(features.state())))
    before, after = features.transform([text]), again.transform([text])
    assert before.shape == after.shape
    assert np.allclose(before.toarray(), after.toarray(), atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "xyzzyq", "!?"])
def test_what_was_never_seen_gives_nothing(features: TextFeatures, text: str) -> None:
    row = features.transform([text])
    assert row.shape == (1, features.transform(["pas"]).shape[1])
    assert row.nnz == 0


def test_the_columns_of_a_view_hold_that_view_and_no_other(features: TextFeatures) -> None:
    row = features.transform(["hvordan får jeg et pas"])
    for view, weight in VIEWED.items():
        part = row[:, features.columns(view)]
        assert np.sqrt(part.multiply(part).sum()) == pytest.approx(weight)
    assert features.columns("lyde der ikke er valgt") == slice(None)


def test_terms_of_one_text_only_are_dropped() -> None:
    learnt = TextFeatures({"stems": 1.0}, least_texts=2)
    learnt.fit_transform(["kat hund", "kat fugl"])
    assert learnt.state()["stems"]["terms"] == ["kat"]


def test_views_show_letters_stems_and_sounds() -> None:
    assert VIEWS["letters"]("Pas") == [" pa", "pas", "as ", " pas", "pas "]
    assert VIEWS["letters"]("på") == [" pa", "pa ", " pa "]
    assert VIEWS["stems"]("skolens børn") == ["skol", "born", "skol born"]
    assert VIEWS["sounds"]("hvad vad") == ["vat", "vat"]


@pytest.mark.parametrize(("text", "label"), UNSEEN)
def test_a_small_problem_is_learnt(features: TextFeatures, ranker: LinearRanker, text: str, label: str) -> None:
    row = ranker.probabilities(features.transform([text]))[0]
    assert ranker.labels == ["affald", "pas", "pension"]
    assert ranker.labels[int(row.argmax())] == label
    assert row.max() > 0.5


def test_probabilities_are_probabilities(features: TextFeatures, ranker: LinearRanker) -> None:
    chances = ranker.probabilities(features.transform([text for text, _ in [*TEXTS, *UNSEEN, ("xyzzyq", "")]]))
    assert chances.shape == (len(TEXTS) + len(UNSEEN) + 1, 3)
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert (chances >= 0.0).all()


def test_a_stored_model_ranks_as_before(features: TextFeatures, ranker: LinearRanker) -> None:
    facts, kept = ranker.state()
    assert kept["weights"].dtype == np.int8
    again = LinearRanker()
    again.restore(json.loads(json.dumps(facts)), kept)
    rows = features.transform([text for text, _ in [*TEXTS, *UNSEEN]])
    before, after = ranker.probabilities(rows), again.probabilities(rows)
    assert again.labels == ranker.labels
    assert (before == after).all()


@given(arrays(np.float32, (6, 3), elements=st.floats(-8, 8, width=32)))
def test_eight_bits_are_within_half_a_step_of_the_weight(weights: np.ndarray) -> None:
    kept = Separators.of(weights, np.array([0.5, -1.0, 0.0]))
    assert kept.weights.dtype == np.int8
    half_a_step = np.abs(weights).max(axis=0) / 127 / 2  # 127 steps up to the label's largest weight
    assert (np.abs(kept.weights * kept.scale - weights) <= half_a_step * 1.001 + 1e-6).all()
    rows = sp.csr_matrix(np.eye(6, dtype=np.float32)[[0, 5]] * 2)
    assert np.allclose(kept.margins(rows), 2.0 * kept.weights[[0, 5]] * kept.scale + kept.bias, atol=1e-4)


def test_against_some_of_the_others_is_as_good_as_against_all(
    features: TextFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.nlu.linear.NEAR_OTHERS", 4)
    monkeypatch.setattr("bot.nlu.linear.CHANCE_OTHERS", 4)
    trained = LinearRanker()
    trained.fit(features.transform([text for text, _ in TEXTS]), [label for _, label in TEXTS])
    chances = trained.probabilities(features.transform([text for text, _ in UNSEEN]))
    assert [trained.labels[best] for best in chances.argmax(axis=1)] == [label for _, label in UNSEEN]


def test_vectors_know_words_that_only_go_together() -> None:
    # «spand» is seen with «skrald», never with the label's own word; dropout and shared vectors carry it over.
    texts = ["skrald spand", "skrald tømning", "pas rejse", "pas foto"] * 8
    learnt = TextFeatures({"stems": 1.0}, least_texts=1)
    rows = learnt.fit_transform(texts)
    target = np.array([0, 0, 1, 1] * 8)
    vectors = learn_vectors(rows, target, 2)
    unseen = vectors.margins(learnt.transform(["spand", "rejse"]))
    assert unseen.argmax(axis=1).tolist() == [0, 1]
    assert np.allclose(unseen[:, 1], learnt.transform(["spand", "rejse"]) @ vectors.weights(1), atol=1e-5)
    again = learn_vectors(rows, target, 2)
    assert (again.terms == vectors.terms).all()
    assert vectors.terms.shape == (rows.shape[1], SIZE * MEMBERS)


@pytest.mark.parametrize("view", ["stems", "alle"])
@pytest.mark.parametrize(("text", "label"), UNSEEN)
def test_the_mixture_learns_a_small_problem(features: TextFeatures, view: str, text: str, label: str) -> None:
    mixed = MixedRanker()
    rows = features.transform([text for text, _ in TEXTS])
    mixed.fit(rows, [label for _, label in TEXTS], features.columns(view))
    assert mixed.separators.weights.shape == (rows.shape[1], 3)
    row = mixed.probabilities(features.transform([text]))[0]
    assert mixed.labels[int(row.argmax())] == label


def test_the_others_are_the_nearest_and_some_by_chance_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.nlu.linear.NEAR_OTHERS", 2)
    own = np.array([True, False, False, False, False, True])
    nearness = np.array([0.0, 0.9, 0.1, 0.8, 0.2, 0.0])
    rows, stands_for = chosen(own, nearness, np.array([4, 1]))
    assert rows.tolist() == [0, 1, 3, 4, 5]
    assert stands_for.tolist() == [1, 1, 1, 2, 1]
    assert chosen(own, nearness, np.array([], int))[0].tolist() == [0, 1, 3, 5]
    monkeypatch.setattr("bot.nlu.linear.NEAR_OTHERS", 6)
    assert chosen(own, nearness, np.array([2]))[1].tolist() == [1] * 6


def test_a_label_without_examples_is_never_found(features: TextFeatures) -> None:
    trained = LinearRanker()
    lone = [*TEXTS[:6], ("noget helt andet", "ene")]  # a label with one example: held out, or trained on
    trained.fit(features.transform([text for text, _ in lone]), [label for _, label in lone])
    assert set(trained.labels) == {"pas", "ene"}


def test_cross_validation_gives_margins_of_models_that_did_not_see_the_text() -> None:
    # One text under a wrong label: a model that has seen it knows it by heart, one that has not puts it right.
    mislabelled = [*TEXTS, ("et nyt rejsepas til udlandet", "pension")]
    learnt = TextFeatures(VIEWED)
    rows = learnt.fit_transform([text for text, _ in mislabelled])
    ranker = LinearRanker()
    margins = ranker.cross_validate(rows, [label for _, label in mislabelled])
    assert margins.shape == (len(mislabelled), 3)
    assert ranker.labels[int(margins[-1].argmax())] == "pas"
    right = [ranker.labels[int(row.argmax())] == label for row, (_, label) in zip(margins, TEXTS)]
    assert np.mean(right) > 0.9


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    """Fitted on two labels: the wider the gap, the more often the first is right, but never more than nine times in ten."""
    margins, target = [], []
    for gap, right_in_ten in [(0.1, 5), (0.3, 6), (0.6, 8), (1.0, 9), (2.0, 9)]:
        margins += [[gap, 0.0, -1.0]] * 10
        target += [0] * right_in_ten + [1] * (10 - right_in_ten)
    fitted = Calibration()
    fitted.fit(np.array(margins), np.array(target))
    return fitted


def test_what_is_said_is_how_often_it_is_true(calibration: Calibration) -> None:
    gaps = np.array([[0.1, 0.0, -1.0], [0.6, 0.0, -1.0], [2.0, 0.0, -1.0]])
    assert calibration.probabilities(gaps)[:, 0] == pytest.approx([0.5, 0.8, 0.9], abs=0.02)


def test_a_wider_gap_is_never_believed_less(calibration: Calibration) -> None:
    gaps = np.linspace(0.0, 4.0, 200)
    rows = np.stack([gaps, np.zeros(200), -np.ones(200)], axis=1)
    assert (np.diff(calibration.probabilities(rows)[:, 0]) >= -1e-9).all()


EIGHTHS = st.integers(-32, 32).map(lambda eighth: eighth / 8)  # margins either alike or clearly apart


@given(arrays(np.float32, (4, 5), elements=EIGHTHS))
def test_calibrated_rows_sum_to_one_and_keep_the_order_of_the_rest(
    calibration: Calibration, margins: np.ndarray
) -> None:
    chances = calibration.probabilities(margins)
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert (chances >= 0.0).all()
    for row, said in zip(margins, chances):
        rest = [column for column in np.argsort(-row, kind="stable") if column != row.argmax()]
        assert all(said[left] >= said[right] - 1e-9 for left, right in pairwise(rest))


def test_rows_sum_to_one_even_when_the_model_is_as_sure_as_can_be(calibration: Calibration) -> None:
    steep = Calibration()
    steep.restore({**calibration.state(), "steepness": 30.0})
    chances = steep.probabilities(np.array([[3.0, -3.0, -4.0]], np.float32))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0].argsort().tolist() == [2, 1, 0]


def test_nothing_is_ever_certain_or_impossible(calibration: Calibration) -> None:
    assert calibration.probabilities(np.array([[50.0, 0.0]])).max() <= 0.995
    fresh = Calibration()
    assert fresh.probabilities(np.array([[50.0, 0.0]])).max() == pytest.approx(0.995)


def test_a_stored_calibration_says_the_same(calibration: Calibration) -> None:
    again = Calibration()
    again.restore(json.loads(json.dumps(calibration.state())))
    margins = np.array([[0.4, 0.1, -0.5], [-1.0, 0.2, 0.1]])
    assert (again.probabilities(margins) == calibration.probabilities(margins)).all()


def test_softmax_by_hand() -> None:
    assert softmax(np.log(np.array([[1.0, 2.0, 5.0]])))[0] == pytest.approx([0.125, 0.25, 0.625])
    assert softmax(np.array([[1000.0, 1000.0]]))[0] == pytest.approx([0.5, 0.5])
