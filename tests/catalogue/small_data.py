"""A whole `data` folder of a few services, written to disk for one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from ruamel.yaml import YAML

from bot.catalogue.schema import Department

Fields = dict[str, Any]

AUTHORITIES: Fields = {
    "borger_dk": {"name": "borger.dk", "front_page": "https://www.borger.dk"},
    "politi": {"name": "Politiet", "front_page": "https://politi.dk"},
}


def write(path: Path, content: str | bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_yaml(path: Path, content: Any) -> Path:
    """As `write`, from plain data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    YAML(typ="safe").dump(content, path)
    return path


def link(url: str, status: str = "checked", label: str = "Gå videre") -> Fields:
    """A link as an editor writes it."""
    return {"label": label, "url": url, "kind": "self_service", "status": status}


def service(service_id: str, **fields: Any) -> Fields:
    """A service as an editor writes it, with everything that must be there."""
    return {
        "id": service_id,
        "title": service_id.capitalize(),
        "authority": "borger_dk",
        "department": "borgerservice",
        "keywords": [service_id, f"mit {service_id}"],
        "answer": "Du kan gøre det her.",
        "links": [link(f"https://www.borger.dk/{service_id}")],
        **fields,
    }


def municipality(municipality_id: str = "lilleby", **fields: Any) -> Fields:
    """A municipality file with everything that must be there."""
    return {
        "id": municipality_id,
        "name": "Lilleby Kommune",
        "short_name": "Lilleby",
        "bot_name": "Lille-bot",
        "web": "https://lilleby.example",
        "phone": "12 34 56 78",
        "address": "Torvet 1, 1234 Lilleby",
        "colour": "#1d5a4c",
        "greeting": "Hej fra {kommune}.",
        "digital_hotline": {"name": "Hotline", "phone": "11 11 11 11"},
        "emergency": {"laegevagt": "1813", "region": "Region Lille"},
        "authorities": {"kommune": {"name": "Lilleby Kommune", "front_page": "https://www.lilleby.example"}},
        "departments": {name: name.capitalize() for name in get_args(Department)},
        **fields,
    }


def write_data(folder: Path, *services: Fields, subject: str = "emne", **own: Any) -> Path:
    """`data` with these services and the municipality «lilleby», whose fields may be given."""
    data = folder / "data"
    write_yaml(data / "services" / f"{subject}.yml", {"subject": subject, "title": "Emne", "services": list(services)})
    write_yaml(data / "authorities.yml", AUTHORITIES)
    write_yaml(data / "kommune" / "lilleby.yml", municipality(**own))
    return data
