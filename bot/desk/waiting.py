"""How long a citizen has waited, in words and in three steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(minutes=2)
LONG = timedelta(minutes=5)
_HOUR = 60
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Wait:
    """`words` as Danes write it; `step` is `new`, `soon` or `long`."""

    words: str
    step: str


def wait(since: datetime, until: datetime) -> Wait:
    """The time from `since` to `until`. The desk's script ticks by the same rules."""
    waited = until - since
    step = "long" if waited >= LONG else "soon" if waited >= SOON else "new"
    minutes = int(waited.total_seconds()) // 60
    if minutes < 1:
        return Wait("under 1 min.", step)
    if minutes < _HOUR:
        return Wait(f"{minutes} min.", step)
    if minutes < _DAY:
        return Wait(f"{minutes // _HOUR} t. {minutes % _HOUR} min.", step)
    days = minutes // _DAY
    return Wait(f"{days} dag" if days == 1 else f"{days} dage", step)
