"""The answer as a citizen will see it, while the editor writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.studio.state import State
from bot.studio.try_out import TryOut
from tests.server.engines import EchoEngine
from tests.studio.publishing import hoppeborg, open_studio


@pytest.fixture
def tryout(data: Path) -> Iterator[TryOut]:
    studio, database = open_studio(data.parent, EchoEngine())
    yield studio.tryout
    database.close()


def test_a_new_service_is_shown_with_placeholders_and_link(tryout: TryOut) -> None:
    state = hoppeborg()
    steps = {"do": ["Ring til {kommune}.", "Hent den."]}
    shown = tryout.preview(replace(state, fields={**state.fields, "answer": "Ring til {kommune}.", "steps": steps}))
    assert shown["problems"] == []
    assert shown["reply"]["text"] == "Ring til Odder Kommune."
    assert shown["reply"]["links"][0]["url"] == "https://www.odder.dk"
    assert "/trin_for_trin" in [button["payload"] for button in shown["reply"]["buttons"]]
    assert shown["guide"]["do"] == ["Ring til Odder Kommune.", "Hent den."]


def test_what_stands_in_the_way_is_told_and_what_can_be_shown_is(tryout: TryOut) -> None:
    state = hoppeborg()
    hard = "Ressourceforløbsydelsesberegningsgrundlaget revurderes kvartalsvis efterfølgende."
    shown = tryout.preview(replace(state, fields={**state.fields, "answer": hard}))
    assert "LIX" in shown["problems"][0]
    assert shown["reply"]["text"] == hard
    nothing = tryout.preview(replace(state, fields={"title": "Lån"}))
    assert nothing["reply"] is None
    assert len(nothing["problems"]) > 3


def test_a_municipalitys_own_words_are_laid_over_the_shared_ones(tryout: TryOut) -> None:
    shown = tryout.preview(State("odder", "haveaffald", fields={"answer": "Vi henter det ikke."}))
    assert shown["reply"]["text"] == "Vi henter det ikke."
    assert shown["guide"]["do"]
