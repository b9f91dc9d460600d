"""From the municipality's front page to an answer, at the sizes citizens have."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import Chat, Line, OpenTab
from tests.browser.running_server import RunningServer

SIZES = [(1280, 800), (390, 844), (320, 568)]
sizes = pytest.mark.parametrize(("width", "height"), SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


def scrolls_sideways(page: Page) -> bool:
    wide: bool = page.evaluate(
        """() => [document.documentElement, ...document.querySelector("odder-chat").shadowRoot.querySelectorAll("*")]
            .some((element) => element.scrollWidth > element.clientWidth + 1
                && getComputedStyle(element).overflowX !== "visible" && !element.matches(".vh, textarea, .mirror")
                || element === document.documentElement && element.scrollWidth > innerWidth)"""
    )
    return wide


@sizes
def test_a_lost_card_is_answered_with_a_link(open_tab: OpenTab, width: int, height: int) -> None:
    chat = open_tab(width=width, height=height)
    chat.open()
    assert not scrolls_sideways(chat.page)
    chat.ask("mit gule kort er blevet væk")

    expect(chat.said_by("citizen")).to_have_text(["mit gule kort er blevet væk"])
    card = chat.log.get_by_role("link", name=re.compile(r"åbner i nyt vindue")).first
    expect(card).to_have_attribute("href", re.compile(r"^https://"))
    expect(card).to_have_attribute("target", "_blank")
    expect(card).to_have_attribute("rel", re.compile("noopener"))
    expect(card).to_contain_text(re.compile(r"\w+\.dk"))
    expect(chat.restart).to_be_in_viewport(ratio=1)
    expect(chat.human).to_be_in_viewport(ratio=1)
    expect(chat.input).to_be_in_viewport(ratio=1)
    assert not scrolls_sideways(chat.page)


@sizes
def test_the_panel_fills_a_phone_but_not_a_desk(open_tab: OpenTab, width: int, height: int) -> None:
    chat = open_tab(width=width, height=height)
    chat.open()
    box = chat.panel.bounding_box()
    assert box
    fills = (box["width"], box["height"]) == (width, height)
    assert fills == (width < 480)


def test_a_button_is_remembered_as_used(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    before = chat.said_by("bot").count()
    chat.log.get_by_role("button", name="Vis mig trin for trin").click()
    expect(chat.said_by("bot")).not_to_have_count(before)
    expect(chat.said_by("citizen").last).to_have_text("Vis mig trin for trin")

    used = chat.log.get_by_role("button", name="Vis mig trin for trin (valgt)").first
    expect(used).to_have_attribute("aria-disabled", "true")
    chat.page.reload()
    expect(used).to_have_attribute("aria-disabled", "true")
    said = chat.said_by("citizen").count()
    used.click(force=True)
    expect(chat.said_by("citizen")).to_have_count(said)


def test_a_thumb_and_a_comment_are_stored(open_tab: OpenTab, server: RunningServer) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    chat.log.get_by_role("button", name="Nej, det hjalp ikke").click()
    chat.log.get_by_role("textbox", name=re.compile("Hvad manglede?")).fill("Der stod ikke, hvad det koster.")
    chat.log.get_by_role("button", name="Send kommentar").click()
    expect(chat.log.get_by_text("Tak for din kommentar.")).to_be_visible()
    chat.page.wait_for_timeout(300)
    assert server.ratings()[-1] == ("down", "Der stod ikke, hvad det koster.")

    chat.page.reload()
    expect(chat.log.get_by_role("button", name="Nej, det hjalp ikke")).to_have_attribute("aria-pressed", "true")


def test_the_greeting_is_not_rated(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    expect(chat.log.get_by_role("button", name="Ja, det hjalp")).to_have_count(0)


def test_start_over_asks_first_and_then_begins_anew(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("mit gule kort er blevet væk")
    code = chat.session["code"]

    chat.restart.click()
    chat.panel.get_by_role("button", name="Nej, bliv her").click()
    expect(chat.said_by("citizen")).to_have_count(1)
    chat.restart.click()
    chat.panel.get_by_role("button", name="Ja, start forfra").click()
    expect(chat.said_by("citizen")).to_have_count(0)
    expect(chat.said_by("bot")).to_have_count(1)
    assert chat.session["code"] != code
    expect(chat.input).to_be_focused()


def test_a_human_is_one_press_away(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.human.click()
    expect(chat.said_by("citizen")).to_have_text(["Tal med et menneske"])
    expect(chat.said_by("bot")).not_to_have_count(1)


def test_place_in_the_queue_and_the_humans_name(new_chat_with_line: tuple[Chat, Line]) -> None:
    chat, line = new_chat_with_line
    line.server_says(type="state", state="queued", place=2)
    expect(chat.panel.get_by_text("Du er nummer 2 i køen.")).to_be_visible()
    expect(chat.human).to_have_attribute("aria-disabled", "true")
    line.server_says(type="state", state="human", name="Mette")
    expect(chat.panel.get_by_text("Du taler med Mette.")).to_be_visible()
    line.server_says(type="typing", author="human", on=True)
    expect(chat.panel.get_by_text("Mette skriver …")).to_be_visible()
    line.message("human", "Hej, det er Mette.", name="Mette")
    expect(chat.said_by("human")).to_have_text("Hej, det er Mette.")
    expect(chat.panel.get_by_text("Mette skriver …")).to_be_hidden()


def test_news_while_closed_shows_on_the_launcher(new_chat_with_line: tuple[Chat, Line]) -> None:
    chat, line = new_chat_with_line
    chat.page.keyboard.press("Escape")
    line.message("human", "Er du der?", name="Mette")
    expect(chat.page.get_by_role("button", name="Spørg os. Du har nye beskeder")).to_be_visible()
    chat.launcher.click()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("button", name="Spørg os", exact=True)).to_have_attribute("aria-label", "Spørg os")


def test_shift_enter_makes_a_line_that_stays_a_line(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.input.press_sequentially("to")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("linjer")
    chat.input.press("Enter")
    bubble = chat.said_by("citizen").last
    expect(bubble).to_be_visible()
    assert bubble.inner_text() == "to\nlinjer"


def test_the_counter_comes_near_the_limit_and_stops_what_is_too_long(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.input.fill("a" * 700)
    expect(chat.panel.get_by_text("300 tegn tilbage")).to_be_hidden()
    chat.input.fill("a" * 955)
    expect(chat.panel.get_by_text("45 tegn tilbage")).to_be_visible()
    chat.input.fill("a" * 1003)
    chat.input.press("Enter")
    expect(chat.panel.get_by_text("3 tegn for lang").first).to_be_visible()
    expect(chat.said_by("citizen")).to_have_count(0)
    expect(chat.input).to_have_value("a" * 1003)


def test_reading_upwards_is_not_disturbed(new_chat_with_line: tuple[Chat, Line]) -> None:
    chat, line = new_chat_with_line
    for number in range(12):
        line.message("bot", f"Besked {number}\n\n\n.")
    last = chat.said_by("bot").last
    expect(last).to_be_in_viewport()
    chat.panel.get_by_role("region", name="Samtale").hover()
    chat.page.mouse.wheel(0, -2000)
    expect(last).not_to_be_in_viewport()
    line.message("bot", "Den nyeste")
    newer = chat.panel.get_by_role("button", name="Nye beskeder")
    expect(newer).to_be_visible()
    expect(chat.said_by("bot").last).not_to_be_in_viewport()
    newer.click()
    expect(chat.said_by("bot").last).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_the_pages_own_question_field_opens_the_chat(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.page.get_by_label("Dit spørgsmål", exact=True).fill("mit gule kort er blevet væk")
    chat.page.get_by_role("button", name="Spørg", exact=True).click()
    expect(chat.said_by("citizen")).to_have_text(["mit gule kort er blevet væk"])
    expect(chat.said_by("bot")).not_to_have_count(1)


def test_the_demo_page_takes_its_names_from_the_configuration(open_tab: OpenTab, server: RunningServer) -> None:
    chat = open_tab()
    config = chat.page.request.get(f"{server.url}/api/chat/config").json()
    expect(chat.page.get_by_role("banner")).to_contain_text(config["municipality"])
    expect(chat.page.get_by_role("contentinfo")).to_contain_text(config["phone"])
    source = chat.page.request.get(server.url).text()
    assert config["municipality"] not in source
