"""What the pages of the desk need, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.knowledge import knowledge
from bot.catalogue.municipality import Municipality
from bot.conversation.rate_limit import RateLimit
from bot.conversation.transcript import Transcript
from bot.desk.accounts import Accounts
from bot.desk.audit import Audit
from bot.desk.login_session import LoginSessions
from bot.desk.menu import PLACES
from bot.desk.oidc import SingleSignOn
from bot.desk.page import Pages
from bot.desk.service_help import ServiceHelp
from bot.engine.contract import Engine
from bot.escalation.contact import Contacts
from bot.escalation.handover import Handover
from bot.escalation.queue import Queue
from bot.live import Live
from bot.settings import Settings
from bot.storage.database import Database
from bot.studio.chat_settings import ChatSettings
from bot.studio.studio import Studio
from bot.studio.web_watch import WebWatch
from bot.texts import Texts


@dataclass(frozen=True)
class Desk:
    """The desk of one municipality. `single_sign_on` is None when the settings name no provider."""

    settings: Settings
    database: Database
    municipality: Municipality
    texts: Texts
    transcript: Transcript
    pages: Pages
    audit: Audit
    accounts: Accounts
    sessions: LoginSessions
    rate_limit: RateLimit
    single_sign_on: SingleSignOn | None
    engine: Engine
    live: Live
    queue: Queue
    handover: Handover
    contacts: Contacts
    studio: Studio
    chat: ChatSettings
    web: WebWatch
    help: ServiceHelp

    async def first_run_link(self) -> str | None:
        """While nobody can look after the desk: the path that makes the first administrator, good for a day and one use.

        Each call voids the link before. None when there is an administrator, or when only single sign-on lets people in.
        Raises StorageDown.
        """
        if not self.settings.local_login:
            return None
        token = await self.accounts.first_link()
        return f"/desk/setup/{token}" if token else None


@dataclass(frozen=True)
class Floor:
    """What the desk shares with the chat."""

    settings: Settings
    database: Database
    municipality: Municipality
    transcript: Transcript
    rate_limit: RateLimit
    engine: Engine
    live: Live
    queue: Queue
    handover: Handover
    contacts: Contacts
    accounts: Accounts
    studio: Studio
    chat: ChatSettings
    web: WebWatch


def open_desk(floor: Floor) -> Desk:
    """The desk that the settings describe."""
    texts = Texts.load(floor.settings.texts.with_name("desk.yml"), floor.municipality.placeholders())
    return Desk(
        **vars(floor),
        texts=texts,
        pages=Pages(texts, floor.municipality, PLACES),
        audit=Audit(floor.database),
        sessions=LoginSessions(floor.database),
        single_sign_on=SingleSignOn.from_settings(floor.settings),
        help=ServiceHelp(knowledge, floor.engine),
    )
