"""What to tell an editor about a phrasing while it is being typed, and about a whole list of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.engine.contract import Engine
from bot.evaluation.phrasings import LEAST, NEARLY, SMELL, Phrasing
from bot.nlu.decision import SURE
from bot.nlu.text import normal_form, words
from bot.studio.content_files import ContentFiles
from bot.studio.sentence_files import LONGEST, SERVICE_INTENT, intent_of, is_sentence
from bot.texts import Texts

ERROR, WARNING, GOOD = "error", "warning", "good"

FINDINGS = {
    "form": ERROR,  # no sentence of a citizen
    "taken": ERROR,  # the same words stand under another service
    "twin": WARNING,  # the same words stand twice in the list
    "near_twin": WARNING,
    "near": WARNING,  # nearly the same words stand under another service
    "clash": WARNING,  # the live model is sure of something else
    "known": GOOD,  # the live model is sure of this service already
    "thin": WARNING,
    "smell": WARNING,  # many lines open alike, as if made from a template
}
"""Kinds of findings, and how serious each is. Publishing refuses errors."""


@dataclass(frozen=True)
class Finding:
    """One thing about a line or a list. `service`, `title`: the other service. `other`: the line that is alike."""

    kind: str
    text: str
    service: str | None = None
    title: str | None = None
    probability: float | None = None
    other: str | None = None

    @property
    def severity(self) -> str:
        """error | warning | good."""
        return FINDINGS[self.kind]


class PhrasingCheck:
    """Compares with every phrasing there is and asks the live model. Some 10 ms a line once the files are read."""

    def __init__(self, files: ContentFiles, engine: Engine, texts: Texts) -> None:
        self._files = files
        self._engine = engine
        self._texts = texts
        self._normal: dict[Path, tuple[list[Phrasing], list[str]]] = {}

    async def line(self, service_id: str, text: str, others: Sequence[str] = ()) -> list[Finding]:
        """Findings on one line, the most serious first.

        Args:
            service_id: the service it is written for; it need not exist yet.
            text: the line.
            others: the other lines of the same list.
        """
        if not is_sentence(text):
            return [self._found("form", mest=str(LONGEST))]
        found = await asyncio.to_thread(self._alike, service_id, text, others)
        if self._engine.ready:
            found += await self._understood(service_id, text)
        order = [ERROR, WARNING, GOOD]
        return sorted(found, key=lambda one: order.index(one.severity))

    def whole(self, service_id: str, phrasings: Sequence[str]) -> list[Finding]:
        """Findings on the list: too short, opening alike, lines that stand twice."""
        found = []
        if len(phrasings) < LEAST:
            found.append(self._found("thin", antal=str(len(phrasings)), mindst=str(LEAST)))
        openings = Counter(" ".join(words(line)[:3]) for line in phrasings if len(words(line)) > 3)
        for opening, count in openings.most_common(1):
            if count > max(3, SMELL * len(phrasings)):
                found.append(self._found("smell", antal=str(count), begyndelse=opening))
        first = {normal_form(line): line for line in reversed(phrasings)}
        for normal, count in Counter(map(normal_form, phrasings)).items():
            if count > 1:
                text = self._texts.say("studio_list_twin", linje=first[normal], antal=str(count))
                found.append(Finding("twin", text, other=first[normal]))
        return found

    def warm(self) -> None:
        """Read and normalise all phrasings; some seconds the first time, then only what changed."""
        for path, phrasings in self._files.places_by_file().items():
            known = self._normal.get(path)
            if known is None or known[0] is not phrasings:
                self._normal[path] = (phrasings, [normal_form(one.text) for one in phrasings])

    def _alike(self, service_id: str, text: str, others: Sequence[str]) -> list[Finding]:
        self.warm()
        normal = normal_form(text)
        found = []
        twin = process.extractOne(
            normal, [*map(normal_form, others)], scorer=Indel.normalized_similarity, score_cutoff=NEARLY
        )
        if twin:
            _, likeness, place = twin
            kind = "twin" if likeness == 1.0 else "near_twin"
            found.append(self._found(kind, other=others[place], linje=others[place]))
        nearest: tuple[float, Phrasing] | None = None
        for phrasings, forms in self._normal.values():
            hits = process.extract(normal, forms, scorer=Indel.normalized_similarity, score_cutoff=NEARLY, limit=5)
            for _, likeness, place in hits:
                elsewhere = phrasings[place].intent != intent_of(service_id)
                if elsewhere and (nearest is None or likeness > nearest[0]):
                    nearest = (likeness, phrasings[place])
        if nearest:
            likeness, phrasing = nearest
            kind = "taken" if likeness == 1.0 else "near"
            found.append(self._elsewhere(kind, phrasing.intent, other=phrasing.text))
        return found

    async def _understood(self, service_id: str, text: str) -> list[Finding]:
        why = await self._engine.explain(text)
        services = [(intent_of(one["service"]), one["probability"]) for one in why["ranking"][:1]]
        acts = [(one["intent"], one["probability"]) for one in why["acts"][:1]]
        intent, chance = max([*services, *acts], key=lambda one: one[1], default=("", 0.0))
        if chance < SURE:
            return []
        if intent == intent_of(service_id):
            return [self._found("known", chance)]
        return [self._elsewhere("clash", intent, chance)]

    def _elsewhere(self, kind: str, intent: str, chance: float | None = None, other: str = "") -> Finding:
        service = intent.partition("/")[2] if intent.startswith(f"{SERVICE_INTENT}/") else None
        titles = {listed.id: listed.title for listed in self._files.services()}
        title = titles.get(service or "", intent)
        values = {"titel": title, "linje": other, "procent": f"{100 * (chance or 0):.0f}"}
        text = self._texts.say(f"studio_line_{kind}", **values)
        return Finding(kind, text, service, title, chance, other or None)

    def _found(self, kind: str, chance: float | None = None, other: str | None = None, **values: str) -> Finding:
        key = f"studio_list_{kind}" if kind in ("thin", "smell") else f"studio_line_{kind}"
        text = self._texts.say(key, procent=f"{100 * (chance or 0):.0f}", **values)
        return Finding(kind, text, probability=chance, other=other)
