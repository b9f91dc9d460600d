"""Whatever a citizen or a server writes is shown as words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat, Line, OpenTab
from tests.browser.running_server import RunningServer

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg/onload=window.pwned=1>",
    "\"><iframe srcdoc='<script>parent.pwned = 1</script>'>",
    "</span></div><a href='javascript:window.pwned=1'>tryk</a>",
    "{{constructor.constructor('window.pwned=1')()}} ${window.pwned = 1}",
    "<style>*{display:none}</style><b>fed</b> &lt;i&gt; &amp; &#60;",
    "'; DROP TABLE messages; --",
]

NOT_LINKS = [
    "javascript:window.pwned=1",
    " javascript:window.pwned=1",
    "java\nscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "//example.org/uden-protokol",
    "/sti",
    "",
]


def assert_harmless(chat: Chat) -> None:
    assert chat.page.evaluate("window.pwned") is None
    foreign = "document.querySelector('odder-chat').shadowRoot.querySelectorAll('script, img, iframe, style, b').length"
    assert chat.page.evaluate(foreign) == 0


def test_the_citizens_words_stay_words(open_tab: OpenTab) -> None:
    chat = open_tab()
    chat.open()
    for text in HOSTILE:
        chat.ask(text)
        expect(chat.said_by("citizen").last).to_have_text(text)
    chat.page.reload()
    expect(chat.said_by("citizen")).to_have_text(HOSTILE)
    assert_harmless(chat)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_servers_words_stay_words(new_chat_with_line: tuple[Chat, Line], text: str) -> None:
    chat, line = new_chat_with_line
    link = {"label": text, "url": "https://example.org/", "note": text, "kind": text}
    button = {"title": text, "payload": "/x"}
    for author in ("bot", "human", "system", "<b>"):
        line.message(author, text, name=text, links=[link], buttons=[button])
    line.server_says(type="state", state="human", name=text)
    line.server_says(type="error", code="bad_request", text=text)
    expect(chat.panel.get_by_role("alert")).to_have_text(text)
    expect(chat.said_by("human")).to_have_text(text)
    expect(chat.log.get_by_role("link")).to_have_count(4)
    assert_harmless(chat)


@pytest.mark.parametrize("url", NOT_LINKS)
def test_only_ordinary_addresses_become_links(new_chat_with_line: tuple[Chat, Line], url: str) -> None:
    chat, line = new_chat_with_line
    line.message("bot", "Se her", links=[{"label": "Tryk her", "url": url}])
    expect(chat.log.get_by_text("Tryk her")).to_be_visible()
    expect(chat.log.get_by_role("link")).to_have_count(0)


def test_hostile_configuration(open_tab: OpenTab) -> None:
    chat = open_tab()
    page = chat.page
    evil = {
        "name": HOSTILE[0],
        "municipality": HOSTILE[1],
        "privacy": HOSTILE[2],
        "colour": "red;}*{display:none",
        "texts": {"launcher": HOSTILE[1], "__proto__": {"x": "y"}, "toString": "x", "close": 7},
    }
    page.route("**/api/chat/config", lambda route: route.fulfill(json=evil))
    page.reload()
    page.get_by_role("button", name=HOSTILE[1]).click()
    expect(page.get_by_role("dialog", name=HOSTILE[0])).to_be_visible()
    expect(page.get_by_role("button", name="Luk chatten")).to_be_visible()
    assert_harmless(chat)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Ring på 87 80 33 33.", ["tel:87803333"]),
        ("Ring 112 nu.", ["tel:112"]),
        (
            "Livslinien 70 201 201, Giftlinjen 82121212 eller +45 87 80 33 33",
            ["tel:70201201", "tel:82121212", "tel:+4587803333"],
        ),
        ("Det koster 112 kr. Sag 2024-12345678. CVR 12345678. Den 01.01.2024 kl. 18.13", []),
        ("Se https://www.borger.dk/a?b=12345678.", ["https://www.borger.dk/a?b=12345678"]),
    ],
)
def test_numbers_to_ring_become_links(new_chat_with_line: tuple[Chat, Line], text: str, targets: list[str]) -> None:
    chat, line = new_chat_with_line
    line.message("bot", text)
    expect(chat.said_by("bot").last).to_contain_text(text.split(maxsplit=1)[0])
    found = chat.said_by("bot").last.get_by_role("link").evaluate_all("links => links.map((link) => link.href)")
    assert found == targets


def test_the_page_policy_is_strict(open_tab: OpenTab, server: RunningServer) -> None:
    policy = open_tab().page.request.get(server.url).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
