"""Short, honest answers to what is no question about a service."""

from __future__ import annotations

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button
from bot.answers.service import human_button


def small_talk(intent: str, knowledge: Knowledge) -> Reply:
    """The sentence `smalltalk_<intent>`, with a way on where the citizen may need one."""
    buttons: tuple[dict[str, str], ...] = ()
    if intent in ("er_du_robot", "uden_for_emne", "hvad_kan_du"):
        buttons = (human_button(knowledge),)
    if intent in ("uden_for_emne", "hilsen"):
        buttons = (button(knowledge.texts.say("button_hvad_kan_du"), "hvad_kan_du"), *buttons)
    return Reply(knowledge.texts.say(f"smalltalk_{intent}"), (), buttons, {"decision": "smalltalk", "intent": intent})


def agreed(knowledge: Knowledge, *, guide_open: bool) -> Reply:
    """«Ja» or «ok» with nothing to choose; after the steps of a guide it means that they worked."""
    text = knowledge.texts.say("guide_done" if guide_open else "yes_without_question")
    return Reply(text, meta={"decision": "smalltalk", "intent": "ja"})
