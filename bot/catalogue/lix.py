"""LIX, the Scandinavian readability index (Björnsson 1968)."""

import re

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)")
_ADDRESS = re.compile(r"\b(?:https?://)?(?:[\w-]+\.)+(?:dk|com|org|eu)\b(?:/\S*)?")
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

LONG_WORD_LETTERS = 6
PLAIN_LIMIT = 35.0
"""A text for citizens may not be harder than this (LIX 25-34 is «let»)."""


def lix(text: str) -> float:
    """Words per sentence plus the percentage of words with more than six letters.

    Web addresses and `{placeholders}` count as one short word each: they are names, not vocabulary.
    Empty text gives 0.
    """
    plain = _PLACEHOLDER.sub("navn", _ADDRESS.sub("navn", text))
    words = _WORD.findall(plain)
    if not words:
        return 0.0
    sentences = max(1, len([part for part in _SENTENCE_END.split(plain) if _WORD.search(part)]))
    long_words = sum(len(word) > LONG_WORD_LETTERS for word in words)
    return len(words) / sentences + 100.0 * long_words / len(words)


def hardest_words(text: str, most: int = 5) -> list[str]:
    """The longest words of `text`, longest first: what an editor should try to replace."""
    words = {
        word for word in _WORD.findall(_ADDRESS.sub("", _PLACEHOLDER.sub("", text))) if len(word) > LONG_WORD_LETTERS
    }
    return sorted(words, key=lambda word: (-len(word), word))[:most]
