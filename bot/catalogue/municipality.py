"""A municipality is a data file: `data/kommune/<id>.yml`."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, validator

from bot.catalogue.load import schema_problems
from bot.catalogue.problem import ContentError, Problem, read_yaml
from bot.catalogue.schema import WEB_ADDRESS, Guide, Link, Strict

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Authority(Strict):
    """Who answers for a service, and the page to send citizens to when nothing deeper is known to work."""

    name: str
    front_page: str

    @validator("front_page")
    def _is_web_address(cls, value: str) -> str:
        if not WEB_ADDRESS.match(value):
            raise ValueError("skal være en hel adresse, der begynder med https://")
        return value.rstrip("/")


class _AuthorityFile(BaseModel):
    __root__: dict[str, Authority]


class Hotline(Strict):
    """A telephone service for digital help."""

    name: str
    phone: str


class EmergencyNumbers(Strict):
    """The numbers that differ by region; 112 and the national lines are in the fixed texts."""

    laegevagt: str
    region: str


class Replacement(Strict):
    """What a municipality words or links differently from the shared catalogue. Fields left out are kept."""

    title: str | None
    answer: str | None
    links: list[Link] | None
    steps: Guide | None
    price: str | None
    deadline: str | None
    who_can: str | None
    paper: str | None
    for_others: str | None
    offering: Literal["yes", "ask"] | None
    escalate: bool | None


class ClosedDay(Strict):
    """A day on which nobody answers the chat, e.g. a course for all staff. Staff see the reason."""

    date: date
    reason: str = Field(max_length=80)


class Municipality(Strict):
    """One municipality: who it is, how it is reached, and its own layer over the shared catalogue."""

    id: str
    name: str
    short_name: str
    bot_name: str
    web: str
    phone: str
    address: str
    sitemap: str | None
    """Where the municipality's own site lists its pages. They are then found by the search when no service is understood."""
    colour: str = Field(regex=r"^#[0-9a-fA-F]{6}$")
    greeting: str
    digital_hotline: Hotline
    emergency: EmergencyNumbers
    authorities: dict[str, Authority]
    departments: dict[str, str]
    opening_hours: dict[Weekday, tuple[time, time]] = Field(default_factory=dict)
    """When the town hall is open. Empty: citizens are sent to the front page to see it."""
    chat_hours: dict[Weekday, tuple[time, time]] = Field(default_factory=dict)
    extra_closed: list[str] = Field(default_factory=list)
    """Days closed every year beside the public holidays, as month-day."""
    closed_days: list[ClosedDay] = Field(default_factory=list)
    hide: list[str] = Field(default_factory=list)
    replace: dict[str, Replacement] = Field(default_factory=dict)

    @validator("chat_hours", "opening_hours", each_item=True)
    def _closes_after_opening(cls, value: tuple[time, time]) -> tuple[time, time]:
        if value[0] >= value[1]:
            raise ValueError("skal lukke senere på dagen, end den åbner")
        return value

    @validator("extra_closed", each_item=True)
    def _is_day_of_year(cls, value: str) -> str:
        try:
            # A leap year, so that 29 February can be named.
            date.fromisoformat(f"2024-{value}")
        except ValueError:
            raise ValueError('skal være måned og dag, som "12-24"') from None
        return value

    def placeholders(self) -> dict[str, str]:
        """What `{…}` in shared texts becomes here, e.g. `{kommune}`, `{affald_navn}`, `{kommune_web}`."""
        values = {
            "kommune": self.name,
            "kommune_kort": self.short_name,
            "bot_navn": self.bot_name,
            "telefon": self.phone,
            "adresse": self.address,
            "borgerservice_telefon": self.phone,
            "hotline_navn": self.digital_hotline.name,
            "hotline_telefon": self.digital_hotline.phone,
            "laegevagt": self.emergency.laegevagt,
            "region": self.emergency.region,
        }
        for role, authority in self.authorities.items():
            values[f"{role}_navn"] = authority.name
            values[f"{role}_web"] = authority.front_page
        return values


def load_municipality(path: Path) -> Municipality:
    """Read one municipality file. Raises ContentError naming file, line, field and remedy."""
    node: Any = read_yaml(path)
    if not isinstance(node, dict):
        raise ContentError([Problem(path, 1, "", "filen skal begynde med id:, name: og web:.")])
    try:
        return Municipality.parse_obj(node)
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None


def load_authorities(path: Path) -> dict[str, Authority]:
    """The national authorities by key. Raises ContentError naming file, line, field and remedy."""
    node: Any = read_yaml(path)
    try:
        return _AuthorityFile.parse_obj(node).__root__
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None
