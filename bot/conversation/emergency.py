"""Is someone in danger? Fixed word patterns, read before any model is asked.

`data/lexicon/emergency.yml` holds the patterns. A pattern is words in order, with up to two others between each:

    hus|lejlighed brænder      either of the first two, then the third
    <hjem> brænder             a named list of words
    selvmord*                  the beginning of a word
    . brand .                  alone in a sentence
    mand & slår & mig          all within ten words of one sentence, in any order

Spelling is forgiven: æ/ø/å written otherwise, doubled letters, words split in two or run together, and a letter or two wrong in a
long word. `everyday_words` are never taken for a misspelling, and what matches `everyday_phrases` is not looked at.

The patterns under `kinds` are believed by themselves. Those under `suspicions` also stand in everyday messages («er ved at drukne i
papirer»); the trained model has a say in them (bot/nlu/classifier.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA
from ruamel.yaml import YAML

from bot.catalogue.problem import ContentError, Problem

_NOTHING: frozenset[str] = frozenset()
MAX_BETWEEN = 2
"""Other words allowed between two words of a pattern."""
NEAR = 10
"""Words among which all of an `&` pattern must stand."""
_FUZZY_FROM = 6
_FUZZIER_FROM = 9
_RUN_TOGETHER_FROM = 8
"""Letters of a whole pattern before it is looked for inside one long word."""

_END = "."
"""Stands for the end of a sentence, and for the beginning and end of the message."""
_TOKEN = re.compile(r"[^\W_]+|[.!?;\n]")
_LETTERS = str.maketrans("æäöéèüáó", "eeøeeuao")
_WITHOUT_DANISH_KEYS = str.maketrans("åø", "ao")
_DOUBLED = re.compile(r"(.)\1+")


def fold(word: str) -> str:
    """The word as it sounds through usual misspellings: `Brænder`, `braender` and `brennder` become `brender`."""
    lower = word.lower().replace("aa", "å").replace("ae", "æ").replace("oe", "ø")
    return _DOUBLED.sub(r"\1", lower.translate(_LETTERS))


@dataclass(frozen=True)
class _Pattern:
    kind: str
    words: tuple[frozenset[str], ...]
    any_order: bool


class EmergencyCheck:
    """Finds danger in a message.

    Args:
        kinds: kind → patterns believed by themselves; of several kinds found, the first one counts.
        everyday_phrases: patterns whose words are set aside.
        everyday_words: words that are what they are, however near to a dangerous one.
        lists: named lists that patterns refer to as `<name>`.
        suspicions: kind → patterns that say danger or something harmless; only of the kinds in `kinds`.
    """

    def __init__(
        self,
        kinds: dict[str, Sequence[str]],
        everyday_phrases: Sequence[str] = (),
        everyday_words: Iterable[str] = (),
        lists: dict[str, str] | None = None,
        suspicions: dict[str, Sequence[str]] | None = None,
    ) -> None:
        self.kinds = tuple(kinds)
        self._lists = {f"<{name}>": words for name, words in (lists or {}).items()}
        self._everyday_words = frozenset(map(fold, everyday_words))
        self._alarms, self._suspicions = (
            _Patterns(self._parse(kind, line) for kind, lines in tier.items() for line in lines)
            for tier in (kinds, suspicions or {})
        )
        self._guards = _Patterns(self._parse("", line) for line in everyday_phrases)
        self._vocabulary = _Vocabulary(self._alarms.words | self._suspicions.words | self._guards.words)

    @classmethod
    def load(cls, path: Path) -> EmergencyCheck:
        """Read `data/lexicon/emergency.yml`. Raises ContentError where a line is not as far in as its neighbours."""
        text = path.read_text(encoding="utf-8")
        content = YAML(typ="safe").load(text)
        _stop_at_swallowed_lines(path, text, content)
        return cls(
            content["kinds"],
            content["everyday_phrases"],
            content["everyday_words"],
            content["lists"],
            content["suspicions"],
        )

    def kind(self, text: str) -> str | None:
        """The kind of danger `text` surely tells of, or None."""
        return self._kind(text, self._alarms)

    def suspicion(self, text: str) -> str | None:
        """The kind of danger `text` may tell of, or None."""
        return self._kind(text, self._alarms, self._suspicions)

    def _kind(self, text: str, *tiers: _Patterns) -> str | None:
        tokens = [_END, *(fold(token) for token in _TOKEN.findall(text)), _END]
        meant = [self._meant(token) for token in tokens]
        joined = [*(self._vocabulary.written(one + two) for one, two in pairwise(tokens)), _NOTHING]
        for _, places in list(self._guards.found(meant, joined)):
            for place in places:
                meant[place] = joined[place] = joined[place - 1] = _NOTHING
        found = {kind for tier in tiers for kind, _ in tier.found(meant, joined)}
        for token in set(tokens) - self._everyday_words:
            found |= {kind for tier in tiers for kind in tier.run_together(token)}
        return next((kind for kind in self.kinds if kind in found), None)

    def _meant(self, token: str) -> frozenset[str]:
        if token in self._everyday_words:
            return self._vocabulary.written(token)
        return self._vocabulary.meant(token)

    def _parse(self, kind: str, line: str) -> _Pattern:
        words = []
        for part in line.replace("&", " ").split():
            choices = [word for choice in part.split("|") for word in self._lists.get(choice, choice).split()]
            spelt = [*choices, *(choice.translate(_WITHOUT_DANISH_KEYS) for choice in choices)]
            words.append(frozenset(fold(choice.rstrip("*")) + "*" * choice.endswith("*") for choice in spelt))
        return _Pattern(kind, tuple(words), "&" in line)


def _stop_at_swallowed_lines(path: Path, text: str, content: dict[str, Any]) -> None:
    """YAML takes lines further in than the one before for more of it: all of them together would be one pattern that nothing matches."""
    lines = [line for part in ("kinds", "suspicions") for patterns in content[part].values() for line in patterns]
    for line in (*lines, *content["everyday_phrases"], *content["everyday_words"]):
        if " - " in str(line):
            first = str(line).partition(" - ")[0]
            number = next((at for at, one in enumerate(text.split("\n"), 1) if one.strip() == f"- {first}"), 0)
            raise ContentError(
                [
                    Problem(
                        path, number, first, "linjen er ikke rykket lige så langt ind som de næste. Ret indrykningen."
                    )
                ]
            )


class _Patterns:
    """Patterns: those in order by their first word, those in any order in a row."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self._all = tuple(patterns)
        self._any_order = [pattern for pattern in self._all if pattern.any_order]
        self._by_first: dict[str, list[_Pattern]] = defaultdict(list)
        for pattern in self._all:
            for word in pattern.words[0] if not pattern.any_order else ():
                self._by_first[word].append(pattern)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every pattern."""
        return frozenset(word for pattern in self._all for choices in pattern.words for word in choices)

    @cached_property
    def _in_one(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        shapes = []
        for pattern in self._all:
            if (
                not pattern.any_order
                and len(pattern.words) > 1
                and sum(min(map(len, choices)) for choices in pattern.words) >= _RUN_TOGETHER_FROM
            ):
                parts = ["(?:" + "|".join(word.rstrip("*") for word in choices) + ")" for choices in pattern.words]
                shapes.append((pattern.kind, re.compile("".join(parts))))
        return tuple(shapes)

    def run_together(self, token: str) -> set[str]:
        """Kinds of the patterns written as one word inside `token`."""
        if len(token) < _RUN_TOGETHER_FROM:
            return set()
        return {kind for kind, shape in self._in_one if shape.search(token)}

    def found(
        self, meant: Sequence[frozenset[str]], joined: Sequence[frozenset[str]]
    ) -> Iterator[tuple[str, list[int]]]:
        """Kind and token places of every pattern met."""
        for start in range(len(meant)):
            for word in meant[start] | joined[start]:
                for pattern in self._by_first.get(word, ()):
                    places = _follow(pattern.words, meant, joined, start, 0)
                    if places:
                        yield pattern.kind, places
        said = _NOTHING.union(*meant, *joined)
        for pattern in self._any_order:
            places = _together(pattern.words, meant, joined) if all(map(said.intersection, pattern.words)) else None
            if places:
                yield pattern.kind, places


def _together(
    words: Sequence[frozenset[str]], meant: Sequence[frozenset[str]], joined: Sequence[frozenset[str]]
) -> list[int] | None:
    """Token places of `words` in any order, near each other within one sentence."""
    met = [[at for at, said in enumerate(meant) if choices & said or choices & joined[at]] for choices in words]
    for start in sorted({at for places in met for at in places}):
        end = next((at for at in range(start, len(meant)) if _END in meant[at]), len(meant))
        window = range(start, min(start + NEAR, end))
        for places in product(*([at for at in found if at in window] for found in met)):
            if len(set(places)) == len(places):
                return list(places)
    return None


def _follow(
    words: Sequence[frozenset[str]],
    meant: Sequence[frozenset[str]],
    joined: Sequence[frozenset[str]],
    start: int,
    between: int,
) -> list[int] | None:
    """Token places of `words` in order, the first at `start` or up to `between` tokens later, within one sentence."""
    for place in range(start, min(start + between + 1, len(meant))):
        if _END in meant[place] and _END not in words[0]:
            return None
        for met, length in ((meant, 1), (joined, 2)):
            if words[0] & met[place]:
                if len(words) == 1:
                    return list(range(place, place + length))
                rest = _follow(words[1:], meant, joined, place + length, MAX_BETWEEN)
                if rest:
                    return list(range(place, place + length)) + rest
    return None


class _Vocabulary:
    """The lexicon's words, found from how a citizen spells them."""

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words
        self._beginnings: dict[str, list[str]] = defaultdict(list)
        self._long: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if word.endswith("*"):
                self._beginnings[word[0]].append(word)
            elif len(word) >= _FUZZY_FROM:
                self._long[word[0]].append(word)

    def meant(self, token: str) -> frozenset[str]:
        """The words `token` can stand for."""
        if not token[0].isalnum():
            return frozenset({_END})
        near = {word for word in self._long.get(token[0], ()) if _near(token, word)}
        return self.written(token) | near

    def written(self, token: str) -> frozenset[str]:
        """The words `token` is, letter by letter."""
        begun = {word for word in self._beginnings.get(token[0], ()) if token.startswith(word[:-1])}
        return frozenset(begun | ({token} & self.words))


def _near(token: str, word: str) -> bool:
    allowed = 2 if len(word) >= _FUZZIER_FROM else 1
    return bool(OSA.distance(token, word, score_cutoff=allowed) <= allowed)
