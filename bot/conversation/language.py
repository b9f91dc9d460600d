"""Which language a message is in, and the fixed text for those the bot does not speak.

A Danish message must never be taken for something else: a citizen who writes dialect, badly spelt or in one word would be turned away.
So everything is Danish until it is clearly not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from lingua import IsoCode639_1, LanguageDetectorBuilder
from ruamel.yaml import YAML

DANISH = "da"
ENGLISH = "en"
GERMAN = "de"
SOMALI = "so"
SPOKEN = (DANISH, ENGLISH)
"""What the bot answers in; others get a fixed text."""

CLEARLY = 0.7
"""Least probability of a foreign language."""
HARDLY = 0.2
"""Most probability of Danish beside it."""
LEAST_WORDS = 3
"""Shorter messages are names of things, alike in many languages; they keep the conversation's language."""

# English as typed on a telephone; spaCy has them with apostrophes.
_UNMARKED = frozenset({"dont", "cant", "didnt", "doesnt", "isnt", "wont", "im", "ive"})
# One of them is enough: no Danish, German or Pole writes them in their own language.
_ONLY_ENGLISH = frozenset({
    "hello", "yes", "please", "thanks", "thank", "passport", "housing", "waste", "garbage", "trash", "wheelchair", "doctor", "address",
    "adress", "moving", "changing", "driving", "driver", "licence", "license", "lessons", "working", "appointment", "childcare", "daycare",
    "benefit", "benefits", "unemployed",
})  # fmt: skip
# Letters that only one of the languages is written with here.
_OWN_LETTERS = {"tr": re.compile("[ğışİ]"), "pl": re.compile("[łąęśżźńć]"), "de": re.compile("ß")}
# German function words that citizens write in Danish; spaCy's Danish list lacks them.
_ALSO_DANISH = frozenset({"ja", "na", "tag", "vor"})
# spaCy has none for Somali, and any babble looks Somali to the detector.
_SOMALI = frozenset({
    "waa", "waxaan", "waxaa", "waxay", "sidee", "ayaan", "ayay", "ayuu", "ayaa", "ma", "ku", "ka", "inaan", "inuu", "la", "loo", "lagu",
    "iyo", "baad", "baan", "maxaa", "maxay", "immisa", "leh", "ahay", "tahay", "yahay", "yihiin", "ah", "aan", "aad", "ama", "laakiin",
    "igu", "iga", "way", "halkee", "xaggee", "goorma", "qof",
})  # fmt: skip
BEYOND_DOUBT = 0.97
# Keys struck at random are no language, however sure the detector is.
_KEYS_AT_RANDOM = re.compile("[bcdfghjklmnpqrstvwxz]{4}")
_FOREIGN_LETTER = re.compile(r"[^\W\d_a-zæøåéü]")
_WORD = re.compile(r"[^\W\d_]+")
# Scripts only one of the languages is written in here. Arabic letters may also be Persian or Urdu, Cyrillic Russian: those readers
# are helped better by the neighbour's text, which offers a human, than by Danish.
_SCRIPTS = {"CYRILLIC": "uk", "ARABIC": "ar", "ETHIOPIC": "ti"}


class Languages:
    """Detection among Danish, English and the languages there is a fixed text for.

    Args:
        texts: fixed text by ISO 639-1 code.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        known = {code.name.lower(): code for code in _iso_codes()}
        codes = [known[code] for code in {DANISH, ENGLISH, *texts} if code in known]
        self._detector = (
            LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
            .with_low_accuracy_mode()
            .with_preloaded_language_models()
            .build()
        )
        self._danish = _function_words(DANISH) - _function_words(ENGLISH)
        self._english = (_function_words(ENGLISH) - _function_words(DANISH)) | _UNMARKED
        self._german = _function_words(GERMAN) - _function_words(DANISH) - _function_words(ENGLISH) - _ALSO_DANISH

    @classmethod
    def load(cls, path: Path, values: Mapping[str, str]) -> Languages:
        """Read `data/texts/languages.yml`; `values` fill its placeholders."""
        entries = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return cls({code: entry["text"].format_map(values) for code, entry in entries.items()})

    def of(self, text: str, before: str = DANISH) -> str:
        """ISO 639-1 code of the message; `before`, the conversation's language so far, when it is too short to tell."""
        words = [word.lower() for word in _WORD.findall(text)]
        script = _script(words)
        if script in _SCRIPTS and _SCRIPTS[script] in self._texts:
            return _SCRIPTS[script]
        if not words or script not in ("LATIN", ""):
            return before
        return self._by_words(text, words) or (before if len(words) < LEAST_WORDS else self._guess(text, before))

    def _by_words(self, text: str, words: list[str]) -> str | None:
        """By words and letters that belong to one language alone; None when they don't tell."""
        danish = sum(word in self._danish or _with_danish_letters(word) in self._danish for word in words)
        english = sum(word in self._english for word in words)
        german = len(self._german.intersection(words))
        found = None
        if german >= 2 and german > danish and GERMAN in self._texts:  # der, den and mit are Danish words too
            found = GERMAN
        elif danish > english or re.search("[æøå]", text.lower()):
            found = DANISH
        elif english > max(1, danish) or (english >= danish and _ONLY_ENGLISH.intersection(words)):
            found = ENGLISH
        if len(words) > 1 and not english:  # a name alone is no language
            for code, letters in _OWN_LETTERS.items():
                if code in self._texts and sum(bool(letters.search(word)) for word in words) > danish:
                    return code
        return found

    def fixed_text(self, code: str) -> str | None:
        """What to say in a language the bot does not speak; None for those it does."""
        return None if code in SPOKEN else self._texts.get(code)

    def _guess(self, text: str, before: str) -> str:
        values = {
            value.language.iso_code_639_1.name.lower(): value.value
            for value in self._detector.compute_language_confidence_values(text)
        }
        best = max(values, key=lambda code: values[code])
        if best == DANISH or values[best] < CLEARLY or values.get(DANISH, 0.0) > HARDLY:
            return before
        # «klage over renovationen» has the letters of German; real German has a function word or an ö as well, or leaves no doubt.
        own = _function_words(best)
        words = _WORD.findall(text.lower())
        if not own.intersection(words) and (_function_words(DANISH) - own).intersection(words):
            return before
        if not own or own.intersection(words) or _FOREIGN_LETTER.search(text.lower()):
            return best
        return best if values[best] >= BEYOND_DOUBT and not _KEYS_AT_RANDOM.search(text.lower()) else before


def _with_danish_letters(word: str) -> str:
    """«maa» → «må», for those whose keyboard has no æ, ø and å."""
    return word.replace("aa", "å").replace("ae", "æ").replace("oe", "ø")


def _iso_codes() -> list[IsoCode639_1]:
    return [getattr(IsoCode639_1, name) for name in dir(IsoCode639_1) if len(name) == 2]


def _script(words: list[str]) -> str:
    """Name of the first letter's script, e.g. LATIN; empty without letters."""
    return unicodedata.name(words[0][0], "").partition(" ")[0] if words else ""


@cache
def _function_words(code: str) -> frozenset[str]:
    """spaCy's stop words, less single letters; empty for a language neither spaCy nor we know any of."""
    if code == SOMALI:
        return _SOMALI
    if find_spec(f"spacy.lang.{code}") is None or find_spec(f"spacy.lang.{code}.stop_words") is None:
        return frozenset()
    stop_words: set[str] = import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS
    return frozenset(word for word in stop_words if len(word) > 1)
