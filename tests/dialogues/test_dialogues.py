"""Conversations as citizens hold them, through the real gateway and the trained model.

The dialogues are in dialogues.yml, where the keys are told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.dialogues.conversation import Answer, Conversation

DIALOGUES = YAML(typ="safe").load(Path(__file__).with_name("dialogues.yml").read_text(encoding="utf-8"))
SLOWEST = 2.0
"""Seconds for any answer."""


def _case(dialogue: dict[str, Any]) -> Any:
    reason = dialogue.get("wrong")
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)] if reason else []
    return pytest.param(dialogue["turns"], id=dialogue["name"], marks=marks)


@pytest.mark.parametrize("turns", [_case(dialogue) for dialogue in DIALOGUES])
def test_dialogue(turns: list[dict[str, Any]], conversation: Conversation) -> None:
    for turn in turns:
        expected = turn.get("expect", {})
        answer = _act(turn, conversation)
        faults = [fault for key, value in expected.items() if (fault := _fault(key, value, answer))]
        if answer.error and "error" not in expected:
            faults.append(f"refused: {answer.error}")
        if answer.seconds > SLOWEST:
            faults.append(f"took {answer.seconds:.1f} s")
        assert not faults, "\n".join(["", *conversation.lines, *(f"  >>> {fault}" for fault in faults)])


def test_names_are_unique() -> None:
    names = [dialogue["name"] for dialogue in DIALOGUES]
    assert len(names) == len(set(names))


def _act(turn: dict[str, Any], conversation: Conversation) -> Answer:
    if "press" in turn:
        return conversation.press(turn["press"])
    if "payload" in turn:
        return conversation.send_payload(turn["payload"])
    return conversation.say(turn["say"] * turn.get("times", 1))


def _fault(key: str, expected: Any, answer: Answer) -> str | None:
    """What is wrong with the answer, for one key of `expect`. Raises KeyError for an unknown key."""
    wanted = expected if isinstance(expected, list) else [expected]
    decision = next(iter(answer.told("decision")), None)
    services = answer.told("service")
    text = answer.text.lower()
    urls = [link["url"] for link in answer.cards("links")]
    labels = [link["label"] for link in answer.cards("links")]
    buttons = [button["title"] for button in answer.cards("buttons")]
    checks = {
        "decision": lambda: decision in wanted,
        "not_decision": lambda: decision not in wanted,
        "service": lambda: all(service in services for service in wanted),
        "not_service": lambda: not set(services) & set(wanted),
        "candidates": lambda: all(any(one in found for found in answer.told("candidates")) for one in wanted),
        "suggested": lambda: all(any(one in found for found in answer.told("suggested")) for one in wanted),
        "aspect": lambda: answer.told("aspect") == wanted,
        "step": lambda: answer.told("step") == wanted,
        "escalate": lambda: answer.told("escalate") == wanted,
        "emergency": lambda: answer.told("emergency") == wanted,
        "language": lambda: answer.told("language") == wanted,
        "text_has": lambda: all(part.lower() in text for part in wanted),
        "text_lacks": lambda: not any(part.lower() in text for part in wanted),
        "kept_as": lambda: [answer.own.get("text")] == wanted,
        "link_has": lambda: all(any(part in url for url in urls) for part in wanted),
        "cards_have": lambda: all(label in labels for label in wanted),
        "buttons_have": lambda: all(title in buttons for title in wanted),
        "error": lambda: [answer.error] == wanted,
    }
    return None if checks[key]() else f"expected {key}: {expected}"
