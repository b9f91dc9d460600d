"""Runs the actions of `actions/` inside our process, through the same JSON contract as an action server."""

from __future__ import annotations

from typing import Any

import rasa.core.actions.action
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class _OwnAction(rasa.core.actions.action.RemoteAction):
    """An action whose answer was made by the SDK in this process, so Rasa need not check it against a JSON schema.

    The check is made for foreign action servers; it takes 50 ms, most of the time of a whole message.
    """

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return True


class InProcessActions(EndpointConfig):
    """An action endpoint with no network in between. Only one in a process: it decides how Rasa runs custom actions."""

    def __init__(self, package: str = "actions") -> None:
        """Registers every `Action` found in `package`."""
        # Our actions don't read the domain: Rasa then need not turn it into JSON for every message.
        super().__init__(url="in-process:", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        rasa.core.actions.action.RemoteAction = _OwnAction

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """What an action server's `/webhook` answers."""
        return await self._executor.run(kwargs["json"])
