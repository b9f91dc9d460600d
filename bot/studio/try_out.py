"""Try it: what the bot makes of a sentence, now or after a publication, and how an answer will look."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.answers.knowledge import DANISH, knowledge
from bot.answers.service import answer_service
from bot.catalogue.catalogue import entry_of, fill
from bot.catalogue.problem import Problem
from bot.catalogue.schema import Service
from bot.engine.contract import Engine
from bot.nlu.text import normal_form
from bot.settings import Settings
from bot.studio.content_files import ContentFiles
from bot.studio.publications import Publications
from bot.studio.sentence_files import intent_of
from bot.studio.state import SHARED, State
from bot.texts import Texts

MOST_NEAREST = 3


class TryOut:
    """For the pane beside the form."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        files: ContentFiles,
        publications: Publications,
        folder: Path,
        texts: Texts,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._files = files
        self._publications = publications
        self._folder = folder
        self._texts = texts

    async def explain(self, text: str, publication_id: str | None = None) -> dict[str, Any]:
        """What bot/engine/explain.py tells, with titles and the phrasings that speak for each of the first services.

        Args:
            text: what a citizen might write.
            publication_id: ask the model of this publication instead of the live one; it must be `ready`.

        Returns:
            Besides what `explained` gives, each service of `ranking` has `title` and `nearest`: the phrasings of it that are most like
            the text, `[{"text", "likeness": 0-1}]`.

        Raises:
            FileNotFoundError: when the publication has no model, or no longer.
        """
        files, model = self._files, None
        if publication_id:
            found = await self._publications.get(publication_id)
            work = self._folder / (found.id if found else "-")
            model = work / "model" / str(found.model if found else "-")
            if not model.exists():
                raise FileNotFoundError(model)
            files = ContentFiles(work / "data")
        why = await self._engine.explain(text, model)
        return await asyncio.to_thread(_with_reasons, why, files)

    def preview(self, state: State) -> dict[str, Any]:
        """The answer as a citizen would see it.

        Returns:
            `reply`: as `Reply.as_dict`, or None while the state can't be shown; `guide`: `have_ready`, `do`, `time`, `next`, `no_digital`
            or None; `problems`: what stands in the way, in Danish.
        """
        shared = state if state.layer == SHARED else self._files.read(state.id)
        own = self._files.read(state.id, self._settings.municipality.stem) if state.layer == SHARED else state
        if shared is None:
            return {"reply": None, "guide": None, "problems": []}
        problems = [self._told(problem) for problem in self._files.problems(state.tidy(), subject_title=state.subject)]
        known = knowledge(DANISH)
        municipality = known.catalogue.municipality
        fields = {**shared.fields, **(own.fields if own else {}), "id": state.id}
        try:
            service = Service.parse_obj(fill(fields, municipality.placeholders()))
            entry = entry_of(service, shared.subject, municipality, known.catalogue.authorities)
        except (ValueError, KeyError):
            return {"reply": None, "guide": None, "problems": problems}
        reply = answer_service(entry, known)
        steps = entry.service.steps
        return {"reply": reply.as_dict(), "guide": steps.dict() if steps else None, "problems": problems}

    def _told(self, problem: Problem) -> str:
        """«Links, nr. 1: mangler. Tilføj feltet.»: the field as the form calls it."""
        path = problem.field.rpartition(": ")[2].split(".")
        for length in (2, 1):
            key = f"studio_field_{'_'.join(path[:length])}"
            if key in self._texts:
                where = ", ".join([self._texts.say(key), *(part.strip() for part in path[length:] if part.strip())])
                return f"{where}: {problem.remedy}"
        return problem.remedy


def _with_reasons(why: dict[str, Any], files: ContentFiles) -> dict[str, Any]:
    titles = {listed.id: listed.title for listed in files.services()}
    by_intent: dict[str, list[str]] = {intent_of(one["service"]): [] for one in why["ranking"]}
    for phrasing in files.places():
        if phrasing.intent in by_intent:
            by_intent[phrasing.intent].append(phrasing.text)
    asked = normal_form(why["text"])
    ranking = []
    for one in why["ranking"]:
        lines = by_intent[intent_of(one["service"])]
        forms = [normal_form(line) for line in lines]
        hits = process.extract(asked, forms, scorer=fuzz.token_sort_ratio, limit=MOST_NEAREST)
        nearest = [{"text": lines[place], "likeness": round(likeness / 100, 3)} for _, likeness, place in hits]
        ranking.append({**one, "title": titles.get(one["service"], one["service"]), "nearest": nearest})
    return {**why, "ranking": ranking}
