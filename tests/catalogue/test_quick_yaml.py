"""The quick reader means what ruamel means, or says that it can't."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.catalogue import quick_yaml
from bot.catalogue.problem import ContentError, read_yaml

FILES = sorted([*Path("data").rglob("*.yml"), *Path("tests").rglob("*.yml")])


@pytest.mark.parametrize("folder", sorted({str(path.parent) for path in FILES}))
def test_every_file_is_read_alike(folder: str) -> None:
    for path in Path(folder).glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert read_yaml(path) == YAML(typ="safe").load(text), path
        if path.parent.name in ("services", "nlu"):
            assert quick_yaml.load(text), "the large files are read quickly"


@pytest.mark.parametrize(
    "value",
    [
        "no", "Yes", "on", "n", "true", "True", "FALSE", "null", "Null", "~", "", "12", "-3", "+4", "0", "012", "0x1F",
        "0o17", "0b1", "1_000", "1.5", "1.", ".5", "1e3", "1.5e+3", ".inf", "-.INF", ".nan", "12:30", "12:30:45",
        "2026-11-23", "2026-11-23T10:00:00Z", "2026-11-23 10:00:00", "12.34.56", "8300 Odder", "87 80 33 33", "+45 12",
        "=", "- a", "'no'", '"12:30"', "{a: no}", "[yes, 012]", "fælles", "a # b", "<<",
    ],
)  # fmt: skip
def test_a_value_is_read_alike_or_not_at_all(value: str) -> None:
    text = f"k: {value}\n"
    try:
        found = quick_yaml.load(text)
    except quick_yaml.YAMLError:
        return
    right = YAML(typ="safe").load(text)
    assert (found, type(found["k"])) == (right, type(right["k"]))


def test_a_key_given_twice_is_a_fault_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("a: 1\nb: 2\na: 3\n", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        read_yaml(path)
    assert refused.value.problems[0].line == 3


def test_a_merge_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n", encoding="utf-8")
    assert read_yaml(path)["b"] == {"x": 1, "y": 2}
