"""Bundles that go from one municipality to another, and those that never should."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.municipality import load_municipality
from bot.storage.database import Database
from bot.studio.bundle import BundleRefused, compare_bundle, draft_bundle, export_bundle, read_bundle
from bot.studio.content_files import ContentFiles
from bot.studio.drafts import Drafts
from bot.texts import Texts
from tests.studio.publishing import ANNE, hoppeborg

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load(ROOT / "data" / "texts" / "desk.yml")
ODDER = load_municipality(ROOT / "data" / "kommune" / "odder.yml")

SERVICE = """\
subject: fest
title: Fest
services:
  - id: hoppeborg
    title: Lån en hoppeborg
    authority: kommune
    department: kultur_og_fritid
    keywords: [hoppeborg, lån hoppeborg]
    answer: Du kan låne en hoppeborg.
    links:
      - {label: Lån, url: "https://www.odder.dk", kind: self_service, status: checked}
"""
PHRASINGS = 'version: "3.1"\nnlu:\n- intent: service/hoppeborg\n  examples: |\n    - må jeg låne en hoppeborg\n'
MANIFEST = {
    "format": "kommunebot",
    "version": 1,
    "maker": {"municipality": "lilleby", "name": "Lilleby Kommune", "made_at": "2026-11-23T10:00:00Z"},
    "licence": "CC0",
    "services": [{"id": "hoppeborg", "title": "Lån en hoppeborg", "kle": None}],
}
GOOD: dict[str, str | bytes] = {
    "manifest.json": json.dumps(MANIFEST),
    "services/fest.yml": SERVICE,
    "nlu/fest.yml": PHRASINGS,
    "tests/fest.yml": "hoppeborg:\n  - findes der en hoppeborg\n",
}


def packed(contents: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.fixture
def drafts(tmp_path: Path, files: ContentFiles) -> Iterator[Drafts]:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    yield Drafts(database, files, TEXTS)
    database.close()


def test_what_is_packed_here_is_read_there_unchanged(files: ContentFiles) -> None:
    files.write([hoppeborg()])
    ids = ["hoppeborg", "affald", "pas"]
    bundle = read_bundle(export_bundle(files, ids, ODDER, "CC BY 4.0"), TEXTS)
    assert {state.id: state for state in bundle.states} == {one: files.read(one) for one in ids}
    assert bundle.manifest.maker.name == "Odder Kommune"
    assert bundle.manifest.licence == "CC BY 4.0"
    assert {one.id: one.kle for one in bundle.manifest.services}["affald"] == "07.18.00"
    assert {line.kind for line in compare_bundle(bundle, files, TEXTS)} == {"same"}


def test_every_service_of_the_checkout_can_be_shared() -> None:
    files = ContentFiles(ROOT / "data")
    plain = {path.stem: path.read_text(encoding="utf-8") for path in files.data.glob("services/*.yml")}
    # A link that is not https is refused on the way in, whoever packed it.
    ids = [listed.id for listed in files.services() if "http://" not in plain[listed.subject]]
    bundle = read_bundle(export_bundle(files, ids, ODDER, "CC0", with_phrasings=False), TEXTS)
    assert len(bundle.states) == len(ids) > 120


async def test_conflicts_are_shown_line_by_line_and_taken_into_drafts(files: ContentFiles, drafts: Drafts) -> None:
    theirs = files.read("affald")
    assert theirs
    changed = replace(
        theirs,
        fields={**theirs.fields, "title": "Skrald", "price": "Gratis.", "related": ["storskrald", "ukendt_her"]},
        phrasings=(*theirs.phrasings[:5], "hvornår kommer de grønne mænd"),
    )
    packing = ContentFiles(files.data)
    before = {path: path.read_bytes() for path in files.data.rglob("*.yml")}
    packing.write([changed, hoppeborg()])
    content = export_bundle(packing, ["affald", "hoppeborg", "pas"], ODDER, "CC0")
    for path in set(files.data.rglob("*.yml")) - set(before):
        path.unlink()
    for path, raw in before.items():
        path.write_bytes(raw)

    bundle = read_bundle(content, TEXTS)
    lines = compare_bundle(bundle, files, TEXTS)
    differing = {line.field: line for line in lines if line.service == "affald"}
    assert set(differing) == {"title", "price", "related", "phrasings"}
    assert (differing["title"].here, differing["title"].there) == ("Affaldssortering og afhentning", "Skrald")
    assert differing["phrasings"].added == ("hvornår kommer de grønne mænd",)
    assert {line.kind for line in lines if line.service == "hoppeborg"} == {"new"}
    assert [line.kind for line in lines if line.service == "pas"] == ["same"]

    made = await draft_bundle(bundle, {"affald": ["price", "related", "phrasings"], "hoppeborg": None}, drafts, *ANNE)
    states = {draft.id: draft.state for draft in made}
    assert states["hoppeborg"] == hoppeborg()
    assert states["affald"].fields["title"] == theirs.fields["title"]
    assert states["affald"].fields["price"] == "Gratis."
    assert states["affald"].fields["related"] == ["storskrald"]
    assert set(states["affald"].phrasings) == {*theirs.phrasings, "hvornår kommer de grønne mænd"}
    assert {path: path.read_bytes() for path in files.data.rglob("*.yml")} == before


def test_the_good_bundle_of_these_tests_is_good() -> None:
    (state,) = read_bundle(packed(GOOD), TEXTS).states
    assert state.phrasings == ("må jeg låne en hoppeborg",)
    assert state.tests == ("findes der en hoppeborg",)


def with_link(url: str) -> dict[str, str | bytes]:
    return {"services/fest.yml": SERVICE.replace("https://www.odder.dk", url)}


def with_answer(answer: str) -> dict[str, str | bytes]:
    return {"services/fest.yml": SERVICE.replace("Du kan låne en hoppeborg.", answer)}


def with_line(line: str) -> dict[str, str | bytes]:
    return {"nlu/fest.yml": PHRASINGS + f"    - {line}\n"}


LAUGHS = "a: &a [lol,lol]\n" + "".join(f"{new}: &{new} [*{old},*{old}]\n" for old, new in zip("abcdefgh", "bcdefghi"))


@pytest.mark.parametrize(
    "changes",
    [
        {"../../etc/cron.d/x": "x"},
        {"/etc/passwd": "x"},
        {"services/../../x.yml": SERVICE},
        {"services\\..\\x.yml": SERVICE},
        {"C:/x.yml": SERVICE},
        {"services/FEST.yml": SERVICE},
        {"services/x.yml\n": SERVICE},
        {"services/x.py": "import os"},
        {"evil.yml": SERVICE},
        {f"nlu/n{number}.yml": "x" for number in range(2_001)},
        {"nlu/stor.yml": "x" * 2_000_001},
        {f"nlu/n{number}.yml": "x" * 1_900_000 for number in range(12)},
        {"services/fest.yml": LAUGHS},
        {"services/fest.yml": SERVICE + "    price: &a Gratis\n"},
        {"services/fest.yml": SERVICE.replace("subject: fest", "subject: !!python/object/apply:os.system [ls]")},
        {"services/fest.yml": "a: " + "[" * 5_000},
        {"services/fest.yml": "subject: [fest"},
        {"services/fest.yml": "- 1\n- 2\n"},
        {"services/fest.yml": SERVICE.replace("keywords: [hoppeborg, lån hoppeborg]", "keywords: hoppeborg")},
        {"services/fest.yml": SERVICE.replace("id: hoppeborg", "id: 17")},
        {"services/fest.yml": SERVICE.replace("id: hoppeborg", "id: ../x")},
        {"services/fest.yml": SERVICE + SERVICE.partition("services:\n")[2]},
        {"services/andet.yml": SERVICE},
        {"services/fest.yml": SERVICE.encode("utf-16")},
        with_answer("<script>alert(1)</script>"),
        with_answer("Se <img src=x onerror=alert(1)>"),
        with_answer('"Tryk &#106;avascript"'),
        with_answer('"Ring til \\u202e12345678"'),
        with_link("javascript:alert(1)"),
        with_link("http://www.odder.dk"),
        with_link("https://www.borger.dk@ond.example"),
        with_link("data:text/html,x"),
        with_line("/restart"),
        with_line("<b>hej</b>"),
        with_line("[pas](emne)"),
        {"nlu/fest.yml": PHRASINGS + "- intent: noed_brand\n  examples: |\n    - hej\n"},
        {"nlu/fest.yml": "nlu: nej"},
        {"tests/fest.yml": "hoppeborg: {a: b}"},
        {"tests/fest.yml": "andet:\n  - hej\n"},
        {"manifest.json": "{}"},
        {"manifest.json": "[" * 100_000},
        {"manifest.json": json.dumps({**MANIFEST, "version": 2})},
        {"manifest.json": json.dumps({**MANIFEST, "services": "alle"})},
        {"manifest.json": json.dumps({**MANIFEST, "licence": "<script>"})},
    ],
)
def test_a_hostile_bundle_is_refused_with_reasons(changes: dict[str, str | bytes], tmp_path: Path) -> None:
    here = sorted(ROOT.iterdir())
    with pytest.raises(BundleRefused) as refused:
        read_bundle(packed({**GOOD, **changes}), TEXTS)
    assert refused.value.reasons
    assert all(isinstance(reason, str) and len(reason) > 10 for reason in refused.value.reasons)
    assert sorted(ROOT.iterdir()) == here


def test_a_name_twice_a_symlink_a_password_and_no_zip() -> None:
    def archive(**attributes: Any) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as packing:
            for name, content in GOOD.items():
                packing.writestr(name, content)
            info = zipfile.ZipInfo("nlu/link.yml")
            for name, value in attributes.items():
                setattr(info, name, value)
            packing.writestr(info, "../../../etc/passwd")
        return written.getvalue()

    twice = io.BytesIO(packed(GOOD))
    with zipfile.ZipFile(twice, "a") as packing, pytest.warns(UserWarning):
        packing.writestr("services/fest.yml", SERVICE)
    locked = bytearray(packed(GOOD))
    place = locked.rindex(b"PK\x01\x02")
    locked[place + 8] |= 1
    hostile = [
        archive(external_attr=(stat.S_IFLNK | 0o777) << 16),
        twice.getvalue(),
        bytes(locked),
        b"PK no zip",
        b"",
        packed(GOOD)[:-30],
        packed(GOOD).replace(b"PK\x05\x06", b"PK\x05\x07"),
    ]
    for content in hostile:
        with pytest.raises(BundleRefused):
            read_bundle(content, TEXTS)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = bytearray(packed({**GOOD, "nlu/bombe.yml": b"\0" * 50_000_000}))
    assert len(bomb) < 100_000
    entry = bomb.rindex(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BundleRefused):
        read_bundle(bytes(bomb), TEXTS)
