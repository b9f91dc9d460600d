"""The desk's doors, from the link in the terminal to the second colleague, and its pages for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ENGINE
from tests.browser.running_server import RunningServer
from tests.browser.test_accessibility import AXE_OPTIONS

PASSWORD = "korrekt hest batteri hæfteklamme"
BOSS = "bo@kommune.dk"

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server of our own: the tests that share one do not expect anybody at the desk."""
    running = RunningServer(tmp_path_factory.mktemp("desk"), ENGINE)
    running.start()
    yield running
    running.kill()


def _choose_password(page: Page) -> None:
    page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    page.get_by_label("Adgangskode igen").fill(PASSWORD)


def _set_up(page: Page, desk: RunningServer) -> None:
    """Make the first administrator, or log in as them when an earlier test has."""
    page.goto(desk.setup_link())
    if page.get_by_role("heading", name="Linket virker ikke mere").count():
        _log_in(page, desk.url, BOSS)
        return
    page.get_by_label("Navn").fill("Bo Bang")
    page.get_by_label("E-mail").fill(BOSS)
    _choose_password(page)
    page.get_by_role("button", name="Opret og log ind").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()


def _log_in(page: Page, url: str, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/desk/login?next=/desk/profile")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Adgangskode").fill(password)
    page.get_by_role("button", name="Log ind").click()


def test_from_the_terminal_to_the_second_colleague(desk: RunningServer, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(desk.setup_link())
    page.get_by_role("button", name="Opret og log ind").click()
    for width, scheme in product((360, 1280), SCHEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        _assert_fit_for_all(page)
    _set_up(page, desk)

    page.get_by_role("button", name="Log ud").click()
    expect(page.get_by_role("status")).to_have_text("Du er logget ud.")
    _log_in(page, desk.url, BOSS, "forkert hest batteri")
    expect(page.get_by_role("alert")).to_contain_text("forkert")
    expect(page.get_by_label("E-mail")).to_have_value(BOSS)
    _log_in(page, desk.url, BOSS)

    page.get_by_role("link", name="Medarbejdere").click()
    page.get_by_role("link", name="Invitér en medarbejder").click()
    page.get_by_label("Navn").fill("Karla Krog")
    page.get_by_label("E-mail").fill("karla@kommune.dk")
    page.get_by_label("Afdeling").select_option("Borgerservice")
    page.get_by_role("button", name="Lav link").click()
    link = page.get_by_label("Link").input_value()

    colleague = new_context(width=390, height=844).new_page()
    colleague.goto(link)
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("Hej Karla")
    colleague.get_by_label("Adgangskode", exact=True).fill("kort")
    colleague.get_by_role("button", name="Gem og log ind").click()
    field = colleague.get_by_label("Adgangskode", exact=True)
    expect(field).to_have_accessible_description(re.compile("Adgangskoden skal have mindst 12 tegn"))
    _choose_password(colleague)
    # The first look at the inbox reads the whole catalogue.
    colleague.get_by_role("button", name="Gem og log ind").click(timeout=60_000)
    colleague.get_by_role("link", name="Karla").click()
    colleague.get_by_role("button", name="Log ud").click()
    _log_in(colleague, desk.url, "karla@kommune.dk")
    expect(colleague.get_by_text("Borgerservice")).to_be_visible()
    expect(colleague.get_by_role("link", name="Medarbejdere")).to_have_count(0)

    page.goto(f"{desk.url}/desk/people")
    page.get_by_role("link", name="Karla Krog").click()
    page.get_by_role("button", name="Luk ude").click()
    expect(page.get_by_role("status")).to_contain_text("lukket ude")
    colleague.reload()
    expect(colleague.get_by_role("heading", name="Log ind")).to_be_visible()


def test_a_page_from_before_the_login_still_has_a_way_on(desk: RunningServer, new_context: NewContext) -> None:
    """Two tabs: the form of one was made before the other logged in, so its token is of another session."""
    context = new_context()
    old, page = context.new_page(), context.new_page()
    old.goto(f"{desk.url}/desk/login?next=/desk/profile")
    _set_up(page, desk)
    old.get_by_label("E-mail").fill(BOSS)
    old.get_by_label("Adgangskode").fill(PASSWORD)
    old.get_by_role("button", name="Log ind").click()
    expect(old.get_by_role("heading", name="Siden er for gammel")).to_be_visible()
    expect(old.get_by_role("link", name="Gå til forsiden")).to_be_visible()
    expect(old.get_by_role("button", name="Log ud")).to_be_visible()


def _assert_fit_for_all(page: Page) -> None:
    # After a click the page may be there before its style sheet.
    page.wait_for_load_state()
    result = Axe().run(page, options=AXE_OPTIONS)
    assert result.violations_count == 0, f"{page.url}\n{result.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    expect(page.locator("h1")).to_have_count(1)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main .button, input:not([type=hidden], .vh), select, .menu a")]
            .filter((element) => element.checkVisibility() && !element.matches(".tick input"))
            .filter((element) => element.getBoundingClientRect().height < 44).map((element) => element.outerHTML)"""
    )
    assert small == [], page.url


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_fit_for_all(desk: RunningServer, new_context: NewContext, width: int, scheme: str) -> None:
    page = new_context(width=width, color_scheme=scheme).new_page()
    setup = desk.setup_link()
    page.goto(setup)
    _assert_fit_for_all(page)
    _set_up(page, desk)
    page.get_by_role("button", name="Log ud").click()
    page.goto(f"{desk.url}/desk/login")
    _assert_fit_for_all(page)
    _log_in(page, desk.url, "nobody@kommune.dk", "wrong")
    _assert_fit_for_all(page)
    _log_in(page, desk.url, BOSS)
    for path in ("people", "people?done=saved", "log", "log?code=XXX-XXX", "profile", "findes-ikke", "people/invite"):
        page.goto(f"{desk.url}/desk/{path}")
        _assert_fit_for_all(page)
    page.get_by_role("button", name="Lav link").click()
    _assert_fit_for_all(page)
    page.get_by_label("Navn").fill("Et meget langt navn " + "Sammensætningsord" * 3)
    page.get_by_label("E-mail").fill(f"en.meget.lang.adresse.{width}.{scheme}@kommune.dk")
    page.get_by_role("button", name="Lav link").click()
    _assert_fit_for_all(page)
    link = page.get_by_label("Link").input_value()
    page.goto(f"{desk.url}/desk/people")
    _assert_fit_for_all(page)
    page.get_by_role("link", name="Et meget langt navn").first.click()
    _assert_fit_for_all(page)
    stranger = new_context(width=width, color_scheme=scheme).new_page()
    stranger.goto(link)
    _assert_fit_for_all(stranger)
    stranger.get_by_role("button", name="Gem og log ind").click()
    _assert_fit_for_all(stranger)


def test_the_skip_link_and_the_focus_ring(desk: RunningServer, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{desk.url}/desk/login")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Gå til indhold")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    assert skip.evaluate("link => getComputedStyle(link).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_200_percent_zoom(desk: RunningServer, new_context: NewContext) -> None:
    """1280 × 800 at 200 % is 640 × 400 CSS pixels."""
    page = new_context(width=640, height=400, device_scale_factor=2).new_page()
    page.goto(f"{desk.url}/desk/login")
    _assert_fit_for_all(page)
