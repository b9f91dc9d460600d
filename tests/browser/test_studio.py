"""The editor's whole journey in a real browser, with a real bot that is trained on the way: a small town of six services."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from bot.catalogue.municipality import load_municipality
from bot.desk.permission import Role
from bot.studio.bundle import export_bundle
from bot.studio.content_files import ContentFiles
from tests.browser.chat import Chat
from tests.browser.filled_desk import PASSWORD, hire
from tests.browser.running_server import ROOT, RunningServer
from tests.browser.test_desk_report import assert_axe_finds_nothing, scrolls_sideways
from tests.studio import small_town
from tests.studio.publishing import PHRASINGS

REAL = "bot.engine.agent:create_engine"
TRAINED_WITHIN = 180_000
"""Milliseconds; on two busy cores."""
ANNE, BO = ("Anne Andersen", "anne@kommune.dk"), ("Bo Bertelsen", "bo@kommune.dk")

OpenDesk = Callable[..., Page]


@pytest.fixture(scope="module")
def trained_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small installation with its first model; not to be changed."""
    town = small_town.build(tmp_path_factory.mktemp("studio") / "town")
    small_town.train(town)
    return town


@pytest.fixture
def town(trained_town: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_town, tmp_path / "town"))


@pytest.fixture
def studio(town: Path) -> Iterator[RunningServer]:
    """The town's server, with two editors."""
    hire(town / "var", (*ANNE, Role.EDITOR), (*BO, Role.EDITOR))
    running = RunningServer(town / "var", REAL, town)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def open_desk(new_context: Callable[..., BrowserContext], studio: RunningServer) -> OpenDesk:
    """Log an editor in and open a page."""

    def make(path: str, editor: tuple[str, str] = ANNE, **options: int) -> Page:
        page = new_context(**options).new_page()
        page.goto(f"{studio.url}/desk/login")
        page.get_by_label("E-mail").fill(editor[1])
        page.get_by_label("Adgangskode").fill(PASSWORD)
        page.get_by_role("button", name="Log ind").click()
        expect(page.get_by_role("button", name="Log ud")).to_be_visible()
        page.goto(studio.url + path)
        return page

    return make


def ask(new_context: Callable[..., BrowserContext], server: RunningServer, words: str) -> Locator:
    """Ask as a new citizen; the bot's last words."""
    chat = Chat(new_context().new_page(), server.url)
    chat.visit()
    chat.open()
    chat.ask(words)
    return chat.said_by("bot").last


def save(page: Page) -> None:
    page.get_by_role("button", name="Gem kladde").click()
    expect(page.get_by_text("Kladden er gemt.")).to_be_visible()


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=words, exact=True)


def test_a_new_service_reaches_the_citizen_and_is_taken_back(
    open_desk: OpenDesk, new_context: Callable[..., BrowserContext], studio: RunningServer
) -> None:
    talking = Chat(new_context().new_page(), studio.url)
    talking.visit()
    talking.open()
    talking.ask("mit gule kort er blevet væk")
    expect(ask(new_context, studio, "må jeg låne en hoppeborg")).not_to_contain_text("Du kan låne en hoppeborg")

    page = open_desk("/desk/indhold")
    page.get_by_role("link", name="Nyt emne").click()
    page.get_by_label("Titel").fill("Lån en hoppeborg")
    page.get_by_label("Hører til").select_option("kultur")
    page.get_by_role("button", name="Opret kladde").click()
    page.get_by_label("Svar", exact=True).fill("Du kan låne en hoppeborg. Ring til os.")
    first = page.get_by_role("group", name="Link 1")
    first.get_by_label("Tekst").fill("Lån hoppeborgen")
    first.get_by_label("Adresse").fill("https://www.odder.dk/hoppeborg")
    first.get_by_label("Set virke?").select_option("checked")
    page.get_by_label("Søgeord").fill("hoppeborg\nlån hoppeborg")
    expect(page.locator("[data-preview]")).to_contain_text("Du kan låne en hoppeborg. Ring til os.")

    # A sentence that belongs to something else is told at once, and which.
    phrasings = page.get_by_label(re.compile("^Formuleringer"))
    phrasings.fill("\n".join((*PHRASINGS, "mit gule kort er blevet væk")))
    findings = page.get_by_role("status", name="Om formuleringerne")
    expect(findings).to_contain_text(re.compile("mit gule kort er blevet væk.*Sundhedskort"))
    phrasings.fill("\n".join(PHRASINGS))
    expect(findings).not_to_contain_text("Sundhedskort")
    save(page)

    page.get_by_role("link", name="Gå til udgivelse").click()
    page.get_by_label("Hvorfor?").fill("Borgerne spørger efter hoppeborgen")
    page.get_by_role("button", name="Tjek og træn").click()
    expect(heading(page, "Klar til godkendelse")).to_be_visible(timeout=TRAINED_WITHIN)
    expect(page.get_by_text(re.compile(r"Rigtige af \d+ sætninger: før \d+, nu \d+"))).to_be_visible()
    expect(page.get_by_text(re.compile("«hoppeborg børnefødselsdag»")).first).to_be_attached()
    page.get_by_role("button", name="Godkend, og sæt i luften").click()
    expect(heading(page, "I luften")).to_be_visible(timeout=60_000)

    answer = ask(new_context, studio, "kan man låne en hoppeborg til en fest")
    expect(answer).to_contain_text("Du kan låne en hoppeborg. Ring til os.")
    # Who was talking all the time notices nothing but the new answer.
    talking.ask("og hvad med en hoppeborg, kan jeg låne sådan en")
    expect(talking.said_by("bot").last).to_contain_text("Du kan låne en hoppeborg")
    expect(talking.said_by("citizen")).to_have_count(2)

    page.get_by_label("Hvorfor?").fill("Den er punkteret")
    page.get_by_role("button", name="Rul tilbage til før").click()
    expect(page.get_by_text("Botten er, som den var før.")).to_be_visible(timeout=60_000)
    expect(ask(new_context, studio, "kan man låne en hoppeborg til en fest")).not_to_contain_text(
        "Du kan låne en hoppeborg"
    )
    page.goto(f"{studio.url}/desk/udgiv")
    expect(page.get_by_label("Lån en hoppeborg")).to_be_checked()


def test_two_editors_at_once_lose_nothing(open_desk: OpenDesk, studio: RunningServer) -> None:
    path = "/desk/indhold/faelles/bibliotek"
    hers, his = open_desk(path), open_desk(path, BO)
    for page in (hers, his):
        page.get_by_text(re.compile("^Svar på «hvad koster")).click()
    hers.get_by_label("Svar", exact=True).fill("Annes svar om biblioteket.")
    save(hers)
    his.get_by_label("Pris", exact=True).fill("Bos pris.")
    his.get_by_role("button", name="Gem kladde").click()

    told = his.get_by_role("alert")
    expect(told).to_contain_text("Anne Andersen har gemt, mens du skrev.")
    expect(told).to_contain_text("Annes svar om biblioteket.")
    expect(his.get_by_label("Pris", exact=True)).to_have_value("Bos pris.")
    his.get_by_label("Svar", exact=True).fill("Annes svar om biblioteket.")
    save(his)
    hers.goto(studio.url + path)
    expect(hers.get_by_label("Svar", exact=True)).to_have_value("Annes svar om biblioteket.")
    hers.get_by_text(re.compile("^Svar på «hvad koster")).click()
    expect(hers.get_by_label("Pris", exact=True)).to_have_value("Bos pris.")


def test_a_file_broken_by_hand_is_told_and_the_bot_answers(
    open_desk: OpenDesk, new_context: Callable[..., BrowserContext], studio: RunningServer, town: Path
) -> None:
    file = town / "data" / "services" / "kultur.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("answer:", "answr:", 1), encoding="utf-8")
    page = open_desk("/desk/indhold")
    expect(page.get_by_text(re.compile("Filen «kultur.yml» er i stykker"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"kultur\.yml, linje \d+")).first).to_be_visible()
    page.goto(f"{studio.url}/desk/indhold/faelles/bibliotek")
    expect(page.get_by_text(re.compile(r"kultur\.yml, linje \d+")).first).to_be_visible()
    expect(ask(new_context, studio, "mit gule kort er blevet væk")).to_contain_text("gule kort")


def test_what_the_bot_did_not_understand_is_taught(
    open_desk: OpenDesk, new_context: Callable[..., BrowserContext], studio: RunningServer
) -> None:
    words = "hvem vandt over brasilien i fodbold i går"
    ask(new_context, studio, words)
    page = open_desk("/desk/laering")
    form = page.locator("form.learn").filter(has_text=words)
    form.get_by_role("combobox").select_option("storskrald")
    form.get_by_role("button", name=re.compile("Lær", re.IGNORECASE)).click()
    expect(page.get_by_text("Sætningerne er lagt i en kladde.")).to_be_visible()
    page.goto(f"{studio.url}/desk/indhold/faelles/storskrald")
    expect(page.get_by_label(re.compile("^Formuleringer"))).to_have_value(re.compile(words))


def test_phrasings_go_to_a_spreadsheet_and_back(open_desk: OpenDesk) -> None:
    page = open_desk("/desk/deling")
    with page.expect_download() as download:
        page.get_by_role("button", name="Hent som CSV").click()
    sheet = download.value.path().read_text(encoding="utf-8-sig")
    assert sheet.startswith("Ydelse;Titel;Formulering")
    assert "mit gule kort er blevet væk" in sheet
    added = f"{sheet}sundhedskort;;det gule plastik er smeltet på radiatoren\r\nfindes_ikke;;noget helt andet\r\n"
    file = {"name": "ark.csv", "mimeType": "text/csv", "buffer": added.encode("utf-8-sig")}
    page.get_by_label(re.compile("^Læg et ark op")).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Læg op").click()
    expect(page.get_by_text("1 ny formulering er lagt i kladder.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Række \d+: Ydelsen «findes_ikke» findes ikke"))).to_be_visible()
    page.get_by_role("link", name="Se kladderne").click()
    expect(page.get_by_label("Sundhedskort (det gule kort)")).to_be_checked()


def test_a_bundle_is_looked_through_line_by_line(open_desk: OpenDesk, town: Path) -> None:
    bundle = export_bundle(
        ContentFiles(ROOT / "data"), ["sundhedskort", "vielse"], load_municipality(ROOT / "data/kommune/eksempel.yml"),
        "CC BY 4.0",
    )  # fmt: skip
    page = open_desk("/desk/deling")
    page.get_by_label("Pakke (ZIP)").set_input_files(
        {"name": "pakke.zip", "mimeType": "application/zip", "buffer": bundle}
    )
    page.get_by_role("button", name="Se pakken igennem").click()
    expect(heading(page, "Pakke fra Eksempel Kommune")).to_be_visible()
    assert_axe_finds_nothing(page)
    page.get_by_label(re.compile("^Vielse")).check()
    page.get_by_role("group", name="Sundhedskort (det gule kort)").get_by_label("Formuleringer").check()
    page.get_by_role("button", name="Læg det valgte i kladder").click()
    expect(page.get_by_text("Det valgte er lagt i kladder.")).to_be_visible()
    expect(page.get_by_label(re.compile("^Vielse"))).to_be_checked()
    assert not (town / "data/services/familie.yml").exists()


def test_a_hostile_bundle_is_refused_with_reasons(open_desk: OpenDesk, town: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("../../services/kultur.yml", "subject: <script>alert(1)</script>")
    before = {path: path.read_bytes() for path in town.glob("data/**/*.yml")}
    page = open_desk("/desk/deling")
    page.get_by_label("Pakke (ZIP)").set_input_files(
        {"name": "pakke.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name="Se pakken igennem").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Pakken har en fil, der ikke hører til: «../../services/kultur.yml»"
    )
    assert {path: path.read_bytes() for path in town.glob("data/**/*.yml")} == before


def test_a_long_list_of_phrasings_can_be_saved(open_desk: OpenDesk) -> None:
    page = open_desk("/desk/indhold/faelles/pas")
    phrasings = page.get_by_label(re.compile("^Formuleringer"))
    many = [f"æøå nummer {number} om mit pas der er udløbet og skal fornyes" for number in range(600)]
    phrasings.fill("\n".join(many))
    save(page)
    expect(phrasings).to_have_value("\n".join(many))


PAGES = (
    "/desk/indhold", "/desk/indhold?vis=maerker&find=pas", "/desk/indhold/ny", "/desk/indhold/faelles/pas", "/desk/indhold/odder/pas",
    "/desk/udgiv", "/desk/proev?tekst=mit+gule+kort", "/desk/laering", "/desk/links", "/desk/links?vis=alle", "/desk/chatten",
    "/desk/deling",
)  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_every_page_is_for_everybody(
    open_desk: OpenDesk, new_context: Callable[..., BrowserContext], studio: RunningServer, width: int, height: int
) -> None:
    ask(new_context, studio, "hvem vandt over brasilien i fodbold i går")
    page = open_desk("/desk/indhold/faelles/pas", width=width, height=height)
    page.get_by_label("Svar", exact=True).fill("<script>alert(1)</script> Et svar med kode i.")
    save(page)
    for path in PAGES:
        page.goto(studio.url + path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert not scrolls_sideways(page), path
        assert_axe_finds_nothing(page)
