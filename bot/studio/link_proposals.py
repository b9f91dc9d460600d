"""What the link watch would change in the services, for an editor to say yes or no to.

for proposal in proposals(await watch.report(), catalogue.municipality, files): …
opened = await studio.drafts.open(proposal.service, proposal.layer)
await studio.drafts.save(with_proposal(opened.state, proposal, municipality, files), opened.version, author, author_name)
await watch.dismiss(proposal.address, proposal.after)        # no, and don't ask again
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.catalogue.catalogue import fill
from bot.catalogue.municipality import Municipality
from bot.catalogue.problem import ContentError
from bot.studio.content_files import ContentFiles
from bot.studio.link_watch import LinkLine
from bot.studio.state import SHARED, State

KINDS = ("show", "move")
"""Show the page itself, now that it is seen to work; use the address that the page has moved to (and show it)."""


@dataclass(frozen=True)
class LinkProposal:
    """A change of one link of one service in one layer. `address` is what it is now, `after` what it becomes; both filled in.

    `title`: the service's. `page`: the title of the page that was found, for the editor to judge by.
    """

    kind: str
    service: str
    title: str
    layer: str
    label: str
    address: str
    after: str
    page: str
    seen_at: datetime | None


def proposals(lines: Iterable[LinkLine], municipality: Municipality, files: ContentFiles) -> list[LinkProposal]:
    """What a report gives rise to. A service whose file is broken is left out."""
    found = []
    for line in lines:
        if line.result is None or line.result.state not in ("ok", "redirected"):
            continue
        moved = line.result.proposed
        after = moved or line.address
        if after == line.dismissed:
            continue
        for place in line.places:
            if place.service is None or not (moved or place.status == "unverified"):
                continue
            layer = _layer(place.service, line.address, municipality, files)
            if layer:
                kind = "move" if moved else "show"
                found.append(
                    LinkProposal(
                        kind,
                        place.service,
                        place.title,
                        layer,
                        place.label,
                        line.address,
                        after,
                        line.result.title,
                        line.seen_at,
                    )
                )
    return list(dict.fromkeys(found))


def with_proposal(state: State, proposal: LinkProposal, municipality: Municipality, files: ContentFiles) -> State:
    """The draft with the proposal carried out; as it was when it no longer has that link.

    Raises:
        ContentError: the shared service can't be read.
    """
    links = state.fields.get("links")
    if links is None and proposal.layer != SHARED:
        shared = files.read(proposal.service)
        links = shared.fields.get("links") if shared else None
    words = municipality.placeholders()
    changed = [
        {**link, "url": _address(link["url"], proposal), "status": "checked"}
        if fill(link["url"], words) == proposal.address
        else link
        for link in links or ()
    ]
    return replace(state, fields={**state.fields, "links": changed}) if changed != (links or []) else state


def _address(written: str, proposal: LinkProposal) -> str:
    """A placeholder stays where only the status changes."""
    return written if proposal.kind == "show" else proposal.after


def _layer(service: str, address: str, municipality: Municipality, files: ContentFiles) -> str | None:
    """The layer whose link it is. A placeholder means another address elsewhere, so it is settled for this municipality only."""
    own = municipality.replace.get(service)
    if own and own.links:
        return municipality.id
    try:
        shared = files.read(service)
    except ContentError:
        return None
    links: list[dict[str, Any]] = shared.fields.get("links", []) if shared else []
    written = [link["url"] for link in links if fill(link["url"], municipality.placeholders()) == address]
    if not written:
        return None
    return SHARED if address in written else municipality.id
