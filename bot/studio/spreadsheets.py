"""Phrasings to and from a spreadsheet: CSV as Excel writes and reads it in Denmark, and XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from bot.nlu.text import normal_form
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Draft, Drafts
from bot.studio.sentence_files import LONGEST, intent_of, is_sentence
from bot.studio.state import State
from bot.texts import Texts

COLUMNS = ("Ydelse", "Titel", "Formulering")
"""The service's id, its title (not read back) and one phrasing."""

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_ROWS = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate instead of show (OWASP: CSV injection)."""


class UploadRefused(Exception):
    """The file can't be read at all; the message is Danish and for the editor."""


@dataclass(frozen=True)
class RowError:
    """A row that was left out; `row` counts from 1 as the spreadsheet does."""

    row: int
    text: str


@dataclass(frozen=True)
class Upload:
    """Phrasings by service, only those not in the files yet; `known`: how many were. Rows with errors are left out."""

    phrasings: dict[str, tuple[str, ...]]
    known: int
    errors: tuple[RowError, ...]


def phrasings_csv(files: ContentFiles, ids: Iterable[str] | None = None) -> bytes:
    """UTF-8 with a byte order mark and semicolons, which Excel opens by a double click. `ids`: None for all services."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(files, ids))
    return written.getvalue().encode("utf-8-sig")


def phrasings_xlsx(files: ContentFiles, ids: Iterable[str] | None = None) -> bytes:
    """As `phrasings_csv`; every cell is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Formuleringer")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABC", (28, 36, 90)):
        sheet.column_dimensions[column].width = width
    for row in (COLUMNS, *_rows(files, ids)):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell)) for cell in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read_phrasings_csv(content: bytes, files: ContentFiles, texts: Texts) -> Upload:
    """What an editor changed in Excel and saved as CSV, in either of the ways Excel does. Raises UploadRefused."""
    if len(content) > MOST_BYTES:
        raise UploadRefused(texts.say("studio_sheet_large"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # «CSV» without UTF-8 in its name, on Windows
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise UploadRefused(texts.say("studio_sheet_unreadable")) from None
    return _upload(([_shown(cell) for cell in row] for row in rows), files, texts)


def read_phrasings_xlsx(content: bytes, files: ContentFiles, texts: Texts) -> Upload:
    """The first sheet of a workbook. Formulas are not calculated: their rows are errors. Raises UploadRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(content) > MOST_BYTES or sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
                raise UploadRefused(texts.say("studio_sheet_large"))
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=False).worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be so
        rows = [[_cell(cell) for cell in row] for row, _ in zip(sheet.iter_rows(max_col=20), range(MOST_ROWS + 2))]
    except UploadRefused:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        OSError,
        SyntaxError,
    ):
        raise UploadRefused(texts.say("studio_sheet_unreadable")) from None
    return _upload(rows, files, texts)


async def draft_upload(upload: Upload, drafts: Drafts, author: str, author_name: str) -> list[Draft]:
    """Add the phrasings to the services' drafts."""
    made = []
    for service_id, lines in upload.phrasings.items():
        opened = await drafts.open(service_id)
        if opened.state:
            state = State.from_dict({**opened.state.as_dict(), "phrasings": [*opened.state.phrasings, *lines]})
            draft = await drafts.save(state, opened.version, author, author_name)
            made += [draft] if draft else []
    return made


def _rows(files: ContentFiles, ids: Iterable[str] | None) -> Iterator[tuple[str, str, str]]:
    titles = {intent_of(one.id): (one.id, one.title) for one in files.services()}
    wanted = titles.keys() if ids is None else {intent_of(one) for one in ids}
    for phrasing in files.places():
        if phrasing.intent in wanted and phrasing.intent in titles:
            yield (*titles[phrasing.intent], phrasing.text)


def _upload(rows: Iterable[Sequence[str]], files: ContentFiles, texts: Texts) -> Upload:
    numbered = enumerate(rows, 1)
    heading = [cell.strip().lower() for cell in next(numbered, (0, []))[1]]
    try:
        service_at, text_at = heading.index(COLUMNS[0].lower()), heading.index(COLUMNS[2].lower())
    except ValueError:
        raise UploadRefused(texts.say("studio_sheet_heading", kolonner=", ".join(COLUMNS))) from None
    services = {listed.id for listed in files.services()}
    known = {(phrasing.intent, normal_form(phrasing.text)) for phrasing in files.places()}
    found: dict[str, dict[str, str]] = {}
    errors: list[RowError] = []
    repeated = 0
    for number, row in numbered:
        if number > MOST_ROWS:
            errors.append(RowError(number, texts.say("studio_row_many", mest=str(MOST_ROWS))))
            break
        cells = [*row, *[""] * 20]
        service, text = cells[service_at].strip(), " ".join(cells[text_at].split())
        if not service and not text:
            continue
        if service not in services:
            errors.append(RowError(number, texts.say("studio_row_service", ydelse=service[:80])))
        elif not text or text.startswith("=") or not is_sentence(text):
            errors.append(RowError(number, texts.say("studio_row_form", mest=str(LONGEST))))
        elif (intent_of(service), normal_form(text)) in known:
            repeated += 1
        else:
            found.setdefault(service, {}).setdefault(normal_form(text), text)
    return Upload({service: tuple(lines.values()) for service, lines in found.items()}, repeated, tuple(errors))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _shown(cell: str) -> str:
    """The inverse of `_harmless`; a spreadsheet that was saved again may have kept the mark."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _cell(cell: Any) -> str:
    return "" if cell.value is None else str(cell.value)
