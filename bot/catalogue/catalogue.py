"""The catalogue as one municipality's citizens see it: shared services, its own layer on top, only links that work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.catalogue.load import load_services
from bot.catalogue.municipality import Authority, Municipality, load_authorities, load_municipality
from bot.catalogue.problem import ContentError, Problem
from bot.catalogue.schema import PLACEHOLDER, Link, Service


@dataclass(frozen=True)
class ShownLink:
    """A link as the citizen gets it.

    `search_for` is set when only a front page could be vouched for; `label` is then the name of its site, e.g. `odder.dk`.
    """

    label: str
    url: str
    kind: str
    search_for: str | None = None


@dataclass(frozen=True)
class Entry:
    """A service resolved for one municipality: every placeholder filled, every link safe to show."""

    service: Service
    subject: str
    authority: str
    department: str
    links: tuple[ShownLink, ...]
    spare_links: Mapping[str, ShownLink] = field(default_factory=dict)
    """By address: what is shown in its place while that link is dead."""
    danish_only: bool = False
    """In a layer of another language: this service has no text there."""

    @property
    def id(self) -> str:
        """The service's id."""
        return self.service.id

    @property
    def title(self) -> str:
        """The service's title."""
        return self.service.title


@dataclass(frozen=True)
class Catalogue:
    """All services of one municipality by id, in file order."""

    municipality: Municipality
    entries: Mapping[str, Entry]
    authorities: Mapping[str, Authority]

    def get(self, service_id: str | None) -> Entry | None:
        """The service, or None when it does not exist or is hidden here."""
        return self.entries.get(service_id) if service_id else None

    def front_page(self, entry: Entry) -> str:
        """Front page of the authority that answers for the service."""
        return self.authorities[entry.service.authority].front_page

    def avoiding(self, dead: Collection[str]) -> Catalogue:
        """This catalogue with a front page in the place of each link whose address is among the `dead`."""
        entries = dict(self.entries)
        for entry in self.entries.values():
            if any(link.url in dead for link in entry.links):
                links = (entry.spare_links.get(link.url, link) if link.url in dead else link for link in entry.links)
                entries[entry.id] = replace(entry, links=_each_once(links))
        return replace(self, entries=entries)


def fill(value: Any, words: dict[str, str]) -> Any:
    """`value` (text, list or dict of them) with every known `{placeholder}` filled in."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), value)
    if isinstance(value, list):
        return [fill(item, words) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, words) for key, item in value.items()}
    return value


def _front_page(link: Link, authority: Authority, known: Mapping[str, Authority]) -> str:
    """The front page of the link's own site if it is a known authority's, otherwise of the service's authority."""
    host = (urlsplit(link.url).hostname or "").removeprefix("www.")
    for candidate in known.values():
        if (urlsplit(candidate.front_page).hostname or "").removeprefix("www.") == host:
            return candidate.front_page
    return authority.front_page


def _front_page_link(link: Link, service: Service, authority: Authority, known: Mapping[str, Authority]) -> ShownLink:
    page = _front_page(link, authority, known)
    site = (urlsplit(page).hostname or "").removeprefix("www.")
    return ShownLink(site, page, "information", search_for=service.title.split(" (")[0])


def _each_once(links: Iterable[ShownLink]) -> tuple[ShownLink, ...]:
    shown: dict[str, ShownLink] = {}
    for link in links:
        shown.setdefault(link.url, link)
    return tuple(shown.values())


def entry_of(service: Service, subject: str, municipality: Municipality, known: Mapping[str, Authority]) -> Entry:
    """A service whose placeholders are filled in, as it is shown. Raises KeyError for an authority or a department nobody knows."""
    authority = known[service.authority]
    spare = {link.url: _front_page_link(link, service, authority, known) for link in service.links}
    return Entry(
        service=service,
        subject=subject,
        authority=authority.name,
        department=municipality.departments[service.department],
        links=_each_once(
            ShownLink(link.label, link.url, link.kind) if link.status == "checked" else spare[link.url]
            for link in service.links
        ),
        spare_links=spare,
    )


def load_catalogue(data: Path, municipality_id: str) -> Catalogue:
    """Read `data/services`, `data/authorities.yml` and `data/kommune/<id>.yml` into one catalogue.

    Raises:
        ContentError: naming every fault with file, line, field and remedy.
    """
    path = data / "kommune" / f"{municipality_id}.yml"
    municipality = load_municipality(path)
    shared = load_services(data / "services")
    known = {**load_authorities(data / "authorities.yml"), **municipality.authorities}
    words = municipality.placeholders()
    problems = [
        Problem(
            path, 0, f"{'hide' if name in municipality.hide else 'replace'}: {name}", "ydelsen findes ikke. Ret id'et."
        )
        for name in [*municipality.hide, *municipality.replace]
        if name not in shared
    ]
    entries: dict[str, Entry] = {}
    for service, subject in shared.values():
        if service.id in municipality.hide or municipality.id not in (service.municipalities or [municipality.id]):
            continue
        fields = service.dict()
        own = municipality.replace.get(service.id)
        if own:
            fields.update(own.dict(exclude_unset=True))
        resolved = Service.parse_obj(fill(fields, words))
        unknown = PLACEHOLDER.findall(resolved.json())
        authority = known.get(service.authority)
        if authority is None:
            problems.append(
                Problem(path, 0, f"{service.id}: authority", f"myndigheden {service.authority} mangler i filen.")
            )
            continue
        if service.department not in municipality.departments:
            problems.append(
                Problem(path, 0, f"departments: {service.department}", f"mangler, men {service.id} bruger den.")
            )
            continue
        problems += [
            Problem(
                data / "services" / f"{subject}.yml",
                0,
                f"{service.id}: {{{name}}}",
                f"ordet findes ikke i {path.name}.",
            )
            for name in unknown
        ]
        entries[service.id] = entry_of(resolved, subject, municipality, known)
    if problems:
        raise ContentError(problems)
    return Catalogue(municipality, entries, known)
