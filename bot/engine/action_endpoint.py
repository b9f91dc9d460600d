"""Where actions run: in this process, or on the action server that `endpoints.yml` names."""

from __future__ import annotations

from pathlib import Path

from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.engine.in_process_actions import InProcessActions


def action_endpoint(endpoints: Path) -> EndpointConfig:
    """The `action_endpoint` of the file, or the actions in-process when it has none."""
    return read_endpoint_config(str(endpoints), "action_endpoint") or InProcessActions()
