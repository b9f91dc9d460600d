"""For everybody: screen readers, keyboard alone, zoom, calm, dark and high contrast."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_whole_path import scrolls_sideways, sizes

from tests.browser.chat import Chat, Line, OpenTab

AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_axe_finds_nothing(chat: Chat) -> None:
    # The opening movement must be over, or half-transparent colours are measured.
    chat.page.wait_for_timeout(400)
    result = Axe().run(chat.page, options=AXE_OPTIONS)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@sizes
def test_axe_from_closed_to_conversation(open_tab: OpenTab, scheme: str, width: int, height: int) -> None:
    chat = open_tab(width=width, height=height, color_scheme=scheme)
    assert_axe_finds_nothing(chat)
    chat.open()
    assert_axe_finds_nothing(chat)
    chat.ask("mit gule kort er blevet væk")
    assert_axe_finds_nothing(chat)
    chat.log.get_by_role("button", name="Nej, det hjalp ikke").click()
    chat.restart.click()
    chat.input.fill("a" * 1001)
    assert_axe_finds_nothing(chat)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_with_a_human_and_an_error(open_tab: OpenTab, new_chat_with_line: tuple[Chat, Line], scheme: str) -> None:
    chat, line = new_chat_with_line
    chat.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    line.message("human", "Ring på 87 80 33 33", name="Mette", links=[{"label": "Se her", "url": "/intet"}])
    line.message("system", "Du taler nu med Mette.")
    line.server_says(type="state", state="queued", place=1)
    line.server_says(type="typing", author="human", on=True)
    line.server_says(type="error", code="bad_request", text="Beskeden kunne ikke læses.")
    chat.page.context.set_offline(True)
    chat.say("venter")
    expect(chat.panel.get_by_text("Venter på forbindelse")).to_be_visible()
    assert_axe_finds_nothing(chat)


def test_axe_on_the_second_page(open_tab: OpenTab) -> None:
    assert_axe_finds_nothing(open_tab(path="/demo/side2.html"))


@pytest.mark.parametrize("colour", ["#ffe600", "#ffffff", "#000000", "#e4002b", "#7a9a01"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_municipal_colour_can_be_read(open_tab: OpenTab, colour: str, scheme: str) -> None:
    chat = open_tab(color_scheme=scheme)
    config = chat.page.evaluate("fetch('/api/chat/config').then((answer) => answer.json())")
    # Only the widget is asked to cope with any colour; the demo page around it keeps its own.
    chat.page.route("**/demo/demo.js", lambda route: route.abort())
    chat.page.route("**/api/chat/config", lambda route: route.fulfill(json=config | {"colour": colour}))
    chat.page.reload()
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    assert_axe_finds_nothing(chat)


def test_the_keyboard_alone_is_enough(open_tab: OpenTab) -> None:
    chat = open_tab()
    keyboard = chat.page.keyboard

    def tab_to(name: str, key: str = "Tab") -> None:
        for _ in range(60):
            if chat.focused.startswith(name):
                return
            keyboard.press(key)
        raise AssertionError(f"never came to {name}")

    keyboard.press("Tab")
    assert chat.focused == "Gå til indhold"
    tab_to("Spørg os")
    keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    keyboard.type("mit gule kort er blevet væk")
    keyboard.press("Enter")
    expect(chat.said_by("bot")).to_have_count(2)
    tab_to("Vis mig trin for trin", "Shift+Tab")
    keyboard.press("Enter")
    expect(chat.said_by("bot")).to_have_count(3)
    assert chat.focused.startswith("Vis mig trin for trin")
    tab_to("Nej, det hjalp ikke")
    keyboard.press("Space")
    tab_to("Hvad manglede?")
    keyboard.type("Det var svært")
    tab_to("Send kommentar")
    keyboard.press("Enter")
    expect(chat.log.get_by_text("Tak for din kommentar.")).to_be_visible()
    tab_to("Start forfra", "Shift+Tab")
    keyboard.press("Enter")
    assert chat.focused == "Ja, start forfra"
    keyboard.press("Escape")
    assert chat.focused == "Start forfra"
    keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_on_a_phone_tab_stays_in_the_panel(open_tab: OpenTab) -> None:
    chat = open_tab(width=390, height=844)
    chat.open()
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(15):
            chat.page.keyboard.press(key)
            assert chat.page.evaluate("document.activeElement.localName") == "odder-chat"


def test_roles_and_names(open_tab: OpenTab) -> None:
    chat = open_tab()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    chat.open()
    name = chat.panel.get_by_role("heading").inner_text()
    expect(chat.page.get_by_role("dialog", name=name)).to_be_visible()
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.ask("hej")
    assert chat.log.locator(".message.citizen").last.text_content() == "Du skrev: hej"
    expect(chat.log.locator(".message.bot").last).to_contain_text("Robotten svarer:")


def test_history_is_not_read_aloud(open_tab: OpenTab) -> None:
    """The log becomes live only after the history is in place."""
    chat = open_tab()
    chat.open()
    chat.ask("hej")
    chat.page.add_init_script(
        """new MutationObserver(() => {
            const log = document.querySelector("odder-chat")?.shadowRoot?.querySelector("[role=log]");
            if (log && !window.liveBefore) {
                window.liveBefore = [];
                new MutationObserver(() => window.liveBefore.push(log.ariaLive)).observe(log, { childList: true });
            }
        }).observe(document, { childList: true, subtree: true })"""
    )
    chat.page.reload()
    expect(chat.said_by("citizen")).to_have_text(["hej"])
    live = chat.page.evaluate("window.liveBefore")
    assert live
    assert set(live) == {"off"}


@sizes
def test_targets_are_44_px_and_text_16_px(open_tab: OpenTab, width: int, height: int) -> None:
    chat = open_tab(width=width, height=height)
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    chat.restart.click()
    measures = chat.page.evaluate(
        """() => [...document.querySelector("odder-chat").shadowRoot.querySelectorAll("*")]
            .filter((element) => element.checkVisibility() && !element.closest("svg, .vh"))
            .map((element) => ({
                what: element.outerHTML.slice(0, 80),
                target: element.matches("button, textarea, a.card"),
                width: element.getBoundingClientRect().width,
                height: element.getBoundingClientRect().height,
                font: parseFloat(getComputedStyle(element).fontSize),
            }))"""
    )
    assert [m for m in measures if m["font"] < 16] == []
    assert [m for m in measures if m["target"] and min(m["width"], m["height"]) < 44] == []


def test_200_percent_zoom(open_tab: OpenTab) -> None:
    """1280 × 800 at 200 % is 640 × 400 CSS pixels, each of them two wide."""
    chat = open_tab(width=640, height=400, device_scale_factor=2)
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    for control in (chat.restart, chat.human, chat.input, chat.panel.get_by_role("button", name="Luk chatten")):
        expect(control).to_be_in_viewport(ratio=1)
    assert not scrolls_sideways(chat.page)
    log = chat.panel.get_by_role("region", name="Samtale").bounding_box()
    assert log
    assert log["height"] > 200


def test_a_citizens_larger_text_is_respected(open_tab: OpenTab) -> None:
    chat = open_tab()
    client = chat.page.context.new_cdp_session(chat.page)
    client.send("Page.enable")
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 26}})
    chat.page.reload()
    chat.open()
    assert chat.input.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") == 26
    assert not scrolls_sideways(chat.page)


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_reduced_motion(open_tab: OpenTab, motion: str, moves: bool) -> None:
    chat = open_tab(reduced_motion=motion)
    chat.launcher.click()
    names = chat.page.evaluate(
        """() => [...document.querySelector("odder-chat").shadowRoot.querySelectorAll("*")]
            .map((element) => getComputedStyle(element).animationName)"""
    )
    assert any(name != "none" for name in names) == moves


def test_high_contrast_keeps_edges(open_tab: OpenTab) -> None:
    chat = open_tab(forced_colors="active")
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    edges = chat.page.evaluate(
        """() => [...document.querySelector("odder-chat").shadowRoot.querySelectorAll(".panel, .bubble, .chip, .send, .grow")]
            .map((element) => [getComputedStyle(element).borderTopStyle, getComputedStyle(element).borderTopColor])"""
    )
    assert len(edges) >= 5
    assert all(style != "none" and colour != "rgba(0, 0, 0, 0)" for style, colour in edges)
