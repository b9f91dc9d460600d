"""The step-by-step guide, one step a bubble."""

from __future__ import annotations

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button
from bot.answers.service import human_button, links_of
from bot.catalogue.catalogue import Entry


def guide_step(entry: Entry, number: int, knowledge: Knowledge) -> Reply:
    """Step `number`, counted from 1. The first carries what to have ready and the link, the last what happens next."""
    texts = knowledge.texts
    guide = entry.service.steps
    if guide is None:
        return Reply(
            texts.say("guide_no_steps", titel=entry.title),
            links_of(entry, knowledge),
            (human_button(knowledge),),
            {"decision": "guide_missing", "service": entry.id},
        )
    parts = []
    if number == 1:
        parts.append(texts.say("guide_intro", titel=entry.title))
        if guide.have_ready:
            parts.append("\n".join([texts.say("guide_have_ready"), *(f"• {item}" for item in guide.have_ready)]))
        if guide.time:
            parts.append(guide.time)
    heading = texts.say("guide_step", nummer=str(number), antal=str(len(guide.do)))
    parts.append(f"{heading}\n{guide.do[number - 1]}")
    last = number == len(guide.do)
    if last:
        parts += [part for part in (texts.say("guide_last"), guide.next) if part]
    buttons = []
    if not last:
        buttons.append(button(texts.say("button_naeste"), "naeste"))
    else:
        buttons.append(button(texts.say("button_det_lykkedes"), "ja"))
    if number > 1:
        buttons.append(button(texts.say("button_tilbage"), "tilbage"))
    buttons.append(button(texts.say("button_sidder_fast"), "sidder_fast"))
    return Reply(
        "\n\n".join(parts),
        links_of(entry, knowledge) if number == 1 else (),
        tuple(buttons),
        {"decision": "guide", "service": entry.id, "step": number},
    )


def guide_stuck(entry: Entry, knowledge: Knowledge) -> Reply:
    """The citizen can't get on: comfort, the way without a computer, a human."""
    texts = knowledge.texts
    guide = entry.service.steps
    other_way = guide.no_digital if guide and guide.no_digital else texts.say("guide_stuck_call")
    return Reply(
        f"{texts.say('guide_stuck')}\n\n{other_way}",
        links_of(entry, knowledge),
        (human_button(knowledge), button(texts.say("button_start_igen"), "trin_for_trin")),
        {"decision": "stuck", "service": entry.id},
    )


def guide_without_subject(knowledge: Knowledge) -> Reply:
    """A guide was asked for before any subject."""
    return Reply(knowledge.texts.say("guide_no_subject"), (), (), {"decision": "ask_subject"})
