"""When a human is wanted or needed."""

from __future__ import annotations

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button

REASON_OF_INTENT = {"tal_med_menneske": "asked", "frustration": "frustration", "personsag": "personal_case"}
"""Escalation reasons by intent."""

_DIGITAL_POST = "digital_post"


def offer_human(intent: str, service: str | None, knowledge: Knowledge) -> Reply:
    """How to reach a human, and the reason for the gateway, which may put one into this chat."""
    texts = knowledge.texts
    reason = REASON_OF_INTENT[intent]
    links: tuple[dict[str, str], ...] = ()
    buttons: tuple[dict[str, str], ...] = ()
    if reason == "frustration":
        buttons = (button(texts.say("button_tal_med_menneske"), "tal_med_menneske"),)
    if reason == "personal_case":
        post = knowledge.catalogue.get(_DIGITAL_POST)
        if post:
            links = (
                {"label": texts.say("button_skriv_digital_post"), "url": post.links[0].url, "kind": "self_service"},
            )
        buttons = (button(texts.say("button_tal_med_menneske"), "tal_med_menneske"),)
    return Reply(
        texts.say(f"human_{reason}"), links, buttons, {"decision": "human", "escalate": reason, "service": service}
    )


def emergency(kind: str, knowledge: Knowledge) -> Reply:
    """The fixed text for a kind of danger: brand, akut_sygdom, selvmord, vold_eller_barn_i_fare."""
    texts = knowledge.texts
    buttons = (button(texts.say("button_tal_med_menneske"), "tal_med_menneske"),)
    return Reply(texts.say(f"emergency_{kind}"), (), buttons, {"decision": "emergency", "emergency": kind})
