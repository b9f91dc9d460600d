"""The domain of the desk meets SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.municipality import Municipality, load_municipality
from bot.escalation.contact import Contacts
from bot.escalation.hours import StaffedHours
from bot.escalation.seal import Seal
from bot.storage.database import Database
from tests.storage.conftest import database, postgres_url, url

__all__ = ["database", "postgres_url", "url"]

KEY = "en nøgle til prøverne, som er lang nok til det"


@pytest.fixture(scope="session")
def municipality() -> Municipality:
    """Odder."""
    return load_municipality(Path("data/kommune/odder.yml"))


@pytest.fixture
def contacts(database: Database, municipality: Municipality) -> Contacts:
    """Messages for staff."""
    return Contacts(database, Seal((KEY,)), StaffedHours(municipality))
