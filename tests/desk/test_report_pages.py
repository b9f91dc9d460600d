"""The report as page and as files, and the columns of its charts."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.knowledge import knowledge
from bot.desk.chart import HEIGHT, Chart, Series
from bot.desk.danish_numbers import duration, number, percent
from bot.desk.permission import Role
from bot.desk.report_pages import read_period
from tests.desk.conftest import Office
from tests.escalation.talks import CITIZEN, HUMAN, LEFT, OFF_TOPIC, SEARCH, Talks, answer, lifelike

LAST_WEEK = datetime(2026, 11, 18, 11, tzinfo=UTC)
PERIOD = "fra=2026-11-09&til=2026-11-22"
TUESDAY = date(2026, 11, 24)


async def filled(office: Office) -> None:
    """An office with a few conversations in two weeks."""
    talks = Talks()
    talks.add(LAST_WEEK, [CITIZEN, answer("pas"), CITIZEN, answer("flytning")], thumbs=[(1, "up")])
    talks.add(LAST_WEEK, [CITIZEN, answer("pas"), CITIZEN, SEARCH, CITIZEN, OFF_TOPIC], thumbs=[(1, "down")])
    times = {"claimed_at": 60, "first_reply_at": 80, "closed_at": 660}
    talks.add(LAST_WEEK - timedelta(days=7), [CITIZEN, HUMAN], ticket={"reason": "personal_case", **times})
    talks.add(LAST_WEEK - timedelta(days=7), [CITIZEN, answer("findes_ikke_mere"), LEFT])
    await talks.write(office.server.desk.database)


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


async def test_the_page_tells_what_was_counted(office: Office) -> None:
    await filled(office)
    page = (await (await office.logged_in(Role.STAFF)).get(f"/desk/rapport?{PERIOD}")).text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Samtaler 4 7 beskeder fra borgere" in words
    assert "Løst uden medarbejder 25 % 1 samtaler" in words
    assert "Til en medarbejder 50 % 1 chats, 1 beskeder" in words
    assert "Ventetid 1 min. 20 sek." in words
    assert "Behandlingstid 10 min." in words
    assert "Tommel op 50 % af 2 tomler" in words
    assert "Egen sag 1" in words
    pas = knowledge().catalogue.entries["pas"]
    assert f"{pas.title} KLE {pas.service.kle} 2" in words
    assert "findes_ikke_mere" in words
    assert "Sådan tæller vi" in words
    assert 'style="' not in page


async def test_each_chart_has_a_name_a_sentence_and_a_table(office: Office) -> None:
    await filled(office)
    page = (await (await office.logged_in(Role.EDITOR)).get(f"/desk/rapport?{PERIOD}")).text
    charts = re.findall(r'<svg class="plot".*?</svg>.*?</details>', page, re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        name, summary = re.search(r'role="img" aria-labelledby="(\S+)" aria-describedby="(\S+)"', chart).groups()  # type: ignore[union-attr]
        assert re.search(rf'<title id="{name}">[^<]{{5,}}</title>', chart)
        assert re.search(rf'<desc id="{summary}">[^<]{{20,}}</desc>', chart)
        assert re.findall(r'<tr><th scope="row">(\d+)</th>', chart) == ["46", "47"]


async def test_weeks_as_a_file(office: Office) -> None:
    await filled(office)
    browser = await office.logged_in(Role.STAFF)
    answered = await browser.get(f"/desk/rapport/uger.csv?{PERIOD}")
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="uger-2026-11-09-2026-11-22.csv"' in answered.headers["content-disposition"]
    before, last = rows(answered.content)
    assert (before["Uge"], before["Fra"], before["Til"]) == ("2026-U46", "2026-11-09", "2026-11-15")
    assert (before["Årsag: egen sag"], before["Beskeder lagt"], before["Til en medarbejder"]) == ("1", "1", "2")
    assert (before["Ventetid, median (sek.)"], before["Behandlingstid, median (sek.)"]) == ("80", "600")
    assert (last["Samtaler"], last["Andel løst uden medarbejder"], last["Ventetid, median (sek.)"]) == (
        "2",
        "0,5000",
        "",
    )
    assert (last["Viste en søgning"], last["Uden for emnet"], last["Tommel op"], last["Tommel ned"]) == (
        "1",
        "1",
        "1",
        "1",
    )


async def test_subjects_as_a_file(office: Office) -> None:
    await filled(office)
    browser = await office.logged_in(Role.STAFF)
    found = rows((await browser.get(f"/desk/rapport/emner.csv?{PERIOD}")).content)
    assert [(row["Id"], row["Samtaler"]) for row in found] == [
        ("pas", "2"),
        ("findes_ikke_mere", "1"),
        ("flytning", "1"),
    ]
    assert found[0]["Emne"] == knowledge().catalogue.entries["pas"].title
    assert found[1]["Emne"] == ""


async def test_nothing_happened_is_no_fault(office: Office) -> None:
    page = await (await office.logged_in(Role.STAFF)).get("/desk/rapport")
    assert page.status_code == 200
    assert page.text.count("Ingen i perioden.") == 2


async def test_a_wrong_period_is_told_at_the_field(office: Office) -> None:
    browser = await office.logged_in(Role.STAFF)
    page = await browser.get("/desk/rapport?fra=2026-11-22&til=2026-11-09")
    assert page.status_code == 400
    assert "Den første dato skal ligge før den sidste." in page.text
    assert page.text.count('aria-describedby="period-problem"') == 2
    assert (await browser.get("/desk/rapport/uger.csv?fra=x&til=y")).status_code == 400


@pytest.mark.parametrize(
    ("first", "last", "period", "problem"),
    [
        ("", "", ("2026-09-07", "2026-11-24"), None),
        ("2026-11-01", "2026-11-01", ("2026-11-01", "2026-11-01"), None),
        ("2024-11-23", "2026-11-24", ("2024-11-23", "2026-11-24"), None),
        ("2024-11-01", "2026-11-24", ("2026-09-07", "2026-11-24"), "long"),
        ("0001-01-01", "0001-01-02", ("2026-09-07", "2026-11-24"), "long"),
        ("9999-12-30", "9999-12-31", ("2026-09-07", "2026-11-24"), "long"),
        ("2026-11-02", "2026-11-01", ("2026-09-07", "2026-11-24"), "order"),
        ("2026-11-02", "", ("2026-09-07", "2026-11-24"), "dates"),
        ("2026-02-30", "2026-11-01", ("2026-09-07", "2026-11-24"), "dates"),
    ],
)
def test_periods(first: str, last: str, period: tuple[str, str], problem: str | None) -> None:
    read = read_period(first, last, TUESDAY)
    assert (read.first.isoformat(), read.last.isoformat(), read.problem) == (*period, problem)


values = st.lists(st.none() | st.integers(0, 5000) | st.floats(0.01, 300), min_size=1, max_size=60)


@given(st.integers(1, 3).flatmap(lambda n: values.map(lambda row: [row] * n)), st.booleans())
def test_columns_stay_on_the_chart(table: list[list[float | None]], stacked: bool) -> None:
    labels = [str(place) for place in range(len(table[0]))]
    chart = Chart("k", "t", "s", labels, [Series(f"{index}", row) for index, row in enumerate(table)], stacked)
    ticks = chart.ticks()
    assert 2 <= len(ticks) <= 7
    assert ticks[0] == (0, HEIGHT)
    shown = list(chart.columns())
    assert len(shown) == sum(bool(value) for row in table for value in row)
    for column in shown:
        assert column.x >= 0
        assert column.x + column.width <= 100.01
        assert -10 <= column.y <= HEIGHT
        assert 0 < column.height <= HEIGHT + 10
    if not stacked:
        assert all(abs(column.y + column.height - HEIGHT) < 0.2 for column in shown)
    if not stacked or len(table) == 1:
        top = max((value or 0 for row in table for value in row), default=0)
        assert ticks[-1][0] >= top
    assert len(chart.marks()) <= 14


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (number(1234567), "1.234.567"), (number(0), "0"), (number(2.5), "2,5"), (number(None), "–"),
        (percent(0.714), "71 %"), (percent(0.0), "0 %"), (percent(None), "–"),
        (duration(50), "50 sek."), (duration(80), "1 min. 20 sek."), (duration(1800), "30 min."),
        (duration(7530), "2 t. 5 min."), (duration(0), "0 sek."), (duration(None), "–"),
    ],
)  # fmt: skip
def test_numbers_as_danes_write_them(written: str, shown: str) -> None:
    assert written == shown


async def test_a_year_of_two_thousand_conversations_is_shown(office: Office) -> None:
    services = list(knowledge().catalogue.entries)
    await lifelike(datetime(2026, 11, 24, tzinfo=UTC), 12, 2000, services).write(office.server.desk.database)
    browser = await office.logged_in(Role.STAFF)
    page = await browser.get("/desk/rapport?fra=2025-12-01&til=2026-11-24")
    assert page.status_code == 200
    assert "2.000" in page.text
    assert len(rows((await browser.get("/desk/rapport/uger.csv?fra=2025-12-01&til=2026-11-24")).content)) == 52
