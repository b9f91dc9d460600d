"""What can be written of a person, and what is wrong with it. Problems are keys: the sentence `problem_<key>`."""

from __future__ import annotations

import re

from sanic.request import Request

from bot.conversation.clean import clean
from bot.desk.permission import Role

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_NAME = 120
_LONGEST_EMAIL = 254


def field(request: Request, name: str) -> str:
    """A field of the form on one line, or the empty string."""
    return clean(str((request.form or {}).get(name, ""))).replace("\n", " ")


def chosen_roles(request: Request) -> frozenset[Role]:
    """The roles with a tick."""
    known = {role.value for role in Role}
    return frozenset(Role(value) for value in request.form.getlist("role", []) if value in known)


def name_problem(name: str) -> str | None:
    """What is wrong with a name."""
    return "name_missing" if not name else "name_long" if len(name) > _LONGEST_NAME else None


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail; whether it exists shows when the link is sent to it."""
    return None if _EMAIL.fullmatch(email) and len(email) <= _LONGEST_EMAIL else "email_wrong"
