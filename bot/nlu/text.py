"""Danish text made comparable: letters, words, stems, sounds. Pure functions, used in training and when a citizen writes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("danish")
_WORD = re.compile(r"[^\W_]+")
_LONG_RUN = re.compile(r"(.)\1{2,}")

# Æ, ø and å are typed in four ways (æ, ae, ä, a …), and many citizens cannot or do not type them at all. All are folded to one plain letter.
_FOLDS = (
    ("æ", "e"), ("ø", "o"), ("å", "a"), ("ae", "e"), ("oe", "o"), ("aa", "a"),
    ("ä", "e"), ("ö", "o"), ("é", "e"), ("è", "e"), ("ü", "y"),
)  # fmt: skip


def fold(text: str) -> str:
    """Lower case, one letter for each way to write æ, ø and å, no runs of more than two of a letter."""
    text = unicodedata.normalize("NFC", text).lower()
    for written, folded in _FOLDS:
        text = text.replace(written, folded)
    return _LONG_RUN.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """Folded words and numbers, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Snowball's Danish stem of a folded word."""
    return str(_STEMMER.stemWord(word))
