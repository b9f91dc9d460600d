"""Ready-made replies, and what an editor is told of a fault in their file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.catalogue.lix import PLAIN_LIMIT, lix
from bot.catalogue.problem import ContentError
from bot.desk.canned import canned_replies, load_canned

OURS = Path("data/desk/canned.yml")
VALUES = {"navn": "Mette", "kommune": "Odder Kommune", "telefon": "87 80 33 33", "andet": "x"}


def test_ours_are_plain_and_fit_in_a_reply() -> None:
    replies = load_canned(OURS)
    assert len(replies) >= 15
    assert len({reply.id for reply in replies}) == len(replies)
    for reply in canned_replies(OURS, VALUES):
        assert "{" not in reply.text
        assert lix(reply.text) <= PLAIN_LIMIT, reply.id


def test_a_change_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "canned.yml"
    path.write_text("replies: [{id: a, title: A, text: Hilsen {navn}}]".replace("{navn}", '"{navn}"'), encoding="utf-8")
    assert canned_replies(path, VALUES) == []  # broken: staff can still write by hand
    for text in ("Hilsen {navn}", "Ring til {kommune} på {telefon}"):
        path.write_text(f"replies:\n  - id: a\n    title: A\n    text: '{text}'\n", encoding="utf-8")
        os.utime(path, ns=(0, hash(text) % 10**15))
        assert [reply.text for reply in canned_replies(path, VALUES)] == [text.format_map(VALUES)]
    assert canned_replies(tmp_path / "mangler.yml", VALUES) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("- id: a", "replies:"),
        ("replies:\n  - id: a\n    title: A", "mangler"),
        ("replies:\n  - id: a\n    title: A\n    text: 'Hej {borger}'", "ukendt ord: {borger}"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "canned.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=told.replace("{", r"\{")):
        load_canned(path)
