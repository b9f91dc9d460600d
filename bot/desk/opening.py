"""When a citizen can have a human in the chat: in the staffed hours, once there is someone to answer."""

from __future__ import annotations

import time

from bot.desk.accounts import Accounts
from bot.desk.permission import Role
from bot.escalation.hours import PlannedOpening
from bot.texts import Texts

_KNOWN_SECONDS = 30.0
"""How long it is remembered whether there are staff."""


class StaffedChat:
    """See `Opening` in bot/escalation/handover.py.

    Args:
        always: open at all hours, to try the desk outside them.
    """

    def __init__(self, planned: PlannedOpening, accounts: Accounts, always: bool) -> None:
        self._planned = planned
        self._accounts = accounts
        self._always = always
        self._staffed = False
        self._ask_again = 0.0

    async def open_now(self) -> bool:
        """Whether staff answer the chat at this moment."""
        return (self._always or await self._planned.open_now()) and await self._has_staff()

    async def takes_messages(self) -> bool:
        """Whether a message left now will be answered."""
        return await self._planned.takes_messages() and await self._has_staff()

    def opens(self, texts: Texts) -> str:
        """When it opens next, in words."""
        return self._planned.opens(texts)

    async def _has_staff(self) -> bool:
        # Someone who once was is remembered longer than that nobody is: the first account must count at once.
        if not self._staffed or time.monotonic() > self._ask_again:
            people = await self._accounts.colleagues()
            self._staffed = any({Role.STAFF, Role.ADMINISTRATOR} & person.roles for person in people)
            self._ask_again = time.monotonic() + _KNOWN_SECONDS
        return self._staffed
