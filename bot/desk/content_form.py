"""The form of a service: between what a browser sends and the state of bot/studio/state.py."""

from __future__ import annotations

from typing import Any, get_args

from sanic.request import Request

from bot.catalogue.schema import ASPECTS, Department, LifeEvent, Need
from bot.conversation.clean import clean
from bot.studio.state import SHARED, State

LINES = ("title", "kle", "in_short")
TEXTS = ("answer", *ASPECTS)
CHOICES = ("authority", "department", "offering")
TICKS = ("obligatory_digital", "escalate")
GUIDE_LISTS = ("have_ready", "do")
GUIDE_LINES = ("time", "next", "no_digital")
LINK_ROWS = 4
RELATED_ROWS = 5
OWN = ("title", "answer", "links", "steps", *ASPECTS, "offering", "escalate")
"""What a municipality may word differently (bot/catalogue/municipality.py: Replacement)."""
DEPARTMENTS: tuple[str, ...] = get_args(Department)
LIFE_EVENTS: tuple[str, ...] = get_args(LifeEvent)
NEEDS: tuple[str, ...] = get_args(Need)
_LINK = ("label", "url", "kind", "status")
_MANY = {"life_events": LIFE_EVENTS, "helps_with": NEEDS}


def read_form(request: Request, before: State) -> State:
    """What the editor made of `before`. Fields that the form doesn't show stay as they were."""
    fields = dict(before.fields)
    fields.update({name: _line(request, name) for name in (*LINES, *CHOICES)})
    fields.update({name: _text(request, name) for name in TEXTS})
    # An unticked box is the schema's own default, except where a municipality says no to the shared catalogue's yes.
    fields.update({name: True if request.form.get(name) else _unticked(before, name) for name in TICKS})
    fields["links"] = _links(request)
    fields["steps"] = {
        **{name: _list(request, f"steps.{name}") for name in GUIDE_LISTS},
        **{name: _text(request, f"steps.{name}") for name in GUIDE_LINES},
    }
    if before.layer == SHARED:
        fields["keywords"] = _list(request, "keywords")
        fields["related"] = [one for one in request.form.getlist("related", []) if one][:RELATED_ROWS]
        for name, allowed in _MANY.items():
            fields[name] = [one for one in request.form.getlist(name, []) if one in allowed]
    else:
        fields = {name: fields.get(name) for name in OWN}
    if fields.get("offering") == "yes" and before.layer == SHARED:
        fields.pop("offering")
    return State.from_dict(
        {
            "layer": before.layer,
            "id": before.id,
            "subject": before.subject,
            "fields": fields,
            "phrasings": _list(request, "phrasings") if before.layer == SHARED else (),
            "tests": _list(request, "tests") if before.layer == SHARED else (),
            "gone": bool(request.form.get("gone")),
        }
    )


def _unticked(before: State, name: str) -> bool | None:
    return False if before.fields.get(name) is False else None


def _line(request: Request, name: str) -> str:
    return " ".join(clean(request.form.get(name, "")).split())


def _text(request: Request, name: str) -> str:
    return clean(request.form.get(name, ""))


def _list(request: Request, name: str) -> list[str]:
    return [line for line in (part.strip() for part in _text(request, name).split("\n")) if line]


def _links(request: Request) -> list[dict[str, Any]]:
    rows = [{part: _line(request, f"link{row}.{part}") for part in _LINK} for row in range(LINK_ROWS)]
    return [row for row in rows if row["label"] or row["url"]]
