"""Whatever colour a municipality has, it can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.colour import colour_properties, contrast
from tests.desk.conftest import Office

ANY_COLOUR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
SOFT_IN_LIGHT, RAISED_IN_DARK, NEAR_BLACK = (234, 239, 237), (43, 55, 51), (16, 23, 21)


def _rgb(value: str) -> tuple[float, ...]:
    if value.startswith("#"):
        return (255, 255, 255) if value == "#fff" else (0, 0, 0)
    return tuple(float(part) for part in re.findall(r"\d+", value))


@given(ANY_COLOUR)
def test_text_in_it_and_on_it_has_contrast(colour: str) -> None:
    shades = {name: _rgb(value) for name, value in colour_properties(colour).items()}
    assert contrast(shades["--brand"], shades["--on-brand"]) >= 4.5  # type: ignore[arg-type]
    assert contrast(shades["--accent-light"], SOFT_IN_LIGHT) >= 4.5  # type: ignore[arg-type]
    assert contrast(shades["--accent-light"], (255, 255, 255)) >= 4.5  # type: ignore[arg-type]
    assert contrast(shades["--accent-dark"], RAISED_IN_DARK) >= 4.5  # type: ignore[arg-type]
    assert contrast(shades["--accent-dark"], NEAR_BLACK) >= 4.5  # type: ignore[arg-type]


def test_a_colour_that_can_be_read_is_kept() -> None:
    assert colour_properties("#1d5a4c")["--accent-light"] == "rgb(29 90 76)"


@pytest.mark.asyncio
async def test_the_grounds_are_those_of_the_style_sheet(office: Office) -> None:
    sheet = (await office.server.http.get("/desk/static/desk.css")).text
    light, dark = re.findall(r"--soft: (#\w+)", sheet)[0], re.findall(r"--raised: (#\w+)", sheet)[1]
    assert [tuple(bytes.fromhex(value[1:])) for value in (light, dark)] == [SOFT_IN_LIGHT, RAISED_IN_DARK]


@pytest.mark.asyncio
async def test_the_browser_asks_again_cheaply(office: Office) -> None:
    for path in ("/desk/static/colour.css", "/desk/static/desk.css", "/desk/static/copy.js", "/desk/static/mark.svg"):
        first = await office.server.http.get(path)
        assert first.status_code == 200
        again = await office.server.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    for path in ("/desk/static/..%2fpage.py", "/desk/static/nothing.css", "/desk/static/"):
        assert (await office.server.http.get(path)).status_code in (302, 404), path
