"""Every storage test meets SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.storage.database import Database
from tests.storage.postgres import NoPostgres, running_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running PostgreSQL. Without one the tests fail, unless ODDER_SKIP_POSTGRES says that this is known."""
    if os.environ.get("ODDER_SKIP_POSTGRES"):
        pytest.skip("ODDER_SKIP_POSTGRES is set")
    try:
        with running_postgres() as url:
            yield url
    except NoPostgres:
        pytest.fail(
            "no PostgreSQL server found: install it (Debian: apt install postgresql) or set ODDER_SKIP_POSTGRES=1"
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/odder.db"
    address: str = request.getfixturevalue("postgres_url")
    with create_engine(address, future=True).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database, ready for use."""
    opened = Database(url)
    yield opened
    opened.close()
