"""The shape of an editor's files. Every error message is Danish: editors read it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Extra, Field, validator

ID = re.compile(r"^[a-z0-9_]+$")
KLE = re.compile(r"^\d{2}\.\d{2}\.\d{2}$")
WEB_ADDRESS = re.compile(r"^(https?://[^\s/]+\.[a-z]{2,}(/\S*)?|\{[a-z_]+_web\}\S*)$")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

Subject = str
Department = Literal[
    "borgerservice", "aeldre_og_pleje", "sundhed", "jobcenter", "familie", "boern_og_skole", "teknik_og_miljoe",
    "byg_og_plan", "oekonomi", "kultur_og_fritid", "byraadssekretariat", "erhverv", "handicap_og_social",
]  # fmt: skip
LifeEvent = Literal[
    "flytning", "faar_barn", "skilsmisse", "doedsfald", "sygdom", "bliver_aeldre", "bliver_18", "pension",
    "mister_job", "nyt_hus", "fra_udlandet", "rejse",
]  # fmt: skip
Need = Literal[
    "fald", "medicin", "faa_besoeg", "finde_vej", "doeren", "bad_og_toilet", "spise", "rengoering", "flytte_sig",
    "hoere", "se", "tale", "traening", "tryghed", "hukommelse", "sygdom_hjemme",
]  # fmt: skip

ASPECTS = ("price", "deadline", "who_can", "paper", "for_others")
"""Optional answers to follow-up questions, each a field of `Service`."""


class Strict(BaseModel):
    """Base of everything read from an editor's file: unknown fields are errors, values never change."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False
        anystr_strip_whitespace = True
        min_anystr_length = 1


class Link(Strict):
    """One way on. `status: unverified` is never shown as it is: the front page of its site is shown in its place."""

    label: str = Field(max_length=80)
    url: str
    kind: Literal["self_service", "information"]
    status: Literal["checked", "unverified"]

    @validator("url")
    def _is_web_address(cls, value: str) -> str:
        if not WEB_ADDRESS.match(value):
            raise ValueError("skal være en hel adresse, der begynder med https:// (eller {kommune_web})")
        return value


class Guide(Strict):
    """Step by step: what to have at hand, one act a step, how long, what then, and what if it can't be done digitally."""

    have_ready: list[str] = Field(default_factory=list, max_items=6)
    do: list[str] = Field(min_items=2, max_items=9)
    time: str | None
    next: str | None
    no_digital: str | None

    def text(self) -> str:
        """The whole guide as running text, for readability figures and search."""
        parts = [*self.have_ready, *self.do, self.time, self.next, self.no_digital]
        return " ".join(part if part.endswith((".", "!", "?")) else part + "." for part in parts if part)


class Service(Strict):
    """Something a citizen can be helped with."""

    id: str
    title: str = Field(max_length=70)
    authority: str
    kle: str | None
    department: Department
    obligatory_digital: bool = False
    keywords: list[str] = Field(min_items=2)
    answer: str = Field(max_length=500)
    links: list[Link] = Field(min_items=1, max_items=4)
    steps: Guide | None
    price: str | None
    deadline: str | None
    who_can: str | None
    paper: str | None
    for_others: str | None
    related: list[str] = Field(default_factory=list, max_items=5)
    life_events: list[LifeEvent] = Field(default_factory=list)
    offering: Literal["yes", "ask"] = "yes"
    helps_with: list[Need] = Field(default_factory=list)
    in_short: str | None
    municipalities: list[str] | None
    escalate: bool = False
    """Editor-marked: a human is offered at once with the answer."""

    @validator("id")
    def _plain_id(cls, value: str) -> str:
        if not ID.match(value):
            raise ValueError("må kun bestå af små bogstaver a-z, tal og _")
        return value

    @validator("kle")
    def _kle_number(cls, value: str | None) -> str | None:
        if value is not None and not KLE.match(value):
            raise ValueError('skal være et KLE-emnenummer som "23.05.00"')
        return value


class ServiceFile(Strict):
    """One file of `data/services`."""

    subject: Subject
    title: str
    services: list[Service] = Field(min_items=1)
