"""The editor's form as a server: what it shows, checks and keeps. The files are the checkout's own and are never written."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_network

import httpx
import pytest

from bot.desk.content_pages import plain_id
from bot.desk.permission import Role
from tests.desk.conftest import Browser, OpenDesk, csrf_of
from tests.studio.web_site import web_site

pytestmark = pytest.mark.asyncio
PATH = "/desk/indhold/faelles/pas"


@pytest.fixture
async def editor(open_desk: OpenDesk) -> Browser:
    return await (await open_desk()).logged_in(Role.EDITOR)


@pytest.mark.parametrize(
    ("title", "service_id"),
    [("Hjælp til MitID", "hjaelp_til_mitid"), ("  Ærø & Ålø!! ", "aeroe_aaloe"), ("!!!", ""), ("x" * 90, "x" * 40)],
)
async def test_an_id_of_a_title(title: str, service_id: str) -> None:
    assert plain_id(title) == service_id


async def test_the_list_is_searched_and_marked(editor: Browser) -> None:
    page = (await editor.get("/desk/indhold", params={"find": "gule kort"})).text
    assert "Sundhedskort (det gule kort)" in page and "Hjemmehjælp" not in page
    nothing = (await editor.get("/desk/indhold", params={"find": "hoppeborg <b>"})).text
    assert "opret et nyt emne" in nothing and "<b>" not in nothing


async def test_a_service_needs_a_title_of_its_own_and_a_group(editor: Browser) -> None:
    again = await editor.fill_in("/desk/indhold/ny", {"title": "Pas", "subject": ""})
    assert again.status_code == 400
    assert "Der er allerede et emne med det navn" in again.text and "Vælg, hvor emnet hører til" in again.text


async def test_every_field_is_kept_and_shown_again(editor: Browser) -> None:
    fields = {
        "version": _version((await editor.get(PATH)).text),
        "title": "Pas & <visum>",
        "answer": "Et svar.\nPå to linjer.",
        "link0.label": "Bestil",
        "link0.url": "https://www.borger.dk/pas",
        "link0.kind": "self_service",
        "link0.status": "checked",
        "steps.have_ready": "Gammelt pas\nEt foto",
        "steps.do": "Bestil tid\nMød op",
        "price": "Se prisen på borger.dk.",
        "phrasings": "\n".join(f"mit pas nummer {number}" for number in range(20)),
        "keywords": "pas\nrejsepas",
        "authority": "borger_dk",
        "department": "borgerservice",
        "related": ["pas_boern", "pas_mistet"],
        "life_events": ["flytning"],
    }
    saved = await editor.fill_in(PATH, fields)
    assert saved.status_code == 303, saved.text
    page = (await editor.get(PATH)).text
    assert "Pas &amp; &lt;visum&gt;" in page and "<visum>" not in page
    for words in (
        "På to linjer.",
        "https://www.borger.dk/pas",
        "Et foto",
        "Mød op",
        "Se prisen på borger.dk.",
        "mit pas nummer 19",
        "rejsepas",
    ):
        assert words in page, words
    assert '<option value="pas_mistet" selected>' in page
    # The form has been there all along in the browser that saved first; now it is old.
    old = await editor.fill_in(PATH, fields | {"answer": "Et andet svar."})
    assert old.status_code == 409 and "Et andet svar." in old.text
    assert (await editor.fill_in(PATH, {"version": _version(page)}, to=f"{PATH}/smid-ud")).status_code == 303
    assert "Pas &amp; &lt;visum&gt;" not in (await editor.get(PATH)).text


async def test_hard_words_and_what_the_schema_wants_are_told_while_writing(editor: Browser) -> None:
    hard = "Ansøgningsproceduren vedrørende boligsikringsberegning forudsætter indkomstdokumentation fra husstandsmedlemmer."
    preview = (await editor.fill_in(PATH, {"answer": hard, "title": ""}, to=f"{PATH}/vis")).text
    assert "er svært at læse" in preview and "Før det kan udgives:" in preview and "<li>Titel: mangler." in preview


async def test_lines_are_checked_one_by_one(editor: Browser) -> None:
    lines = "mit gule kort er blevet væk\nhvordan får jeg et nyt pas\nhvordan får jeg et nyt pas"
    token = csrf_of(await editor.get(PATH))
    answer = await editor.http.post(f"{PATH}/linjer", data={"csrf": token, "lines": lines, "phrasings": lines})
    found = answer.json()
    assert any("Sundhedskort" in one["text"] for one in found["lines"]["mit gule kort er blevet væk"])
    assert any("«hvordan får jeg et nyt pas» står her 2 gange." in one["text"] for one in found["whole"])


async def test_a_link_is_tried_on_the_spot(open_desk: OpenDesk) -> None:
    with web_site() as site:
        works, gone = site.page("/ja", "<title>Bestil pas</title>"), site.url("/nej")
        settings = {"web_ports": (site.port,), "web_networks": (ip_network("127.0.0.0/8"),), "web_host_delay": 0.01}
        office = await open_desk(**settings)
        editor = await office.logged_in(Role.EDITOR)
        token = csrf_of(await editor.get(PATH))

        async def told(address: str) -> tuple[bool, str]:
            answer = await editor.http.post("/desk/indhold/link", data={"csrf": token, "url": address})
            return answer.json()["works"], answer.json()["text"]

        assert await told(works) == (True, "Virker. Siden hedder «Bestil pas».")
        assert (await told(gone))[0] is False
        assert await told("borger.dk") == (False, "Linket skal begynde med https://.")


async def test_a_private_address_is_not_asked(editor: Browser) -> None:
    with web_site() as site:
        token = csrf_of(await editor.get(PATH))
        answer = await editor.http.post("/desk/indhold/link", data={"csrf": token, "url": site.page("/ja")})
        assert answer.json()["works"] is False
        assert site.connections == 0


async def test_a_form_may_be_long_but_not_endless(editor: Browser) -> None:
    token = csrf_of(await editor.get(PATH))
    long = {"csrf": token, "phrasings": "æ" * 50_000, "lines": ""}
    assert (await editor.http.post(f"{PATH}/linjer", data=long)).status_code == 200
    endless = {"csrf": token, "phrasings": "æ" * 1_000_000, "lines": ""}
    # The server says no without reading on; who still sends may find the line closed before the answer is read.
    with suppress(httpx.TransportError):
        assert (await editor.http.post(f"{PATH}/linjer", data=endless)).status_code == 413
    assert (await editor.get(PATH)).status_code == 200


async def test_strangers_cannot_make_the_server_read_a_long_body(open_desk: OpenDesk) -> None:
    office = await open_desk()
    browser = await office.browser()
    answer = await browser.http.post("/desk/deling/pakke", content=b"x" * 3_000_000)
    assert answer.status_code in (401, 403, 413)


def _version(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]
