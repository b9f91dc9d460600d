"""The effect report: what the chat does for citizens and staff, as a page and as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot import clock
from bot.desk.chart import Chart, Series
from bot.desk.context import Desk
from bot.desk.danish_numbers import duration, number, percent
from bot.desk.permission import Role, Staff, allowed
from bot.desk.report_csv import subjects_csv, weeks_csv
from bot.escalation.effect import MOST_DAYS, Effect, Report, Span
from bot.escalation.hours import local_day
from bot.escalation.ticket import REASONS

_USUAL_WEEKS = 12
_CHOICES = (4, 12, 26, 52)
"""Weeks, for the quick choices."""
_MOST_SUBJECTS = 20
_DEFINED = (
    "conversations", "solved", "with_staff", "wait", "handling", "gave_up", "subject", "search", "unknown", "off_topic", "thumb",
    "kept",
)  # fmt: skip
_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Period:
    """The days asked for. `problem` is the key of what was wrong with them; the usual period then stands in."""

    first: date
    last: date
    problem: str | None = None


def read_period(first: str, last: str, today: date) -> Period:
    """The period as the address has it. Empty: the last twelve weeks, from a Monday."""
    usual = Period(_monday(today, _USUAL_WEEKS), today)
    if not first and not last:
        return usual
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return Period(usual.first, usual.last, "dates")
    if begin > end:
        return Period(usual.first, usual.last, "order")
    if (end - begin).days > MOST_DAYS or begin.year < 2000 or end > today + timedelta(days=366):
        return Period(usual.first, usual.last, "long")
    return Period(begin, end)


def report_pages(desk: Desk) -> Blueprint:
    """`/desk/rapport`, `/desk/rapport/uger.csv` and `/desk/rapport/emner.csv`."""
    routes = Blueprint("desk_report", url_prefix="/desk/rapport")
    effect = Effect(desk.database)
    may_see = allowed(Role.STAFF, Role.EDITOR)

    def say(prefix: str, key: str) -> str:
        return desk.texts.say(f"report_{prefix}_{key}")

    def period_of(request: Request) -> Period:
        first, last = (request.args.get(name, "").strip() for name in ("fra", "til"))
        return read_period(first, last, local_day(clock.now()))

    @routes.get("/")
    @may_see
    async def page(request: Request, staff: Staff) -> HTTPResponse:
        today = local_day(clock.now())
        period = period_of(request)
        report = await effect.report(period.first, period.last)
        return desk.pages.show(
            "report.html",
            request,
            staff,
            400 if period.problem else 200,
            period=period,
            problem=say("problem", period.problem) if period.problem else None,
            choices=[(weeks, _monday(today, weeks), today) for weeks in _CHOICES],
            report=report,
            charts=_charts(report, say),
            reasons=_reasons(report.whole),
            subjects=_subjects(report, desk),
            definitions=[(say("term", key), say("definition", key)) for key in _DEFINED],
            retention_days=desk.settings.retention_days,
            number=number,
            percent=percent,
            duration=duration,
        )

    @routes.get("/uger.csv")
    @may_see
    async def weeks(request: Request, staff: Staff) -> HTTPResponse:
        period = period_of(request)
        content = weeks_csv(await effect.report(period.first, period.last), partial(say, "column"))
        return _file(content, "uger", period)

    @routes.get("/emner.csv")
    @may_see
    async def subjects(request: Request, staff: Staff) -> HTTPResponse:
        period = period_of(request)
        report = await effect.report(period.first, period.last)
        return _file(subjects_csv(report, desk.help, partial(say, "column")), "emner", period)

    return routes


def _charts(report: Report, say: Any) -> list[Chart]:
    labels = [f"{week.first:%V}".lstrip("0") for week in report.weeks]

    def chart(key: str, rows: dict[str, list[float | None]], **shape: Any) -> Chart:
        series = [Series(say("series", name), values) for name, values in rows.items()]
        return Chart(key, say("chart", key), say("summary", key), labels, series, **{"show": number, **shape})

    def by(figure: str, *parts: str) -> dict[str, list[float | None]]:
        return {part: [week.by(figure).get(part, 0) for week in report.weeks] for part in parts}

    outcome: dict[str, list[float | None]] = {
        "solved": [week.total("solved") for week in report.weeks],
        "with_staff": [week.total("with_staff") for week in report.weeks],
        "other": [_other(week) for week in report.weeks],
    }
    times: dict[str, list[float | None]] = {
        name: [_minutes(week.seconds("wait", part)) for week in report.weeks]
        for name, part in (("wait_half", 0.5), ("wait_most", 0.9))
    }
    return [
        chart("outcome", outcome),
        chart("wait", times, stacked=False, show=_of_minutes),
        chart("miss", by("miss", "search", "unknown", "off_topic")),
        chart("thumb", by("thumb", "up", "down")),
    ]


def _other(span: Span) -> int:
    """Conversations that were neither solved by the bot nor came to staff."""
    return max(0, span.total("conversations") - span.total("solved") - span.total("with_staff"))


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / 60


def _of_minutes(minutes: float | None) -> str:
    return duration(None if minutes is None else round(minutes * 60))


def _reasons(whole: Span) -> list[tuple[str, int, float]]:
    """Reason, how many, and its part (0-1) of the commonest; the commonest first."""
    counted = whole.by("escalation")
    most = max(counted.values(), default=0)
    found = [(reason, counted[reason], counted[reason] / most) for reason in REASONS if counted.get(reason)]
    return sorted(found, key=lambda row: -row[1])


def _subjects(report: Report, desk: Desk) -> list[dict[str, Any]]:
    found = report.subjects()
    most = found[0][1] if found else 0
    rows = []
    for service_id, conversations in found[:_MOST_SUBJECTS]:
        entry = desk.help.get(service_id)
        rows.append(
            {
                "title": entry.title if entry else service_id,
                "kle": entry.service.kle if entry else None,
                "conversations": conversations,
                "part": conversations / most,
            }
        )
    return rows


def _monday(today: date, weeks: int) -> date:
    """The Monday that makes the period `weeks` calendar weeks long, this one included."""
    return today - timedelta(days=today.weekday() + 7 * (weeks - 1))


def _file(content: bytes, name: str, period: Period) -> HTTPResponse:
    if period.problem:
        return raw(b"", status=400)
    disposition = f'attachment; filename="{name}-{period.first}-{period.last}.csv"'
    return raw(content, content_type=_CSV, headers={"Content-Disposition": disposition})
