"""The report as files for a spreadsheet: UTF-8 with BOM, semicolons and decimal commas, as Danish Excel opens them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.desk.service_help import ServiceHelp
from bot.escalation.effect import Report, Span
from bot.escalation.ticket import REASONS

Column = tuple[str, Callable[[Span], Any]]

WEEK_COLUMNS: tuple[Column, ...] = (
    ("week", lambda span: f"{span.first:%G-U%V}"),
    ("first", lambda span: span.first.isoformat()),
    ("last", lambda span: span.last.isoformat()),
    ("conversations", lambda span: span.total("conversations")),
    ("citizen", lambda span: span.by("messages").get("citizen", 0)),
    ("bot", lambda span: span.by("messages").get("bot", 0)),
    ("human", lambda span: span.by("messages").get("human", 0)),
    ("solved", lambda span: span.total("solved")),
    ("solved_share", lambda span: span.share("solved", "conversations")),
    ("with_staff", lambda span: span.total("with_staff")),
    *((f"reason_{reason}", lambda span, reason=reason: span.by("escalation").get(reason, 0)) for reason in REASONS),
    ("contact", lambda span: span.total("contact")),
    ("gave_up", lambda span: span.total("gave_up")),
    ("wait_half", lambda span: span.seconds("wait", 0.5)),
    ("wait_most", lambda span: span.seconds("wait", 0.9)),
    ("handling_half", lambda span: span.seconds("handling", 0.5)),
    ("handling_most", lambda span: span.seconds("handling", 0.9)),
    ("search", lambda span: span.by("miss").get("search", 0)),
    ("unknown", lambda span: span.by("miss").get("unknown", 0)),
    ("off_topic", lambda span: span.by("miss").get("off_topic", 0)),
    ("up", lambda span: span.by("thumb").get("up", 0)),
    ("down", lambda span: span.by("thumb").get("down", 0)),
)
"""Key of the column's name (`report_column_<key>` in desk.yml), and its value."""
SUBJECT_COLUMNS = ("service", "title", "kle", "conversations")

Name = Callable[[str], str]


def weeks_csv(report: Report, name: Name) -> bytes:
    """A row for each week."""
    rows = [[value(week) for _, value in WEEK_COLUMNS] for week in report.weeks]
    return _csv([name(key) for key, _ in WEEK_COLUMNS], rows)


def subjects_csv(report: Report, services: ServiceHelp, name: Name) -> bytes:
    """A row for each service that was answered."""
    rows = []
    for service_id, conversations in report.subjects():
        entry = services.get(service_id)
        rows.append([service_id, *((entry.title, entry.service.kle) if entry else (None, None)), conversations])
    return _csv([name(key) for key in SUBJECT_COLUMNS], rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.4f}".replace(".", ",")
    return "" if value is None else value
