"""How a page of the desk is made: a Jinja2 template with what the layout needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect

from bot.catalogue.municipality import Municipality
from bot.desk.csrf import FIELD, csrf_token
from bot.desk.visit import keep_secret, visit_of
from bot.texts import Texts

if TYPE_CHECKING:
    from bot.desk.permission import Role, Staff

_OWN_PAGE = "/desk/profile"
LOCAL = ZoneInfo("Europe/Copenhagen")
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Place:
    """An entry of the menu. Its label is the sentence `nav_<key>` in desk.yml; without roles it is for everyone."""

    key: str
    path: str
    roles: tuple[Role, ...] = ()


class Pages:
    """Renders the desk's pages.

    Args:
        texts: the sentences of data/texts/desk.yml, as `text(key)` in templates.
        municipality: whose desk it is.
        places: the menu, in order.
    """

    def __init__(self, texts: Texts, municipality: Municipality, places: tuple[Place, ...]) -> None:
        self._texts = texts
        self._places = places
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(moment=moment, iso=lambda at: at.isoformat())
        self._templates.globals.update(municipality=municipality, text=texts.say)

    def show(
        self, template: str, request: Request, staff: Staff | None, status: int = 200, **values: Any
    ) -> HTTPResponse:
        """The page. `?done=<key>` in the address shows the sentence `done_<key>`; see `done`.

        Values of its own that a template may use: staff, nav, current_path, notice, csrf, csrf_field(), text(key), municipality, and the
        filters `moment` (local date and time) and `iso`.
        """
        token = csrf_token(visit_of(request).secret)
        notice = f"done_{request.args.get('done', '')}"
        content = self._templates.get_template(template).render(
            staff=staff,
            nav=self._menu(request, staff) if staff else [],
            current_path=request.path,
            notice=self._texts.say(notice) if notice in self._texts else None,
            csrf=token,
            csrf_field=lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
            **values,
        )
        response = html(content, status=status)
        keep_secret(request, response)
        return response

    def error(self, request: Request, staff: Staff | None, code: str, status: int) -> HTTPResponse:
        """A page that says what went wrong: the sentences `title_<code>` and `error_<code>`."""
        return self.show("error.html", request, staff, status, code=code)

    def front(self, staff: Staff) -> str:
        """The path of the first place they may go."""
        return next((place.path for place in self._places if _open(place, staff)), _OWN_PAGE)

    def _menu(self, request: Request, staff: Staff) -> list[dict[str, Any]]:
        return [
            {
                "label": self._texts.say(f"nav_{place.key}"),
                "path": place.path,
                "current": request.path == place.path or request.path.startswith(f"{place.path}/"),
            }
            for place in self._places
            if _open(place, staff)
        ]


def done(path: str, key: str) -> HTTPResponse:
    """After a form: go on to `path`, which then shows the sentence `done_<key>` of desk.yml."""
    return redirect(f"{path}{'&' if '?' in path else '?'}done={key}", status=303)


def moment(at: datetime) -> str:
    """Local time as Danes write it: `23.11.2026 kl. 10.05`."""
    return at.astimezone(LOCAL).strftime("%d.%m.%Y kl. %H.%M")


def _open(place: Place, staff: Staff) -> bool:
    return not place.roles or staff.may(*place.roles)
