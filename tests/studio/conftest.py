"""The editors' real files, copied for each test that changes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.studio.content_files import ContentFiles
from tests.studio import small_town

ROOT = Path(__file__).parents[2]


PHRASINGS = {"affald", "kultur", "miljoe", "pas_koerekort_id", "velfaerdsteknologi"}
"""Files of data/nlu that are copied; all of them take seconds to read."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the checkout's `data`, with phrasings of some subjects."""
    copied = Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
    for path in copied.glob("nlu/*.yml"):
        if path.stem not in PHRASINGS:
            path.unlink()
    return copied


@pytest.fixture
def files(data: Path) -> ContentFiles:
    """The studio's view of the copy."""
    return ContentFiles(data)


@pytest.fixture(scope="session")
def built_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small installation without a model; not to be changed."""
    return small_town.build(tmp_path_factory.mktemp("towns") / "built")


@pytest.fixture(scope="session")
def trained_town(built_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small installation with its first model; not to be changed."""
    town = Path(shutil.copytree(built_town, tmp_path_factory.mktemp("towns") / "trained"))
    small_town.train(town)
    return town


@pytest.fixture
def town(trained_town: Path, tmp_path: Path) -> Path:
    """A small installation of the test's own."""
    return Path(shutil.copytree(trained_town, tmp_path / "town"))
