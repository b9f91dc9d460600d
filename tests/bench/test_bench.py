"""The parts of the bench that are not timed."""

import pytest

from bench.figures import COSTS, Latency, Understanding, comparison, number, ratios
from bench.sample import by_service, draw, multiply
from bot.evaluation.phrasings import Phrasing
from bot.evaluation.table import markdown_table
from bot.nlu.text import words

EXAMPLES = {
    "pas": ["jeg skal have nyt pas", "mit pas er væk", "Pas?"],
    "skrald": ["hvornår henter I skrald", "skraldet er ikke hentet"],
}


def _row(**changed: float) -> Understanding:
    ordinary = dict.fromkeys(COSTS, 10.0)
    return Understanding(**{"phrasings": 1790, "first": 0.9, "top3": 0.95, **ordinary, **changed})  # type: ignore[arg-type]


def test_latency_is_in_milliseconds():
    assert Latency.of([0.001 * wait for wait in range(101)]) == Latency(pytest.approx(50), pytest.approx(95))


def test_one_wait_is_every_percentile():
    assert Latency.of([0.25]) == Latency(250, 250)


def test_no_waits_is_an_error():
    with pytest.raises(ValueError, match="nothing was measured"):
        Latency.of([])


def test_ratios_are_times_ours():
    found = ratios(_row(train_s=25.0, model_mb=5.0), _row())
    assert (found["train_s"], found["model_mb"], found["start_s"]) == (2.5, 0.5, 1.0)


@pytest.mark.parametrize(
    ("value", "written"), [(0.01234, "0.0123"), (1.0, "1"), (12.345, "12.3"), (123.4, "123"), (12345.6, "12,346")]
)
def test_numbers_are_short(value, written):
    assert number(value) == written


def test_table_has_even_columns():
    lines = markdown_table(
        ["", "ours", "peer"], [["train", "1", "1,234 (9×)"], ["memory to train", "22", "3"]]
    ).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == ["train", "1", "1,234 (9×)"]


def test_comparison_sets_peers_against_ours():
    table = comparison({"ours": _row(), "peer": _row(train_s=254.0, first=0.85)}, "ours")
    assert "| 254 (25.4×) |" in " ".join(table.split())
    assert "| 85.0% (-5.0) |" in " ".join(table.split())
    assert table.count("×") == len(COSTS)


def test_only_services_are_drawn_and_no_text_twice(tmp_path):
    lines = [("service/pas", "nyt pas"), ("hilsen", "hej"), ("service/pas", "nyt pas"), ("service/affald", "skrald")]
    phrasings = [Phrasing(text, intent, tmp_path, 1) for intent, text in lines]
    assert by_service(phrasings) == {"affald": ["skrald"], "pas": ["nyt pas"]}


def test_a_draw_is_the_same_each_time_and_part_of_what_there_is():
    drawn = draw(EXAMPLES, 2)
    assert drawn == draw(dict(reversed(EXAMPLES.items())), 2)
    assert {name: len(texts) for name, texts in drawn.items()} == {"pas": 2, "skrald": 2}
    assert all(set(texts) <= set(EXAMPLES[name]) for name, texts in drawn.items())
    assert any(draw(EXAMPLES, 2, seed=seed) != drawn for seed in range(5))


def test_a_draw_takes_all_where_there_are_fewer():
    assert sorted(draw(EXAMPLES, 100)["pas"]) == sorted(EXAMPLES["pas"])


def test_a_draw_of_some_services():
    assert len(draw(EXAMPLES, 2, services=1)) == 1


def test_the_first_copy_is_the_real_catalogue():
    assert multiply(EXAMPLES, 2) == {"pas_0": EXAMPLES["pas"], "skrald_0": EXAMPLES["skrald"]}


def test_copies_share_no_text_with_each_other():
    grown = multiply(EXAMPLES, 9)
    texts = [text for own in grown.values() for text in own]
    assert len(grown) == 9
    assert len(set(texts)) == len(texts)


def test_a_copy_differs_by_one_compound_word():
    for text, copied in zip(EXAMPLES["pas"], multiply(EXAMPLES, 3)["pas_1"]):
        pairs = list(zip(words(text), words(copied), strict=True))
        changed = {(old, new) for old, new in pairs if old != new}
        assert len(changed) == 1
        assert all(new.endswith(old) for old, new in changed)
