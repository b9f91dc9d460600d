"""The one logger set-up. No personal data: never a message's text, an address or an exception's own words."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog

_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _PlainFormatter(logging.Formatter):
    """`2026-11-23T10:00:00Z INFO bot.server.gateway answered conversation=… ms=12`, extras as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        extras = " ".join(f"{key}={value}" for key, value in vars(record).items() if key not in _ORDINARY)
        line = super().format(record)
        first, *rest = line.split("\n")
        return "\n".join([f"{first} {extras}".rstrip(), *rest])

    def formatException(  # noqa: N802 (name set by logging)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        # An exception's message often quotes what it choked on, which here may be what a citizen wrote.
        frames = "".join(traceback.format_tb(trace)).rstrip()
        return f"{frames}\n{kind.__name__ if kind else 'None'}"


def configure_logging(level: str = "INFO") -> None:
    """Send all logging to stderr in one form. Call once, before the server starts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlainFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Rasa's own structured logs carry messages; nothing below a warning is let out.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # Sanic's start-up chatter and access log name citizens' addresses.
    for name, least in (
        ("sanic.root", logging.WARNING),
        ("sanic.access", logging.CRITICAL),
        ("alembic", logging.WARNING),
    ):
        logging.getLogger(name).setLevel(least)
