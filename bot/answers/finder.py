"""The welfare technology finder: what is hard in daily life → what may help → how to apply."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import Field, ValidationError

from bot.answers.naming import weighty
from bot.answers.reply import Reply, button
from bot.catalogue.catalogue import Catalogue, Entry
from bot.catalogue.load import schema_problems
from bot.catalogue.problem import ContentError, read_yaml
from bot.catalogue.schema import Need, Strict

if TYPE_CHECKING:
    from bot.answers.knowledge import Knowledge

MOST_SUGGESTIONS = 4
APPLY_SERVICE = "visitation"
"""The service that tells how to apply."""


class NeedChoice(Strict):
    """One thing that may be hard."""

    id: Need
    title: str = Field(max_length=40)


class Area(Strict):
    """An area of daily life with the needs it holds."""

    id: str
    title: str = Field(max_length=40)
    needs: list[NeedChoice] = Field(min_items=1)


class _FinderFile(Strict):
    areas: list[Area] = Field(min_items=1)


@dataclass(frozen=True)
class Finder:
    """Areas in the order they are offered, and the services that help with each need."""

    areas: tuple[Area, ...]
    helpers: dict[str, tuple[Entry, ...]]

    def area(self, area_id: str) -> Area | None:
        """The area, or None."""
        return next((area for area in self.areas if area.id == area_id), None)

    def needs_in(self, text: str, *, whole: bool) -> list[str]:
        """Ids of the needs with a word of the text in their titles; `whole`: with all that the text says."""
        return [need.id for area in self.areas for need in area.needs if _names(need.title, text, whole)]

    def area_in(self, text: str, *, whole: bool) -> Area | None:
        """The first area named by the text, as in `needs_in`."""
        return next((area for area in self.areas if _names(area.title, text, whole)), None)

    def suggest(self, needs: list[str]) -> list[Entry]:
        """Services that help with these needs, those that fit most first, at most four."""
        votes: dict[str, int] = {}
        found: dict[str, Entry] = {}
        for need in needs:
            for entry in self.helpers.get(need, ()):
                votes[entry.id] = votes.get(entry.id, 0) + 1
                found[entry.id] = entry
        # A service for few needs is the more special one: show it before a general one.
        order = sorted(found, key=lambda one: (-votes[one], len(found[one].service.helps_with)))
        return [found[one] for one in order[:MOST_SUGGESTIONS]]


def _names(title: str, text: str, whole: bool) -> bool:
    said = weighty(text)
    return bool(said) and said <= weighty(title) if whole else bool(said & weighty(title))


def load_finder(path: Path, catalogue: Catalogue) -> Finder:
    """Read the finder's questions and join them with the catalogue. Raises ContentError."""
    node: Any = read_yaml(path)
    try:
        parsed = _FinderFile.parse_obj(node)
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None
    helpers = {
        need: tuple(entry for entry in catalogue.entries.values() if need in entry.service.helps_with)
        for need in get_args(Need)
    }
    return Finder(tuple(parsed.areas), helpers)


def ask_area(knowledge: Knowledge) -> Reply:
    """First question."""
    buttons = tuple(button(area.title, "finder_valg", behov=area.id) for area in knowledge.finder.areas)
    return Reply(knowledge.texts.say("finder_area"), (), buttons, {"decision": "finder"})


def ask_need(area: Area, knowledge: Knowledge) -> Reply:
    """Second question."""
    buttons = tuple(button(need.title, "finder_valg", behov=need.id) for need in area.needs)
    return Reply(knowledge.texts.say("finder_need"), (), buttons, {"decision": "finder"})


def show_suggestions(entries: list[Entry], knowledge: Knowledge) -> Reply:
    """What may help, each as a button to its answer, and how to apply."""
    texts = knowledge.texts
    if not entries:
        text = texts.say("finder_nothing")
    else:
        lines = [f"• {entry.title}: {entry.service.in_short or entry.service.answer}" for entry in entries]
        text = "\n\n".join([texts.say("finder_found"), "\n".join(lines), texts.say("finder_apply")])
    buttons = [button(entry.title, "vaelg", emne=entry.id) for entry in entries]
    if knowledge.catalogue.get(APPLY_SERVICE):
        buttons.append(button(texts.say("button_saadan_soeger_du"), "vaelg", emne=APPLY_SERVICE))
    meta = {"decision": "finder_result", "suggested": [entry.id for entry in entries]}
    return Reply(text, (), tuple(buttons), meta)
