"""Numbers as Danes write them. None is «–»: there was nothing to measure."""

from __future__ import annotations

NOTHING = "–"


def number(value: float | None) -> str:
    """`1234.5` → `1.234,5`; whole numbers without decimals."""
    if value is None:
        return NOTHING
    written = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return written.translate(str.maketrans(",.", ".,"))


def percent(share: float | None) -> str:
    """`0.714` → `71 %`."""
    return NOTHING if share is None else f"{share * 100:.0f} %"


def duration(seconds: int | None) -> str:
    """`50` → `50 sek.`, `80` → `1 min. 20 sek.`, `1800` → `30 min.`, `7500` → `2 t. 5 min.`."""
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(seconds, 60)
    hours, left = divmod(minutes, 60)
    parts = ((hours, "t."), (left, "min."), (0 if hours else rest, "sek."))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 sek."
