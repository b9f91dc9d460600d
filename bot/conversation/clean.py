"""Text as people typed it, without what cannot be seen."""

from __future__ import annotations

import unicodedata

# Unseen signs that turn text around or split a number so that it isn't recognised; joiners stay, as emoji and Persian need them.
_UNSEEN = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """NFC, without control characters, lone surrogates and unseen signs; newlines are `\\n`; trimmed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (
        sign
        for sign in lines
        if sign == "\n" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _UNSEEN)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()
