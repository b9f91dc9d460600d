"""From robot to human and back, with two browsers at once: the citizen's widget and the staff's desk."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_accessibility import AXE_OPTIONS

from bot.desk.accounts import Accounts
from bot.desk.passwords import Passwords
from bot.desk.permission import Role
from bot.settings import Settings
from bot.storage.database import Database
from tests.browser.chat import Chat, wait_until
from tests.browser.conftest import ENGINE
from tests.browser.running_server import RunningServer

PASSWORD = "korrekt hest batteri hæfteklamme"
METTE, JENS = "mette@kommune.dk", "jens@kommune.dk"
PEOPLE = (("Mette Holm", METTE), ("Jens Aagaard", JENS))
PHONE = {"width": 360, "height": 740}

NewContext = Callable[..., BrowserContext]


class Desk:
    """One tab of a staff member."""

    def __init__(self, page: Page, url: str, email: str = METTE) -> None:
        self.page = page
        self.url = url
        self.queue = page.locator(".ticket")
        self.log = page.get_by_role("log", name="Samtalen")
        self.reply = page.get_by_role("textbox", name="Svar til borgeren")
        self.offline = page.get_by_text("Ingen forbindelse")
        page.goto(f"{url}/desk/login?next=/desk/indbakke")
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        # The first page after a start also reads all content.
        expect(page.get_by_role("heading", name="Indbakke")).to_be_visible(timeout=60_000)

    def inbox(self, view: str = "waiting") -> None:
        """Open the list, and wait until it follows the queue."""
        with self.page.expect_response(re.compile("/desk/indbakke/liste"), timeout=30_000):
            self.page.goto(f"{self.url}/desk/indbakke?vis={view}")

    def take(self, row: Locator | None = None) -> None:
        """Take a chat from the list."""
        (row or self.queue.first).get_by_role("button", name="Tag samtalen").click()
        self.wait_for_script()

    def say(self, words: str) -> None:
        """Write and send."""
        self.wait_for_script()
        self.reply.fill(words)
        self.reply.press("Enter")

    def wait_for_script(self) -> None:
        """Until the page of an own chat does more than forms do."""
        expect(self.page.locator("#reply-hint [data-needs-script]")).to_have_js_property("hidden", False)

    def said_by(self, author: str) -> Locator:
        """What one author has said; replies not yet kept are left out."""
        return self.log.locator(f".from-{author}:not(.pending) .said")


async def _hire(var: Path) -> None:
    database = Database(Settings(var=var).database)
    accounts = Accounts(database, Passwords())
    for name, email in PEOPLE:
        _, token = await accounts.invite(name, email, (Role.STAFF,), "borgerservice")
        await accounts.choose_password(token, PASSWORD)
    database.close()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the server's database."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def running(var: Path) -> Iterator[RunningServer]:
    """A server with staff at all hours."""
    # In a thread: while Playwright is open it holds this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_hire(var))).result()
    running = RunningServer(var, ENGINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODDER_CHAT_ALWAYS_OPEN", "true")
        running.start()
        yield running
        running.kill()


@pytest.fixture
def office(running: RunningServer, var: Path) -> Iterator[RunningServer]:
    """The same, with nobody in line."""
    yield running
    with sqlite3.connect(var / "odder.db") as database:
        database.execute("delete from tickets")


@pytest.fixture
def citizen(new_context: NewContext, office: RunningServer) -> Chat:
    """A citizen with the widget open."""
    chat = Chat(new_context().new_page(), office.url)
    chat.visit()
    chat.open()
    return chat


@pytest.fixture
def mette(new_context: NewContext, office: RunningServer) -> Desk:
    """A staff member at the inbox."""
    desk = Desk(new_context().new_page(), office.url)
    desk.inbox()
    return desk


def ask_for_human(citizen: Chat, words: str = "mit gule kort er blevet væk") -> None:
    citizen.ask(words)
    citizen.human.click()
    expect(citizen.panel.get_by_text("nummer 1 i køen").first).to_be_visible()


def test_the_whole_way_round(citizen: Chat, mette: Desk) -> None:
    expect(mette.page.get_by_role("heading", name="Ingen venter")).to_be_visible()
    ask_for_human(citizen)
    # Without a reload.
    expect(mette.queue).to_have_count(1)
    expect(mette.page).to_have_title(re.compile(r"^\(1\) Indbakke"))
    expect(mette.queue.get_by_text("«mit gule kort er blevet væk»")).to_be_visible()
    expect(mette.queue.get_by_text(citizen.session["code"]).last).to_be_visible()

    mette.take()
    expect(citizen.panel.get_by_text("Du taler med Mette.")).to_be_visible()
    mette.wait_for_script()
    mette.reply.press_sequentially("Hej, jeg ser")
    expect(citizen.panel.get_by_text("Mette skriver …")).to_be_visible()
    mette.page.reload()
    expect(mette.reply).to_have_value("Hej, jeg ser")
    mette.say("Hej, jeg ser på det.\nEt øjeblik.")
    expect(citizen.said_by("human")).to_have_text(["Hej, jeg ser på det.\nEt øjeblik."])
    expect(mette.reply).to_have_value("")

    citizen.input.press_sequentially("tak")
    expect(mette.page.get_by_text("Borgeren skriver …")).to_be_visible()
    bot_said = citizen.said_by("bot").count()
    citizen.input.press("Enter")
    expect(mette.said_by("citizen").last).to_have_text("tak")
    expect(mette.page.get_by_text("Borgeren skriver …")).to_have_count(0)
    assert citizen.said_by("bot").count() == bot_said  # the bot is silent meanwhile

    mette.page.get_by_role("button", name="Giv tilbage til botten").click()
    expect(mette.page.get_by_text("Botten svarer igen i samtalen.")).to_be_visible()
    expect(citizen.panel.get_by_text("Du taler med Mette.")).to_have_count(0)
    citizen.ask("hej robot")
    expect(citizen.said_by("bot").last).to_have_text("Du skrev: hej robot")


def test_close_and_reopen(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen)
    mette.take()
    mette.page.get_by_label("Hvordan gik det?").select_option(label="Løst")
    mette.page.get_by_role("button", name="Luk samtalen").click()
    expect(citizen.panel.get_by_text("Samtalen er slut.").last).to_be_visible()
    mette.inbox("closed")
    expect(mette.queue.get_by_text("Løst")).to_be_visible()
    mette.queue.get_by_role("link", name=re.compile("^Se")).click()
    mette.page.get_by_role("button", name="Åbn igen").click()
    mette.say("Jeg glemte noget.")
    expect(citizen.said_by("human")).to_have_text(["Jeg glemte noget."])
    expect(citizen.panel.get_by_text("Du taler med Mette.")).to_be_visible()


def test_two_want_it_and_one_is_told(
    citizen: Chat, mette: Desk, new_context: NewContext, office: RunningServer
) -> None:
    jens = Desk(new_context().new_page(), office.url, JENS)
    jens.inbox()
    ask_for_human(citizen)
    expect(mette.queue).to_have_count(1)
    expect(jens.queue).to_have_count(1)
    # His page has not heard yet.
    jens.page.route("**/liste*", lambda route: route.abort())
    mette.take()
    jens.queue.get_by_role("button", name="Tag samtalen").click()
    expect(jens.page.get_by_text("Mette tog den først.")).to_be_visible()
    jens.page.unroute("**/liste*")
    jens.inbox("all_open")
    jens.queue.get_by_role("link", name=re.compile("^Se")).click()
    expect(jens.page.get_by_text("Mette har samtalen. Du kan læse med")).to_be_visible()
    # What is said comes to him too.
    mette.say("Kun til borgeren")
    expect(jens.said_by("human")).to_have_text(["Kun til borgeren"])


def test_the_citizen_leaves_the_line(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen)
    expect(mette.queue).to_have_count(1)
    citizen.panel.get_by_role("button", name=re.compile("^Fortryd")).click()
    expect(mette.page.get_by_role("heading", name="Ingen venter")).to_be_visible()
    expect(mette.page).to_have_title(re.compile("^Indbakke"))


def test_a_server_that_dies_in_the_middle(citizen: Chat, mette: Desk, office: RunningServer) -> None:
    ask_for_human(citizen)
    mette.take()
    mette.say("før")
    expect(citizen.said_by("human")).to_have_text(["før"])
    office.kill()
    expect(mette.offline).to_be_visible()
    mette.say("imens en")
    mette.say("imens to")
    expect(mette.page.get_by_text("Prøver igen").first).to_be_visible()
    citizen.say("er du der?")
    office.start()
    expect(citizen.said_by("human")).to_have_text(["før", "imens en", "imens to"], timeout=60_000)
    expect(mette.said_by("human")).to_have_text(["før", "imens en", "imens to"], timeout=30_000)
    expect(mette.said_by("citizen").last).to_have_text("er du der?", timeout=30_000)
    expect(mette.log.locator(".pending")).to_have_count(0)
    expect(mette.offline).to_be_hidden()
    history = office.history(citizen.session["token"])
    said = [(one["author"], one["text"]) for one in history if one["author"] in ("citizen", "human")]
    for words in (("human", "før"), ("human", "imens en"), ("human", "imens to"), ("citizen", "er du der?")):
        assert said.count(words) == 1
    mette.say("efter")
    expect(citizen.said_by("human").last).to_have_text("efter")


def test_a_reply_whose_receipt_is_lost_arrives_once(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen)
    mette.take()
    lost = []

    def lose(route):  # type: ignore[no-untyped-def]
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    mette.page.route("**/svar", lose)
    mette.say("kun én gang")
    wait_until(mette.page, lambda: len(lost) == 2)
    expect(mette.said_by("human")).to_have_text(["kun én gang"])
    expect(citizen.said_by("human")).to_have_text(["kun én gang"])
    assert lost == [200, 200]


def test_helps_for_an_answer(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen, "jeg skal have nyt pas")
    mette.take()
    page = mette.page
    page.get_by_label("Færdigt svar").select_option(label="Hilsen")
    page.get_by_role("button", name="Indsæt").click()
    expect(mette.reply).to_have_value("Hej. Du taler med Mette fra Odder Kommune. Jeg læser lige, hvad du har skrevet.")
    # By keyboard alone.
    field = page.get_by_role("combobox", name="Link")
    field.press_sequentially("nyt pas")
    expect(page.get_by_role("option", name=re.compile("Pas til voksne"))).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("")
    expect(page.get_by_role("list", name="Links i svaret").get_by_role("checkbox")).to_have_count(1)
    mette.reply.press("Enter")
    expect(citizen.said_by("human")).to_have_count(1)
    expect(citizen.log.locator(".message.human").get_by_role("link")).to_have_attribute("href", re.compile("^https://"))
    # A suggestion from the catalogue, with its link.
    page.get_by_role("button", name=re.compile("^Brug svar og link")).first.click()
    expect(mette.reply).not_to_have_value("")
    expect(mette.reply).to_be_focused()
    mette.reply.fill("x" * 1003)
    expect(page.get_by_text("3 tegn for meget")).to_be_visible()
    mette.reply.press("Enter")
    expect(mette.reply).to_have_value("x" * 1003)


def test_teaching_and_notes_in_place(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen, "rejsedokument væk")
    mette.take()
    page = mette.page
    mette.reply.fill("halvt skrevet")
    page.get_by_text("Lær botten").last.click()
    page.get_by_role("radio", name=re.compile("^Botten svarede forkert")).check()
    field = page.get_by_role("combobox", name="Emne").last
    field.press_sequentially("stjålet pas")
    # Enter may come before what was found.
    field.press("Enter")
    expect(field).to_have_value("Mistet eller stjålet pas")
    page.get_by_role("button", name="Send til redaktørerne").last.click()
    expect(page.get_by_text("Redaktørerne har fået dit forslag")).to_be_visible()
    expect(page.get_by_text("Meldt som forkert svar. Det rigtige emne: «Mistet eller stjålet pas»")).to_be_visible()
    page.get_by_label("Ny note").fill("Ringer tilbage")
    page.get_by_role("button", name="Gem note").click()
    expect(page.get_by_role("list").get_by_text("Ringer tilbage")).to_be_visible()
    expect(mette.reply).to_have_value("halvt skrevet")


def test_shortcuts_can_be_switched_off(citizen: Chat, mette: Desk) -> None:
    ask_for_human(citizen)
    expect(mette.queue).to_have_count(1)
    keyboard = mette.page.keyboard
    keyboard.press("?")
    expect(mette.page.get_by_role("dialog", name="Genveje på tastaturet")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("j")
    expect(mette.queue.locator(".ticket-title a")).to_be_focused()
    mette.page.locator("summary", has_text="Lyd og genveje").click()
    mette.page.get_by_role("checkbox", name="Genveje på tastaturet").uncheck()
    mette.page.reload()
    keyboard.press("t")
    keyboard.press("?")
    expect(mette.page.get_by_role("dialog")).to_have_count(0)
    expect(mette.queue).to_have_count(1)
    mette.page.locator("summary", has_text="Lyd og genveje").click()
    mette.page.get_by_role("checkbox", name="Genveje på tastaturet").check()
    mette.page.get_by_role("heading", name="Indbakke").click()
    keyboard.press("t")
    mette.wait_for_script()
    keyboard.press("r")
    expect(mette.reply).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("Escape")
    expect(mette.page.get_by_role("heading", name="Indbakke")).to_be_visible()


def test_sound_and_notification_are_asked_for(
    citizen: Chat, mette: Desk, new_context: NewContext, office: RunningServer
) -> None:
    """Nothing sounds until asked for, nor while busy; a notification holds none of the citizen's words."""
    page = mette.page
    page.add_init_script(
        """window.heard = [];
        window.AudioContext = class extends AudioContext { resume() { heard.push("sound"); return super.resume(); } };
        window.Notification = class { static permission = "granted"; static async requestPermission() { return "granted"; }
            constructor(title, options) { heard.push(title + " " + options.body); } addEventListener() {} };
        Object.defineProperty(document, "hidden", { get: () => true });"""
    )
    mette.inbox()
    ask_for_human(citizen)
    expect(mette.queue).to_have_count(1)
    assert page.evaluate("heard") == []
    page.locator("summary", has_text="Lyd og genveje").click()
    page.get_by_label("Lyd, når").check()
    page.get_by_label("Besked fra browseren").check()
    assert page.evaluate("heard") == ["sound"]
    page.get_by_label("Er du der?").select_option("busy")
    expect(page.get_by_text("Gemt: Optaget")).to_be_visible()

    def another(words: str) -> None:
        chat = Chat(new_context().new_page(), office.url)
        chat.visit()
        chat.open()
        chat.ask(words)
        chat.human.click()

    another("hemmelig kort-sag")
    expect(mette.queue).to_have_count(2)
    assert page.evaluate("heard") == ["sound"]
    page.get_by_label("Er du der?").select_option("available")
    expect(page.get_by_text("Gemt: Tilgængelig")).to_be_visible()
    page.wait_for_timeout(4_100)  # several at once are told as one
    another("anden kort-sag")
    expect(mette.queue).to_have_count(3)
    assert page.evaluate("heard") == ["sound", "sound", "Ny samtale venter Åbn indbakken for at tage den."]


def test_on_a_phone(citizen: Chat, new_context: NewContext, office: RunningServer) -> None:
    mette = Desk(new_context(**PHONE).new_page(), office.url)
    mette.inbox()
    ask_for_human(citizen)
    mette.take()
    assert not scrolls_sideways(mette.page)
    send = mette.page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_in_viewport(ratio=1)
    mette.say("Hej fra telefonen")
    expect(citizen.said_by("human")).to_have_text(["Hej fra telefonen"])
    for number in range(12):
        citizen.say(f"linje {number}")
    citizen.say("jeg skal have nyt pas")
    expect(mette.said_by("citizen").last).to_have_text("jeg skal have nyt pas")
    expect(mette.said_by("citizen").last).to_be_in_viewport()
    expect(send).to_be_in_viewport(ratio=1)
    mette.page.get_by_role("link", name="Mere").click()
    mette.page.get_by_role("button", name=re.compile("^Kun link")).first.click()
    expect(mette.reply).to_be_focused()
    mette.page.get_by_role("link", name="Til indbakken").click()
    expect(mette.page.get_by_role("heading", name="Indbakke")).to_be_visible()
    assert not scrolls_sideways(mette.page)


def test_without_scripts(citizen: Chat, new_context: NewContext, office: RunningServer) -> None:
    ask_for_human(citizen)
    mette = Desk(new_context(java_script_enabled=False).new_page(), office.url)
    page = mette.page
    mette.queue.get_by_role("button", name="Tag samtalen").click()
    expect(page.get_by_text("Du har samtalen. Borgeren kan se, at du er her.")).to_be_visible()
    page.get_by_label("Færdigt svar").select_option(label="Et øjeblik")
    page.get_by_role("button", name="Indsæt").click()
    page.get_by_label("Link", exact=True).fill("pas")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name=re.compile("^Tilføj")).first.click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(citizen.said_by("human")).to_have_text(["Giv mig et øjeblik. Jeg undersøger det for dig."])
    expect(citizen.log.locator(".message.human").get_by_role("link")).to_have_count(1)
    page.get_by_label("Hvordan gik det?").select_option(label="Løst")
    page.get_by_role("button", name="Luk samtalen").click()
    expect(page.get_by_text("Samtalen er lukket.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(
    citizen: Chat, new_context: NewContext, office: RunningServer, width: int, scheme: str
) -> None:
    mette = Desk(new_context(width=width, height=800, color_scheme=scheme).new_page(), office.url)
    page = mette.page

    def check() -> None:
        page.wait_for_timeout(200)
        result = Axe().run(page, options=AXE_OPTIONS)
        assert result.violations_count == 0, result.generate_report()
        assert not scrolls_sideways(page)

    mette.inbox()
    check()
    ask_for_human(citizen)
    expect(mette.queue).to_have_count(1)
    mette.queue.get_by_role("checkbox").check()
    page.locator("summary", has_text="Lyd og genveje").click()
    check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="Genveje på tastaturet")).to_be_hidden()
    mette.queue.locator(".ticket-title a").click()
    expect(page.get_by_text("Tag samtalen for at svare")).to_be_visible()
    check()
    page.get_by_role("button", name="Tag samtalen").last.click()
    mette.wait_for_script()
    page.get_by_text("Lær botten").first.click()
    page.get_by_role("combobox", name="Link").press_sequentially("pas")
    expect(page.get_by_role("listbox").get_by_role("option")).not_to_have_count(0)
    check()
    page.get_by_role("combobox", name="Link").press("Enter")
    mette.reply.fill("x" * 1003)
    mette.reply.press("Enter")
    check()
    mette.say("Se her")
    page.goto(f"{page.url.partition('#')[0]}#side")
    check()
    page.get_by_label("Ny note").fill("Husk")
    page.get_by_role("button", name="Gem note").click()
    page.get_by_label("Hvordan gik det?").select_option(label="Løst")
    page.get_by_role("button", name="Luk samtalen").click()
    for view in ("mine", "all_open", "closed"):
        mette.inbox(view)
        check()
    page.goto(f"{office.url}/desk/indbakke?find=intet+passer")
    check()


def scrolls_sideways(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wide
