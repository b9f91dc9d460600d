"""Phrasings out to a spreadsheet and in again."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot.storage.database import Database
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Drafts
from bot.studio.spreadsheets import (
    UploadRefused,
    draft_upload,
    phrasings_csv,
    phrasings_xlsx,
    read_phrasings_csv,
    read_phrasings_xlsx,
)
from bot.texts import Texts
from tests.studio.publishing import ANNE

TEXTS = Texts.load(Path(__file__).parents[2] / "data" / "texts" / "desk.yml")
FORMULA = '=HYPERLINK("https://ond.example","hej")'


@pytest.fixture
def drafts(tmp_path: Path, files: ContentFiles) -> Iterator[Drafts]:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    yield Drafts(database, files, TEXTS)
    database.close()


def with_formula(files: ContentFiles) -> None:
    state = files.read("affald")
    assert state
    files.write([replace(state, phrasings=(*state.phrasings, FORMULA, "+45 ring mig op", "@kommunen hvad nu"))])


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_opens_in_excel_and_calculates_nothing(files: ContentFiles) -> None:
    with_formula(files)
    content = phrasings_csv(files, ["affald"])
    assert content.startswith(b"\xef\xbb\xbfYdelse;Titel;Formulering\r\n")
    rows = rows_of(content)
    state = files.read("affald")
    assert state
    assert len(rows) == 1 + len(state.phrasings)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert "'+45 ring mig op" in [row[2] for row in rows]


def test_xlsx_holds_texts_only(files: ContentFiles) -> None:
    with_formula(files)
    sheet = load_workbook(io.BytesIO(phrasings_xlsx(files, ["affald"]))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_fetched_is_known_when_it_comes_back(files: ContentFiles, kind: str) -> None:
    if kind == "csv":
        upload = read_phrasings_csv(phrasings_csv(files), files, TEXTS)
    else:
        upload = read_phrasings_xlsx(phrasings_xlsx(files), files, TEXTS)
    assert upload.phrasings == {}
    assert upload.errors == ()
    assert upload.known == len(files.places())


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-8", ","), ("cp1252", ";"), ("utf-8", "\t")]
)
async def test_new_rows_become_drafts_and_wrong_ones_are_told(
    files: ContentFiles, drafts: Drafts, encoding: str, delimiter: str
) -> None:
    rows = [
        ["Ydelse", "Titel", "Formulering"],
        ["affald", "", "hvornår kører den grønne vogn forbi os på Ærø"],
        ["affald", "", "Hvornår kører den grønne vogn forbi os på ærø?"],
        ["findes_ikke", "", "hej"],
        ["affald", "", ""],
        ["", "", ""],
        ["storskrald", "", "'-20 grader og sofaen står ude"],
        ["storskrald", "", "/restart"],
    ]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    upload = read_phrasings_csv(content, files, TEXTS)
    assert upload.phrasings == {
        "affald": ("Hvornår kører den grønne vogn forbi os på Ærø".replace("H", "h", 1),),
        "storskrald": ("-20 grader og sofaen står ude",),
    }
    assert [error.row for error in upload.errors] == [4, 5, 8]
    assert "findes_ikke" in upload.errors[0].text
    made = await draft_upload(upload, drafts, *ANNE)
    assert {draft.id for draft in made} == {"affald", "storskrald"}
    assert [one.added for one in await drafts.diff(made[0])] == [upload.phrasings["affald"]]


def test_formulas_in_a_workbook_are_errors_and_not_calculated(files: ContentFiles) -> None:
    book = Workbook()
    book.active.append(["ydelse ", "FORMULERING"])
    book.active.append(["affald", FORMULA])
    book.active.append(["affald", "hvem henter det blå skrald"])
    written = io.BytesIO()
    book.save(written)
    upload = read_phrasings_xlsx(written.getvalue(), files, TEXTS)
    assert [error.row for error in upload.errors] == [2]
    assert upload.phrasings == {"affald": ("hvem henter det blå skrald",)}


def test_what_is_no_sheet_is_refused(files: ContentFiles) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 70_000_000)
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("x", "y")
    for content in (b"", b"no zip", bomb.getvalue(), empty.getvalue(), phrasings_xlsx(files, ["affald"])[:-100]):
        with pytest.raises(UploadRefused):
            read_phrasings_xlsx(content, files, TEXTS)
    for content in (b"", b"\0\0\0", b"a;b;c\r\n", b"Ydelse\r\n" * 10, b"x" * 5_000_001):
        with pytest.raises(UploadRefused):
            read_phrasings_csv(content, files, TEXTS)


def test_an_endless_sheet_is_read_in_part(files: ContentFiles) -> None:
    lines = "".join(f"affald;;helt ny sætning nummer {number}\r\n" for number in range(20_100))
    upload = read_phrasings_csv(("Ydelse;Titel;Formulering\r\n" + lines).encode(), files, TEXTS)
    assert len(upload.phrasings["affald"]) == 19_999
    assert len(upload.errors) == 1
