"""Messages, report and data of the desk in a real browser: for everybody, at any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.browser.conftest import ENGINE
from tests.browser.filled_desk import EMAIL, PASSWORD, fill
from tests.browser.running_server import RunningServer

OpenPage = Callable[..., Page]

AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PATHS = ("/desk/beskeder", "/desk/beskeder?vis=besvarede", "/desk/rapport", "/desk/rapport?fra=x&til=y", "/desk/data")
sizes = pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])


@pytest.fixture(scope="module")
def desk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server after twelve weeks of use."""
    var = tmp_path_factory.mktemp("var")
    fill(var)
    running = RunningServer(var, ENGINE)
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def cookies(browser: Browser, desk_server: RunningServer) -> StorageState:
    """The cookies of an administrator who has logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{desk_server.url}/desk/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def open_page(
    new_context: Callable[..., BrowserContext], desk_server: RunningServer, cookies: StorageState
) -> OpenPage:
    """Open a page of the desk as an administrator."""

    def make(path: str, **options: Any) -> Page:
        page = new_context(storage_state=cookies, **options).new_page()
        page.goto(desk_server.url + path)
        return page

    return make


def assert_axe_finds_nothing(page: Page) -> None:
    result = Axe().run(page, options=AXE_OPTIONS)
    assert result.violations_count == 0, result.generate_report()


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@sizes
def test_every_page_is_for_everybody(
    open_page: OpenPage, desk_server: RunningServer, scheme: str, width: int, height: int
) -> None:
    page = open_page(PATHS[0], width=width, height=height, color_scheme=scheme)
    for path in PATHS:
        page.goto(desk_server.url + path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for summary in page.locator("summary").all():
            summary.click()
        assert_axe_finds_nothing(page)
        assert not scrolls_sideways(page), path


def test_a_message_is_opened_answered_and_gone_from_the_list(open_page: OpenPage) -> None:
    page = open_page("/desk/beskeder")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text("Over tiden")
    rows.nth(4).get_by_role("link").click()
    expect(page.get_by_text("Jens P. Sørensen")).to_be_visible()
    assert_axe_finds_nothing(page)
    page.get_by_role("button", name="Markér som besvaret").click()
    expect(page.get_by_role("group", name="Hvordan svarede du?")).to_have_accessible_description(
        "Vælg, hvordan du svarede."
    )
    assert_axe_finds_nothing(page)
    page.get_by_label("Talte med borgeren i telefon").check()
    page.get_by_label("Note").fill("Hjalp med MitID.")
    page.get_by_role("button", name="Markér som besvaret").click()
    expect(page.get_by_text("Beskeden er markeret som besvaret.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_role("link", name="Besvarede").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("talte med borgeren i telefon")


def test_the_report_follows_the_period(open_page: OpenPage) -> None:
    page = open_page("/desk/rapport")
    chart = page.get_by_role("img", name="Samtaler", exact=True)
    expect(chart).to_have_accessible_description(
        "Antal samtaler i hver uge, delt i løst uden medarbejder, til en medarbejder og andre."
    )
    expect(chart.locator("rect").first).to_be_visible()
    page.get_by_role("link", name="4 uger", exact=True).click()
    section = page.get_by_role("region", name="Samtaler", exact=True)
    section.get_by_text("Vis som tabel").click()
    expect(section.get_by_role("row")).to_have_count(5)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent uger (CSV)").click()
    assert download.value.path().read_bytes().startswith("\ufeffUge;Fra;Til;Samtaler".encode())


def test_a_conversation_is_found_and_erased(open_page: OpenPage, desk_server: RunningServer) -> None:
    page = open_page("/desk/beskeder")
    code = page.get_by_role("row").nth(2).locator("code").inner_text()
    page.goto(f"{desk_server.url}/desk/data")
    page.get_by_label("Samtalens kode").fill(code)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name=f"Samtale {code}")).to_be_visible()
    assert_axe_finds_nothing(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Hent alt som fil").click()
    assert "Bo Åkjær" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Slet samtalen").click()
    expect(page.get_by_role("checkbox")).to_have_accessible_description("Sæt kryds, hvis samtalen skal slettes.")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Slet samtalen").click()
    expect(page.get_by_text("Samtalen er slettet.")).to_be_visible()
