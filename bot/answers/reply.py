"""One bubble of the bot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bot.catalogue.catalogue import ShownLink
from bot.texts import Texts


@dataclass(frozen=True)
class Reply:
    """One bubble.

    `links` and `buttons` have the shapes of the chat protocol. `meta` (decision, service, confidence, escalate (reason or
    None), emergency) is stored with the message and never shown to the citizen.
    """

    text: str
    links: tuple[dict[str, str], ...] = ()
    buttons: tuple[dict[str, str], ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> str:
        """Text with its links written out, for channels that show nothing else."""
        return "\n".join([self.text, *(f"{link['label']}: {link['url']}" for link in self.links)])

    def as_dict(self) -> dict[str, Any]:
        """JSON shape, as it goes through Rasa's `custom` payload."""
        return {"text": self.text, "links": list(self.links), "buttons": list(self.buttons), "meta": self.meta}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Reply:
        """The inverse of `as_dict`."""
        return cls(value["text"], tuple(value["links"]), tuple(value["buttons"]), dict(value["meta"]))


def button(title: str, intent: str, **entities: str) -> dict[str, str]:
    """A button that sends an intent with entities, in Rasa's payload syntax."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"}


def link(shown: ShownLink, texts: Texts) -> dict[str, str]:
    """A link card; where only a front page could be vouched for, it tells what to search for there."""
    card = {"label": shown.label, "url": shown.url, "kind": shown.kind}
    if shown.search_for:
        card["label"] = texts.say("link_front_page", side=shown.label)
        card["note"] = texts.say("link_search_note", emne=shown.search_for)
    return card
