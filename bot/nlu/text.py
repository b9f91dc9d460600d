"""Danish text made comparable: letters, words, stems, sounds. Pure functions, used in training and when a citizen writes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("danish")
_WORD = re.compile(r"[^\W_]+")
_LONG_RUN = re.compile(r"(\D)\1{2,}")  # not of digits: 2000 is not 200

# Æ, ø and å are typed in four ways (æ, ae, ä, a …), and many citizens cannot or do not type them at all. All are folded to one plain letter.
_LETTERS = str.maketrans("æäéèøöåáü", "eeeeooaay")
# Runs of them too, so that folding what is folded changes nothing.
_DIGRAPHS = ((re.compile("a+e"), "e"), (re.compile("oe+"), "o"), (re.compile("aa+"), "a"))


def fold(text: str) -> str:
    """Lower case, one letter for each way to write æ, ø and å, no runs of more than two of a letter."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    for written, folded in _DIGRAPHS:
        text = written.sub(folded, text)
    return _LONG_RUN.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """Folded words and numbers, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Snowball's Danish stem of a folded word."""
    return str(_STEMMER.stemWord(word))


_SOUNDS = (
    (re.compile("hv|w"), "v"),
    (re.compile("([nlr])d"), r"\1"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("[cq]"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("ph"), "f"),
    (re.compile(r"(.)\1"), r"\1"),
)
_ENDING = re.compile("(?<=...)[dt]?e?[dtnr]?e?$")
_SOFTENED = str.maketrans("gdb", "ktp")


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """A rough key of how a folded word sounds: silent letters, double letters and weak endings gone, g/k, d/t, b/p alike.

    What dyslexic writers and newcomers mix up (hv/v, nd/n, -et/-ede, k/g …) gives the same key.
    """
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return _ENDING.sub("", word).translate(_SOFTENED)


def normal_form(text: str) -> str:
    """Folded words with single blanks between: what features are made of."""
    return " ".join(words(text))
