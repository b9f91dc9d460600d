"""The citizen's side when a human takes over: the line, who answers, the way back, and the message left instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from test_accessibility import assert_axe_finds_nothing
from test_whole_path import scrolls_sideways

from tests.browser.chat import SOCKET, Chat, Line, OpenTab, wait_until
from tests.browser.running_server import RunningServer

PROMISE = "Tak. Kommunen har fået din besked. Vi svarer dig senest tirsdag kl. 12."
ASKS = "Vi svarer i chatten igen mandag kl. 10. Du kan skrive en besked her."
IN_LINE = "Du er nummer {} i køen. Et menneske svarer dig snart."
TWO_SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 568)], ids=["1280", "320"])
TWO_SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

OpenLine = Callable[..., tuple[Chat, Line]]


class Office:
    """What the server says to a left message, in order; the last answer is given to all that come after."""

    def __init__(self, page: Page) -> None:
        self.letters: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = [(200, {"ok": True, "text": PROMISE})]
        page.route("**/api/chat/contact", self._take)

    def _take(self, route: Route) -> None:
        assert route.request.headers["authorization"].startswith("Bearer ")
        self.letters.append(route.request.post_data_json)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status:
            route.fulfill(status=status, json=body)
        else:
            route.abort()

    def refuses(self, status: int, code: str, text: str, **more: Any) -> None:
        """Answer the next message with an error; status 0 is a line that breaks."""
        self.answers.insert(0, (status, {"error": {"code": code, "text": text, **more}}))


class Form:
    """The form for leaving a message."""

    def __init__(self, chat: Chat) -> None:
        self.root = chat.panel.get_by_role("form", name="Skriv en besked til os")
        self.name = self.root.get_by_role("textbox", name="Navn")
        self.contact = self.root.get_by_role("textbox", name="Telefon eller e-mail")
        self.text = self.root.get_by_role("textbox", name="Besked")
        self.send = self.root.get_by_role("button", name=re.compile("^Send til "))
        self.close = self.root.get_by_role("button", name="Luk uden at sende")

    def fill(self) -> None:
        """As a citizen would."""
        self.name.fill("Inger Hansen")
        self.contact.fill("87 80 33 33")
        self.text.fill("Ring til mig om plejehjem")

    @property
    def values(self) -> tuple[str, str, str]:
        """What stands in it."""
        return self.name.input_value(), self.contact.input_value(), self.text.input_value()


@pytest.fixture
def open_line(new_context: Callable[..., BrowserContext], server: RunningServer) -> OpenLine:
    """Open a chat whose WebSocket the test has a hand on."""

    def make(**options: Any) -> tuple[Chat, Line]:
        page = new_context(**options).new_page()
        line = Line(page)
        chat = Chat(page, server.url)
        chat.visit()
        chat.open()
        wait_until(page, lambda: line.welcomed)
        return chat, line

    return make


def button(chat: Chat, name: str) -> Locator:
    return chat.panel.get_by_role("button", name=name)


def spoken(chat: Chat) -> Locator:
    """What the panel's live region for the line has said."""
    return chat.panel.locator(".standing [role=status]")


# The line ---------------------------------------------------------------------------------------------------------------


def test_the_line_is_shown_and_only_a_falling_place_is_read_aloud(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="queued", place=3)
    expect(chat.panel.get_by_text(IN_LINE.format(3))).to_be_visible()
    expect(chat.human).to_have_attribute("aria-disabled", "true")
    expect(spoken(chat)).to_be_empty()
    line.server_says(type="state", state="queued", place=2)
    expect(spoken(chat)).to_have_text(IN_LINE.format(2))
    line.server_says(type="state", state="queued", place=4)
    expect(chat.panel.get_by_text(IN_LINE.format(4))).to_be_visible()
    expect(spoken(chat)).to_have_text(IN_LINE.format(2))
    # An answer without a place says nothing of it.
    line.server_says(type="state", state="queued")
    line.server_says(type="state", state="queued", place=1)
    expect(spoken(chat)).to_have_text(IN_LINE.format(1))
    line.server_says(type="state", state="bot")
    expect(chat.panel.get_by_text("i køen")).to_have_count(0)
    expect(chat.human).to_have_attribute("aria-disabled", "false")


def test_fortryd_leaves_the_line(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="queued", place=2)
    leave = button(chat, "Fortryd og gå ud af køen")
    leave.focus()
    chat.page.keyboard.press("Enter")
    wait_until(chat.page, lambda: {"type": "cancel"} in line.sent)
    line.server_says(type="state", state="bot")
    expect(leave).to_be_hidden()
    expect(chat.panel.get_by_role("region", name="Samtale")).to_be_focused()


def test_buttons_of_the_robot_wait_while_a_human_answers(open_line: OpenLine) -> None:
    chat, line = open_line()
    chat.ask("mit gule kort er blevet væk")
    chip = chat.log.get_by_role("button", name="Vis mig trin for trin")
    line.server_says(type="state", state="queued", place=1)
    expect(chip).to_have_attribute("aria-disabled", "true")
    expect(chat.log.get_by_text("Var det til hjælp?")).to_have_count(1)  # under the link, not at the end
    line.server_says(type="state", state="bot")
    expect(chip).to_have_attribute("aria-disabled", "false")


def test_start_over_says_that_the_human_goes_and_frees_the_place(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="queued", place=2)
    chat.restart.click()
    expect(chat.panel.get_by_text("Så får du ikke svar fra et menneske.")).to_be_visible()
    button(chat, "Ja, start forfra").click()
    wait_until(chat.page, lambda: {"type": "reset"} in line.sent)
    assert [frame["type"] for frame in line.sent][-2:] == ["cancel", "reset"]
    expect(chat.panel.get_by_text("i køen")).to_have_count(0)


# With a human -----------------------------------------------------------------------------------------------------------


def test_first_name_only_and_the_way_back_asks_first(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="human", name="Mette Marie Sørensen")
    expect(chat.panel.get_by_text("Du taler med Mette.", exact=True)).to_be_visible()
    line.message("human", "Hej", name="Mette Marie Sørensen")
    expect(chat.log.get_by_text("Mette svarer:")).to_have_count(1)
    expect(chat.panel.get_by_text("Sørensen")).to_have_count(0)
    back = button(chat, "Afslut og gå tilbage til robotten")
    back.click()
    expect(chat.panel.get_by_text("Vil du afslutte samtalen med Mette?")).to_be_visible()
    button(chat, "Nej, bliv her").click()
    expect(back).to_be_focused()
    back.click()
    chat.page.keyboard.press("Escape")
    expect(back).to_be_focused()
    assert {"type": "cancel"} not in line.sent
    back.click()
    button(chat, "Ja, afslut").click()
    wait_until(chat.page, lambda: {"type": "cancel"} in line.sent)
    expect(chat.input).to_be_focused()


def test_a_question_is_withdrawn_when_its_time_has_passed(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="human", name="Mette")
    button(chat, "Afslut og gå tilbage til robotten").click()
    expect(button(chat, "Ja, afslut")).to_be_focused()
    line.server_says(type="state", state="closed")
    expect(button(chat, "Ja, afslut")).to_be_hidden()
    expect(chat.panel.get_by_role("region", name="Samtale")).to_be_focused()


def test_typing_goes_with_the_message_and_after_ten_seconds(open_line: OpenLine) -> None:
    chat, line = open_line()
    chat.page.clock.install()
    typing = chat.panel.get_by_text("Mette skriver …")
    line.server_says(type="state", state="human", name="Mette")
    line.server_says(type="typing", author="human", on=True)
    expect(typing).to_be_visible()
    line.message("bot", "Ring 112, hvis der er fare.")
    expect(chat.said_by("bot").last).to_have_text("Ring 112, hvis der er fare.")
    expect(typing).to_be_visible()
    line.message("human", "Hej", name="Mette")
    expect(typing).to_be_hidden()
    line.server_says(type="typing", author="human", on=True)
    expect(typing).to_be_visible()
    chat.page.clock.run_for(9_000)
    expect(typing).to_be_visible()
    chat.page.clock.run_for(1_100)
    expect(typing).to_be_hidden()


def test_the_citizens_typing_is_told_to_a_human_each_three_seconds_at_most(open_line: OpenLine) -> None:
    chat, line = open_line()
    chat.page.clock.install()

    def told() -> int:
        return line.sent.count({"type": "typing"})

    chat.input.press_sequentially("hej")
    line.server_says(type="state", state="human", name="Mette")
    expect(chat.panel.get_by_text("Du taler med Mette.")).to_be_visible()
    assert told() == 0
    chat.input.press_sequentially(" med dig")
    chat.page.clock.run_for(2_500)
    chat.input.press_sequentially(" igen")
    assert told() == 1
    chat.page.clock.run_for(600)
    chat.input.press_sequentially("!")
    wait_until(chat.page, lambda: told() == 2)


def test_closed_says_that_the_robot_answers_next(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="human", name="Mette")
    line.server_says(type="state", state="closed")
    expect(chat.panel.get_by_text("Samtalen er slut. Skriver du igen, svarer robotten.")).to_be_visible()
    expect(chat.human).to_have_attribute("aria-disabled", "false")
    chat.ask("og en ting til")
    expect(chat.said_by("bot").last).to_have_text("Du skrev: og en ting til")


def test_the_standing_comes_back_on_the_next_page_and_after_a_broken_line(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.standing = {"state": "queued", "place": 2}
    chat.page.goto(chat.page.url + "demo/side2.html")
    expect(chat.panel.get_by_text(IN_LINE.format(2))).to_be_visible()
    expect(spoken(chat)).to_be_empty()
    line.standing = {"state": "queued", "place": 1}
    line.cut()
    expect(spoken(chat)).to_have_text(IN_LINE.format(1))
    line.standing = {"state": "human", "name": "Mette"}
    chat.page.reload()
    expect(chat.panel.get_by_text("Du taler med Mette.")).to_be_visible()


def test_without_websocket_too(new_context: Callable[..., BrowserContext], server: RunningServer) -> None:
    page = new_context().new_page()
    page.route_web_socket(SOCKET, lambda route: route.close())
    standing: dict[str, Any] = {"state": "queued", "place": 2}
    cancelled: list[str] = []

    def polled(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json=answer.json() | standing)

    def cancel(route: Route) -> None:
        cancelled.append(route.request.method)
        standing.update({"state": "bot", "place": None})
        route.fulfill(json={"state": "bot", "messages": []})

    page.route("**/api/chat/messages?*", polled)
    page.route("**/api/chat/cancel", cancel)
    chat = Chat(page, server.url)
    chat.visit()
    chat.open()
    expect(chat.panel.get_by_text(IN_LINE.format(2))).to_be_visible()
    button(chat, "Fortryd og gå ud af køen").click()
    expect(chat.panel.get_by_text(IN_LINE.format(2))).to_be_hidden()
    assert cancelled == ["POST"]


# While nobody looks -----------------------------------------------------------------------------------------------------


def test_news_are_counted_on_the_launcher_and_in_the_title(open_line: OpenLine) -> None:
    chat, line = open_line()
    title = chat.page.title()
    line.server_says(type="state", state="human", name="Mette")
    chat.page.keyboard.press("Escape")
    line.message("human", "Er du der?", name="Mette")
    line.message("human", "Jeg har fundet siden.", name="Mette")
    expect(chat.launcher).to_have_text(re.compile("2$"))
    expect(chat.page).to_have_title(f"(2) Nyt svar · {title}")
    told = chat.page.get_by_role("status").filter(has_text="Du har nye beskeder")
    expect(told).to_have_count(1)
    chat.page.evaluate("document.title = 'Siden har fået ny titel'")
    chat.launcher.click()
    expect(chat.page).to_have_title("Siden har fået ny titel")
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("button", name="Spørg os", exact=True)).to_have_text("Spørg os")


def test_news_are_still_there_on_the_next_page_when_the_human_has_gone(open_line: OpenLine) -> None:
    chat, line = open_line()
    line.server_says(type="state", state="human", name="Mette")
    chat.page.keyboard.press("Escape")
    line.message("human", "Her er svaret.", name="Mette")
    expect(chat.page).to_have_title(re.compile(r"^\(1\)"))
    line.server_says(type="state", state="closed")
    line.welcomed = False
    chat.page.reload()
    # It connects though nobody has the chat, to learn what came.
    wait_until(chat.page, lambda: line.welcomed)


def test_an_open_panel_in_a_hidden_tab_is_not_read(open_line: OpenLine) -> None:
    chat, line = open_line()
    chat.page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => window.away ?? true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    line.message("human", "Er du der?", name="Mette")
    expect(chat.page).to_have_title(re.compile(r"^\(1\) Nyt svar"))
    chat.page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(chat.page).to_have_title(re.compile(r"^(?!\()"))


def test_the_sound_is_off_until_asked_for_and_remembered(open_line: OpenLine) -> None:
    chat, line = open_line()
    chat.page.add_init_script(
        """window.tones = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };"""
    )
    line.standing = {"state": "queued", "place": 1}
    chat.page.reload()
    sound = button(chat, "Lyd, når der kommer svar")
    expect(sound).to_have_attribute("aria-pressed", "false")

    def tones() -> int:
        count: int = chat.page.evaluate("window.tones")
        return count

    line.message("human", "Hej", name="Mette")
    expect(chat.said_by("human")).to_have_count(1)
    assert tones() == 0
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    heard = tones()
    assert heard > 0
    line.message("human", "Er du der?", name="Mette")
    wait_until(chat.page, lambda: tones() > heard)
    heard = tones()
    line.server_says(type="state", state="human", name="Mette")
    wait_until(chat.page, lambda: tones() > heard)
    heard = tones()
    line.message("bot", "Ring 112, hvis der er fare.")
    line.server_says(type="state", state="human", name="Mette")
    expect(chat.said_by("bot").last).to_have_text("Ring 112, hvis der er fare.")
    assert tones() == heard
    chat.page.reload()
    expect(sound).to_have_attribute("aria-pressed", "true")
    expect(chat.said_by("bot")).not_to_have_count(0)
    assert tones() == 0  # history makes no noise


# The message left instead -----------------------------------------------------------------------------------------------


def test_the_form_comes_with_the_message_and_holds_the_citizens_own_words(open_line: OpenLine) -> None:
    chat, line = open_line()
    form = Form(chat)
    chat.ask("min mor skal på plejehjem")
    chat.human.click()
    expect(chat.said_by("bot").last).to_contain_text("Ring til kommunen")
    expect(form.root).to_have_count(0)
    line.message("bot", ASKS, form="contact")
    expect(form.root).to_be_visible()
    assert form.values == ("", "", "min mor skal på plejehjem")
    config = chat.page.request.get(chat.page.url + "api/chat/config").json()
    expect(form.root).to_contain_text(f"Kun medarbejdere i {config['municipality']} kan læse det. Vi sletter det igen.")
    expect(chat.said_by("bot").last).to_be_in_viewport()
    expect(form.close).to_be_hidden()


def test_what_is_missing_is_told_at_its_field(open_line: OpenLine) -> None:
    chat, line = open_line()
    office, form = Office(chat.page), Form(chat)
    line.message("bot", ASKS, form="contact")
    form.contact.fill("ring bare")
    form.send.click()
    expect(form.name).to_be_focused()
    expect(form.name).to_have_accessible_description("Skriv dit navn.")
    wanted = "Skriv et telefonnummer eller en e-mail, som vi kan svare dig på."
    expect(form.contact).to_have_accessible_description(wanted)
    expect(form.text).to_have_accessible_description("Skriv din besked.")
    for field in (form.name, form.contact, form.text):
        expect(field).to_have_attribute("aria-invalid", "true")
    form.name.press_sequentially("Inger")
    expect(form.name).to_have_attribute("aria-invalid", "false")
    expect(form.name).to_have_accessible_description("")
    assert office.letters == []


def test_it_is_sent_once_and_the_promise_stands_in_its_place(open_line: OpenLine) -> None:
    chat, line = open_line()
    office, form = Office(chat.page), Form(chat)
    line.message("bot", ASKS, form="contact")
    form.fill()
    form.send.focus()
    form.send.evaluate("button => { button.click(); button.click(); }")
    thanks = chat.log.get_by_text(PROMISE)
    expect(thanks).to_be_focused()
    expect(form.root).to_be_hidden()
    # The server also tells it as a message; it isn't shown twice.
    line.message("system", PROMISE)
    line.message("bot", "Er der mere?")
    expect(chat.said_by("bot").last).to_have_text("Er der mere?")
    expect(thanks).to_have_count(1)
    assert len(office.letters) == 1
    client_id = office.letters[0].pop("client_id")
    assert re.fullmatch(r"[0-9a-f-]{36}", client_id)
    assert office.letters[0] == {
        "name": "Inger Hansen",
        "contact": "87 80 33 33",
        "text": "Ring til mig om plejehjem",
    }
    kept: str = chat.page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert "Inger" not in kept


def test_the_server_takes_the_letter_and_says_what_is_wrong_with_it(open_line: OpenLine) -> None:
    chat, line = open_line()
    form = Form(chat)
    line.server_says(type="state", state="queued", place=1)
    button(chat, "Læg en besked i stedet").click()
    form.fill()
    form.contact.fill("11 11 11 11 11")
    form.send.click()
    expect(form.contact).to_have_attribute("aria-invalid", "true")
    expect(form.contact).to_be_focused()
    form.contact.fill("87 80 33 33")
    form.send.click()
    promise = chat.log.get_by_text("Vi svarer dig senest")
    expect(promise).to_be_focused()
    # It has also come as a message, and is what stands there after a reload.
    chat.page.reload()
    expect(chat.log.locator(".message.system")).to_contain_text("Vi svarer dig senest")
    expect(promise).to_have_count(1)


def test_what_was_typed_survives_errors_and_a_reload_and_is_the_same_letter(open_line: OpenLine) -> None:
    chat, line = open_line()
    office, form = Office(chat.page), Form(chat)
    line.standing = {"state": "queued", "place": 1}
    chat.page.reload()
    button(chat, "Læg en besked i stedet").click()
    form.fill()
    typed = form.values
    office.refuses(0, "", "")
    form.send.click()
    expect(form.root.get_by_role("alert")).to_have_text("Beskeden blev ikke sendt. Prøv igen.")
    assert form.values == typed
    chat.page.reload()
    expect(form.root).to_be_visible()
    assert form.values == typed
    office.refuses(400, "bad_contact", "Det nummer findes ikke.", field="contact")
    form.send.click()
    expect(form.contact).to_be_focused()
    expect(form.contact).to_have_accessible_description("Det nummer findes ikke.")
    office.refuses(429, "too_many", "Vent lidt, og prøv igen.", retry_after=1)
    form.contact.fill("inger@example.dk")
    form.send.click()
    expect(form.root.get_by_role("alert")).to_have_text("Vent lidt, og prøv igen.")
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_visible()
    first, second, corrected, last = [letter["client_id"] for letter in office.letters]
    # The same words are the same letter; corrected words are another.
    assert first == second
    assert corrected == last != first


def test_a_letter_instead_of_the_line(open_line: OpenLine) -> None:
    chat, line = open_line()
    office, form = Office(chat.page), Form(chat)
    line.server_says(type="state", state="queued", place=2)
    instead = button(chat, "Læg en besked i stedet")
    instead.click()
    expect(form.name).to_be_focused()
    expect(form.root).to_contain_text("Når du har sendt beskeden, går du ud af køen.")
    form.close.click()
    expect(form.root).to_be_hidden()
    expect(chat.panel.get_by_role("region", name="Samtale")).to_be_focused()
    instead.click()
    form.fill()
    # The conversation goes on above and below; what is being written keeps its place and the focus.
    form.text.press("End")
    line.message("bot", "Vent lidt endnu.")
    expect(chat.said_by("bot").last).to_have_text("Vent lidt endnu.")
    expect(form.text).to_be_focused()
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_focused()
    wait_until(chat.page, lambda: {"type": "cancel"} in line.sent)
    assert len(office.letters) == 1


def test_a_letter_with_a_human_present_does_not_end_the_chat(open_line: OpenLine) -> None:
    chat, line = open_line()
    Office(chat.page)
    form = Form(chat)
    line.server_says(type="state", state="queued", place=1)
    button(chat, "Læg en besked i stedet").click()
    form.fill()
    line.server_says(type="state", state="human", name="Mette")
    expect(chat.panel.get_by_text("Du taler med Mette.")).to_be_visible()
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_visible()
    assert {"type": "cancel"} not in line.sent


def test_a_new_form_comes_when_it_is_asked_for_again(open_line: OpenLine) -> None:
    chat, line = open_line()
    Office(chat.page)
    form = Form(chat)
    line.message("bot", ASKS, form="contact")
    form.fill()
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_visible()
    line.message("system", PROMISE)
    line.message("bot", ASKS, form="contact")
    expect(form.root).to_be_visible()
    assert form.values == ("", "", "")
    expect(chat.log.get_by_text(PROMISE)).to_have_count(1)


def test_start_over_forgets_what_was_typed(open_line: OpenLine) -> None:
    chat, line = open_line()
    form = Form(chat)
    line.message("bot", ASKS, form="contact")
    form.fill()
    chat.restart.click()
    yes = button(chat, "Ja, start forfra")
    if yes.is_visible():
        yes.click()
    expect(form.root).to_have_count(0)
    assert "Inger" not in chat.page.evaluate("JSON.stringify(sessionStorage)")


def test_a_conversation_that_is_gone_keeps_the_letter(open_line: OpenLine) -> None:
    chat, line = open_line()
    office, form = Office(chat.page), Form(chat)
    line.message("bot", ASKS, form="contact")
    form.fill()
    typed = form.values
    office.refuses(401, "unauthorised", "Samtalen er udløbet. Start en ny.")
    code = chat.session["code"]
    line.welcomed = False
    form.send.click()
    wait_until(chat.page, lambda: line.welcomed)
    expect(chat.said_by("bot")).to_have_count(1)
    assert chat.session["code"] != code
    expect(form.root).to_be_visible()
    assert form.values == typed
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_visible()
    assert len(office.letters) == 2


def test_the_keyboard_alone_is_enough(open_line: OpenLine) -> None:
    chat, line = open_line(width=390, height=844)
    office, form = Office(chat.page), Form(chat)
    keyboard = chat.page.keyboard
    line.server_says(type="state", state="queued", place=1)
    instead = button(chat, "Læg en besked i stedet")
    expect(instead).to_be_visible()
    for _ in range(20):
        if chat.focused == "Læg en besked i stedet":
            break
        keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(form.name).to_be_focused()
    keyboard.type("Inger Hansen")
    keyboard.press("Tab")
    keyboard.type("inger@example.dk")
    keyboard.press("Tab")
    keyboard.type("Ring til mig")
    keyboard.press("Tab")
    expect(form.send).to_be_focused()
    keyboard.press("Enter")
    expect(chat.log.get_by_text(PROMISE)).to_be_focused()
    assert office.letters[0]["contact"] == "inger@example.dk"
    for _ in range(12):
        keyboard.press("Tab")
        assert chat.page.evaluate("document.activeElement.localName") == "odder-chat"


# For everybody ----------------------------------------------------------------------------------------------------------


@TWO_SCHEMES
@TWO_SIZES
def test_axe_in_every_state(open_line: OpenLine, scheme: str, width: int, height: int) -> None:
    chat, line = open_line(width=width, height=height, color_scheme=scheme)
    Office(chat.page)
    form = Form(chat)

    def fits() -> None:
        assert_axe_finds_nothing(chat)
        assert not scrolls_sideways(chat.page)
        assert_large_enough(chat)

    line.server_says(type="state", state="queued", place=2)
    expect(button(chat, "Fortryd og gå ud af køen")).to_be_visible()
    button(chat, "Lyd, når der kommer svar").click()
    fits()
    button(chat, "Læg en besked i stedet").click()
    fits()
    line.server_says(type="state", state="human", name="Mette")
    line.message("human", "Hej", name="Mette", links=[{"label": "Se her", "url": "https://www.borger.dk"}])
    line.server_says(type="typing", author="human", on=True)
    button(chat, "Afslut og gå tilbage til robotten").click()
    fits()
    line.server_says(type="state", state="closed")
    expect(chat.panel.get_by_text("Samtalen er slut.")).to_be_visible()
    fits()
    line.message("bot", ASKS, form="contact")
    form.send.click()
    expect(form.name).to_have_attribute("aria-invalid", "true")
    fits()
    form.fill()
    form.send.click()
    expect(chat.log.get_by_text(PROMISE)).to_be_visible()
    fits()
    chat.page.keyboard.press("Escape")
    line.message("human", "Er du der?", name="Mette")
    expect(chat.launcher).to_have_text(re.compile("1$"))
    assert_axe_finds_nothing(chat)


def assert_large_enough(chat: Chat) -> None:
    """Text of at least 16 px and targets of at least 44 × 44."""
    small = chat.page.evaluate(
        """() => [...document.querySelector("odder-chat").shadowRoot.querySelectorAll(".panel *")]
            .filter((element) => element.checkVisibility() && !element.closest("svg, .vh"))
            .filter((element) => {
                const { width, height } = element.getBoundingClientRect();
                const isTarget = element.matches("button, input, textarea, a.card");
                return parseFloat(getComputedStyle(element).fontSize) < 16 || (isTarget && Math.min(width, height) < 44);
            })
            .map((element) => element.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_texts_can_be_replaced(open_tab: OpenTab) -> None:
    chat = open_tab()
    config = chat.page.evaluate("fetch('/api/chat/config').then((answer) => answer.json())")
    texts = {"letterTitle": "Skriv til os", "letterSend": "Afsted til {municipality}"}
    chat.page.route("**/api/chat/config", lambda route: route.fulfill(json=config | {"texts": texts}))
    line = Line(chat.page)
    chat.page.reload()
    chat.open()
    wait_until(chat.page, lambda: line.welcomed)
    line.message("bot", ASKS, form="contact")
    form = chat.panel.get_by_role("form", name="Skriv til os")
    expect(form.get_by_role("button", name=f"Afsted til {config['municipality']}")).to_be_visible()
