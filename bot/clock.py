"""The one clock. All times are UTC and aware."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in whole milliseconds (all databases keep that exactly)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """RFC 3339 with `Z`, e.g. `2026-11-23T10:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
