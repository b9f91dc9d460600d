"""The server dies in the middle of a chat; the citizen goes on where they were."""

from __future__ import annotations

from tests.browser.running_server import RunningServer
from tests.dialogues.conversation import Conversation

SLOWEST = 2.0
"""Seconds, also for the first message after a start."""


def test_the_subject_and_the_step_outlive_a_crash(conversation: Conversation, server: RunningServer) -> None:
    assert conversation.say("jeg skal have nyt pas").told("service") == ["pas"]
    conversation.press("Vis mig trin for trin")
    assert conversation.press("Næste").told("step") == [2]

    server.kill()
    server.start()

    kept = conversation.open()["messages"]
    assert [message["text"] for message in kept if message["author"] == "citizen"] == [
        "jeg skal have nyt pas",
        "Vis mig trin for trin",
        "Næste",
    ]
    price = conversation.say("hvad koster det")
    assert price.seconds <= SLOWEST
    assert (price.told("decision"), price.told("service"), price.told("aspect")) == (["follow_up"], ["pas"], ["price"])
    assert conversation.press("Næste").told("step") == [3]


def test_an_english_conversation_is_still_english_after_a_crash(
    conversation: Conversation, server: RunningServer
) -> None:
    assert "passport" in conversation.say("I need a new passport for myself").text.lower()

    server.kill()
    server.start()

    assert "Step 1 of" in conversation.press("Show me step by step").text


def test_the_first_message_of_a_fresh_server_is_answered_in_time(
    conversation: Conversation, server: RunningServer
) -> None:
    server.kill()
    server.start()
    answer = conversation.say("hvornår bliver min skraldespand tømt")
    assert answer.told("decision")[0] in ("answer", "ask")
    assert answer.seconds <= SLOWEST
