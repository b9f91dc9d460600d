"""The conversation goes on: over reloads, pages, tabs, dead lines and a dead server. Each message arrives once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.chat import SOCKET, Chat, Line, OpenTab
from tests.browser.running_server import RunningServer

OFFLINE = "Ingen forbindelse. Din besked sendes, når du er på nettet igen."


def citizen_texts(server: RunningServer, chat: Chat) -> list[str]:
    return [message["text"] for message in server.history(chat.session["token"]) if message["author"] == "citizen"]


def test_a_reload_keeps_conversation_and_open_panel(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("hej med dig")
    chat.input.fill("halvt skrev")
    before = chat.log.inner_text()
    chat.page.reload()
    expect(chat.panel).to_be_visible()
    expect(chat.said_by("citizen")).to_have_text(["hej med dig"])
    expect(chat.said_by("bot")).to_have_count(2)
    assert chat.log.inner_text() == before
    expect(chat.input).to_have_value("halvt skrev")
    expect(chat.input).not_to_be_focused()


def test_another_page_keeps_conversation_and_open_panel(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("hej med dig")
    chat.page.get_by_role("navigation").get_by_role("link", name="Flytning").click()
    expect(chat.page.get_by_role("heading", name="Skal du flytte?")).to_be_visible()
    expect(chat.panel).to_be_visible()
    expect(chat.said_by("citizen")).to_have_text(["hej med dig"])
    chat.ask("og så videre")
    expect(chat.said_by("citizen")).to_have_text(["hej med dig", "og så videre"])


def test_a_closed_panel_stays_closed(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.page.keyboard.press("Escape")
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.panel).to_be_hidden()


def test_messages_written_offline_are_sent_once(open_tab: OpenTab, server: RunningServer) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("hej med dig")
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text(OFFLINE)).to_be_visible()
    chat.say("første uden net")
    chat.say("anden uden net")
    expect(chat.panel.get_by_text("Venter på forbindelse")).to_have_count(2)
    chat.page.context.set_offline(False)

    expect(chat.said_by("bot")).to_have_count(4)
    expect(chat.panel.get_by_text(OFFLINE)).to_have_count(0)
    said = ["hej med dig", "første uden net", "anden uden net"]
    expect(chat.said_by("citizen")).to_have_text(said)
    assert citizen_texts(server, chat) == said


def test_messages_left_unsent_survive_a_new_page(
    new_context: Callable[..., BrowserContext], own_server: RunningServer
) -> None:
    chat = Chat(new_context().new_page(), own_server.url)
    chat.visit()
    chat.open()
    # The page can still be loaded, but nothing of the chat gets through.
    chat.page.route("**/api/chat/**", lambda route: route.abort())
    chat.page.route_web_socket(SOCKET, lambda route: route.close())
    chat.page.reload()
    chat.say("bliver her")
    expect(chat.panel.get_by_text("Venter på forbindelse")).to_be_visible()
    chat.page.close()
    later = Chat(chat.page.context.new_page(), own_server.url)
    later.visit("/demo/side2.html")
    later.launcher.click()
    expect(later.said_by("citizen")).to_have_text(["bliver her"])
    expect(later.said_by("bot")).to_have_count(2)
    assert citizen_texts(own_server, later) == ["bliver her"]


def test_a_lost_receipt_does_not_double_the_message(
    new_chat_with_line: tuple[Chat, Line], server: RunningServer
) -> None:
    chat, line = new_chat_with_line
    line.lost = {"ack", "message"}
    chat.say("kom det frem?")
    expect(chat.panel.get_by_text("Sender …")).to_be_visible()
    line.lost = set()
    line.cut()
    expect(chat.said_by("bot")).to_have_count(2)
    expect(chat.panel.get_by_text("Sender …")).to_have_count(0)
    expect(chat.said_by("citizen")).to_have_text(["kom det frem?"])
    assert citizen_texts(server, chat) == ["kom det frem?"]


def test_a_server_that_dies_and_comes_back(
    new_context: Callable[..., BrowserContext], own_server: RunningServer
) -> None:
    chat = Chat(new_context().new_page(), own_server.url)
    chat.visit()
    chat.open()
    chat.ask("før")
    own_server.kill()
    expect(chat.panel.get_by_text(OFFLINE)).to_be_visible()
    chat.say("imens")
    own_server.start()
    expect(chat.said_by("bot")).to_have_count(3, timeout=40_000)
    expect(chat.said_by("citizen")).to_have_text(["før", "imens"])
    assert citizen_texts(own_server, chat) == ["før", "imens"]


def test_without_websocket_the_chat_goes_over_http(
    new_context: Callable[..., BrowserContext], server: RunningServer
) -> None:
    context = new_context()
    page = context.new_page()
    page.route_web_socket(SOCKET, lambda route: route.close())
    chat = Chat(page, server.url)
    chat.visit()
    chat.open()
    chat.ask("hej uden websocket")
    expect(chat.said_by("citizen")).to_have_text(["hej uden websocket"])
    expect(chat.panel.get_by_text(OFFLINE)).to_have_count(0)

    # What is said elsewhere comes by polling.
    other = Chat(context.new_page(), server.url)
    other.visit()
    other.open()
    other.ask("fra den anden fane")
    expect(chat.said_by("citizen")).to_have_text(["hej uden websocket", "fra den anden fane"])

    chat.restart.click()
    chat.panel.get_by_role("button", name="Ja, start forfra").click()
    expect(chat.said_by("citizen")).to_have_count(0)


def test_a_forgotten_token_gives_a_new_conversation(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    chat.ask("hej med dig")
    chat.page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((key) => key.endsWith(" session"));
            const session = JSON.parse(localStorage.getItem(key));
            localStorage.setItem(key, JSON.stringify({ ...session, token: "forged" }));
        }"""
    )
    chat.page.reload()
    expect(chat.said_by("bot")).to_have_count(1)
    expect(chat.said_by("citizen")).to_have_count(0)
    chat.ask("forfra")
    assert chat.session["token"] != "forged"


def test_two_tabs_share_the_conversation(open_tab: OpenTab, server: RunningServer) -> None:
    first = open_tab()
    second = open_tab(first.page.context, path="/demo/side2.html")
    # Both at once, before either has a conversation.
    first.page.evaluate("document.querySelector('odder-chat').open()")
    second.page.evaluate("document.querySelector('odder-chat').open()")
    expect(first.said_by("bot")).to_have_count(1)
    expect(second.said_by("bot")).to_have_count(1)
    first.ask("fra den første")
    expect(second.said_by("bot")).to_have_count(2)
    second.ask("fra den anden")
    said = ["fra den første", "fra den anden"]
    for tab in (first, second):
        expect(tab.said_by("citizen")).to_have_text(said)
        expect(tab.said_by("bot")).to_have_count(3)
    assert citizen_texts(server, first) == said

    second.restart.click()
    second.panel.get_by_role("button", name="Ja, start forfra").click()
    expect(first.said_by("citizen")).to_have_count(0)
    first.ask("i den nye")
    expect(second.said_by("citizen")).to_have_text(["i den nye"])


def test_each_citizen_has_an_own_conversation(open_tab: OpenTab) -> None:
    one, other = open_tab(), open_tab()
    one.open()
    other.open()
    one.ask("kun mit")
    expect(other.said_by("citizen")).to_have_count(0)
    assert one.session["code"] != other.session["code"]


def test_an_explicit_element_and_a_foreign_script_address(open_tab: OpenTab, server: RunningServer) -> None:
    """A page may place the element itself; the script then adds no second one."""
    chat = open_tab()
    chat.page.route(
        re.compile(r"/egen$"),
        lambda route: route.fulfill(
            content_type="text/html",
            body='<!doctype html><html lang="da"><title>Egen</title><main><h1>Egen</h1></main>'
            f'<odder-chat server="{server.url}"></odder-chat><script async src="/odder-chat.js"></script></html>',
        ),
    )
    chat.page.goto(f"{server.url}/egen")
    expect(chat.launcher).to_have_count(1)
    chat.open()
    chat.ask("hej")
